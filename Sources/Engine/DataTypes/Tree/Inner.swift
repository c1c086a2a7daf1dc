#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// An inner node: children with the number of items below each and a separator.
///
/// After the header and the total (see `Node`) come `capacity` entries of 24 bytes: child, count,
/// separator. Invariants: `total` is the sum of the counts; for i > 0 separator i is not below any key of
/// child i - 1 and not above any key of child i (the first separator says nothing); all children are of
/// the next lower level; there is at least one. Everything that changes a node needs its only reference.
struct Inner {
    let raw: NodeAddress

    /// The most children of a node.
    static let fanout = 128
    private static let header = 24
    private static let entryWidth = 24

    @inline(__always)
    init(_ raw: NodeAddress) { self.raw = raw }

    static func make(level: Int, capacity: Int) -> Inner {
        let raw = Block.allocate(header + capacity * entryWidth)
        raw.storeBytes(of: 0, toByteOffset: 4, as: UInt8.self)
        raw.storeBytes(of: UInt8(level), toByteOffset: 5, as: UInt8.self)
        raw.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
        raw.storeBytes(of: UInt32(capacity), toByteOffset: 8, as: UInt32.self)
        raw.storeBytes(of: 0, toByteOffset: 12, as: UInt32.self)
        raw.storeBytes(of: 0, toByteOffset: 16, as: Int.self)
        return Inner(raw)
    }

    @inline(__always) var level: Int { Node.level(raw) }
    @inline(__always) var count: Int { Node.count(raw) }
    private var capacity: Int { Int(raw.load(fromByteOffset: 8, as: UInt32.self)) }

    @inline(__always)
    var total: Int { raw.load(fromByteOffset: 16, as: Int.self) }

    private func setTotal(_ total: Int) { raw.storeBytes(of: total, toByteOffset: 16, as: Int.self) }

    @inline(__always)
    private func entry(_ i: Int) -> UnsafeMutableRawPointer {
        assert(i >= 0 && i <= count)
        return raw + (Self.header &+ i &* Self.entryWidth)
    }

    @inline(__always)
    func child(_ i: Int) -> NodeAddress { entry(i).load(as: NodeAddress.self) }

    @inline(__always)
    func childTotal(_ i: Int) -> Int { entry(i).load(fromByteOffset: 8, as: Int.self) }

    @inline(__always)
    func separator(_ i: Int) -> UInt64 { entry(i).load(fromByteOffset: 16, as: UInt64.self) }

    /// Puts `child`, whose reference passes to this node, in the place of the one that was there (whose
    /// reference passes to the caller), and brings the counts up to date.
    @inline(__always)
    func setChild(_ i: Int, _ child: NodeAddress) {
        entry(i).storeBytes(of: child, as: NodeAddress.self)
        let now = Node.total(child)
        setTotal(total &+ now &- childTotal(i))
        entry(i).storeBytes(of: now, toByteOffset: 8, as: Int.self)
    }

    func setSeparator(_ i: Int, _ key: UInt64) {
        entry(i).storeBytes(of: key, toByteOffset: 16, as: UInt64.self)
    }

    /// The child that holds item `index`, which becomes the index within that child; the last child for the
    /// index behind the last item.
    @inline(__always)
    func child(holding index: inout Int) -> Int {
        let last = count &- 1
        var i = 0
        while i < last {
            let below = childTotal(i)
            if index < below { break }
            index &-= below
            i &+= 1
        }
        return i
    }

    /// How many items stand before child `i`.
    @inline(__always)
    func itemsBefore(_ i: Int) -> Int {
        var sum = 0
        for k in 0..<i { sum &+= childTotal(k) }
        return sum
    }

    // MARK: Changing

    /// Inserts a child before entry `i`, taking over its reference; the node may move. There is room for one
    /// more under `fanout`.
    func inserting(_ child: NodeAddress, separator: UInt64, at i: Int) -> Inner {
        precondition(i >= 0 && i <= count && count < Self.fanout)
        var node = self
        if count == capacity {
            let wider = min(max(capacity * 2, 4), Self.fanout)
            node = Inner(Block.resize(raw, Self.header + wider * Self.entryWidth))
            node.raw.storeBytes(of: UInt32(wider), toByteOffset: 8, as: UInt32.self)
        }
        let place = node.raw + (Self.header + i * Self.entryWidth)
        memmove(place + Self.entryWidth, place, (node.count - i) * Self.entryWidth)
        let below = Node.total(child)
        place.storeBytes(of: child, as: NodeAddress.self)
        place.storeBytes(of: below, toByteOffset: 8, as: Int.self)
        place.storeBytes(of: separator, toByteOffset: 16, as: UInt64.self)
        Node.setCount(node.raw, node.count + 1)
        node.setTotal(node.total + below)
        return node
    }

    /// Removes entry `i`; the reference to its child passes to the caller.
    func removeEntry(_ i: Int) {
        precondition(i >= 0 && i < count)
        setTotal(total - childTotal(i))
        let place = entry(i)
        memmove(place, place + Self.entryWidth, (count - i - 1) * Self.entryWidth)
        Node.setCount(raw, count - 1)
    }

    /// Moves the entries from `i` on to a new node.
    func splitOff(from i: Int) -> Inner {
        precondition(i >= 0 && i <= count)
        let moved = count - i
        let right = Inner.make(level: level, capacity: max(moved + 1, 4))
        memcpy(right.raw + Self.header, entry(i), moved * Self.entryWidth)
        Node.setCount(right.raw, moved)
        Node.setCount(raw, i)
        let before = itemsBefore(i)
        right.setTotal(total - before)
        setTotal(before)
        return right
    }

    func copy() -> Inner {
        let used = Self.header + count * Self.entryWidth
        let other = Inner(Block.copy(raw, count: used, size: Self.header + capacity * Self.entryWidth))
        for i in 0..<count { Block.retain(child(i)) }
        return other
    }

    /// A new node with the children of both, which keep theirs; `separator` divides them.
    static func joining(_ left: Inner, _ right: Inner, separator: UInt64) -> Inner {
        let sum = left.count + right.count
        precondition(sum <= fanout && left.level == right.level)
        let joined = Inner.make(level: left.level, capacity: sum)
        memcpy(joined.raw + header, left.raw + header, left.count * entryWidth)
        memcpy(joined.raw + header + left.count * entryWidth, right.raw + header, right.count * entryWidth)
        Node.setCount(joined.raw, sum)
        joined.setTotal(left.total + right.total)
        joined.setSeparator(left.count, separator)
        for i in 0..<sum { Block.retain(joined.child(i)) }
        return joined
    }
}
