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
    private let cors: CORS
    private let boot: UInt32
    private let exchanges: PerThread<Exchange<E>>
    private let anyTarget: Router<E>.Target

    /// - Parameter corsOrigins: origins that web pages may call from; `*` is any, none turns CORS off.
    public init(engine: E, corsOrigins: [String] = []) {
        self.engine = engine
        let routes = RouteTable<E>.routes
        router = Router(routes, engine: engine)
        cors = CORS(origins: corsOrigins)
        boot = UInt32.random(in: 0 ... .max)
        anyTarget = Router<E>.Target(route: routes[0], commands: [], probe: nil)
        exchanges = PerThread()
    }

    /// Has the engine fetch the key's slot.
    public func announce(_ request: HTTPRequest) { prefetch(request, .slot) }

    /// Has the engine fetch the key; admits every request.
    public func admit(_ request: HTTPRequest, _ response: inout HTTPResponse) -> Bool {
        prefetch(request, .entry)
        return true
    }

    /// A path's second segment is a key in almost all routes; where it is not, or is escaped, a line of
    /// memory is fetched in vain.
    private func prefetch(_ request: HTTPRequest, _ step: PrefetchStep) {
        let path = request.path
        guard let slash = path.firstIndex(of: UInt8(ascii: "/"), from: 1) else { return }
        let rest = path.dropFirst(slash + 1)
        engine.prefetch(rest[0..<(rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.count)], step)
    }

    /// Answers by the route of the request, or with a problem.
    public func handle(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        let headers = RequestHeaders(request)
        do throws(Problem) {
            try answer(request, headers, &response)
        } catch {
            error.write(to: &response)
            if error.status == 503 { response.addHeader("Retry-After", "1") }
        }
        if let origin = headers.origin { cors.allow(origin, &response) }
    }

    private func answer(
        _ request: HTTPRequest, _ headers: RequestHeaders, _ response: inout HTTPResponse
    ) throws(Problem) {
        var arguments = PathArguments()
        switch router.find(request.method, request.path, &arguments) {
        case .target(let target):
            let exchange = exchanges.value {
                Exchange(engine: engine, boot: boot, target: anyTarget)
            }
            defer { exchange.pointee.reset() }
            try exchange.pointee.begin(request, headers, arguments, target)
            try target.route.run(&exchange.pointee, &response)
        case .otherMethods(let known):
            try answer(request, headers, otherThan: known, &response)
        case .none:
            throw .notFound(
                "There is no resource at this path; GET /openapi.yaml describes those that there are.")
        }
    }

    /// Answers a method that the path does not have: OPTIONS by listing those it has, any other by 405.
    private func answer(
        _ request: HTTPRequest, _ headers: RequestHeaders, otherThan known: [HTTPMethod],
        _ response: inout HTTPResponse
    ) throws(Problem) {
        var names = known.map { $0.name.description }
        if known.contains(.get) { names.append("HEAD") }
        let allow = Array((names + ["OPTIONS"]).sorted().joined(separator: ", ").utf8)
        if request.method == .options {
            response.status = 204
            if let origin = headers.origin, headers.requestMethod != nil {
                allow.withByteView { cors.preflight(origin, $0, &response) }
            }
        } else {
            Problem(
                405, "METHOD",
                "\(request.methodName.string) is not for this path; it takes \(names.sorted().joined(separator: ", "))."
            ).write(to: &response)
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
        Problem(status, code, refusal.message.description).write(to: &response)
        response.closesConnection = closes
    }
}
