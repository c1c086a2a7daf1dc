#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import CMicrohttpd
internal import Synchronization

/// The suspended connections of one daemon: a list each, so that the daemons' threads don't contend.
///
/// Invariants, under `state`'s lock:
/// - A listed connection is suspended in libmicrohttpd's eyes: suspended by its daemon's thread in the access
///   handler before the lock is let go, resumed only by who has taken it off. So its handle stays valid
///   meanwhile, and nobody else touches it.
/// - Nothing is listed while `isClosed`, and nothing as held while `isFailing`.
/// - `resuming` counts the batches of connections that are taken off and not yet all resumed.
/// - Connections are `following` only while one that was resumed before them has not come back to its daemon's
///   thread, which resumes them then.
///
/// `count` is at least the number of connections listed: it is raised before a connection decides to wait, and
/// lowered after it is resumed or has decided otherwise.
final class WaitingList: Sendable {
    /// What becomes of a response that was to wait.
    enum Verdict {
        /// It waits; the connection is suspended.
        case suspended
        /// It may be sent.
        case send
        /// What it tells of can't be stored.
        case refuse
        /// The request is to be handled again.
        case retry
        /// The server stops: the connection is closed.
        case close
    }

    /// Unchecked Sendable: what is listed is touched by nobody but who takes it off.
    struct State: @unchecked Sendable {
        /// Responses, by ticket.
        var held = SuspendedHeap()
        /// Requests, by deadline.
        var postponed = SuspendedHeap()
        var isFailing = false
        var isClosed = false
        fileprivate var resuming = 0
        /// Taken off, and resumed by the daemon's own thread.
        fileprivate var following: [Suspended] = []
    }

    private let state = Mutex(State())
    private let waiting = Atomic(0)
    /// Whether one was resumed and has not come back yet: only then may there be others that follow. Set under the
    /// lock.
    private let isLed = Atomic(false)

    /// How many wait, or are about to. A reader that has made something true before (sequentially consistent),
    /// and finds 0, need not look further: who comes later finds it true.
    var count: Int { waiting.load(ordering: .sequentiallyConsistent) }

    /// Suspends the connection if `decide`, called under the lock, has listed it and says so.
    func suspend(_ handle: OpaquePointer, _ decide: (inout State) -> Verdict) -> Verdict {
        waiting.add(1, ordering: .sequentiallyConsistent)
        let verdict = state.withLock { state in
            let verdict = decide(&state)
            if verdict == .suspended { MHD_suspend_connection(handle) }
            return verdict
        }
        if verdict != .suspended { waiting.subtract(1, ordering: .relaxed) }
        return verdict
    }

    /// Suspends the connection of a stream or a parked request, unless it was woken since it looked last (`retry`) or
    /// the server stops (`close`).
    func sleep(_ waker: Waker) -> Verdict {
        suspend(waker.suspended.handle) { state in
            if state.isClosed { return .close }
            let (sleeps, _) = waker.state.compareExchange(
                expected: .awake, desired: .asleep, ordering: .acquiringAndReleasing)
            // Who wakes it takes this lock before anything is resumed.
            return sleeps ? .suspended : .retry
        }
    }

    /// Resumes a connection that slept; its verdict is `retry`.
    func wake(_ suspended: Suspended) {
        let leads = state.withLock { state in
            suspended.connection.verdict = .retry
            return follow(Chosen(list: [suspended]), &state) != nil
        }
        if leads { resumeLeader(suspended) }
    }

    /// Resumes what `choose`, called under the lock, takes off, each with that verdict. One at most is resumed here,
    /// and the others by the daemon's thread when that one has come back to it: each resuming is a write to the
    /// daemon's eventfd, which would wake it for one connection after the other.
    func resume(_ verdict: Verdict, _ choose: (inout State, inout [Suspended]) -> Void) {
        let leader = state.withLock { state in
            var chosen: [Suspended] = []
            choose(&state, &chosen)
            // libmicrohttpd's lock orders this before its thread reads it.
            for suspended in chosen { suspended.connection.verdict = verdict }
            return Chosen(list: follow(Chosen(list: chosen), &state).map { [$0] } ?? [])
        }
        if let leader = leader.list.first { resumeLeader(leader) }
    }

    /// Lists connections as following one that is under way, or all but the first as following that: it is to be
    /// resumed by the caller then.
    private func follow(_ chosen: Chosen, _ state: inout State) -> Suspended? {
        guard let first = chosen.list.first else { return nil }
        if isLed.load(ordering: .relaxed) {
            state.following += chosen.list
            return nil
        }
        state.following += chosen.list.dropFirst()
        state.resuming += 1
        isLed.store(true, ordering: .releasing)
        return first
    }

    private func resumeLeader(_ leader: Suspended) {
        MHD_resume_connection(leader.handle)
        waiting.subtract(1, ordering: .relaxed)
        state.withLock { $0.resuming -= 1 }
    }

    /// Resumes those that follow one that is back, or gone: called by the daemon's thread. A reading where there
    /// are none.
    @inline(__always)
    func resumeFollowing() {
        if isLed.load(ordering: .acquiring) { resumeAllFollowing() }
    }

    private func resumeAllFollowing() {
        let chosen = state.withLock { state in
            let chosen = state.following
            state.following = []
            isLed.store(false, ordering: .relaxed)
            if !chosen.isEmpty { state.resuming += 1 }
            return Chosen(list: chosen)
        }
        if chosen.list.isEmpty { return }
        for suspended in chosen.list { MHD_resume_connection(suspended.handle) }
        waiting.subtract(chosen.list.count, ordering: .relaxed)
        state.withLock { $0.resuming -= 1 }
    }

    /// Closes what waits, and what would. On return no thread is about to resume anything, so that the daemon,
    /// which runs until then, may be stopped: it aborts the process over a suspended connection.
    func close() {
        resume(.close) { state, chosen in
            state.isClosed = true
            state.held.moveAll(to: &chosen)
            state.postponed.moveAll(to: &chosen)
        }
        while state.withLock({ $0.resuming > 0 || !$0.following.isEmpty }) { sched_yield() }
    }

    /// Carries connections out of the lock. Unchecked Sendable for the reason `State` is.
    private struct Chosen: @unchecked Sendable {
        let list: [Suspended]
    }
}
