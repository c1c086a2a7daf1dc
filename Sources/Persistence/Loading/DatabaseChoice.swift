/// Which of a file's databases is taken, and what the others hold.
struct DatabaseChoice {
    /// The one asked for; nil: 0, and there must be no other.
    private let chosen: Int?
    /// Whether Redwing has written on what is read: its data is then database 0, whichever it was before.
    let isOwn: Bool
    private(set) var current = 0
    /// Keys, or commands, of the current database that are not in `counts` yet.
    private var pending = 0
    private var counts: [Int: Int] = [:]
    /// Whether what comes now is taken.
    private(set) var isTaken: Bool

    init(_ chosen: Int?, isOwn: Bool = false) {
        // Others can only be left out of Redwing's, not be chosen.
        self.chosen = isOwn && chosen != 0 ? nil : chosen
        self.isOwn = isOwn
        isTaken = self.chosen ?? 0 == 0
    }

    /// The number of the database that is taken.
    var database: Int { chosen ?? 0 }

    /// What comes from here on is of database `index`.
    mutating func select(_ index: Int) {
        counts[current, default: 0] += pending
        pending = 0
        current = index
        isTaken = index == database
    }

    /// Counts a key or command of the current database.
    @inline(__always)
    mutating func count() { pending &+= 1 }

    /// The current database was emptied.
    mutating func empty() {
        pending = 0
        counts[current] = nil
    }

    /// All databases were emptied.
    mutating func emptyAll() {
        pending = 0
        counts = [:]
    }

    /// How much each database has, without those that have nothing.
    var all: [(database: Int, count: Int)] {
        var all = counts
        all[current, default: 0] += pending
        return all.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Whether there is something in a database that nobody has said to leave out.
    var isAmbiguous: Bool { chosen == nil && all.contains { $0.database != 0 } }

    /// Whether the one asked for is not there, and others are.
    var isMissing: Bool {
        guard let chosen, !isOwn else { return false }
        return !all.isEmpty && !all.contains { $0.database == chosen }
    }

    /// "database 0 has 3 keys, database 3 has 120 keys".
    func text(_ what: String) -> String { DatabaseChoice.text(all, what) }

    /// The same of those that were left out; empty where there are none.
    func others(_ what: String) -> String {
        DatabaseChoice.text(all.filter { $0.database != database }, what)
    }

    private static func text(_ counts: [(database: Int, count: Int)], _ what: String) -> String {
        counts.map { "database \($0.database) has \($0.count) \(what)" }.joined(separator: ", ")
    }
}
