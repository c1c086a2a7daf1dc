#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import Synchronization

/// The responses that wait for a ticket to be released, and the requests that wait to be handled again.
///
/// No wake-up is lost: `released` and `attempts` are moved on first, then the lists are searched, each under its
/// lock; who is to wait reads them under that lock. Either it finds them moved on, or it is listed before the
/// search. A list whose count is 0 is not searched: the count is raised before the reading, all sequentially
/// consistent, so again one of the two finds the other.
final class WaitingConnections: Sendable {
    /// One a daemon.
    private let lists: [WaitingList]
    /// One a daemon: those that wait for a moment only.
    let paused: [PausedConnections]
    /// The latest ticket released.
    private let released = Atomic<UInt64>(0)
    /// How often requests were to be tried again.
    private let attempts = Atomic<UInt64>(0)

    init(workers: Int) {
        lists = (0..<workers).map { _ in WaitingList() }
        paused = (0..<workers).map { _ in PausedConnections() }
    }

    /// What `postpone` compares with: read before a request is handled, so that what happens while it is handled
    /// is not missed.
    var generation: UInt64 { attempts.load(ordering: .acquiring) }

    /// How many wait, or are about to. O(daemons).
    var count: Int { lists.reduce(0) { $0 + $1.count } }

    // MARK: The daemons' threads

    /// Holds the connection's response until `ticket` is released.
    func hold(
        _ connection: Connection, _ handle: OpaquePointer, until ticket: UInt64
    ) -> WaitingList.Verdict {
        if released.load(ordering: .acquiring) >= ticket { return .send }
        return lists[connection.worker].suspend(handle) { state in
            if released.load(ordering: .sequentiallyConsistent) >= ticket { return .send }
            if state.isFailing { return .refuse }
            if state.isClosed { return .close }
            state.held.insert(Suspended(key: ticket, connection: connection, handle: handle))
            return .suspended
        }
    }

    /// Puts the connection's request off; `generation` is from before it was handled, `deadline` and `now` are
    /// milliseconds of the monotonic clock.
    func postpone(
        _ connection: Connection, _ handle: OpaquePointer, since generation: UInt64, until deadline: UInt64,
        now: UInt64
    ) -> WaitingList.Verdict {
        if deadline <= now { return .send }
        return lists[connection.worker].suspend(handle) { state in
            if state.isClosed { return .send }
            if attempts.load(ordering: .sequentiallyConsistent) != generation { return .retry }
            state.postponed.insert(Suspended(key: deadline, connection: connection, handle: handle))
            return .suspended
        }
    }

    /// A connection that was resumed has come back to its daemon's thread, or has ended.
    @inline(__always)
    func cameBack(_ connection: Connection) { lists[connection.worker].resumeFollowing() }

    /// As `WaitingList.sleep`.
    func sleep(_ waker: Waker) -> WaitingList.Verdict {
        lists[waker.suspended.connection.worker].sleep(waker)
    }

    // MARK: Others

    /// As `WaitingList.wake`.
    func wake(_ suspended: Suspended) { lists[suspended.connection.worker].wake(suspended) }

    /// What a paused connection waits for is there.
    func signal(_ suspended: Suspended) { paused[suspended.connection.worker].signal() }

    /// Sends what waits for `ticket` and those before it. O(log held) each; where nothing waits, a reading for
    /// each daemon.
    func release(upTo ticket: UInt64) {
        let (before, after) = released.max(ticket, ordering: .sequentiallyConsistent)
        guard before != after else { return }
        resume(.send) { state, chosen in state.held.move(upTo: ticket, to: &chosen) }
    }

    /// Begins or ends to refuse what would have to wait for a ticket.
    func setFailing(_ failing: Bool) {
        for list in lists {
            list.resume(.refuse) { state, chosen in
                state.isFailing = failing
                // What is released, and still listed, is about to be taken off by who releases it.
                if failing { state.held.move(above: released.load(ordering: .acquiring), to: &chosen) }
            }
        }
    }

    /// Has all requests tried again that were put off.
    func resumePostponed() {
        attempts.add(1, ordering: .sequentiallyConsistent)
        resume(.retry) { state, chosen in state.postponed.moveAll(to: &chosen) }
    }

    /// Sends the responses of the requests that were put off for long enough.
    func expire(at now: UInt64) {
        resume(.send) { state, chosen in state.postponed.move(upTo: now, to: &chosen) }
    }

    /// Closes all that wait, and what would; the daemons may be stopped then.
    func close() {
        for list in lists { list.close() }
    }

    /// Waits until none is suspended. Nothing new is: `close` was called.
    func settle() { while count > 0 { sched_yield() } }

    private func resume(
        _ verdict: WaitingList.Verdict, _ choose: (inout WaitingList.State, inout [Suspended]) -> Void
    ) {
        for list in lists where list.count > 0 { list.resume(verdict, choose) }
    }
}
