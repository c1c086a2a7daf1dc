internal import Bytes
internal import Engine
internal import MicroHTTP

/// What else can be done to a string: `/length`, `/append`, `/increment`, `/renew`, `/lcs`.
enum StringActionResources<E: CommandEngine> {
    @Sendable static func length(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.probe()
        x.command("STRLEN")
        x.argument(x.path[0])
        try x.execute()
        guard x.isPresent() else { throw x.missingKey() }
        if try x.notModified(&response) { return }
        x.etag(&response)
        x.write("length", x.integer(), &response)
    }

    @Sendable static func append(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let value = try x.value()
        x.command("APPEND")
        x.argument(x.path[0])
        x.argument(value)
        try x.execute()
        x.wrote(&response)
        x.write("length", x.integer(), &response)
    }

    @Sendable static func increment(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        switch try x.increment() {
        case .integer(let amount):
            x.command("INCRBY")
            x.argument(x.path[0])
            x.argument(amount)
        case .float(let amount):
            x.command("INCRBYFLOAT")
            x.argument(x.path[0])
            x.argument(amount)
        }
        try x.execute()
        if x.outcome.created > 0 { response.status = 201 }
        x.answerNumber(&response)
    }

    @Sendable static func renew(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let (ttl, time) = (try x.milliseconds("ttl"), try x.milliseconds("expire_at"))
        let persist = try x.flag("persist")
        guard (ttl == nil ? 0 : 1) + (time == nil ? 0 : 1) + (persist ? 1 : 0) == 1 else {
            throw .badRequest("Give exactly one of 'ttl', 'expire_at' and 'persist'.")
        }
        x.command("GETEX")
        x.argument(x.path[0])
        if let ttl {
            x.argument("PX")
            x.argument(ttl)
        } else if let time {
            x.argument("PXAT")
            x.argument(time)
        } else {
            x.argument("PERSIST")
        }
        try x.execute()
        guard let value = x.bytes() else { throw x.missingKey() }
        try x.write(value, &response)
    }

    @Sendable static func lcs(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let other = try x.required("with")
        let (length, index) = (try x.flag("len"), try x.flag("idx"))
        if length, index { throw .badRequest("'len' and 'idx' exclude each other; give one of them.") }
        let minimum = try x.integer("min_match_len", in: 0 ... .max)
        let withLengths = try x.flag("with_match_len")
        if !index, minimum != nil || withLengths {
            throw .badRequest("'min_match_len' and 'with_match_len' need 'idx'.")
        }
        x.command("LCS")
        x.argument(x.path[0])
        x.argument(other)
        if length { x.argument("LEN") }
        if index { x.argument("IDX") }
        if let minimum {
            x.argument("MINMATCHLEN")
            x.argument(minimum)
        }
        if withLengths { x.argument("WITHMATCHLEN") }
        try x.execute()
        if length {
            x.write("length", x.integer(), &response)
        } else if index {
            writeMatches(&x, &response)
        } else {
            x.write("value", x.bytes() ?? .empty, &response)
        }
    }

    /// The reply is the map of `matches`, each two pairs of positions and maybe a length, and `len`.
    private static func writeMatches(_ x: inout Exchange<E>, _ response: inout HTTPResponse) {
        x.json(&response)
        response.body.append("{\"matches\":[")
        x.enter()
        x.skip()
        for match in 0..<x.array() {
            if match > 0 { response.body.append(",") }
            let parts = x.array()
            response.body.append("{\"first\":")
            response.body.append(json: &x.reader)
            response.body.append(",\"second\":")
            response.body.append(json: &x.reader)
            if parts > 2 {
                response.body.append(",\"length\":")
                response.body.append(decimal: x.integer())
            }
            response.body.append("}")
        }
        x.skip()
        response.body.append("],\"length\":")
        response.body.append(decimal: x.integer())
        response.body.append("}")
    }

    static var routes: [Route<E>] {
        [
            Route(.get, "/keys/{key}/length", ["STRLEN"], resource: .key, run: length),
            Route(.post, "/keys/{key}/append", ["APPEND"], body: .value, resource: .key, run: append),
            Route(
                .post, "/keys/{key}/increment", ["INCRBY", "INCRBYFLOAT"], query: ["by"], resource: .key,
                run: increment),
            Route(
                .post, "/keys/{key}/renew", ["GETEX"], query: ["raw", "ttl", "expire_at", "persist"],
                resource: .key, run: renew),
            Route(
                .get, "/keys/{key}/lcs", ["LCS"],
                query: ["with", "len", "idx", "min_match_len", "with_match_len"], run: lcs),
        ]
    }
}
