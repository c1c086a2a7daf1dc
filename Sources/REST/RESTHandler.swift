internal import Bytes
public import Engine
public import MicroHTTP

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The REST API over an engine: requests in, responses out, on the calling thread.
public final class RESTHandler<E: CommandEngine>: HTTPHandler {
    private let engine: E
    private let router: Router<E>
    private let access: Access
    private let boot: UInt32
    private let events: EventStreams
    private let exchanges: PerThread<Exchange<E>>
    private let anyTarget: Router<E>.Target
    /// How long a write waits for the disk before it is refused, in seconds.
    private let patience = 5.0

    /// - Parameters:
    ///   - access: who may call.
    ///   - events: how event streams are kept.
    public init(
        engine: E, access: AccessOptions = AccessOptions(), events: EventOptions = EventOptions()
    ) {
        self.engine = engine
        let routes = RouteTable<E>.routes
        router = Router(routes, engine: engine)
        self.access = Access(access)
        boot = UInt32.random(in: 0 ... .max)
        anyTarget = Router<E>.Target(route: routes[0], commands: [], probe: nil)
        exchanges = PerThread()
        self.events = EventStreams(events)
    }

    deinit { events.stop() }

    /// Has the engine fetch the key's slot. A path's second segment is a key in almost all routes; where it is
    /// not, or is escaped, a line of memory is fetched in vain.
    public func announce(_ request: HTTPRequest) {
        let path = request.path
        guard let slash = path.firstIndex(of: UInt8(ascii: "/"), from: 1) else { return }
        let rest = path.dropFirst(slash + 1)
        let key = rest[0..<(rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.count)]
        request.note = engine.prefetchSlot(of: key)
    }

    /// Refuses who may not call before a body is read; meanwhile the engine fetches the key.
    public func admit(_ request: HTTPRequest, _ response: inout HTTPResponse) -> Bool {
        if request.note != 0 { engine.prefetchEntry(request.note) }
        // Without a body the check is left to `handle`, which reads the header fields anyway.
        guard request.expectsBody else { return true }
        var headers = RequestHeaders()
        headers.read(request)
        do throws(Problem) {
            try access.check(request, headers, router)
            return true
        } catch {
            refuse(error, request, &response)
            if let origin = headers.origin { access.cors.allow(origin, &response) }
            return false
        }
    }

    /// Answers by the route of the request, or with a problem.
    public func handle(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        let exchange = exchanges.value {
            Exchange(engine: engine, boot: boot, events: events, target: anyTarget)
        }
        exchange.pointee.headers.read(request)
        do throws(Problem) {
            try answer(request, &exchange.pointee, &response)
        } catch {
            if E.isRemote, error.status == Problem.parked.status, let remote = exchange.pointee.remote {
                response.park(remote, seconds: nil)
                return exchange.pointee.reset()
            }
            refuse(error, request, &response)
        }
        if let origin = exchange.pointee.headers.origin { access.cors.allow(origin, &response) }
        if let waiting = exchange.pointee.waiting {
            response.park(waiting, seconds: waiting.seconds)
        } else if exchange.pointee.reply.isPostponable {
            // The disk is behind: this 503 is sent only if it stays so.
            response.postpone(seconds: patience)
        } else if exchange.pointee.reply.ticket > 0 {
            response.hold(
                until: exchange.pointee.reply.ticket, ofChange: exchange.pointee.reply.hasWritten)
        }
        exchange.pointee.reset()
    }

    /// Answers with a problem.
    private func refuse(_ problem: Problem, _ request: HTTPRequest, _ response: inout HTTPResponse) {
        write(problem, request, &response)
        switch problem.status {
        case 401: response.addHeader("WWW-Authenticate", "Bearer realm=\"redwing\"")
        case 503: response.addHeader("Retry-After", "1")
        default: break
        }
    }

    /// Writes a problem in the form that clients of its path expect.
    private func write(_ problem: Problem, _ request: HTTPRequest, _ response: inout HTTPResponse) {
        switch router.dialect(of: request.path) {
        case .native: problem.write(to: &response)
        case .upstash:
            problem.writeUpstash(to: &response)
            addSyncToken(&response)
        }
    }

    private func addSyncToken(_ response: inout HTTPResponse) {
        var token = ByteBuffer()
        token.appendSyncToken(boot: boot, changes: engine.changes)
        response.addHeader("Upstash-Sync-Token", token.view)
    }

    private func answer(
        _ request: HTTPRequest, _ exchange: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        // With a body it was checked before that was read.
        if !request.expectsBody { try access.check(request, exchange.headers, router) }
        var arguments = PathArguments()
        switch router.find(request.method, request.path, &arguments) {
        case .target(let target):
            try exchange.begin(request, arguments, target)
            try exchange.target.route.run(&exchange, &response)
        case .otherMethods(let known):
            try answer(request, exchange.headers, otherThan: known, &response)
        case .none:
            throw .notFound(
                "There is no resource at this path; GET /openapi.yaml describes those that there are.")
        }
    }

    /// Answers a method that the path does not have: OPTIONS by listing those it has, any other by 405.
    private func answer(
        _ request: HTTPRequest, _ headers: borrowing RequestHeaders, otherThan known: [HTTPMethod],
        _ response: inout HTTPResponse
    ) throws(Problem) {
        var names = known.map { $0.name.description }
        if known.contains(.get) { names.append("HEAD") }
        let allow = Array((names + ["OPTIONS"]).sorted().joined(separator: ", ").utf8)
        if request.method == .options {
            response.status = 204
            if let origin = headers.origin, headers.requestMethod != nil {
                allow.withByteView { access.cors.preflight(origin, $0, &response) }
            }
            if router.dialect(of: request.path) == .upstash { addSyncToken(&response) }
        } else {
            // Whoever opens the address itself looks for what there is.
            let hint = request.path.count == 1 ? " GET /openapi.yaml describes all paths." : ""
            let problem = Problem(
                405, "METHOD",
                "\(request.methodName.string) is not for this path; it takes "
                    + "\(names.sorted().joined(separator: ", ")).\(hint)")
            write(problem, request, &response)
        }
        allow.withByteView { response.addHeader("Allow", $0) }
    }

    /// Describes the server's own refusals as problems, too.
    public func describe(_ refusal: HTTPRefusal, _ request: HTTPRequest, _ response: inout HTTPResponse) {
        let status = response.status
        let closes = response.closesConnection
        let code =
            switch status {
            case 413: "TOOLARGE"
            case 503: "BUSY"
            default: "ERR"
            }
        write(Problem(status, code, refusal.message.description), request, &response)
        response.closesConnection = closes
    }
}
