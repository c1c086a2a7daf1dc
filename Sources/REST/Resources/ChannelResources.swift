internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/channels`: publishing, and who listens.
enum ChannelResources<E: CommandEngine> {
    @Sendable static func list(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("PUBSUB CHANNELS")
        if let pattern = try x.bytes("match") { x.argument(pattern) }
        x.command("PUBSUB NUMPAT")
        try x.execute()
        let names = (0..<x.array()).map { _ in x.bytes().map { x.arena.copy($0) } ?? .empty }
        let patterns = x.integer()
        x.again()
        x.command("PUBSUB NUMSUB")
        for name in names { x.argument(name) }
        try x.execute()
        x.enter()
        x.json(&response)
        response.body.append("{\"channels\":[")
        var isFirst = true
        for _ in names {
            let name = x.bytes() ?? .empty
            let count = x.integer()
            // Who has left since the names were asked for.
            if count == 0 { continue }
            if !isFirst { response.body.append(",") }
            isFirst = false
            response.body.append("{\"channel\":")
            response.body.appendJSONString(name)
            response.body.append(",\"subscribers\":")
            response.body.append(decimal: count)
            response.body.append("}")
        }
        response.body.append("],\"patterns\":")
        response.body.append(decimal: patterns)
        response.body.append("}")
    }

    @Sendable static func publish(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        var message = x.body
        if x.headers.isJSON { message = try x.bytes(x.document(member: "message"), "message") }
        x.command("PUBLISH")
        x.argument(x.path[0])
        x.argument(message)
        try x.execute()
        x.write("receivers", x.integer(), &response)
    }

    static var routes: [Route<E>] {
        [
            Route(
                .get, "/channels", ["PUBSUB CHANNELS", "PUBSUB NUMPAT", "PUBSUB NUMSUB"], query: ["match"],
                run: list),
            Route(.post, "/channels/{channel}", ["PUBLISH"], body: .value, run: publish),
        ]
    }
}
