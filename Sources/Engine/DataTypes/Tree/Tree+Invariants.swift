internal import Bytes

extension Tree {
    /// What is wrong with the tree, nil where nothing is: order, separators, counts, levels, fill and
    /// reference counts are looked at. For tests. O(n).
    func checkInvariants() -> String? {
        guard let root else { return nil }
        if Node.count(root) == 0 { return "an empty tree has a root" }
        if !Node.isLeaf(root), Node.count(root) == 1 { return "the root has one child" }
        var previous: Item<L>?
        return Self.check(root, Node.level(root), &previous)
    }

    private static func check(_ raw: NodeAddress, _ level: Int, _ previous: inout Item<L>?) -> String? {
        if Node.level(raw) != level { return "a node of level \(Node.level(raw)) where \(level) belongs" }
        if Block.references(raw) < 1 { return "a node without a reference" }
        if Node.count(raw) == 0 { return "an empty node of level \(level)" }
        if level == 0 { return check(Leaf(raw), &previous) }
        let inner = Inner(raw)
        if inner.count > Inner.fanout { return "\(inner.count) children" }
        var sum = 0
        for i in 0..<inner.count {
            if inner.childTotal(i) != Node.total(inner.child(i)) {
                return "\(inner.childTotal(i)) items noted, \(Node.total(inner.child(i))) counted"
            }
            sum += inner.childTotal(i)
            if L.keyWidth > 0, i > 0 {
                if let previous, L.comparable(previous.key) > inner.separator(i) {
                    return "a key above the separator behind it"
                }
                let first = firstKey(inner.child(i))
                if first < inner.separator(i) { return "a key below its separator" }
            }
            if let problem = check(inner.child(i), level - 1, &previous) { return problem }
        }
        return sum == inner.total ? nil : "total \(inner.total), children hold \(sum)"
    }

    private static func firstKey(_ raw: NodeAddress) -> UInt64 {
        var raw = raw
        while !Node.isLeaf(raw) { raw = Inner(raw).child(0) }
        return Leaf<L>(raw).key(0)
    }

    private static func check(_ leaf: Leaf<L>, _ previous: inout Item<L>?) -> String? {
        if leaf.used > leaf.capacity { return "slots and heap overlap" }
        var heap = 0
        for i in 0..<leaf.count {
            heap += leaf.heapSize(i)
            if let previous, L.keyWidth > 0 {
                let (a, b) = (L.comparable(previous.key), leaf.key(i))
                if a > b { return "keys out of order" }
                if a == b, L.strings > 0, previous.first >= leaf.first(i) { return "strings out of order" }
            }
            previous = Item(leaf, i)
        }
        return heap == leaf.heapSize ? nil : "the heap has holes: \(heap) of \(leaf.heapSize)"
    }

    /// Leaves and the bytes in use and allocated in them, for tests of how full they are. O(nodes).
    func fill() -> (leaves: Int, used: Int, capacity: Int) {
        guard let root else { return (0, 0, 0) }
        return Self.fill(root)
    }

    private static func fill(_ raw: NodeAddress) -> (leaves: Int, used: Int, capacity: Int) {
        if Node.isLeaf(raw) { return (1, Leaf<L>(raw).used, Leaf<L>(raw).capacity) }
        var sum = (leaves: 0, used: 0, capacity: 0)
        for i in 0..<Inner(raw).count {
            let child = fill(Inner(raw).child(i))
            sum = (sum.leaves + child.leaves, sum.used + child.used, sum.capacity + child.capacity)
        }
        return sum
    }
}
