internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/lists/{key}`: whole lists, and what looks them through.
enum ListResources<E: CommandEngine> {
    // MARK: Reading

    @Sendable static func get(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let start = try x.integer("start") ?? 0
        let stop = try x.integer("stop") ?? -1
        x.probe()
        x.keyed("LRANGE")
        x.argument(start)
        x.argument(stop)
        try x.executeAfterProbe("list")
        if try x.notModified(&response) { return }
        x.answerArray("values", &response)
    }

    @Sendable static func length(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try x.size("LLEN", of: "list", as: "length", &response)
    }

    @Sendable static func positions(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let value = try x.required("value")
        let rank = try x.integer("rank") ?? 1
        if rank == 0 { throw .badRequest("'rank' counts from 1, or from -1 at the right end; it is not 0.") }
        let count = try x.integer("count", in: 0 ... .max) ?? 0
        let maxLength = try x.integer("max_length", in: 0 ... .max) ?? 0
        x.probe()
        x.keyed("LPOS")
        x.argument(value)
        x.argument("RANK")
        x.argument(rank)
        x.argument("COUNT")
        x.argument(count)
        x.argument("MAXLEN")
        x.argument(maxLength)
        try x.executeAfterProbe("list")
        if try x.notModified(&response) { return }
        x.answerArray("positions", &response)
    }

    // MARK: Writing

    @Sendable static func put(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let expiry = try x.newExpiry()
        let values = try x.document(member: "values")
        x.replace(with: "RPUSH")
        try x.arguments(values, "values")
        try x.finishReplacement(expiry, "length", &response)
    }

    @Sendable static func push(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let atLeft = try x.choice("end", "left", "right") == 0
        let onlyExisting = try x.flag("xx")
        let values = try x.document(member: "values")
        x.keyed(atLeft ? (onlyExisting ? "LPUSHX" : "LPUSH") : (onlyExisting ? "RPUSHX" : "RPUSH"))
        try x.arguments(values, "values")
        try x.execute()
        let length = x.integer()
        if onlyExisting, length == 0 {
            throw .condition("There is no list '\(x.path[0].string)': 'xx' does not hold.")
        }
        if x.outcome.created > 0 { response.status = 201 }
        x.answer("length", length, &response)
    }

    @Sendable static func delete(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let value = try x.required("value")
        let count = try x.integer("count") ?? 0
        x.probe()
        x.keyed("LREM")
        x.argument(count)
        x.argument(value)
        try x.executeAfterProbe("list")
        x.answer("removed", x.integer(), &response)
    }

    @Sendable static func trim(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        _ = try x.required("start")
        _ = try x.required("stop")
        let start = try x.integer("start") ?? 0
        let stop = try x.integer("stop") ?? -1
        x.probe()
        x.keyed("LTRIM")
        x.argument(start)
        x.argument(stop)
        x.keyed("LLEN")
        try x.executeAfterProbe("list")
        x.reader.skip()
        x.answer("length", x.integer(), &response)
    }

    @Sendable static func insert(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try x.exclusive("before", "after")
        let before = try x.bytes("before")
        let after = try x.bytes("after")
        guard let pivot = before ?? after else {
            throw .badRequest("Say where: ?before=… or ?after=…, an element of the list.")
        }
        let value = try x.value()
        x.keyed("LINSERT")
        if before != nil { x.argument("BEFORE") } else { x.argument("AFTER") }
        x.argument(pivot)
        x.argument(value)
        try x.execute()
        let length = x.integer()
        if length == 0 { throw x.noKey("list") }
        if length < 0 { throw x.missing("element '\(pivot.string)' in '\(x.path[0].string)'") }
        x.answer("length", length, &response)
    }

    @Sendable static func store(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let document = try x.document()
        try x.checkMembers(of: document, ["sort", "by", "get", "alpha", "reverse", "limit", "offset"])
        guard let source = try x.bytes("sort", of: document) else {
            throw .badRequest("The document needs 'sort', the key of what is to be sorted.")
        }
        x.beginStore()
        x.command("SORT")
        x.argument(source)
        if let pattern = try x.bytes("by", of: document) {
            x.argument("BY")
            x.argument(pattern)
        }
        let offset = try x.integer("offset", of: document, atLeast: 0)
        let limit = try x.integer("limit", of: document, atLeast: 0)
        if offset != nil || limit != nil {
            x.argument("LIMIT")
            x.argument(offset ?? 0)
            x.argument(limit ?? -1)
        }
        if let patterns = document["get"] {
            guard patterns.kind == .array else { throw .badRequest("'get' takes an array of patterns.") }
            for pattern in patterns.elements {
                x.argument("GET")
                x.argument(try x.bytes(pattern, "get"))
            }
        }
        if try x.flag("reverse", of: document) { x.argument("DESC") }
        if try x.flag("alpha", of: document) { x.argument("ALPHA") }
        x.argument("STORE")
        x.argument(x.path[0])
        try x.finishStore("length", &response)
    }

    static var routes: [Route<E>] {
        [
            Route(.get, "/lists/{key}", ["LRANGE"], query: ["start", "stop"], resource: .key, run: get),
            Route(
                .put, "/lists/{key}", ["DEL", "RPUSH", "PEXPIRE", "PEXPIREAT"], query: ["ttl", "expire_at"],
                body: .document, resource: .key, run: put),
            Route(
                .post, "/lists/{key}", ["RPUSH", "LPUSH", "RPUSHX", "LPUSHX"], query: ["end", "xx"],
                body: .document, resource: .key, run: push),
            Route(.delete, "/lists/{key}", ["LREM"], query: ["value", "count"], resource: .key, run: delete),
            Route(.get, "/lists/{key}/length", ["LLEN"], resource: .key, run: length),
            Route(
                .post, "/lists/{key}/trim", ["LTRIM", "LLEN"], query: ["start", "stop"], resource: .key,
                run: trim),
            Route(
                .post, "/lists/{key}/insert", ["LINSERT"], query: ["before", "after"], body: .value,
                resource: .key, run: insert),
            Route(
                .get, "/lists/{key}/positions", ["LPOS"], query: ["value", "rank", "count", "max_length"],
                resource: .key, run: positions),
            Route(.post, "/lists/{key}/store", ["SORT"], body: .document, resource: .key, run: store),
        ]
    }
}
