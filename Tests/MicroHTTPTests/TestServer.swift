import Bytes
import Glibc
import MicroHTTP
import Synchronization

/// Answers with what it was asked, and does what some paths say.
final class EchoHandler: HTTPHandler {
    /// How many requests were handled.
    let handled = Atomic(0)
    /// How many requests are in `/wait`, which ends when `release` is set.
    let waiting = Atomic(0)
    let release = Atomic(false)

    func admit(_ request: HTTPRequest, _ response: inout HTTPResponse) -> Bool {
        guard request.header("X-TOKEN").map({ $0.string }) != "wrong" else {
            response.status = 401
            response.setBody("who are you?")
            return false
        }
        return true
    }

    func handle(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        handled.add(1, ordering: .relaxed)
        switch request.path.string {
        case "/wait":
            waiting.add(1, ordering: .relaxed)
            while !release.load(ordering: .relaxed) { usleep(1000) }
        case "/big":
            response.body.append(upTo: 8 << 20) { room in
                room.initialize(repeating: UInt8(ascii: "x"))
                return room.count
            }
            return
        case "/count":
            response.body.append(String(request.body.count))
            return
        case "/expects":
            response.body.append(request.expectsBody ? "a body" : "none")
            return
        case "/headers":
            for field in request.headers {
                let (name, value) = (field.name, field.value)
                response.body.append(name)
                response.body.append("=")
                response.body.append(value)
                response.body.append(";")
            }
            return
        case "/static":
            response.addHeader("Content-Type", "text/plain")
            response.addHeader("X-Injected", ByteView("a\r\nb\0c"))
            response.setBody("constant")
            return
        default: break
        }
        response.body.append(request.methodName)
        response.body.append(" ")
        response.body.append(request.path)
        response.body.append(" ")
        response.body.append(request.query)
        response.body.append(" ")
        response.body.append(request.body)
    }
}

/// A server of such a handler on a free port, stopped when the test is over.
class RunningServer<Handler: HTTPHandler> {
    let handler: Handler
    let server: HTTPServer<Handler>

    init(_ handler: Handler, _ change: (inout HTTPOptions) -> Void) throws {
        var options = HTTPOptions()
        options.port = 0
        change(&options)
        self.handler = handler
        server = try HTTPServer(options, handler: handler)
    }

    deinit { server.stop(grace: 0) }

    func connect() -> Client { Client(port: server.port) }

    /// Waits until exactly so many connections wait; false if they never do.
    func waits(for count: Int) -> Bool { eventually { server.waitingCount == count } }
}

/// A server that echoes.
final class TestServer: RunningServer<EchoHandler> {
    init(_ change: (inout HTTPOptions) -> Void = { _ in }) throws { try super.init(EchoHandler(), change) }

    // Before the server is stopped, which waits for what the handler does.
    deinit { handler.release.store(true, ordering: .relaxed) }

    /// Whether a new client is served.
    func isServing() -> Bool { connect().request("GET /alive")?.body == "GET /alive  " }
}

/// Waits until `condition` holds, for ten seconds at most. Returns whether it does.
func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<2000 {
        if condition() { return true }
        usleep(5000)
    }
    return condition()
}

/// Runs `body` on a thread of its own and returns what joins it.
func inBackground(_ body: @escaping @Sendable () -> Void) -> () -> Void {
    final class Box { let body: () -> Void; init(_ body: @escaping () -> Void) { self.body = body } }
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { context in
            Unmanaged<Box>.fromOpaque(context!).takeRetainedValue().body()
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    return { pthread_join(thread, nil) }
}
