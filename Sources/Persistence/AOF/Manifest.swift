/// The list of files that an append-only file of Redis 7 consists of: at most one base (everything up to an
/// instant) and the increments after it, in order; and history, files that a rewrite has replaced and that
/// wait for their removal.
///
/// Format: one line a file, `file NAME seq N type b|h|i`, in `appendonly.aof.manifest` (Redis 7.0, aof.c).
public struct Manifest: Equatable, Sendable {
    /// What a file is for.
    public enum Role: UInt8, Sendable {
        case base = 0x62
        case history = 0x68
        case increment = 0x69
    }

    /// One file.
    public struct Entry: Equatable, Sendable {
        /// Its name in the directory, without slashes.
        public var name: String
        /// Its number, from 1, among the bases or the increments.
        public var sequence: Int
        /// What it is for.
        public var role: Role

        /// The file `name`, which must not contain a slash, a backslash or a NUL.
        public init(name: String, sequence: Int, role: Role) {
            self.name = name
            self.sequence = sequence
            self.role = role
        }
    }

    /// The base, where there is one; Redis begins without.
    public private(set) var base: Entry?
    /// The replaced files.
    public private(set) var history: [Entry] = []
    /// The increments; their sequence numbers rise by one.
    public private(set) var increments: [Entry] = []
    /// What Redis calls `appendfilename`: the part of the names before the numbers.
    public let prefix: String

    /// A manifest without files.
    public init(prefix: String = "appendonly.aof") { self.prefix = prefix }

    /// The manifest's own name.
    public var fileName: String { prefix + ".manifest" }

    /// Every file that holds data, in the order in which they are read.
    public var dataFiles: [Entry] { (base.map { [$0] } ?? []) + increments }

    /// The base that would come next: its number and name; an RDB file, or commands.
    public func nextBase(rdb: Bool = true) -> Entry {
        let sequence = highest(base) + 1
        return Entry(
            name: "\(prefix).\(sequence).base.\(rdb ? "rdb" : "aof")", sequence: sequence, role: .base)
    }

    /// The increment that would come next: its number and name.
    public func nextIncrement() -> Entry {
        // A replaced increment's number is not used again: its file may still be there.
        let replaced = history.filter { $0.name.hasPrefix("\(prefix).\($0.sequence).incr") }
        let sequence = max(highest(increments.last), replaced.map(\.sequence).max() ?? 0) + 1
        return Entry(name: "\(prefix).\(sequence).incr.aof", sequence: sequence, role: .increment)
    }

    /// Takes in `entry`, or says why it can't be part of this manifest.
    public mutating func add(_ entry: Entry) throws(ManifestError.Reason) {
        guard Manifest.isPlain(entry.name) else { throw .nameIsPath(entry.name) }
        guard entry.sequence > 0 else { throw .badSequence }
        // The next file's name comes from the number: a wrong one would have a file in use overwritten.
        if let number = number(in: entry.name), number != entry.sequence { throw .otherNumber(entry.name) }
        if (dataFiles + history).contains(where: { $0.name == entry.name }) {
            throw .duplicateName(entry.name)
        }
        switch entry.role {
        case .base:
            if base != nil { throw .duplicateBase }
            base = entry
        case .history:
            history.append(entry)
        case .increment:
            if let last = increments.last {
                if entry.sequence <= last.sequence { throw .outOfOrder(entry.sequence, after: last.sequence) }
                if entry.sequence - 1 > last.sequence { throw .missingIncrement(last.sequence + 1) }
            }
            increments.append(entry)
        }
    }

    /// A rewrite is done: `base` replaces the base there was and the increments before number `first`, which
    /// become history.
    public mutating func replaceBase(
        with base: Entry, keepingIncrementsFrom first: Int
    ) throws(ManifestError.Reason) {
        var next = Manifest(prefix: prefix)
        for var old in history + (self.base.map { [$0] } ?? []) + increments {
            if old.role == .increment && old.sequence >= first { continue }
            old.role = .history
            try next.add(old)
        }
        try next.add(base)
        for increment in increments where increment.sequence >= first { try next.add(increment) }
        self = next
    }

    /// Forgets the history, whose files have been removed.
    public mutating func removeHistory() { history = [] }

    /// Takes out the increments from number `first` on, which `check --fix` has moved away.
    mutating func removeIncrements(from first: Int) {
        increments.removeAll { $0.sequence >= first }
    }

    /// Throws where a file is listed as replaced that can't be: a rewrite replaces the base with the increments up to
    /// some number, and leaves at least one. A wrong letter in the manifest would have the data removed.
    func checkHistory() throws(ManifestError.Reason) {
        let replaced = history.filter { number(in: $0.name) != nil && $0.name.contains(".incr.") }
        guard let last = replaced.max(by: { $0.sequence < $1.sequence }) else { return }
        let hasOldBase = history.contains { number(in: $0.name) != nil && $0.name.contains(".base.") }
        if let first = increments.first {
            if last.sequence > first.sequence { throw .notReplaced(last.name) }
        } else if !hasOldBase {
            // With one, a Redis has been told to rewrite while it did not append.
            throw .notReplaced(last.name)
        }
        // Only the first base replaces none.
        if !hasOldBase, let base, base.sequence > 1 { throw .notReplaced(last.name) }
    }

    /// The number in a name as Redis makes them, `PREFIX.N.base.rdb`; nil in another.
    private func number(in name: String) -> Int? {
        guard name.hasPrefix(prefix + ".") else { return nil }
        let rest = name.dropFirst(prefix.count + 1).split(separator: ".", omittingEmptySubsequences: false)
        return rest.count == 3 && (rest[1] == "base" || rest[1] == "incr") ? Int(rest[0]) : nil
    }

    private func highest(_ entry: Entry?) -> Int {
        let replaced = entry?.role == .increment ? [] : history.filter { $0.name.contains(".base.") }
        return max(entry?.sequence ?? 0, replaced.map(\.sequence).max() ?? 0)
    }

    /// Whether `name` names a file in the directory itself. Redis refuses the backslash too.
    static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".."
            && name.utf8.allSatisfy { $0 != 0 && $0 != 0x2F && $0 != 0x5C }
    }
}
