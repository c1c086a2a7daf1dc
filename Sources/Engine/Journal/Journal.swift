internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The queue between the commands and whoever writes the append-only file: effects in the order in which they
/// were made. It does no I/O.
///
/// What is appended together gets a *ticket*, a number that rises by one each time: how far the file is, is said
/// by tickets. The queue is bounded: `append` itself never waits (locks are held), but past `limit` bytes the gate
/// is shut for writes until the worker has taken what there is.
///
/// `@unchecked Sendable`: `pending` and the positions are only touched under `lock`; the rest is atomic or constant.
public final class Journal: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let filled: UnsafeMutablePointer<pthread_cond_t>
    private var pending = CommandBatch()
    private var position: UInt64 = 0
    private var writePosition: UInt64 = 0
    private var isWaiting = false
    private var wasWoken = false

    private let gate: WriteGate
    private let limit: Int
    private let durablePosition = Atomic<UInt64>(0)
    private let awaitsWrites: Atomic<Bool>

    /// - Parameters:
    ///   - gate: shut while more than `limit` bytes wait.
    ///   - awaitsWrites: as the property.
    public init(gate: WriteGate, limit: Int = 64 << 20, awaitsWrites: Bool = false) {
        self.gate = gate
        self.limit = limit
        self.awaitsWrites = Atomic(awaitsWrites)
        lock = .allocate(capacity: 1)
        filled = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        filled.initialize(to: pthread_cond_t())
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(filled, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(filled)
        pthread_mutex_destroy(lock)
        filled.deallocate()
        lock.deallocate()
    }

    // MARK: Commands

    /// Whether replies wait until what they show is durable (`appendfsync always`).
    public var isAwaited: Bool { awaitsWrites.load(ordering: .relaxed) }

    /// Changes that; what was appended before is not waited for.
    public func setAwaited(_ awaited: Bool) { awaitsWrites.store(awaited, ordering: .relaxed) }

    /// Up to which ticket everything is durable.
    public var durable: UInt64 { durablePosition.load(ordering: .acquiring) }

    /// The ticket given out last; 0 before the first.
    public var last: UInt64 {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return position
    }

    /// The ticket given out last for what a command has written; 0 before the first. Replies need not wait for the removal
    /// of what has expired: its expiry, which is durable, says the same.
    var lastWrite: UInt64 {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return writePosition
    }

    /// Appends the effects of an execution whose locks are held: the order of tickets is that of the changes.
    /// - Parameter isWrite: whether there may be more among them than the removal of what has expired.
    /// - Returns: the ticket. O(bytes).
    func append(_ effects: borrowing CommandBatch, isWrite: Bool = true) -> UInt64 {
        pthread_mutex_lock(lock)
        pending.append(contentsOf: effects)
        if pending.count > limit { gate.shut(.full) }
        return advanceLocked(isWrite: isWrite)
    }

    /// Gives out a ticket for a write that is on its way to disk by itself: only its sync is waited for. O(1).
    package func advance(isWrite: Bool) -> UInt64 {
        pthread_mutex_lock(lock)
        return advanceLocked(isWrite: isWrite)
    }

    /// Gives out the next ticket, wakes the worker, and lets go of the lock, which is held.
    @inline(__always)
    private func advanceLocked(isWrite: Bool) -> UInt64 {
        position += 1
        let ticket = position
        if isWrite { writePosition = ticket }
        let wakes = isWaiting
        isWaiting = false
        pthread_mutex_unlock(lock)
        if wakes { pthread_cond_signal(filled) }
        return ticket
    }

    // MARK: The worker

    /// Waits until there are effects, or `wake` was called, or the time is over.
    /// - Returns: whether there are effects.
    public func wait(milliseconds: Int) -> Bool {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        if pending.isEmpty, !wasWoken, milliseconds > 0 { waitToBeWoken(milliseconds) }
        wasWoken = false
        return !pending.isEmpty
    }

    /// Waits until a ticket above that was given out, or `wake` was called, or the time is over.
    /// - Returns: the last ticket.
    package func wait(after ticket: UInt64, milliseconds: Int) -> UInt64 {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        if position <= ticket, !wasWoken { waitToBeWoken(milliseconds) }
        wasWoken = false
        return position
    }

    /// Waits to be woken; the lock is held.
    private func waitToBeWoken(_ milliseconds: Int) {
        var until = timespec()
        clock_gettime(CLOCK_MONOTONIC, &until)
        until.tv_sec += milliseconds / 1000
        until.tv_nsec += milliseconds % 1000 * 1_000_000
        if until.tv_nsec >= 1_000_000_000 {
            until.tv_sec += 1
            until.tv_nsec -= 1_000_000_000
        }
        isWaiting = true
        while isWaiting, !wasWoken {
            if pthread_cond_timedwait(filled, lock, &until) == ETIMEDOUT { break }
        }
        isWaiting = false
    }

    /// Ends the worker's wait, now or the next time: there is something else to do.
    public func wake() {
        pthread_mutex_lock(lock)
        wasWoken = true
        pthread_mutex_unlock(lock)
        pthread_cond_signal(filled)
    }

    /// Takes everything that waits into `batch`, which must be empty and whose storage the queue goes on with.
    /// - Returns: the ticket of the last of it; all before it were taken too. O(1).
    public func take(_ batch: inout CommandBatch) -> UInt64 {
        precondition(batch.isEmpty, "what was taken before is not written yet")
        pthread_mutex_lock(lock)
        swap(&pending, &batch)
        let ticket = position
        gate.open(.full)
        pthread_mutex_unlock(lock)
        return ticket
    }

    /// Says that everything up to `ticket` is durable.
    public func markDurable(_ ticket: UInt64) { durablePosition.store(ticket, ordering: .releasing) }
}
