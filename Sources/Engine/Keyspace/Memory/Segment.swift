internal import Bytes
internal import CPrefetch

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A hash table of 512 slots: the unit in which the keyspace grows. Open addressing with linear probing; a
/// slot is 0 or a 16-bit tag (the hash's low bits) over a 48-bit entry pointer, so a look-up follows few
/// pointers in vain, and removal knows every slot's home without hashing its key.
///
/// Layout: 64 bytes of header (occupied slots, local depth), then the slots, cache-line aligned.
/// Invariant: `used` counts the non-zero slots and stays below 512, so every probe ends.
struct Segment {
    let raw: UnsafeMutableRawPointer

    static let slotCount = 512
    /// Past this many a segment is split: probes stay within two or three cache lines.
    static let maximumUsed = 435
    private static let header = 64
    private static let pointerMask: UInt64 = (1 << 48) - 1
    /// Bytes of one segment on the heap.
    static let size = header + slotCount * 8

    init(raw: UnsafeMutableRawPointer) { self.raw = raw }

    static func make(depth: Int) -> Segment {
        let raw = SegmentPool.allocate()
        memset(raw, 0, size)
        let segment = Segment(raw: raw)
        segment.depth = depth
        return segment
    }

    func free() { SegmentPool.free(raw) }

    private var header: UnsafeMutablePointer<Int> { raw.assumingMemoryBound(to: Int.self) }

    /// Occupied slots.
    var used: Int {
        get { header[0] }
        nonmutating set { header[0] = newValue }
    }

    /// How many bits of the hash (below the shard's) all its keys share.
    var depth: Int {
        get { header[1] }
        nonmutating set { header[1] = newValue }
    }

    private var slots: UnsafeMutablePointer<UInt64> {
        (raw + Segment.header).assumingMemoryBound(to: UInt64.self)
    }

    @inline(__always)
    private static func entry(_ slot: UInt64) -> Entry {
        Entry(raw: UnsafeMutableRawPointer(bitPattern: UInt(slot & pointerMask)).unsafelyUnwrapped)
    }

    @inline(__always)
    private static func slot(_ entry: Entry, _ hash: UInt64) -> UInt64 {
        (hash << 48) | UInt64(UInt(bitPattern: entry.raw))
    }

    @inline(__always)
    private static func home(ofHash hash: UInt64) -> Int { Int(truncatingIfNeeded: hash & 511) }

    @inline(__always)
    private static func home(ofSlot slot: UInt64) -> Int { Int(truncatingIfNeeded: (slot >> 48) & 511) }

    /// The entry in slot `index`, nil where it is free.
    @inline(__always)
    subscript(index: Int) -> Entry? {
        let slot = slots[index]
        return slot == 0 ? nil : Segment.entry(slot)
    }

    /// Fetches an entry that a walk through all slots comes to soon, being at slot `index` now: entries lie
    /// anywhere in memory, and the walk would wait for each.
    @inline(__always)
    func prefetchEntry(ahead index: Int) {
        let slot = slots[(index &+ 12) & 511]
        if slot != 0 { Segment.entry(slot).prefetch() }
    }

    /// The slot of `key`, nil where it is missing.
    @inline(__always)
    func find(_ key: ByteView, _ hash: UInt64) -> Int? {
        var index = Segment.home(ofHash: hash)
        let tag = hash & 0xFFFF
        while true {
            let slot = slots[index]
            if slot == 0 { return nil }
            if slot >> 48 == tag, Segment.entry(slot).key == key { return index }
            index = (index &+ 1) & 511
        }
    }

    /// Fetches the line ahead in which the look-up of a hash begins.
    @inline(__always)
    func prefetchSlot(_ hash: UInt64) { rw_prefetch(slots + Segment.home(ofHash: hash)) }

    /// Fetches the entry ahead that the look-up of a hash is likely to end at: its header, its key and the
    /// beginning of its value.
    @inline(__always)
    func prefetchEntry(_ hash: UInt64) {
        var index = Segment.home(ofHash: hash)
        let tag = hash & 0xFFFF
        while slots[index] != 0 {
            if slots[index] >> 48 == tag { return Segment.entry(slots[index]).prefetch() }
            index = (index &+ 1) & 511
        }
    }

    /// The slot that holds exactly this entry, nil where it is gone.
    func find(_ entry: Entry, _ hash: UInt64) -> Int? {
        let wanted = Segment.slot(entry, hash)
        var index = Segment.home(ofHash: hash)
        while slots[index] != 0 {
            if slots[index] == wanted { return index }
            index = (index + 1) & 511
        }
        return nil
    }

    /// Puts an entry whose key is not there into the first free slot.
    func insert(_ entry: Entry, _ hash: UInt64) {
        precondition(used < Segment.slotCount - 1, "a full segment must be split first")
        var index = Segment.home(ofHash: hash)
        while slots[index] != 0 { index = (index &+ 1) & 511 }
        slots[index] = Segment.slot(entry, hash)
        used += 1
    }

    /// Puts another entry of the same key into an occupied slot.
    func replace(at index: Int, with entry: Entry) {
        slots[index] = (slots[index] & ~Segment.pointerMask) | UInt64(UInt(bitPattern: entry.raw))
    }

    /// Frees a slot, moving later ones of its run back so that no probe is cut short (Knuth 6.4, R).
    func remove(at index: Int) {
        var hole = index
        var next = (index + 1) & 511
        while slots[next] != 0 {
            let home = Segment.home(ofSlot: slots[next])
            // Movable unless its home lies cyclically within (hole, next].
            if (next &- home) & 511 >= (next &- hole) & 511 {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & 511
        }
        slots[hole] = 0
        used -= 1
    }
}
