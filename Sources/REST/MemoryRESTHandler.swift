public import Engine
public import MicroHTTP

/// The REST API over the engine in memory.
///
/// The concrete engine is named here, in the module of the generic code, so that the compiler specialises the
/// whole path of a request (docs/decisions/0001-house.md).
public final class MemoryRESTHandler: HTTPHandler {
    private let generic: RESTHandler<MemoryEngine>

    /// - Parameters:
    ///   - access: who may call.
    ///   - events: how event streams are kept.
    public init(
        engine: MemoryEngine, access: AccessOptions = AccessOptions(), events: EventOptions = EventOptions()
    ) {
        generic = RESTHandler(engine: engine, access: access, events: events)
    }

    /// Refuses who may not call before a body is read.
    public func admit(_ request: HTTPRequest, _ response: inout HTTPResponse) -> Bool {
        generic.admit(request, &response)
    }

    /// Has the engine fetch the key's slot.
    public func announce(_ request: HTTPRequest) { generic.announce(request) }

    /// Answers by the route of the request, or with a problem.
    public func handle(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        generic.handle(request, &response)
    }

    /// Describes the server's own refusals as problems, too.
    public func describe(_ refusal: HTTPRefusal, _ request: HTTPRequest, _ response: inout HTTPResponse) {
        generic.describe(refusal, request, &response)
    }
}
