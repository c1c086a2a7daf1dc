internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/keys/{key}/sort`: the elements of a list, set or sorted set, sorted.
enum SortResources<E: CommandEngine> {
    @Sendable static func sort(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("EXISTS")
        x.argument(x.path[0])
        x.command("SORT_RO")
        x.argument(x.path[0])
        if let by = try x.bytes("by") {
            x.argument("BY")
            x.argument(by)
        }
        let limit = try x.integer("limit", in: 0 ... .max)
        let offset = try x.integer("offset", in: 0 ... .max)
        if limit != nil || offset != nil {
            x.argument("LIMIT")
            x.argument(offset ?? 0)
            x.argument(limit ?? -1)
        }
        for pattern in try x.all("get") {
            x.argument("GET")
            x.argument(pattern)
        }
        if try x.flag("reverse") { x.argument("DESC") }
        if try x.flag("alpha") { x.argument("ALPHA") }
        try x.execute()
        guard x.integer() > 0 else { throw x.missingKey() }
        x.json(&response)
        response.body.append("{\"values\":")
        response.body.append(json: &x.reader)
        response.body.append("}")
    }

    static var routes: [Route<E>] {
        [
            Route(
                .get, "/keys/{key}/sort", ["SORT_RO", "EXISTS"],
                query: ["by", .many("get"), "alpha", "reverse", "limit", "offset"], run: sort)
        ]
    }
}
