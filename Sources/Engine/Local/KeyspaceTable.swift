internal import Bytes
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// What all threads share of a keyspace of this process, wherever its data lies: 64 shards' locks, the version counters
/// behind ETags, who waits for keys, and where effects go. A subclass adds the data.
///
/// It is `@unchecked Sendable`: whatever belongs to a shard, and the version stripes of its keys, are only touched by a
/// thread that holds the shard's lock. The lock is a `pthread_mutex_t` because a command holds a set of them, which
/// `Synchronization.Mutex` can't express.
open class KeyspaceTable: @unchecked Sendable {
    /// A shard's lock and what is counted under it, in memory of their own so that neighbours don't share a cache line.
    package struct Cell: ~Copyable {
        var lock = pthread_mutex_t()
        /// Changes by whoever holds a set of locks of which this is the lowest, not yet added to `changes`.
        var pendingChanges: UInt64 = 0
        /// What is counted under this lock: commands, hits, misses, and what has expired.
        package var statistics = Statistics()
        /// Effects of whoever holds a set of locks of which this is the lowest, not yet in the journal.
        var outbox = CommandBatch()
        /// Messages of whoever holds a set of locks of which this is the lowest, not yet delivered.
        package var events = EventOutbox()
        /// Keys that became ready for who waits for them, of whoever holds a set of locks of which this is the lowest.
        var readyKeys: [[UInt8]] = []
        private var padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
            (0, 0, 0, 0, 0, 0, 0, 0)
    }

    package static let stripeCount = 1 << 16
    package static let shardBits = 6
    package static let shardCount = 64

    package final let cells: UnsafeMutablePointer<Cell>
    /// Version counters: one for all keys whose hashes share their top 16 bits, hence of one shard.
    package final let stripes: UnsafeMutablePointer<UInt64>
    package final let context: EngineContext
    /// Commands that wait for keys.
    final let waiters = Waiters()
    /// Where effects go, or what is waited for until it is durable; nil where nothing is kept on disk.
    package final let journal: Journal?
    /// Whether commands tell their effects to the journal: the data itself is not on disk.
    package final let recordsEffects: Bool
    /// The ticket of the last write of a key, by version stripe; kept only while replies wait for the disk.
    private final let writtenAt: UnsafeMutablePointer<UInt64>
    /// The ticket of the last write of all keys. Written under all locks, read under any.
    private final var allWrittenAt: UInt64 = 0
    /// Changes of any key, in a cache line of its own: all threads write it, and the pointers above are read by
    /// all.
    private final let changeCount: UnsafeMutablePointer<Atomic<UInt64>>

    package init(context: EngineContext, journal: Journal?, recordsEffects: Bool) {
        self.context = context
        self.journal = journal
        self.recordsEffects = recordsEffects && journal != nil
        // From the system, zeroed: memory that is never touched costs nothing.
        writtenAt = calloc(KeyspaceTable.stripeCount, MemoryLayout<UInt64>.size)!
            .bindMemory(to: UInt64.self, capacity: KeyspaceTable.stripeCount)
        cells = .allocate(capacity: KeyspaceTable.shardCount)
        for index in 0..<KeyspaceTable.shardCount {
            (cells + index).initialize(to: Cell())
            initializeAdaptive(&cells[index].lock)
        }
        stripes = .allocate(capacity: KeyspaceTable.stripeCount)
        stripes.initialize(repeating: 0, count: KeyspaceTable.stripeCount)
        changeCount = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 128)
            .bindMemory(to: Atomic<UInt64>.self, capacity: 1)
        changeCount.initialize(to: Atomic(0))
    }

    deinit {
        for index in 0..<KeyspaceTable.shardCount {
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

    /// The shard of keys with that hash: its top bits.
    @inline(__always)
    package static func shard(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 58) }

    /// The place of the version counter, of 65,536, of keys with that hash.
    @inline(__always)
    package static func stripeIndex(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 48) }

    /// The version counter of keys with that hash; their shard is locked.
    @inline(__always)
    package final func stripe(of hash: UInt64) -> UnsafeMutablePointer<UInt64> {
        stripes + KeyspaceTable.stripeIndex(of: hash)
    }

    // MARK: Locks

    /// Takes the locks of a set of shards (bit n is shard n), lowest first, so that no two threads wait for
    /// each other.
    /// - Returns: the lowest, at which whoever holds the set counts what it does.
    @inline(__always)
    @discardableResult
    package final func lock(_ set: UInt64) -> Int {
        var left = set
        while left != 0 {
            pthread_mutex_lock(&cells[left.trailingZeroBitCount].lock)
            left &= left &- 1
        }
        return set.trailingZeroBitCount
    }

    /// Takes the lock of one shard unless somebody else has it.
    @inline(__always)
    final func tryLock(_ shard: Int) -> Bool { pthread_mutex_trylock(&cells[shard].lock) == 0 }

    /// Lets the locks go, after all can see what has changed.
    @inline(__always)
    package final func unlock(_ set: UInt64) {
        publishChanges(at: set.trailingZeroBitCount)
        var left = set
        while left != 0 {
            pthread_mutex_unlock(&cells[left.trailingZeroBitCount].lock)
            left &= left &- 1
        }
    }

    /// Lets go a lock that `tryLock` has taken, under which nothing was changed.
    @inline(__always)
    final func unlockUnchanged(_ shard: Int) { pthread_mutex_unlock(&cells[shard].lock) }

    // MARK: Changes

    /// A number that grows with every change of any key, before its locks are released.
    final var changes: UInt64 { changeCount.pointee.load(ordering: .acquiring) }

    /// Where whoever holds the lock of `home` as its lowest counts its changes.
    @inline(__always)
    package final func pendingChanges(at home: Int) -> UnsafeMutablePointer<UInt64> {
        // Behind a pointer: the counter stays where it is for the table's life.
        withUnsafeMutablePointer(to: &cells[home].pendingChanges) { $0 }
    }

    /// Notes that whatever the hash stands for has changed.
    @inline(__always)
    package final func changed(_ hash: UInt64, pending: UnsafeMutablePointer<UInt64>) {
        stripe(of: hash).pointee &+= 1
        pending.pointee &+= 1
    }

    /// Adds what was counted at `home` to the number that all see. One atomic addition for all that was done
    /// under the locks, none where nothing was changed.
    @inline(__always)
    private final func publishChanges(at home: Int) {
        let pending = cells[home].pendingChanges
        if pending == 0 { return }
        cells[home].pendingChanges = 0
        changeCount.pointee.add(pending, ordering: .releasing)
    }

    // MARK: Statistics

    /// The sum of what is counted under all locks, which are held; keys that expire are the subclass's to count.
    package final var counted: Statistics {
        var sum = Statistics()
        for index in 0..<KeyspaceTable.shardCount {
            let part = cells[index].statistics
            sum.commands += part.commands
            sum.hits += part.hits
            sum.misses += part.misses
            sum.expired += part.expired
        }
        sum.blocked = waiters.count + context.host.waitingElsewhere()
        return sum
    }

    /// Sets it to zero. All locks are held.
    final func resetCounted() {
        for index in 0..<KeyspaceTable.shardCount { cells[index].statistics = Statistics() }
    }

    // MARK: The journal

    /// Appends to the journal what was done under the locks of which `home` is the lowest, before they are released.
    /// - Parameters:
    ///   - isWrite: as of `Journal.append`.
    ///   - hasStored: whether the data itself was written to disk, so that there is nothing to append.
    /// - Returns: the ticket; 0 where there was nothing.
    @inline(__always)
    package final func commit(at home: Int, isWrite: Bool, hasStored: Bool = false) -> UInt64 {
        var ticket: UInt64 = 0
        if let journal {
            if !cells[home].outbox.isEmpty {
                ticket = journal.append(cells[home].outbox, isWrite: isWrite)
                cells[home].outbox.clear(keeping: 4 << 10)
            } else if hasStored {
                ticket = journal.advance(isWrite: isWrite)
            }
        }
        if !cells[home].events.isEmpty { deliverEvents(at: home, after: ticket) }
        return ticket
    }

    @inline(never)
    private final func deliverEvents(at home: Int, after ticket: UInt64) {
        let isAwaited = journal?.isAwaited ?? false
        context.pubSub.deliver(&cells[home].events, after: isAwaited ? ticket : 0)
    }

    /// As `commit(at:isWrite:hasStored:)`, for an execution that names these keys, and notes on its reply what that must
    /// wait for.
    /// - Parameter allKeys: whether it has worked on the whole keyspace.
    /// - Returns: the ticket; 0 where there was nothing.
    @inline(__always)
    @discardableResult
    final func commit(
        at home: Int, _ keys: UnsafeBufferPointer<HashedKey>, allKeys: Bool, hasStored: Bool,
        _ reply: inout Reply
    ) -> UInt64 {
        let ticket = commit(at: home, isWrite: reply.hasWritten, hasStored: hasStored)
        guard let journal else { return ticket }
        if journal.isAwaited { note(ticket, keys, allKeys, journal, &reply) }
        return ticket
    }

    /// Forgets what was to be told of an execution that is undone.
    package final func forget(at home: Int) {
        cells[home].outbox.clear(keeping: 4 << 10)
        cells[home].events.clear()
        cells[home].readyKeys.removeAll()
    }

    /// Notes that a key was written, too, whose shard is locked and which the execution did not name.
    final func noteWritten(_ hash: UInt64, _ ticket: UInt64) {
        writtenAt[KeyspaceTable.stripeIndex(of: hash)] = ticket
    }

    private final func note(
        _ ticket: UInt64, _ keys: UnsafeBufferPointer<HashedKey>, _ allKeys: Bool, _ journal: Journal,
        _ reply: inout Reply
    ) {
        if ticket > 0, reply.hasWritten {
            // Also of keys that were only read: they wait a little longer than they must.
            for key in keys { writtenAt[KeyspaceTable.stripeIndex(of: key.hash)] = ticket }
            if allKeys { allWrittenAt = ticket }
            return reply.await(ticket)
        }
        var shown = allKeys ? journal.lastWrite : allWrittenAt
        for key in keys { shown = max(shown, writtenAt[KeyspaceTable.stripeIndex(of: key.hash)]) }
        if shown > journal.durable { reply.await(shown) }
    }
}

/// A keyspace's table that an engine executes commands over.
package protocol LocalTable: KeyspaceTable {
    /// Fetches ahead what looking these keys up will read. Their shards are locked.
    func prefetch(_ keys: UnsafeBufferPointer<HashedKey>)
    /// As `CommandEngine.prefetchSlot(of:)`, of a key with that hash.
    func prefetchSlot(_ hash: UInt64)
    /// As `CommandEngine.prefetchEntry(_:)`.
    func prefetchEntry(_ hash: UInt64)

    /// Starts what goes on in the background.
    func start()
    /// Ends it; nobody executes any more.
    func stop()
}
