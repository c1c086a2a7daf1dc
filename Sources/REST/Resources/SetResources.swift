internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/sets/{key}`: whole sets, or several of their members.
enum SetResources<E: CommandEngine> {
    // MARK: Reading

    @Sendable static func get(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try x.oneWay((x.has("member"), "'member'"), (x.wantsPage, "a page ('cursor', 'match', 'count')"))
        if x.has("member") { return try getSome(&x, &response) }
        if x.wantsPage { return try getPage(&x, &response) }
        x.keyed("SMEMBERS")
        try x.execute()
        let count = x.array()
        guard count > 0 else { throw x.noKey("set") }
        if try x.notModified(&response) { return }
        x.answerArray("members", count, &response)
    }

    /// Those of the members asked for that are in the set.
    private static func getSome(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let asked = try x.all("member")
        x.probe()
        x.keyed("SMISMEMBER")
        for member in asked { x.argument(member) }
        try x.executeAfterProbe("set")
        if try x.notModified(&response) { return }
        _ = x.array()
        x.beginJSON(&response)
        response.body.append("{\"members\":[")
        var isFirst = true
        for member in asked where x.integer() > 0 {
            if !isFirst { response.body.append(",") }
            isFirst = false
            response.body.appendJSONString(member)
        }
        response.body.append("]}")
    }

    private static func getPage(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        x.probe()
        try x.scan("SSCAN")
        try x.executeAfterProbe("set")
        if try x.notModified(&response) { return }
        let (cursor, count) = x.scanned()
        x.beginJSON(&response)
        response.body.append("{")
        x.writeArray("members", count, &response)
        x.endPage(cursor, &response)
    }

    @Sendable static func count(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try x.size("SCARD", of: "set", as: "count", &response)
    }

    @Sendable static func random(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let count = try x.integer("count")
        x.keyed("SRANDMEMBER")
        // None of a missing set and none of any other look the same: ask for one, answer none.
        if let count { x.argument(count == 0 ? 1 : count) }
        try x.execute()
        if let count {
            let drawn = x.array()
            guard drawn > 0 else { throw x.noKey("set") }
            x.notStored(&response)
            return x.answerArray("members", count == 0 ? 0 : drawn, &response)
        }
        guard let member = x.bytes() else { throw x.noKey("set") }
        x.notStored(&response)
        x.answer("member", member, &response)
    }

    // MARK: Writing

    @Sendable static func put(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let expiry = try x.newExpiry()
        let members = try x.document(member: "members")
        x.replace(with: "SADD")
        try x.arguments(members, "members")
        try x.finishReplacement(expiry, "count", &response)
    }

    @Sendable static func patch(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let members = try x.document(member: "members")
        x.keyed("SADD")
        try x.arguments(members, "members")
        try x.execute()
        if x.outcome.created > 0 { response.status = 201 }
        x.answer("added", x.integer(), &response)
    }

    @Sendable static func delete(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try x.removeNamed("member", by: "SREM", from: "set", &response)
    }

    @Sendable static func pop(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let count = try x.integer("count", in: 0 ... .max)
        if count != nil, try x.flag("raw") { throw .rawIsForOne }
        // What takes nothing does not tell whether there is a set.
        if count == 0 { x.probe() }
        x.keyed("SPOP")
        if let count { x.argument(count) }
        try x.execute()
        if count == 0, !x.isPresent() { throw x.noKey("set") }
        guard let count else {
            guard let member = x.bytes() else { throw x.noKey("set") }
            return try x.write(member, as: "member", &response)
        }
        let taken = x.array()
        if count > 0, taken == 0 { throw x.noKey("set") }
        x.answerArray("members", taken, &response)
    }

    static var routes: [Route<E>] {
        [
            Route(
                .get, "/sets/{key}", ["SMEMBERS", "SMISMEMBER", "SSCAN"],
                query: [.many("member"), "match", "cursor", "count"], resource: .key, run: get),
            Route(
                .put, "/sets/{key}", ["DEL", "SADD", "PEXPIRE", "PEXPIREAT"], query: ["ttl", "expire_at"],
                body: .document, resource: .key, run: put),
            Route(.patch, "/sets/{key}", ["SADD"], body: .document, resource: .key, run: patch),
            Route(.delete, "/sets/{key}", ["SREM"], query: [.many("member")], resource: .key, run: delete),
            Route(.get, "/sets/{key}/count", ["SCARD"], resource: .key, run: count),
            Route(.post, "/sets/{key}/pop", ["SPOP"], query: ["raw", "count"], resource: .key, run: pop),
            Route(.get, "/sets/{key}/random", ["SRANDMEMBER"], query: ["count"], run: random),
        ]
    }
}

extension Problem {
    /// That the raw bytes of several values were asked for.
    static var rawIsForOne: Problem {
        .badRequest("'raw' is for one value: leave it away, or what asks for several ('count', 'or').")
    }
}
