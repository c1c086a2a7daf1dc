import Bytes
import MicroHTTP
import Synchronization

/// A stream of texts that a test pushes.
final class TestStream: BodyStream {
    private struct State {
        var pending: [UInt8] = []
        var ends = false
        var waker: Waker?
        var closings = 0
    }

    private let state = Mutex(State())

    /// How often it was told that it is over.
    var closings: Int { state.withLock { $0.closings } }

    func push(_ text: String) {
        state.withLock {
            $0.pending += Array(text.utf8)
            $0.waker?.wake()
        }
    }

    func end() {
        state.withLock {
            $0.ends = true
            $0.waker?.wake()
        }
    }

    func opened(_ waker: Waker) { state.withLock { $0.waker = waker } }

    func read(into room: UnsafeMutableRawBufferPointer) -> BodyStreamStep {
        state.withLock { state in
            if state.pending.isEmpty { return state.ends ? .end : .idle }
            let count = min(room.count, state.pending.count)
            room.copyBytes(from: state.pending.prefix(count))
            state.pending.removeFirst(count)
            return .bytes(count)
        }
    }

    func finish() {
        state.withLock {
            $0.pending += Array("bye".utf8)
            $0.ends = true
        }
    }

    func closed() {
        state.withLock {
            $0.closings += 1
            $0.waker = nil
        }
    }
}

/// Work that a test completes.
final class TestWork: ParkedWork {
    private struct State {
        var result: String?
        var waker: Waker?
        var isStopping = false
        var abandonings = 0
    }

    private let state = Mutex(State())
    let isImminent: Bool

    init(isImminent: Bool) { self.isImminent = isImminent }

    var abandonings: Int { state.withLock { $0.abandonings } }
    var result: String? { state.withLock { $0.result } }
    var isStopping: Bool { state.withLock { $0.isStopping } }
    var isConnected: Bool? { state.withLock { $0.waker?.isConnected } }

    func complete(_ result: String) {
        state.withLock {
            $0.result = result
            $0.waker?.wake()
        }
    }

    /// Wakes it without a result.
    func nudge() { state.withLock { $0.waker?.wake() } }

    func parked(_ waker: Waker) {
        state.withLock {
            $0.waker = waker
            if $0.result != nil { waker.wake() }
        }
    }

    func finish() { state.withLock { $0.isStopping = true } }

    func abandoned() {
        state.withLock {
            $0.abandonings += 1
            $0.waker = nil
        }
    }
}

/// Answers `/stream/<n>` with a stream and `/park/<seconds>` when its work is done, with the work's result and the request's
/// body; `/soon` as well, with work that is expected in a moment.
final class StreamHandler: HTTPHandler {
    private let made = Mutex<([TestStream], [TestWork])>(([], []))
    let handled = Atomic(0)
    /// How many requests have begun to arrive.
    let announced = Atomic(0)
    /// Whether a woken request is parked again while it has no result.
    let parksAgain = Atomic(false)
    /// Whether it is parked again even when the server stops.
    let parksForEver = Atomic(false)

    var streams: [TestStream] { made.withLock { $0.0 } }
    var works: [TestWork] { made.withLock { $0.1 } }

    func announce(_ request: HTTPRequest) { announced.add(1, ordering: .relaxed) }

    func handle(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        handled.add(1, ordering: .relaxed)
        let parts = request.path.string.split(separator: "/")
        switch parts.first {
        case "stream":
            let stream = TestStream()
            made.withLock { $0.0.append(stream) }
            response.addHeader("Content-Type", "text/event-stream")
            response.setBody(stream: stream)
        case "park", "soon":
            if let work = request.parked as? TestWork {
                let parks =
                    work.isStopping
                    ? parksForEver.load(ordering: .relaxed) : parksAgain.load(ordering: .relaxed)
                if work.result == nil, parks {
                    return response.park(work, seconds: nil)
                }
                response.body.append(work.result ?? (work.isStopping ? "stopping" : "nothing"))
                response.body.append(request.body)
                return
            }
            let work = TestWork(isImminent: parts.first == "soon")
            made.withLock { $0.1.append(work) }
            response.park(work, seconds: parts.count > 1 ? Double(parts[1]) : nil)
        default: response.body.append(request.path)
        }
    }
}

/// A server of those.
final class StreamServer: RunningServer<StreamHandler> {
    init(_ change: (inout HTTPOptions) -> Void = { _ in }) throws { try super.init(StreamHandler(), change) }

    /// Opens a stream, and waits until it is idle.
    func stream() -> (client: Client, stream: TestStream)? {
        let client = connect()
        let before = handler.streams.count
        client.send(get("/stream"))
        guard eventually({ handler.streams.count == before + 1 }) else { return nil }
        return (client, handler.streams[before])
    }

    /// Begins to stop once a request has begun to arrive; returns when no new connection is accepted any more, and the result waits for the end.
    func stopInBackground(grace: Double) -> () -> Void {
        _ = eventually { handler.announced.load(ordering: .relaxed) > 0 }
        let (server, port) = (server, server.port)
        let join = inBackground { server.stop(grace: grace) }
        _ = eventually { Client(port: port, optional: true) == nil }
        return join
    }
}

/// What threads look at to end.
final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
