/// What was found that Redwing has no place for, by kind, in the order in which each first came.
struct ForeignContent {
    private var kinds: [(name: String, count: Int, first: String)] = []

    /// Counts one `name`; `key` is told of the first.
    mutating func count(_ name: String, key: String) {
        if let index = kinds.firstIndex(where: { $0.name == name }) {
            kinds[index].count += 1
        } else if kinds.count < 100 {
            kinds.append((name, 1, key))
        }
    }

    var isEmpty: Bool { kinds.isEmpty }
    var total: Int { kinds.reduce(0) { $0 + $1.count } }

    /// "3 × stream (the first is "st"), 1 × function library".
    var description: String {
        kinds.map { kind in
            "\(kind.count) × \(kind.name)" + (kind.first.isEmpty ? "" : " (the first: \(kind.first))")
        }.joined(separator: ", ")
    }
}
