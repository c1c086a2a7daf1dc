internal import CMicrohttpd
internal import Synchronization

/// The connections whose responses wait: for a ticket to be released, or for the request to be tried again.
///
/// Invariants, under `state`'s lock: a connection is listed once, and is suspended in libmicrohttpd's eyes from
/// before it is listed until after it is taken off, by whoever resumes it; so its handle stays valid meanwhile.
/// A ticket is listed only if it is above `released`, and nothing is listed once `isClosed`.
///
/// Unchecked Sendable: a listed connection is touched by nobody but who takes it off, and `Connection.verdict` is
/// written before it is resumed, which libmicrohttpd's own lock orders before its thread reads it.
final class WaitingConnections: @unchecked Sendable {
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

    private struct Held {
        var ticket: UInt64
        var connection: Connection
    }

    private struct Postponed {
        var deadline: UInt64
        var connection: Connection
    }

    private struct State: @unchecked Sendable {
        var released: UInt64 = 0
        var isFailing = false
        var isClosed = false
        /// In the order of their coming, which is nearly that of the tickets.
        var held: [Held] = []
        var postponed: [Postponed] = []
    }

    private let state = Mutex(State())
    /// How often requests were to be tried again; read before a request is handled, so that what happens while it
    /// is handled is not missed.
    private let attempts = Atomic<UInt64>(0)

    /// What `postpone` compares with.
    var generation: UInt64 { attempts.load(ordering: .acquiring) }

    // MARK: The daemons' threads

    /// Holds the connection's response until `ticket` is released.
    func hold(_ connection: Connection, _ handle: OpaquePointer, until ticket: UInt64) -> Verdict {
        state.withLock { state in
            if state.released >= ticket { return .send }
            if state.isFailing { return .refuse }
            if state.isClosed { return .close }
            MHD_suspend_connection(handle)
            state.held.append(Held(ticket: ticket, connection: connection))
            return .suspended
        }
    }

    /// Puts the connection's request off; `generation` is from before it was handled, `deadline` in milliseconds
    /// of the monotonic clock.
    func postpone(
        _ connection: Connection, _ handle: OpaquePointer, since generation: UInt64, until deadline: UInt64,
        now: UInt64
    ) -> Verdict {
        state.withLock { state in
            if deadline <= now { return .send }
            if self.generation != generation { return .retry }
            if state.isClosed { return .send }
            MHD_suspend_connection(handle)
            state.postponed.append(Postponed(deadline: deadline, connection: connection))
            return .suspended
        }
    }

    // MARK: Others

    /// Sends what waits for `ticket` and those before it. O(held).
    func release(upTo ticket: UInt64) {
        resume(.send) { state in
            guard ticket > state.released else { return [] }
            state.released = ticket
            return WaitingConnections.take(&state) { $0.ticket <= ticket }
        }
    }

    /// Begins or ends to refuse what would have to wait.
    func setFailing(_ failing: Bool) {
        resume(.refuse) { state in
            state.isFailing = failing
            return failing ? WaitingConnections.take(&state) { _ in true } : []
        }
    }

    /// Has all requests tried again that were put off.
    func resumePostponed() {
        resume(.retry) { state in
            attempts.add(1, ordering: .releasing)
            defer { state.postponed.removeAll() }
            return state.postponed.map(\.connection)
        }
    }

    /// Sends the responses of the requests that were put off for long enough.
    func expire(at now: UInt64) {
        resume(.send) { state in
            guard state.postponed.contains(where: { $0.deadline <= now }) else { return [] }
            let due = state.postponed.filter { $0.deadline <= now }.map(\.connection)
            state.postponed.removeAll { $0.deadline <= now }
            return due
        }
    }

    /// Closes all that wait, and what would.
    func close() {
        resume(.close) { state in
            state.isClosed = true
            defer { state.postponed.removeAll() }
            return WaitingConnections.take(&state) { _ in true } + state.postponed.map(\.connection)
        }
    }

    private static func take(_ state: inout State, where matches: (Held) -> Bool) -> [Connection] {
        if state.held.isEmpty { return [] }
        var taken: [Connection] = []
        state.held.removeAll { held in
            guard matches(held) else { return false }
            taken.append(held.connection)
            return true
        }
        return taken
    }

    /// Resumes what `choose` takes off the lists. The last reference may go here, on any thread: a connection
    /// holds nothing of a thread's.
    private func resume(_ verdict: Verdict, _ choose: (inout State) -> [Connection]) {
        let connections = state.withLock { Box(choose(&$0)) }.connections
        for connection in connections {
            connection.verdict = verdict
            if let handle = connection.request.state.pointee.handle { MHD_resume_connection(handle) }
        }
    }

    /// Carries connections out of the lock.
    private struct Box: @unchecked Sendable {
        let connections: [Connection]
        init(_ connections: [Connection]) { self.connections = connections }
    }
}
