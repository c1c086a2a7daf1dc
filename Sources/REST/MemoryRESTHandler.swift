public import Engine
public import MicroHTTP

/// The REST API over the engine in memory.
///
/// The concrete engine is named here, in the module of the generic code, so that the compiler specialises the
/// whole path of a request (docs/decisions/0001-house.md).
public final class MemoryRESTHandler: HTTPHandler {
    private let generic: RESTHandler<MemoryEngine>

    /// - Parameter corsOrigins: origins that web pages may call from; `*` is any, none turns CORS off.
    public init(engine: MemoryEngine, corsOrigins: [String] = []) {
        generic = RESTHandler(engine: engine, corsOrigins: corsOrigins)
    }

    /// Has the engine fetch the key's slot.
    public func announce(_ request: HTTPRequest) { generic.announce(request) }

    /// Has the engine fetch the key; admits every request.
    public func admit(_ request: HTTPRequest, _ response: inout HTTPResponse) -> Bool {
        generic.admit(request, &response)
    }

    /// Answers by the route of the request, or with a problem.
    public func handle(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        generic.handle(request, &response)
    }

    /// Describes the server's own refusals as problems, too.
    public func describe(_ refusal: HTTPRefusal, _ request: HTTPRequest, _ response: inout HTTPResponse) {
        generic.describe(refusal, request, &response)
    }
}
