internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/config`: the settings, with Redis's names.
enum ConfigResources<E: CommandEngine> {
    @Sendable static func list(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("CONFIG GET")
        let patterns = try x.all("match")
        if patterns.isEmpty { x.argument("*") }
        for pattern in patterns { x.argument(pattern) }
        try x.execute()
        write(&x, &response)
    }

    @Sendable static func patch(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let document = try x.document(member: "config")
        var settings = try NamedValues(document, asPairs: false, label: "config")
        x.command("CONFIG SET")
        while let (name, value) = try settings.next() {
            x.argument(name)
            x.argument(try x.bytes(value, "config"))
        }
        x.command("CONFIG GET")
        for (name, _) in document.members { x.argument(name) }
        try x.execute()
        x.skip()
        write(&x, &response)
    }

    /// The next reply, a map of names and values.
    private static func write(_ x: inout Exchange<E>, _ response: inout HTTPResponse) {
        x.json(&response)
        response.body.append("{\"config\":{")
        for index in 0..<x.map() {
            if index > 0 { response.body.append(",") }
            response.body.append(json: &x.reader)
            response.body.append(":")
            response.body.append(json: &x.reader)
        }
        response.body.append("}}")
    }

    private static func missing(_ x: borrowing Exchange<E>) -> Problem {
        .notFound("There is no setting '\(x.path[0].string)'; GET /config lists them.")
    }

    @Sendable static func get(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        // CONFIG GET takes globs, a path names one setting.
        if isGlobPattern(x.path[0]) { throw missing(x) }
        x.command("CONFIG GET")
        x.argument(x.path[0])
        try x.execute()
        guard x.map() > 0 else { throw missing(x) }
        x.skip()
        try x.write(x.bytes() ?? .empty, &response)
    }

    @Sendable static func put(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let value = try x.value()
        x.command("CONFIG SET")
        x.argument(x.path[0])
        x.argument(value)
        do throws(Problem) {
            try x.execute()
        } catch {
            throw error.detail.hasPrefix("Unknown option") ? missing(x) : error
        }
    }

    static var routes: [Route<E>] {
        [
            Route(.get, "/config", ["CONFIG GET"], query: [.many("match")], run: list),
            Route(.patch, "/config", ["CONFIG SET", "CONFIG GET"], body: .document, run: patch),
            Route(.get, "/config/{name}", ["CONFIG GET"], query: ["raw"], run: get),
            Route(.put, "/config/{name}", ["CONFIG SET"], body: .value, run: put),
        ]
    }
}
