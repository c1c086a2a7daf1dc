internal import Bytes
internal import Engine
internal import MicroHTTP
internal import Synchronization

/// A request whose commands are executed elsewhere: parked until they are answered, it is handled again from its
/// beginning, and finds their replies. So what handles it need not know that it was away.
final class RemoteRequest: ParkedWork {
    private struct State {
        /// What was asked for, in order; the last may be under way.
        var executions: [RemoteExecution] = []
        var isStopping = false
        var waker: Waker?
    }

    private let state = Mutex(State())

    let isImminent: Bool

    init(isImminent: Bool) { self.isImminent = isImminent }

    /// Whether the server is about to stop.
    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// What was asked for as the request's `index`th; nil where it was not yet.
    func execution(_ index: Int) -> RemoteExecution? {
        state.withLock { index < $0.executions.count ? $0.executions[index] : nil }
    }

    /// Notes what was asked for.
    /// - Returns: whether it is to be waited for here: the server stops, and handles the request for the last time.
    func add(_ execution: RemoteExecution) -> Bool {
        let (waker, isStopping) = state.withLock { state in
            state.executions.append(execution)
            return (state.waker, state.isStopping)
        }
        if let waker { execution.attach { waker.wake() } }
        if isStopping { execution.cancel() }
        return isStopping
    }

    func parked(_ waker: Waker) {
        let last = state.withLock { state in
            state.waker = waker
            return state.executions.last
        }
        last?.attach { waker.wake() }
    }

    // What waits for a key is not waited for any longer.
    func finish() {
        let last = state.withLock { state in
            state.isStopping = true
            return state.executions.last
        }
        last?.cancel()
    }

    // What was sent can't be called back, but for what only waits.
    func abandoned() {
        let last = state.withLock { state in
            state.waker = nil
            return state.executions.last
        }
        last?.detach()
        last?.cancel()
    }
}
