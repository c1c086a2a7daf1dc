internal import Bytes
internal import Engine
internal import MicroHTTP

/// One operation of the API: everything the rest of the layer, the contract and its test know of it, declared
/// once. `openapi.yaml` says the same to clients; a test holds the two equal.
struct Route<E: CommandEngine>: Sendable {
    typealias Run = @Sendable (inout Exchange<E>, inout HTTPResponse) throws(Problem) -> Void

    let method: HTTPMethod
    /// `/keys/{key}/ttl`: literal segments, and names in braces for segments that are arguments.
    let template: StaticString
    /// The commands it is made of; the only ones that its handler can run.
    let commands: [StaticString]
    let query: [QueryParameter]
    let body: RouteBody
    /// What an ETag of this route speaks of, and what `*` in a condition asks for.
    let resource: RouteResource
    /// Whether it answers without a token where others need one.
    let isPublic: Bool
    /// Whose conventions it follows.
    let dialect: RouteDialect
    /// Non-capturing.
    let run: Run

    init(
        _ method: HTTPMethod, _ template: StaticString, _ commands: [StaticString],
        query: [QueryParameter] = [], body: RouteBody = .none, resource: RouteResource = .none,
        isPublic: Bool = false, dialect: RouteDialect = .native, run: @escaping Run
    ) {
        self.method = method
        self.template = template
        self.commands = commands
        self.query = query
        self.body = body
        self.resource = resource
        self.isPublic = isPublic
        self.dialect = dialect
        self.run = run
    }
}

/// Whose conventions a route follows.
enum RouteDialect: Sendable {
    /// The API's own: errors are problems, the body's type counts.
    case native
    /// The Upstash Redis REST protocol's: errors are `{"error":"…"}`, the body's type does not matter.
    case upstash
}

/// Whether a route takes a body.
enum RouteBody: Sendable {
    /// None; one that is sent is refused.
    case none
    /// One value: raw bytes, or the JSON document where the type is JSON.
    case value
    /// A JSON document; another type is 415.
    case document
}

/// The resource of a route's path, for conditional requests.
enum RouteResource: Sendable {
    /// The route has no ETag and takes no conditions.
    case none
    /// The key, of whatever type: the path's first argument.
    case key
    /// What is below the key: there if this command, given the path's arguments, says so (a number above 0
    /// or a value).
    case element(StaticString)

    /// The command that tells whether it exists.
    var probe: StaticString? {
        switch self {
        case .none: nil
        case .key: "EXISTS"
        case .element(let command): command
        }
    }
}

/// A query parameter that a route knows.
struct QueryParameter: Sendable {
    let name: StaticString
    /// Whether it may come several times.
    let repeats: Bool

    init(_ name: StaticString, repeats: Bool = false) {
        self.name = name
        self.repeats = repeats
    }
}

extension QueryParameter: ExpressibleByStringLiteral {
    init(stringLiteral name: StaticString) { self.init(name) }

    /// A parameter that may come several times.
    static func many(_ name: StaticString) -> QueryParameter { QueryParameter(name, repeats: true) }
}
