internal import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A leaf: items in order.
///
/// After the 16-byte header (see `Node`) come the slots in order; the heap of packed strings grows down
/// from the end of the block, without holes. A slot's offset is the distance of its item's first string from
/// the end, so that offsets stay when the block grows. Slots lie where they do whatever the header says: a
/// search loads them and the header at the same time, and in a large tree both loads miss the cache.
/// Invariants: slots and heap do not overlap; every offset is at most `heapSize`; the block is smaller than
/// 64 KiB. Everything that changes a leaf needs its only reference, and what returns a leaf may have moved it.
struct Leaf<L: ItemLayout> {
    let raw: NodeAddress

    @inline(__always)
    init(_ raw: NodeAddress) { self.raw = raw }

    @inline(__always) static var header: Int { 16 }

    static func make(capacity: Int) -> Leaf {
        precondition(capacity >= header && capacity < 65_536 && capacity % 2 == 0)
        let raw = Block.allocate(capacity)
        raw.storeBytes(of: 0, toByteOffset: 4, as: UInt32.self)
        raw.storeBytes(of: UInt32(capacity), toByteOffset: 8, as: UInt32.self)
        raw.storeBytes(of: 0, toByteOffset: 12, as: UInt32.self)
        return Leaf(raw)
    }

    /// The leaf of one item.
    static func make(_ item: NewItem<L>) -> Leaf {
        make(capacity: Block.goodSize(header + L.slotWidth + item.heapSize)).inserting(item, at: 0)
    }

    @inline(__always) var count: Int { Node.count(raw) }

    @inline(__always)
    var capacity: Int { Int(raw.load(fromByteOffset: 8, as: UInt32.self)) }

    /// Bytes of packed strings.
    @inline(__always)
    var heapSize: Int { Int(raw.load(fromByteOffset: 12, as: UInt32.self)) }

    @inline(__always)
    func setHeapSize(_ size: Int) {
        raw.storeBytes(of: UInt32(truncatingIfNeeded: size), toByteOffset: 12, as: UInt32.self)
    }

    /// Bytes in use: header, heap and slots.
    @inline(__always)
    var used: Int { Self.header &+ heapSize &+ count &* L.slotWidth }

    var hasBlocks: Bool { raw.load(fromByteOffset: 4, as: UInt8.self) != 0 }

    func markBlocks() { raw.storeBytes(of: 1, toByteOffset: 4, as: UInt8.self) }

    // MARK: Reading

    @inline(__always)
    func slot(_ i: Int) -> UnsafeMutableRawPointer {
        assert(i >= 0 && i < count)
        return raw + (Self.header &+ L.slotWidth &* i)
    }

    /// The key as it was stored; 0 where the layout has none.
    @inline(__always)
    func storedKey(_ i: Int) -> UInt64 {
        switch L.keyWidth {
        case 4: UInt64(slot(i).loadUnaligned(as: UInt32.self))
        case 8: slot(i).loadUnaligned(as: UInt64.self)
        default: 0
        }
    }

    /// The key to order by.
    @inline(__always)
    func key(_ i: Int) -> UInt64 { L.comparable(storedKey(i)) }

    @inline(__always)
    func payload(_ i: Int) -> UInt64 { slot(i).loadUnaligned(fromByteOffset: L.keyWidth, as: UInt64.self) }

    func setPayload(_ i: Int, _ payload: UInt64) {
        precondition(L.strings == 0)
        slot(i).storeBytes(of: payload, toByteOffset: L.keyWidth, as: UInt64.self)
    }

    @inline(__always)
    private func offset(_ i: Int) -> Int {
        Int(slot(i).loadUnaligned(fromByteOffset: L.keyWidth, as: UInt16.self))
    }

    @inline(__always)
    func heap(_ i: Int) -> UnsafeMutableRawPointer { raw + (capacity &- offset(i)) }

    /// The item's first string; valid until the leaf changes.
    @inline(__always)
    func first(_ i: Int) -> ByteView { PackedString.read(heap(i)) }

    /// The item's second string.
    @inline(__always)
    func second(_ i: Int) -> ByteView {
        let place = UnsafeRawPointer(heap(i))
        return PackedString.read(place + PackedString.size(at: place))
    }

    /// Bytes of heap that item `i` takes.
    @inline(__always)
    func heapSize(_ i: Int) -> Int {
        if L.strings == 0 { return 0 }
        let place = UnsafeRawPointer(heap(i))
        let first = PackedString.size(at: place)
        return L.strings == 1 ? first : first &+ PackedString.size(at: place + first)
    }

    // MARK: Changing

    /// Whether the item fits without passing the limit.
    @inline(__always)
    func fits(_ item: NewItem<L>, _ limit: LeafLimit) -> Bool {
        used &+ item.heapSize &+ L.slotWidth <= limit.bytes && count < limit.items
    }

    /// Inserts an item before index `i`.
    func inserting(_ item: NewItem<L>, at i: Int) -> Leaf {
        precondition(i >= 0 && i <= count)
        let needed = used &+ item.heapSize &+ L.slotWidth
        let leaf = needed <= capacity ? self : resized(to: Self.roomy(needed))
        leaf.write(item, at: i)
        return leaf
    }

    private func write(_ item: NewItem<L>, at i: Int) {
        let count = count
        Node.setCount(raw, count &+ 1)
        let place = slot(i)
        memmove(place + L.slotWidth, place, L.slotWidth &* (count &- i))
        storeKey(item.key, at: place)
        if L.strings == 0 {
            place.storeBytes(of: item.payload, toByteOffset: L.keyWidth, as: UInt64.self)
            return
        }
        let size = heapSize &+ item.heapSize
        setHeapSize(size)
        place.storeBytes(
            of: UInt16(truncatingIfNeeded: size), toByteOffset: L.keyWidth, as: UInt16.self)
        let start = raw + (capacity &- size)
        PackedString.write(item.first, to: start)
        if L.strings == 2 { PackedString.write(item.second, to: start + item.firstSize) }
        if item.hasBlocks { markBlocks() }
    }

    @inline(__always)
    private func storeKey(_ key: UInt64, at place: UnsafeMutableRawPointer) {
        switch L.keyWidth {
        case 4: place.storeBytes(of: UInt32(truncatingIfNeeded: key), as: UInt32.self)
        case 8: place.storeBytes(of: key, as: UInt64.self)
        default: break
        }
    }

    /// Overwrites the second string of item `i` with one that takes as many bytes in the leaf itself; false
    /// where it does not.
    func overwriteSecond(_ i: Int, _ bytes: ByteView) -> Bool {
        let place = heap(i) + PackedString.size(at: heap(i))
        guard bytes.count <= PackedString.inlineLimit, PackedString.block(at: place) == nil,
            PackedString.size(of: bytes) == PackedString.size(at: place)
        else { return false }
        PackedString.write(bytes, to: place)
        return true
    }

    /// Removes the items of `range`. A leaf that becomes empty keeps its block.
    func removing(_ range: Range<Int>) -> Leaf {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        if range.count > 3 {
            let rest = Leaf.make(
                capacity: Self.roomy(Self.header + L.slotWidth * (count - range.count) + heapSize))
            rest.append(self, 0..<range.lowerBound, sharing: true)
            rest.append(self, range.upperBound..<count, sharing: true)
            Node.release(raw, L.self)
            return rest.trimmed()
        }
        for i in range.reversed() { removeOne(i) }
        return trimmed()
    }

    private func removeOne(_ i: Int) {
        let size = heapSize(i)
        let start = L.strings == 0 ? 0 : offset(i)
        if hasBlocks { forEachBlock(of: i) { Self.releaseBlock($0) } }
        let count = count
        memmove(slot(i), slot(i) + L.slotWidth, L.slotWidth &* (count &- 1 &- i))
        Node.setCount(raw, count &- 1)
        if L.strings == 0 { return }
        let heap = heapSize
        let lowest = raw + (capacity &- heap)
        memmove(lowest + size, lowest, heap &- start)
        setHeapSize(heap &- size)
        lowerOffsets(above: UInt16(truncatingIfNeeded: start), by: UInt16(truncatingIfNeeded: size))
    }

    /// Branchless, over a constant stride: the compiler makes vector code of it where slots are offsets alone.
    private func lowerOffsets(above from: UInt16, by size: UInt16) {
        let count = count
        if count == 0 { return }
        // Offsets are 2-aligned: block, header, slot width and key width all are even.
        let base = (raw + (Self.header &+ L.keyWidth)).assumingMemoryBound(to: UInt16.self)
        let step = L.slotWidth / 2
        var k = 0
        while k < count {
            let at = base[k &* step]
            base[k &* step] = at &- (at > from ? size : 0)
            k &+= 1
        }
    }

    // MARK: Memory

    /// A size with an eighth to grow into.
    static func roomy(_ needed: Int) -> Int {
        precondition(needed < 57_000, "a leaf's offsets have 16 bits")
        return Block.goodSize(needed &+ needed / 8)
    }

    private func trimmed() -> Leaf {
        capacity > 64 && used * 3 / 2 < capacity ? resized(to: Self.roomy(used)) : self
    }

    private func resized(to size: Int) -> Leaf {
        let heap = heapSize
        let old = capacity
        if size < old { memmove(raw + (size &- heap), raw + (old &- heap), heap) }
        let leaf = Leaf(Block.resize(raw, size))
        if size > old { memmove(leaf.raw + (size &- heap), leaf.raw + (old &- heap), heap) }
        leaf.raw.storeBytes(of: UInt32(truncatingIfNeeded: size), toByteOffset: 8, as: UInt32.self)
        return leaf
    }

    /// A copy that shares the blocks of long strings.
    func copy() -> Leaf {
        let other = Leaf(Block.copy(raw, count: capacity, size: capacity))
        forEachBlock { Block.retain($0) }
        return other
    }

    func forEachBlock(_ visit: (UnsafeMutableRawPointer) -> Void) {
        guard hasBlocks else { return }
        for i in 0..<count { forEachBlock(of: i, visit) }
    }

    func forEachBlock(of i: Int, _ visit: (UnsafeMutableRawPointer) -> Void) {
        guard L.strings > 0 else { return }
        var place = UnsafeRawPointer(heap(i))
        for _ in 0..<L.strings {
            // The address first: the visitor may free what it is told of, not the leaf.
            let next = place + PackedString.size(at: place)
            if let block = PackedString.block(at: place) { visit(block) }
            place = next
        }
    }

    private static func releaseBlock(_ block: UnsafeMutableRawPointer) {
        if Block.drop(block) { Block.free(block) }
    }

    /// Gives the references to all blocks back, before the leaf is freed.
    func releaseBlocks() { forEachBlock { Self.releaseBlock($0) } }
}
