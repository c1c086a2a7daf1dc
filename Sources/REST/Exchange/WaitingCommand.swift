internal import Bytes
internal import Engine
internal import MicroHTTP
internal import Synchronization

/// A request whose command waits for a key: parked until that is served, its time is over or its client has gone.
final class WaitingCommand<E: CommandEngine>: ParkedWork {
    private let engine: E
    private let waiter: Waiter
    private let stopping = Atomic(false)

    init(_ engine: E, _ waiter: Waiter) {
        self.engine = engine
        self.waiter = waiter
    }

    /// How long it is to be parked, in seconds; nil: for ever.
    var seconds: Double? { waiter.milliseconds.map { Double($0) / 1000 } }

    func parked(_ waker: Waker) {
        waiter.attach(wake: { waker.wake() }, isConnected: { waker.isConnected })
    }

    func finish() { stopping.store(true, ordering: .relaxed) }

    // Where it was served already its reply is lost with the client: at most once, as in Redis.
    func abandoned() { _ = engine.end(waiter) }

    /// Ends the waiting.
    /// - Returns: the outcome, where the command was served: `reply` is its reply then.
    /// - Throws: where the server stops before that.
    func end(_ reply: inout Reply) throws(Problem) -> Outcome? {
        if engine.end(waiter) { return waiter.takeReply(&reply) }
        if stopping.load(ordering: .relaxed) {
            throw .stopping
        }
        return nil
    }
}

extension Problem {
    /// That what waits is not served any more.
    static var stopping: Problem {
        Problem(503, "SHUTDOWN", "The server is stopping; ask again in a moment. Nothing was taken.")
    }
}

extension ReplyReader {
    /// Whether the next reply is nil.
    var saysNothing: Bool {
        var ahead = self
        switch ahead.next() {
        case .null, .nullArray: return true
        default: return false
        }
    }
}
