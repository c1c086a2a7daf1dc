internal import Bytes
internal import CPrefetch
internal import Synchronization

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
        /// Changes by whoever holds a set of locks of which this is the lowest, not yet added to `changes`.
        var pendingChanges: UInt64 = 0
        /// Effects of whoever holds a set of locks of which this is the lowest, not yet in the journal.
        var outbox = CommandBatch()
        /// Messages of whoever holds a set of locks of which this is the lowest, not yet delivered.
        var events = EventOutbox()
        /// Keys that became ready for who waits for them, of whoever holds a set of locks of which this is the lowest.
        var readyKeys: [[UInt8]] = []
        private var padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
            (0, 0, 0, 0, 0, 0, 0, 0)
    }

    static let stripeCount = 1 << 16

    let cells: UnsafeMutablePointer<Cell>
    /// Version counters: one for all keys whose hashes share their top 16 bits, hence of one shard.
    let stripes: UnsafeMutablePointer<UInt64>
    let context: EngineContext
    let reclaimer = Reclaimer()
    /// What a running snapshot has not seen, and commands were about to change.
    let handedOver = HandedOver()
    /// Commands that wait for keys.
    let waiters = Waiters()
    /// Whether a snapshot is running; under all locks.
    var isSnapshotRunning = false
    /// Where effects go; nil where they are not kept.
    let journal: Journal?
    /// The ticket of the last write of a key, by version stripe; kept only while replies wait for the disk.
    let writtenAt: UnsafeMutablePointer<UInt64>
    /// The ticket of the last write of all keys. Written under all locks, read under any.
    var allWrittenAt: UInt64 = 0
    /// Changes of any key, in a cache line of its own: all threads write it, and the pointers above are read by
    /// all.
    private let changeCount: UnsafeMutablePointer<Atomic<UInt64>>

    init(context: EngineContext, journal: Journal? = nil) {
        self.context = context
        self.journal = journal
        // From the system, zeroed: memory that is never touched costs nothing.
        writtenAt = calloc(MemoryTable.stripeCount, MemoryLayout<UInt64>.size)!
            .bindMemory(to: UInt64.self, capacity: MemoryTable.stripeCount)
        cells = .allocate(capacity: Shard.count)
        var attributes = pthread_mutexattr_t()
        pthread_mutexattr_init(&attributes)
        #if canImport(Glibc)
            // A window of a pipeline holds many locks for a microsecond or two: waiting awake is cheaper than being
            // put to sleep, and a lock's owner that is asleep itself ends the patience soon.
            pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ADAPTIVE_NP))
        #endif
        defer { pthread_mutexattr_destroy(&attributes) }
        for index in 0..<Shard.count {
            (cells + index).initialize(to: Cell())
            pthread_mutex_init(&cells[index].lock, &attributes)
        }
        stripes = .allocate(capacity: MemoryTable.stripeCount)
        stripes.initialize(repeating: 0, count: MemoryTable.stripeCount)
        changeCount = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        changeCount.initialize(to: Atomic(0))
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
        #if canImport(Glibc)
            Glibc.free(writtenAt)
        #else
            Musl.free(writtenAt)
        #endif
        changeCount.deinitialize(count: 1)
        UnsafeMutableRawPointer(changeCount).deallocate()
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
    static func stripeIndex(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 48) }

    @inline(__always)
    func stripe(of hash: UInt64) -> UnsafeMutablePointer<UInt64> {
        stripes + MemoryTable.stripeIndex(of: hash)
    }

    // MARK: Locks

    /// Takes the locks of a set of shards (bit n is shard n), lowest first, so that no two threads wait for
    /// each other.
    /// - Returns: the lowest, at which whoever holds the set counts what it does.
    @inline(__always)
    @discardableResult
    func lock(_ set: UInt64) -> Int {
        var left = set
        while left != 0 {
            pthread_mutex_lock(&cells[left.trailingZeroBitCount].lock)
            left &= left &- 1
        }
        return set.trailingZeroBitCount
    }

    /// Lets the locks go, after all can see what has changed.
    @inline(__always)
    func unlock(_ set: UInt64) {
        publishChanges(at: set.trailingZeroBitCount)
        var left = set
        while left != 0 {
            pthread_mutex_unlock(&cells[left.trailingZeroBitCount].lock)
            left &= left &- 1
        }
    }

    /// Fetches ahead what looking these keys up will read: first their slots, then their entries. Their shards
    /// are locked.
    @inline(__always)
    func prefetch(_ keys: UnsafeBufferPointer<HashedKey>) {
        for key in keys {
            cells[MemoryTable.shard(of: key.hash)].shard.segment(for: key.hash).prefetchSlot(key.hash)
        }
        for key in keys {
            cells[MemoryTable.shard(of: key.hash)].shard.segment(for: key.hash).prefetchEntry(key.hash)
        }
    }

    /// Fetches the slot of a key with that hash, and its version counter, into the cache. Does nothing while
    /// somebody else holds the shard's lock.
    @inline(__always)
    func prefetchSlot(_ hash: UInt64) {
        rw_prefetch(stripe(of: hash))
        let cell = cells + MemoryTable.shard(of: hash)
        guard pthread_mutex_trylock(&cell.pointee.lock) == 0 else { return }
        cell.pointee.shard.segment(for: hash).prefetchSlot(hash)
        pthread_mutex_unlock(&cell.pointee.lock)
    }

    /// Fetches what the slot of a key with that hash leads to; as `prefetchSlot`.
    @inline(__always)
    func prefetchEntry(_ hash: UInt64) {
        let cell = cells + MemoryTable.shard(of: hash)
        guard pthread_mutex_trylock(&cell.pointee.lock) == 0 else { return }
        cell.pointee.shard.segment(for: hash).prefetchEntry(hash)
        pthread_mutex_unlock(&cell.pointee.lock)
    }

    // MARK: Changes

    /// A number that grows with every change of any key, before its locks are released.
    var changes: UInt64 { changeCount.pointee.load(ordering: .acquiring) }

    /// Where whoever holds the lock of `home` as its lowest counts its changes.
    @inline(__always)
    func pendingChanges(at home: Int) -> UnsafeMutablePointer<UInt64> {
        // Behind a pointer: the counter stays where it is for the table's life.
        withUnsafeMutablePointer(to: &cells[home].pendingChanges) { $0 }
    }

    /// Notes that whatever the hash stands for has changed.
    @inline(__always)
    func changed(_ hash: UInt64, pending: UnsafeMutablePointer<UInt64>) {
        stripe(of: hash).pointee &+= 1
        pending.pointee &+= 1
    }

    /// Adds what was counted at `home` to the number that all see. One atomic addition for all that was done
    /// under the locks, none where nothing was changed.
    @inline(__always)
    private func publishChanges(at home: Int) {
        let pending = cells[home].pendingChanges
        if pending == 0 { return }
        cells[home].pendingChanges = 0
        changeCount.pointee.add(pending, ordering: .releasing)
    }

    // MARK: The journal

    /// Appends to the journal what was done under the locks of which `home` is the lowest, before they are released.
    /// - Parameter isWrite: as of `Journal.append`.
    /// - Returns: the ticket; 0 where there was nothing.
    @inline(__always)
    func commit(at home: Int, isWrite: Bool) -> UInt64 {
        var ticket: UInt64 = 0
        if let journal, !cells[home].outbox.isEmpty {
            ticket = journal.append(cells[home].outbox, isWrite: isWrite)
            cells[home].outbox.clear(keeping: 4 << 10)
        }
        if !cells[home].events.isEmpty { deliverEvents(at: home, after: ticket) }
        return ticket
    }

    @inline(never)
    private func deliverEvents(at home: Int, after ticket: UInt64) {
        let isAwaited = journal?.isAwaited ?? false
        context.pubSub.deliver(&cells[home].events, after: isAwaited ? ticket : 0)
    }

    /// As `commit(at:isWrite:)`, for an execution that names these keys, and notes on its reply what that must wait for.
    /// - Parameter allKeys: whether it has worked on the whole keyspace.
    /// - Returns: the ticket; 0 where there was nothing.
    @inline(__always)
    @discardableResult
    func commit(
        at home: Int, _ keys: UnsafeBufferPointer<HashedKey>, allKeys: Bool, _ reply: inout Reply
    ) -> UInt64 {
        let ticket = commit(at: home, isWrite: reply.hasWritten)
        guard let journal else { return ticket }
        if journal.isAwaited { note(ticket, keys, allKeys, journal, &reply) }
        return ticket
    }

    /// Notes that a key was written, too, whose shard is locked and which the execution did not name.
    func noteWritten(_ hash: UInt64, _ ticket: UInt64) {
        writtenAt[MemoryTable.stripeIndex(of: hash)] = ticket
    }

    private func note(
        _ ticket: UInt64, _ keys: UnsafeBufferPointer<HashedKey>, _ allKeys: Bool, _ journal: Journal,
        _ reply: inout Reply
    ) {
        if ticket > 0, reply.hasWritten {
            // Also of keys that were only read: they wait a little longer than they must.
            for key in keys { writtenAt[MemoryTable.stripeIndex(of: key.hash)] = ticket }
            if allKeys { allWrittenAt = ticket }
            return reply.await(ticket)
        }
        var shown = allKeys ? journal.lastWrite : allWrittenAt
        for key in keys { shown = max(shown, writtenAt[MemoryTable.stripeIndex(of: key.hash)]) }
        if shown > journal.durable { reply.await(shown) }
    }

    // MARK: Disposal

    /// Frees an entry that was taken out of its shard: at once, or in the background where that is long work. One
    /// that a running snapshot has not seen (its stamp is not the shard's) goes to that first.
    @inline(__always)
    func dispose(_ entry: Entry, isSaved: Bool) {
        if !isSaved { return handedOver.append(entry) }
        dispose(entry)
    }

    private func dispose(_ entry: Entry) {
        if entry.isLarge { reclaimer.free(entry) } else { entry.free() }
    }

    /// One round of background expiry: `budget` due segments of each shard at most, locking one shard at a
    /// time. True when nothing that has expired is left.
    func reclaimExpired(budget: Int) -> Bool {
        var done = true
        for index in 0..<Shard.count {
            lock(1 << UInt64(index))
            defer { unlock(1 << UInt64(index)) }
            guard context.settings.activeExpire, !context.gate.isShut(.loading) else { continue }
            var left = budget
            let pending = pendingChanges(at: index)
            let now = Clock.milliseconds()
            let wanted = context.pubSub.wantedEvents
            let finished = cells[index].shard.reclaim(
                at: now, budget: &left,
                fields: { entry, limit, isSaved in
                    if !isSaved { handedOver.append(copyOf: entry) }
                    guard journal != nil else { return }
                    cells[index].outbox.appendRemoval(ofFieldsDueAt: now, in: entry, limit: limit)
                },
                changed: { entry, hash in
                    changed(hash, pending: pending)
                    if wanted.contains(.hash) { cells[index].events.append(.hash, "hexpired", entry.key) }
                }
            ) { entry, hash, isSaved in
                if !wanted.isEmpty { cells[index].events.append(expiryOf: entry, at: now, wanted) }
                if journal != nil { cells[index].outbox.appendRemoval(of: entry.key) }
                changed(hash, pending: pending)
                dispose(entry, isSaved: isSaved)
            }
            _ = commit(at: index, isWrite: false)
            done = done && finished
        }
        return done
    }
}
