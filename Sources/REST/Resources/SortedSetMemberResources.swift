internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/zsets/{key}/members/{member}`: one member's score.
enum SortedSetMemberResources<E: CommandEngine> {
    @Sendable static func get(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let reverse = try x.flag("reverse")
        x.onElement("ZSCORE")
        x.onElement(reverse ? "ZREVRANK" : "ZRANK")
        try x.execute()
        let score = x.reader.next()
        if case .null = score { throw x.noElement("member") }
        if try x.notModified(&response) { return }
        x.beginJSON(&response)
        response.body.append("{\"score\":")
        response.body.appendScore(score)
        response.body.append(",\"rank\":")
        response.body.append(decimal: x.integer())
        response.body.append("}")
    }

    @Sendable static func put(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let options = try AddOptions(&x)
        let text = try score(&x)
        guard let score = parseDouble(text) else {
            throw .badRequest("The body is to be a score: a number, inf or -inf, not '\(text.string)'.")
        }
        // Redis answers alike where an option leaves the member alone and where the score is the same.
        if !options.isEmpty { x.onElement("ZSCORE") }
        x.keyed("ZADD")
        options.add(to: &x)
        x.argument(text)
        x.argument(x.path[1])
        try x.execute()
        if !options.isEmpty {
            var old: Double?
            if case .double(let value) = x.reader.next() { old = value }
            if let old {
                let isMet =
                    !options.onlyNew && (!options.onlyGreater || score > old)
                    && (!options.onlyLess || score < old)
                if !isMet { throw options.notMet(wasThere: true) }
            } else if options.onlyExisting {
                throw options.notMet(wasThere: false)
            }
        }
        if x.integer() > 0 { response.status = 201 }
        x.etag(&response)
    }

    /// The score of the body, as text: raw, or in the document that GET answers with.
    private static func score(_ x: inout Exchange<E>) throws(Problem) -> ByteView {
        if !x.headers.isJSON { return x.body }
        let document = try x.document()
        try x.checkMembers(of: document, ["score", "rank"])
        _ = try x.integer("rank", of: document, atLeast: 0)
        guard let score = document["score"] else { throw .badRequest("The document needs a 'score'.") }
        return try x.score(score)
    }

    @Sendable static func delete(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try x.removeElement(by: "ZREM", "member", &response)
    }

    @Sendable static func increment(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let options = try AddOptions(&x)
        let amount = try x.bytes("by") ?? ByteView("1")
        guard parseDouble(amount) != nil else {
            throw .badRequest("The parameter 'by' takes a number, inf or -inf, not '\(amount.string)'.")
        }
        x.probe()
        if options.isEmpty {
            x.keyed("ZINCRBY")
        } else {
            x.keyed("ZADD")
            options.add(to: &x)
            x.argument("INCR")
        }
        x.argument(amount)
        x.argument(x.path[1])
        try x.execute()
        let wasThere = x.isPresent()
        let score = x.reader.next()
        if case .null = score { throw options.notMet(wasThere: wasThere) }
        if !wasThere { response.status = 201 }
        x.beginJSON(&response)
        response.body.append("{\"score\":")
        response.body.appendScore(score)
        response.body.append("}")
    }

    static var routes: [Route<E>] {
        let member = RouteResource.element("ZSCORE")
        return [
            Route(
                .get, "/zsets/{key}/members/{member}", ["ZSCORE", "ZRANK", "ZREVRANK"], query: ["reverse"],
                resource: member, run: get),
            Route(
                .put, "/zsets/{key}/members/{member}", ["ZADD", "ZSCORE"], query: ["nx", "xx", "gt", "lt"],
                body: .value, resource: member, run: put),
            Route(.delete, "/zsets/{key}/members/{member}", ["ZREM"], resource: member, run: delete),
            Route(
                .post, "/zsets/{key}/members/{member}/increment", ["ZINCRBY", "ZADD"],
                query: ["by", "nx", "xx", "gt", "lt"], resource: member, run: increment),
        ]
    }
}
