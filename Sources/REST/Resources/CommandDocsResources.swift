internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/commands`: what commands there are.
enum CommandDocsResources<E: CommandEngine> {
    @Sendable static func list(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("COMMAND LIST")
        if let pattern = try x.bytes("match") {
            x.argument("FILTERBY")
            x.argument("PATTERN")
            x.argument(pattern)
        }
        try x.execute()
        x.json(&response)
        response.body.append("{\"commands\":")
        response.body.append(json: &x.reader)
        response.body.append("}")
    }

    @Sendable static func get(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let name = x.path[0]
        x.command("COMMAND INFO")
        x.argument(name)
        // Subcommands are documented with their container.
        x.command("COMMAND DOCS")
        x.argument(name[0..<(name.firstIndex(of: UInt8(ascii: "|")) ?? name.count)])
        try x.execute()
        x.enter()
        var info = x.reader
        guard x.array() > 0 else {
            throw .notFound("There is no command '\(name.string)'; GET /commands lists them.")
        }
        x.reader = info
        x.skip()
        x.json(&response)
        // The information is name, arity, flags, first key, last key, step …
        _ = info.next()
        response.body.append("{\"name\":")
        response.body.append(json: &info)
        writeDocumentation(&x, &response)
        for member in ["arity", "flags", "first_key", "last_key", "step"] as [StaticString] {
            response.body.append(",\"")
            response.body.append(member)
            response.body.append("\":")
            response.body.append(json: &info)
        }
        response.body.append("}")
    }

    /// The next reply is a map of the name and the map of what is said of it.
    private static func writeDocumentation(_ x: inout Exchange<E>, _ response: inout HTTPResponse) {
        guard x.map() > 0 else { return }
        x.skip()
        let count = x.map()
        let members = x.reader
        for wanted in ["summary", "since", "group", "complexity"] as [StaticString] {
            x.reader = members
            for _ in 0..<count {
                let name = x.bytes() ?? .empty
                guard name == ByteView(wanted) else {
                    x.skip()
                    continue
                }
                response.body.append(",\"")
                response.body.append(wanted)
                response.body.append("\":")
                response.body.append(json: &x.reader)
            }
        }
    }

    static var routes: [Route<E>] {
        [
            Route(.get, "/commands", ["COMMAND LIST"], query: ["match"], run: list),
            Route(.get, "/commands/{name}", ["COMMAND INFO", "COMMAND DOCS"], run: get),
        ]
    }
}
