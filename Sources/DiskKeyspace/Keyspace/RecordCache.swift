internal import Bytes
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Records of keys that were looked up lately, as they are in the database: small ones, each in a slot of its own. What is
/// found here costs neither a call of RocksDB nor memory of its own.
///
/// Each shard has its part, whose slots stand in pairs; a record's pair follows from its hash, and the newer of two drives the
/// older out.
///
/// `@unchecked Sendable`: a shard's part is touched under the shard's lock only; but its counters, which are atomic, and
/// written under the lock.
final class RecordCache: @unchecked Sendable {
    /// What a part has counted; a cache line, so that locks of different shards don't share one.
    private struct Counters: ~Copyable {
        let hits = Atomic<Int>(0)
        let misses = Atomic<Int>(0)
        let taken = Atomic<Int>(0)
        private let padding: (Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0)
    }

    /// A slot: hash (8 bytes), length of the key (2), of the record (2), key, record. Without a key it is free.
    static let slotSize = 256
    private static let head = 12

    private let slots: UnsafeMutableRawPointer
    private let counters: UnsafeMutablePointer<Counters>
    private let shards: Int
    /// Pairs of a shard: a power of two.
    private let pairs: Int

    /// Takes up to so many bytes, as they are used.
    init(bytes: Int, shards: Int) {
        self.shards = shards
        let most = max(bytes / (2 * RecordCache.slotSize * shards), 1)
        pairs = 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
        let size = shards * pairs * 2 * RecordCache.slotSize
        let mapped = mmap(
            nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { fatalError("out of memory: \(size) bytes for records") }
        slots = mapped
        counters = .allocate(capacity: shards)
        for shard in 0..<shards { (counters + shard).initialize(to: Counters()) }
    }

    deinit {
        munmap(slots, limit)
        counters.deinitialize(count: shards)
        counters.deallocate()
    }

    /// Bytes of all slots.
    var limit: Int { shards * pairs * 2 * RecordCache.slotSize }

    /// How often a record was found, and not, and how many there are.
    var statistics: (hits: Int, misses: Int, taken: Int) {
        (0..<shards).reduce(into: (0, 0, 0)) { sum, shard in
            sum.0 += counters[shard].hits.load(ordering: .relaxed)
            sum.1 += counters[shard].misses.load(ordering: .relaxed)
            sum.2 += counters[shard].taken.load(ordering: .relaxed)
        }
    }

    // MARK: Records

    /// A key of the database with the hash in it.
    struct Name {
        let hash: UInt64
        let key: ByteView
    }

    /// The record of a key; valid until one is stored.
    @inline(__always)
    func find(_ name: Name, shard: Int) -> ByteView? {
        let pair = pair(name, shard)
        let slot = holds(pair, name) ? pair : pair + RecordCache.slotSize
        guard slot == pair || holds(slot, name) else {
            RecordCache.count(counters[shard].misses)
            return nil
        }
        RecordCache.count(counters[shard].hits)
        return value(slot)
    }

    /// Keeps a record that is in the database, if it is small.
    func store(_ name: Name, _ record: ByteView, shard: Int) {
        guard RecordCache.head + name.key.count + record.count <= RecordCache.slotSize, !name.key.isEmpty
        else { return }
        let pair = pair(name, shard)
        let other = pair + RecordCache.slotSize
        if holds(other, name) { free(other, shard) }
        if isTaken(pair), !holds(pair, name) {
            if !isTaken(other) { RecordCache.count(counters[shard].taken) }
            other.copyMemory(from: pair, byteCount: RecordCache.slotSize)
        } else if !isTaken(pair) {
            RecordCache.count(counters[shard].taken)
        }
        pair.storeBytes(of: name.hash, as: UInt64.self)
        pair.storeBytes(of: UInt16(name.key.count), toByteOffset: 8, as: UInt16.self)
        pair.storeBytes(of: UInt16(record.count), toByteOffset: 10, as: UInt16.self)
        copy(name.key, to: pair + RecordCache.head)
        copy(record, to: pair + RecordCache.head + name.key.count)
    }

    /// Forgets the record of a key, since it is changing. What was found stays readable.
    func remove(_ name: Name, shard: Int) {
        let pair = pair(name, shard)
        if holds(pair, name) { free(pair, shard) }
        if holds(pair + RecordCache.slotSize, name) { free(pair + RecordCache.slotSize, shard) }
    }

    /// Forgets all. All shards are locked.
    func removeAll() {
        // Pages of a private mapping are zero when they are touched again.
        madvise(slots, limit, MADV_DONTNEED)
        for shard in 0..<shards { counters[shard].taken.store(0, ordering: .relaxed) }
    }

    // MARK: Slots

    /// Invariant: `pairs` is a power of two, so that this lies within the shard's part.
    @inline(__always)
    private func pair(_ name: Name, _ shard: Int) -> UnsafeMutableRawPointer {
        precondition(UInt(bitPattern: shard) < UInt(bitPattern: shards), "no such shard")
        let index = shard * pairs + Int(truncatingIfNeeded: name.hash & UInt64(pairs - 1))
        return slots + index * 2 * RecordCache.slotSize
    }

    @inline(__always)
    private func isTaken(_ slot: UnsafeMutableRawPointer) -> Bool {
        slot.load(fromByteOffset: 8, as: UInt16.self) != 0
    }

    @inline(__always)
    private func holds(_ slot: UnsafeMutableRawPointer, _ name: Name) -> Bool {
        slot.load(as: UInt64.self) == name.hash && isTaken(slot)
            && view(slot, RecordCache.head, slot.load(fromByteOffset: 8, as: UInt16.self)) == name.key
    }

    /// Invariant: `store` has checked that key and record fit the slot.
    @inline(__always)
    private func value(_ slot: UnsafeMutableRawPointer) -> ByteView {
        let start = RecordCache.head + Int(slot.load(fromByteOffset: 8, as: UInt16.self))
        return view(slot, start, slot.load(fromByteOffset: 10, as: UInt16.self))
    }

    @inline(__always)
    private func view(_ slot: UnsafeMutableRawPointer, _ start: Int, _ count: UInt16) -> ByteView {
        ByteView((slot + start).assumingMemoryBound(to: UInt8.self), count: Int(count))
    }

    private func free(_ slot: UnsafeMutableRawPointer, _ shard: Int) {
        slot.storeBytes(of: 0, toByteOffset: 8, as: UInt16.self)
        RecordCache.count(counters[shard].taken, -1)
    }

    private func copy(_ bytes: ByteView, to room: UnsafeMutableRawPointer) {
        if !bytes.isEmpty { room.copyMemory(from: UnsafeRawPointer(bytes.pointer), byteCount: bytes.count) }
    }

    /// Not an atomic addition: only the lock's owner writes.
    @inline(__always)
    private static func count(_ counter: borrowing Atomic<Int>, _ more: Int = 1) {
        counter.store(counter.load(ordering: .relaxed) &+ more, ordering: .relaxed)
    }
}
