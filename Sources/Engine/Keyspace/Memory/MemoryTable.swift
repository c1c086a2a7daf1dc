internal import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The in-memory table that all threads share: 64 shards, each with its lock, and the version counters
/// behind ETags.
///
/// It is `@unchecked Sendable`: a shard, and the version stripes of its keys, are only touched by a thread
/// that holds the shard's lock. The lock is a `pthread_mutex_t` because a command holds a set of them, which
/// `Synchronization.Mutex` can't express.
final class MemoryTable: @unchecked Sendable {
    /// A shard and its lock, in memory of their own so that neighbours don't share a cache line.
    struct Cell: ~Copyable {
        var lock = pthread_mutex_t()
        var shard = Shard()
        private var padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
            (0, 0, 0, 0, 0, 0, 0, 0)
    }

    static let stripeCount = 1 << 16

    let cells: UnsafeMutablePointer<Cell>
    /// Version counters: one for all keys whose hashes share their top 16 bits, hence of one shard.
    let stripes: UnsafeMutablePointer<UInt64>
    let context: EngineContext
    let reclaimer = Reclaimer()

    init(context: EngineContext) {
        self.context = context
        cells = .allocate(capacity: Shard.count)
        for index in 0..<Shard.count {
            (cells + index).initialize(to: Cell())
            pthread_mutex_init(&cells[index].lock, nil)
        }
        stripes = .allocate(capacity: MemoryTable.stripeCount)
        stripes.initialize(repeating: 0, count: MemoryTable.stripeCount)
    }

    deinit {
        for index in 0..<Shard.count {
            MemoryTable.free(cells[index].shard.detachAll())
            cells[index].shard.segment(for: 0).free()
            pthread_mutex_destroy(&cells[index].lock)
            (cells + index).deinitialize(count: 1)
        }
        cells.deallocate()
        stripes.deallocate()
    }

    /// Frees detached segments with all their entries. O(entries).
    static func free(_ directory: [Shard.DirectoryEntry]) {
        var previous: Segment?
        for place in directory {
            if let previous, previous.raw == place.segment.raw { continue }
            previous = place.segment
            for slot in 0..<Segment.slotCount { place.segment[slot]?.free() }
            place.segment.free()
        }
    }

    @inline(__always)
    static func shard(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 58) }

    @inline(__always)
    func stripe(of hash: UInt64) -> UnsafeMutablePointer<UInt64> { stripes + Int(hash >> 48) }

    /// Takes the locks of a set of shards (bit n is shard n), lowest first, so that no two threads wait for
    /// each other.
    @inline(__always)
    func lock(_ set: UInt64) {
        var left = set
        while left != 0 {
            pthread_mutex_lock(&cells[left.trailingZeroBitCount].lock)
            left &= left &- 1
        }
    }

    @inline(__always)
    func unlock(_ set: UInt64) {
        var left = set
        while left != 0 {
            pthread_mutex_unlock(&cells[left.trailingZeroBitCount].lock)
            left &= left &- 1
        }
    }

    /// Frees an entry that was taken out of its shard: at once, or in the background where that is long work.
    func dispose(_ entry: Entry) {
        if entry.isLarge { reclaimer.free(entry) } else { entry.free() }
    }

    /// One round of background expiry: `budget` due segments of each shard at most, locking one shard at a
    /// time. True when nothing that has expired is left.
    func reclaimExpired(budget: Int) -> Bool {
        var done = true
        for index in 0..<Shard.count {
            lock(1 << UInt64(index))
            defer { unlock(1 << UInt64(index)) }
            guard context.settings.activeExpire else { continue }
            var left = budget
            let finished = cells[index].shard.reclaim(
                at: Clock.milliseconds(), budget: &left, changed: { stripe(of: $0).pointee &+= 1 }
            ) { entry, hash in
                stripe(of: hash).pointee &+= 1
                dispose(entry)
            }
            done = done && finished
        }
        return done
    }
}
