internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/keys` and `/keyspace`: all keys, and several strings at once.
enum KeyCollectionResources<E: CommandEngine> {
    @Sendable static func list(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        if x.has("key") { return try values(&x, &response) }
        if try x.flag("pairs") { throw .badRequest("'pairs' needs 'key'.") }
        if x.headers.prefersLines { return try lines(&x, &response) }
        try addScan(from: x.bytes("cursor") ?? ByteView("0"), count: nil, &x)
        try x.execute()
        x.enter()
        let cursor = x.bytes() ?? .empty
        x.json(&response)
        x.vary(&response)
        response.body.append("{\"keys\":")
        response.body.append(json: &x.reader)
        response.body.append(",\"cursor\":")
        response.body.appendJSONString(cursor)
        response.body.append("}")
    }

    private static func addScan(
        from cursor: ByteView, count: Int64?, _ x: inout Exchange<E>
    ) throws(Problem) {
        guard parseUInt64(cursor) != nil else {
            throw .badRequest(
                "'cursor' takes the cursor of the answer before, or 0, not '\(cursor.string)'.")
        }
        x.command("SCAN")
        x.argument(cursor)
        if let pattern = try x.bytes("match") {
            x.argument("MATCH")
            x.argument(pattern)
        }
        if let count = try x.integer("count", in: 1 ... .max) ?? count {
            x.argument("COUNT")
            x.argument(count)
        }
        if let type = try x.bytes("type") {
            _ = try x.choice("type", "string", "list", "set", "zset", "hash")
            x.argument("TYPE")
            x.argument(type)
        }
    }

    /// All keys, a line each. Every step of the scan takes the locks anew, so that others get their turn; the
    /// lines are collected in memory.
    private static func lines(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        if x.has("cursor") { throw .badRequest("A stream of all keys takes no 'cursor'.") }
        response.addHeader("Content-Type", "application/x-ndjson")
        x.vary(&response)
        var cursor = ByteBuffer()
        cursor.append("0")
        repeat {
            x.again()
            try addScan(from: cursor.view, count: 1000, &x)
            try x.execute()
            x.enter()
            cursor.clear()
            cursor.append(x.bytes() ?? ByteView("0"))
            for _ in 0..<x.array() {
                response.body.appendJSONString(x.bytes() ?? .empty)
                response.body.append("\n")
            }
        } while cursor.view != ByteView("0")
    }

    /// MGET.
    private static func values(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        for name in ["match", "type", "cursor", "count"] as [StaticString] where x.has(name) {
            throw .badRequest("'key' and '\(name)' exclude each other; give one of them.")
        }
        let keys = try x.all("key")
        let pairs = try x.flag("pairs")
        x.command("MGET")
        for key in keys { x.argument(key) }
        try x.execute()
        x.json(&response)
        x.vary(&response)
        response.body.append("{\"values\":")
        var writer = FieldWriter(asPairs: pairs)
        writer.begin(&response.body)
        x.enter()
        var written: Set<ByteView> = []
        for key in keys {
            let value = x.bytes()
            // An object has each name once.
            if pairs || written.insert(key).inserted { try writer.append(key, value, &response.body) }
        }
        writer.end(&response.body)
        response.body.append("}")
    }

    @Sendable static func set(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        var values = try NamedValues(
            x.document(member: "values"), asPairs: x.flag("pairs"), label: "values")
        let mustBeNew = try x.flag("nx")
        x.command(mustBeNew ? "MSETNX" : "MSET")
        while let (name, value) = try values.next() {
            x.argument(name)
            x.argument(try x.bytes(value, "values"))
        }
        try x.execute()
        if mustBeNew, x.integer() == 0 {
            throw .condition("One of the keys exists already: 'nx' does not hold, and nothing was set.")
        }
        x.write("set", Int64(values.count), &response)
    }

    @Sendable static func delete(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let keys = try x.all("key")
        let all = try x.flag("all")
        guard all != !keys.isEmpty else {
            throw .badRequest("Give 'key', once for each key to remove, or 'all' to remove every key.")
        }
        if all {
            x.command("FLUSHALL")
            try x.execute()
            return x.noContent(&response)
        }
        x.command("DEL")
        for key in keys { x.argument(key) }
        try x.execute()
        x.write("removed", x.integer(), &response)
    }

    @Sendable static func count(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("DBSIZE")
        try x.execute()
        x.write("count", x.integer(), &response)
    }

    @Sendable static func random(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("RANDOMKEY")
        try x.execute()
        guard let key = x.bytes() else { throw .notFound("There are no keys.") }
        response.addHeader("Cache-Control", "no-store")
        x.write("key", key, &response)
    }

    static var routes: [Route<E>] {
        [
            Route(
                .get, "/keys", ["SCAN", "MGET"],
                query: ["match", "type", "cursor", "count", .many("key"), "pairs"], run: list),
            Route(.patch, "/keys", ["MSET", "MSETNX"], query: ["nx", "pairs"], body: .document, run: set),
            Route(.delete, "/keys", ["DEL", "FLUSHALL"], query: [.many("key"), "all"], run: delete),
            Route(.get, "/keyspace", ["DBSIZE"], run: count),
            Route(.get, "/keyspace/random", ["RANDOMKEY"], run: random),
        ]
    }
}
