internal import Bytes

/// How many elements stand before a position, and which position is the n-th, without reading them all.
///
/// Level 0 is the elements themselves, in the order of their positions, cut into runs. Above them is a B+ tree with
/// subtree counts whose nodes are records under known keys: a node says where its entries begin and how many elements
/// each has, so that a descent is one look-up a level, without an iterator. A rank is a sum of counts on the way down and
/// a walk over part of one run. (docs/decisions/0009-disk-keyspace.md has the reasons.)
///
/// Invariants: the root begins at the empty position, is the only node of its level, and has two entries or more; a node
/// is filed under where its first entry begins; its parent's entry has the same separator and the sum of its counts; no
/// run is empty, none has more than `width` elements, and two neighbours in a node have more than half as many; no
/// node has more than `fanOut` entries, and none but the root fewer than `leastEntries`.
///
/// Nodes that a command has read stay in memory, and are written once, by `flush`.
final class CountedSpans {
    // The collection that owns the spans is owned by who owns the unit.
    unowned(unsafe) let unit: WriteSet
    let version: UInt64
    /// Elements of a run at most; three or more.
    let width: Int
    /// No element stands before this position, nor at or after that one (nil: wherever). What was removed beyond them
    /// lies there as so many marks, which are not to be walked over.
    var floor: [UInt8] = []
    var ceiling: [UInt8]?
    /// How many levels there are above the elements.
    var height: Int
    /// The node of the highest level, where it was read.
    var root: SpanNode?
    /// How many nodes were read or made.
    var loaded = 0

    /// So many nodes are kept in memory at most: about a megabyte.
    private static let most = 512

    init(_ unit: WriteSet, version: UInt64, height: Int, width: Int) {
        self.unit = unit
        self.version = version
        self.height = height
        self.width = width
    }

    /// Entries that a node has at most.
    var fanOut: Int { max(width / 8, 4) }

    /// Entries that a node other than the root has at least.
    var leastEntries: Int { max(fanOut / 4, 2) }

    // MARK: Records

    /// Visits elements from the position `lower` to before `upper` (nil: to the end): position and value.
    func walk(
        from lower: ByteView, to upper: ByteView?, orEqual: Bool = false, reverse: Bool = false,
        _ visit: (ByteView, ByteView) -> Bool
    ) {
        let isBelow = floor.withByteView { lower < $0 }
        let start = isBelow ? OrderKey.make(version, 0, floor) : OrderKey.make(version, 0, lower)
        let end = end(upper, orEqual)
        unit.walk(.order, from: start.view, to: end.view, reverse: reverse) { key, value in
            visit(key.dropFirst(OrderKey.prefix), value)
        }
    }

    private func end(_ upper: ByteView?, _ orEqual: Bool) -> ByteBuffer {
        let end = upper.map { OrderKey.make(version, 0, $0, tail: orEqual) } ?? OrderKey.end(version, 0)
        guard let ceiling else { return end }
        let last = OrderKey.make(version, 0, ceiling)
        return last.view < end.view ? last : end
    }

    /// Gives the unit up: its records contradict each other.
    func damaged() {
        unit.fail(RocksError(.corruption, "Corruption: the counts of collection \(version) are wrong"))
    }

    private func withKey(_ node: SpanNode, _ body: (ByteView) -> Void) {
        node.separators.withView(0) {
            let key = OrderKey.make(version, UInt8(node.level), $0)
            body(key.view)
        }
    }

    /// Writes the nodes that were changed.
    func flush() {
        guard let root else { return }
        var value = ByteBuffer()
        flush(root, &value)
    }

    private func flush(_ node: SpanNode, _ value: inout ByteBuffer) {
        // Who changes a node changes the counts of all above it.
        if !node.isDirty { return }
        node.isDirty = false
        value.clear()
        node.write(to: &value)
        let record = value.view
        withKey(node) { unit.put(.order, $0, record) }
        for child in node.children { if let child { flush(child, &value) } }
    }

    func delete(_ node: SpanNode) {
        withKey(node) { unit.delete(.order, $0) }
    }

    /// Lets nodes go that are many.
    func trim() {
        guard loaded > CountedSpans.most else { return }
        flush()
        root = nil
        loaded = 0
    }

    // MARK: Nodes

    /// The root; nil where it is damaged. There is one.
    func loadRoot() -> SpanNode? {
        if let root { return root }
        root = load(height, at: .empty)
        return root
    }

    /// The node of an entry above level 1; nil where it is damaged.
    func child(_ node: SpanNode, _ index: Int) -> SpanNode? {
        if let child = node.children[index] { return child }
        let child = node.separators.withView(index) { load(node.level - 1, at: $0) }
        guard let child else { return nil }
        guard child.total == node.elements[index] else {
            damaged()
            return nil
        }
        node.children[index] = child
        return child
    }

    private func load(_ level: Int, at separator: ByteView) -> SpanNode? {
        let key = OrderKey.make(version, UInt8(level), separator)
        let node = unit.withValue(.order, key.view) { $0.flatMap { SpanNode(level, at: separator, $0) } }
        guard let node, node.total != nil else {
            damaged()
            return nil
        }
        loaded += 1
        return node
    }

    /// Goes down to a run, by the entry that `choose` takes of each node; nil where a node is damaged.
    func descend(_ choose: (SpanNode) -> Int) -> (node: SpanNode, index: Int)? {
        trim()
        guard var node = loadRoot() else { return nil }
        while true {
            let index = choose(node)
            if node.level == 1 { return (node, index) }
            guard let child = child(node, index) else { return nil }
            node = child
        }
    }

    // MARK: Ranks

    /// How many elements stand before the position, whether or not it is one's. O(log n + width).
    func rank(of bound: ByteView) -> Int {
        var sum = 0
        func count(from start: ByteView) {
            walk(from: start, to: bound) { _, _ in
                sum += 1
                return true
            }
        }
        if height == 0 {
            count(from: .empty)
            return sum
        }
        let run = descend { node in
            let index = node.separators.index(covering: bound)
            for before in 0..<index { sum += node.elements[before] }
            return index
        }
        guard let run else { return 0 }
        run.node.separators.withView(run.index) { count(from: $0) }
        return sum
    }

    /// Calls `body` with from where to walk, and how many elements to pass over, to come to the one of that rank.
    private func approach(_ rank: Int, _ body: (ByteView, Int) -> Void) {
        if height == 0 { return body(.empty, rank) }
        var left = rank
        let run = descend { node in
            var index = 0
            while index < node.count - 1, left >= node.elements[index] {
                left -= node.elements[index]
                index += 1
            }
            return index
        }
        guard let run else { return }
        run.node.separators.withView(run.index) { body($0, left) }
    }

    /// Visits elements from that rank on, upwards or downwards, until the visitor returns false: position and value.
    /// O(log n + width + visited).
    /// - Parameter count: how many elements there are; the rank is below it.
    func forEach(
        from rank: Int, of count: Int, reverse: Bool = false, _ visit: (ByteView, ByteView) -> Bool
    ) {
        if reverse {
            if rank == count - 1 { return walk(from: .empty, to: nil, reverse: true, visit) }
            guard let position = position(of: rank) else { return }
            return position.withByteView {
                walk(from: .empty, to: $0, orEqual: true, reverse: true, visit)
            }
        }
        if rank == 0 { return walk(from: .empty, to: nil, visit) }
        approach(rank) { start, skip in
            var skip = skip
            walk(from: start, to: nil) { position, value in
                if skip > 0 {
                    skip -= 1
                    return true
                }
                return visit(position, value)
            }
        }
    }

    /// The position of the element of that rank; nil where there is none. O(log n + width).
    func position(of rank: Int) -> [UInt8]? {
        var found: [UInt8]?
        approach(rank) { start, skip in
            var skip = skip
            walk(from: start, to: nil) { position, _ in
                if skip == 0 { found = position.array }
                skip -= 1
                return found == nil
            }
        }
        return found
    }
}
