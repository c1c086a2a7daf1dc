internal import Bytes

/// A list in memory: a tree of leaves in order of position (Redis's `quicklist`).
struct ListBody: CollectionBody {
    private var tree: Tree<ListItems>

    init() { tree = Tree() }

    var count: Int { tree.count }

    /// The item at `index`, which is within bounds; valid until the list changes. O(log n).
    func get(_ index: Int) -> ByteView { tree[index].first }

    /// Replaces the item at `index`. The view may not be of this list.
    mutating func set(_ index: Int, _ item: ByteView, limits: borrowing EncodingLimits) {
        precondition(index < count, "index out of range")
        var path = TreePath()
        tree.locate(index: index, &path)
        tree.replace(NewItem(first: item), at: &path, limit: Self.limit(limits))
    }

    /// Inserts before `index`; `index == count` appends. The view may not be of this list. O(log n).
    mutating func insert(_ item: ByteView, at index: Int, limits: borrowing EncodingLimits) {
        var path = TreePath()
        tree.locate(index: index, &path)
        tree.insert(NewItem(first: item), at: &path, limit: Self.limit(limits))
    }

    /// Removes the items of `range`. O(log n + removed).
    mutating func remove(_ range: Range<Int>, limits: borrowing EncodingLimits = EncodingLimits()) {
        tree.remove(range, limit: Self.limit(limits))
    }

    /// Visits the items of `range` from left to right, or from right to left, until the visitor returns
    /// false. O(log n + visited).
    func forEach(_ range: Range<Int>, reverse: Bool, _ visit: (ByteView) -> Bool) {
        tree.forEach(range, reverse: reverse) { visit($0.first) }
    }

    /// `list-max-listpack-size` as the limit of a leaf: a number of items (within 8 KiB, as in Redis) or
    /// 4 … 64 KiB, of which offsets of 16 bits leave 32.
    static func limit(_ limits: borrowing EncodingLimits) -> LeafLimit {
        let size = limits.listMaxListpackSize
        if size >= 0 { return LeafLimit(bytes: 8184, items: min(max(size, 1), 32_767)) }
        return LeafLimit(bytes: (4096 << min(-1 - max(size, -5), 3)) - 8, items: 65_535)
    }

    // MARK: As every collection

    var encoding: StaticString { "quicklist" }
    var memoryUsage: Int { tree.memory }
    var isLarge: Bool { tree.isLarge }

    func share() -> ListBody {
        _ = tree.share()
        return self
    }

    mutating func release() { tree.release() }

    mutating func releaseStep(nodes: Int) -> Bool { tree.releaseStep(leaves: nodes) }

    /// What is wrong with the body's structure, nil where nothing is. For tests. O(n).
    func checkInvariants() -> String? { tree.checkInvariants() }
}
