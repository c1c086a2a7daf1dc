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

    var isImminent: Bool { true }

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
        return isStopping
    }

    func parked(_ waker: Waker) {
        let last = state.withLock { state in
            state.waker = waker
            return state.executions.last
        }
        last?.attach { waker.wake() }
    }

    func finish() { state.withLock { $0.isStopping = true } }

    // What was sent can't be called back.
    func abandoned() {
        let last = state.withLock { state in
            state.waker = nil
            return state.executions.last
        }
        last?.detach()
    }
}
