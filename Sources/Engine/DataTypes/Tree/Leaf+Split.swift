#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

// Moving items between leaves; the invariants are Leaf's.

extension Leaf {
    /// Appends copies of another leaf's items; the other keeps its references to blocks where `sharing`,
    /// else they pass to this leaf. There is room.
    func append(_ other: Leaf, _ range: Range<Int>, sharing: Bool) {
        precondition(range.lowerBound >= 0 && range.upperBound <= other.count)
        var heap = heapSize
        var at = count
        for i in range {
            let place = raw + (Self.header &+ L.slotWidth &* at)
            memcpy(place, other.slot(i), L.slotWidth)
            if L.strings > 0 {
                let size = other.heapSize(i)
                heap &+= size
                assert(Self.header + L.slotWidth * (at + 1) + heap <= capacity)
                place.storeBytes(
                    of: UInt16(truncatingIfNeeded: heap), toByteOffset: L.keyWidth, as: UInt16.self)
                memcpy(raw + (capacity &- heap), other.heap(i), size)
            }
            at &+= 1
        }
        setHeapSize(heap)
        Node.setCount(raw, at)
        if other.hasBlocks {
            markBlocks()
            if sharing { for i in range { other.forEachBlock(of: i) { Block.retain($0) } } }
        }
    }

    /// Splits into two leaves of about as many bytes, neither empty; this one is gone after. Needs two items.
    func split() -> (left: Leaf, right: Leaf) {
        precondition(count >= 2)
        var middle = count / 2
        var leftBytes = 0
        if L.strings > 0 {
            let half = used / 2
            middle = 0
            while middle < count - 1 {
                let size = heapSize(middle) &+ L.slotWidth
                if middle > 0 && leftBytes &+ size > half { break }
                leftBytes &+= size
                middle &+= 1
            }
        } else {
            leftBytes = middle * L.slotWidth
        }
        let rightBytes = used - Self.header - leftBytes
        let left = Leaf.make(capacity: Self.roomy(Self.header + leftBytes))
        let right = Leaf.make(capacity: Self.roomy(Self.header + rightBytes))
        left.append(self, 0..<middle, sharing: false)
        right.append(self, middle..<count, sharing: false)
        Block.free(raw)
        return (left, right)
    }

    /// A new leaf with the items of both, which keep theirs.
    static func joining(_ left: Leaf, _ right: Leaf) -> Leaf {
        let joined = make(capacity: roomy(left.used + right.used - header))
        joined.append(left, 0..<left.count, sharing: true)
        joined.append(right, 0..<right.count, sharing: true)
        return joined
    }
}
