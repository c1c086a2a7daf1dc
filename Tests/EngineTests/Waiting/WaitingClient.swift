import Bytes
import Engine
import Synchronization
import TestSupport
import Testing

/// A client whose command may wait.
final class WaitingClient: Sendable {
    private let engine: any CommandEngine
    private let waiter: Waiter?
    /// What was answered at once.
    let atOnce: String
    private let state = Mutex((isConnected: true, wakings: 0))

    init(_ engine: any CommandEngine, _ line: String) {
        self.engine = engine
        var waiter: Waiter?
        atOnce = withViews(splitCommandLine(line)) { views in
            guard let command = engine.find(views[0]) else { preconditionFailure("no such command") }
            var reply = Reply()
            views.withUnsafeBufferPointer { buffer in
                let arguments = Arguments(UnsafeBufferPointer(rebasing: buffer[1...]))
                _ = engine.execute(command, arguments, into: &reply, waiter: &waiter)
            }
            return printed(reply)
        }
        self.waiter = waiter
        waiter?.attach(
            wake: { [self] in state.withLock { $0.wakings += 1 } },
            isConnected: { [self] in state.withLock { $0.isConnected } })
    }

    var waits: Bool { waiter != nil }
    var milliseconds: Int64? { waiter?.milliseconds }
    /// How often it was woken.
    var wakings: Int { state.withLock { $0.wakings } }

    func hangUp() { state.withLock { $0.isConnected = false } }

    /// Ends the waiting: the reply and its ticket, nil where it was not served.
    func end() -> (text: String, ticket: UInt64)? {
        guard let waiter, engine.end(waiter) else { return nil }
        var reply = Reply()
        _ = waiter.takeReply(&reply)
        return (printed(reply), reply.ticket)
    }

    /// The reply of one that was served.
    var answer: String? { waits ? end()?.text : atOnce }
}
