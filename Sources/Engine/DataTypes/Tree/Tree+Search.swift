internal import Bytes

extension Tree {
    /// The item of (`key`, `bytes`), nil where it is missing. O(log n).
    @inline(__always)
    func find(_ key: UInt64, _ bytes: ByteView) -> Item<L>? {
        guard var raw = root else { return nil }
        var span = KeySpan<L>()
        var count = Node.count(raw)
        for _ in 0..<Node.level(raw) {
            let inner = Inner(raw)
            let i = Self.child(of: inner, key, bytes, span)
            span.narrow(inner, i)
            count = inner.childTotal(i)
            raw = inner.child(i)
        }
        let leaf = Leaf<L>(raw)
        let i = leaf.lowerBound(key, bytes, count, span)
        guard i < count, leaf.compare(i, key, bytes) == 0 else { return nil }
        return Item(leaf, i)
    }

    /// The path to (`key`, `bytes`), or to where it belongs; true where it is present.
    @inline(__always)
    func locate(_ key: UInt64, _ bytes: ByteView, _ path: inout TreePath) -> Bool {
        guard var raw = root else { return false }
        var span = KeySpan<L>()
        var count = Node.count(raw)
        for _ in 0..<Node.level(raw) {
            let inner = Inner(raw)
            let i = Self.child(of: inner, key, bytes, span)
            span.narrow(inner, i)
            path.push(raw, i)
            count = inner.childTotal(i)
            raw = inner.child(i)
        }
        let leaf = Leaf<L>(raw)
        let i = leaf.lowerBound(key, bytes, count, span)
        path.push(raw, i)
        return i < count && leaf.compare(i, key, bytes) == 0
    }

    /// The path to the first item whose key is not below `key` (or is above it, where `orEqual`). Where that
    /// is the first item of a leaf, the path may also be behind the last of the leaf before.
    func locate(bound key: UInt64, orEqual: Bool, _ path: inout TreePath) {
        guard var raw = root else { return }
        var span = KeySpan<L>()
        var count = Node.count(raw)
        for _ in 0..<Node.level(raw) {
            let inner = Inner(raw)
            let i = orEqual ? inner.lastChild(notAbove: key, span) : inner.lastChild(below: key, span)
            span.narrow(inner, i)
            path.push(raw, i)
            count = inner.childTotal(i)
            raw = inner.child(i)
        }
        let leaf = Leaf<L>(raw)
        path.push(raw, orEqual ? leaf.upperBound(key, count, span) : leaf.lowerBound(key, count, span))
    }

    /// The path to item `index`, at most `count`.
    @inline(__always)
    func locate(index: Int, _ path: inout TreePath) {
        precondition(index >= 0 && index <= count, "index out of range")
        guard var raw = root else { return }
        var rest = index
        while !Node.isLeaf(raw) {
            let inner = Inner(raw)
            let i = inner.child(holding: &rest)
            path.push(raw, i)
            raw = inner.child(i)
        }
        path.push(raw, rest)
    }

    /// Item `index`. O(log n).
    @inline(__always)
    subscript(index: Int) -> Item<L> {
        precondition(index >= 0 && index < count, "index out of range")
        var raw = root.unsafelyUnwrapped
        var rest = index
        while !Node.isLeaf(raw) {
            let inner = Inner(raw)
            raw = inner.child(inner.child(holding: &rest))
        }
        return Item(Leaf<L>(raw), rest)
    }

    /// How many items stand before the path's. O(log n).
    func rank(_ path: TreePath) -> Int {
        guard path.depth > 0 else { return 0 }
        var sum = path.position
        for level in 0..<path.last { sum &+= Inner(path.node(level)).itemsBefore(path.index(level)) }
        return sum
    }

    /// How many items have a key below `key`, or not above it where `orEqual`. O(log n).
    func rank(bound key: UInt64, orEqual: Bool) -> Int {
        var path = TreePath()
        locate(bound: key, orEqual: orEqual, &path)
        return rank(path)
    }

    /// The child that holds (`key`, `bytes`) if any does. Where the key equals separators, the children's
    /// first items decide.
    @inline(__always)
    private static func child(
        of inner: Inner, _ key: UInt64, _ bytes: ByteView, _ span: KeySpan<L>
    ) -> Int {
        let last = inner.lastChild(notAbove: key, span)
        if last == 0 || inner.separator(last) != key { return last }
        return childAmongTies(of: inner, last, key, bytes)
    }

    @inline(never)
    private static func childAmongTies(of inner: Inner, _ last: Int, _ key: UInt64, _ bytes: ByteView) -> Int
    {
        var low = inner.lastChild(below: key, KeySpan<L>())
        var high = last
        while low < high {
            let middle = (low &+ high &+ 1) >> 1
            if firstLeaf(inner.child(middle)).compare(0, key, bytes) <= 0 {
                low = middle
            } else {
                high = middle &- 1
            }
        }
        return low
    }

    private static func firstLeaf(_ raw: NodeAddress) -> Leaf<L> {
        var raw = raw
        while !Node.isLeaf(raw) { raw = Inner(raw).child(0) }
        return Leaf(raw)
    }

    // MARK: Visiting

    /// Visits items upwards or downwards from the path's on (downwards: from the one before it), until the
    /// visitor returns false.
    @inline(__always)
    func forEach(from path: TreePath, reverse: Bool = false, _ visit: (Item<L>) -> Bool) {
        guard path.depth > 0 else { return }
        var path = path
        var i = path.position
        repeat {
            let leaf = path.leaf(L.self)
            if reverse {
                while i > 0 {
                    i &-= 1
                    if !visit(Item(leaf, i)) { return }
                }
            } else {
                let count = leaf.count
                while i < count {
                    if !visit(Item(leaf, i)) { return }
                    i &+= 1
                }
            }
            guard path.step(forward: !reverse) else { return }
            i = reverse ? path.leaf(L.self).count : 0
        } while true
    }

    /// Visits the items of `range` upwards or downwards, until the visitor returns false. O(log n + visited).
    @inline(__always)
    func forEach(_ range: Range<Int>, reverse: Bool = false, _ visit: (Item<L>) -> Bool) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range out of bounds")
        var left = range.count
        if left == 0 { return }
        var path = TreePath()
        locate(index: reverse ? range.upperBound : range.lowerBound, &path)
        forEach(from: path, reverse: reverse) { item in
            left &-= 1
            return visit(item) && left > 0
        }
    }

    /// Visits all items in order, until the visitor returns false.
    @inline(__always)
    func forEach(_ visit: (Item<L>) -> Bool) { forEach(0..<count, visit) }
}
