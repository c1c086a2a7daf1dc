internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/zsets/{key}`: changing sorted sets.
enum SortedSetWriteResources<E: CommandEngine> {
    @Sendable static func put(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let expiry = try x.newExpiry()
        let document = try x.document()
        try x.checkMembers(of: document, ["scores", "members"])
        let members = try x.scoredMembers(document)
        x.replace(with: "ZADD")
        for (member, score) in members {
            x.argument(try x.score(score))
            x.argument(member)
        }
        try x.finishReplacement(expiry, "count", &response)
    }

    /// A merge: one ZADD and one ZREM, so that its cost is linear in its length.
    @Sendable static func patch(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let options = try AddOptions(&x)
        let counts = try x.flag("ch")
        let document = try x.document()
        try x.checkMembers(of: document, ["scores", "members"])
        let members = try x.scoredMembers(document)
        var last = LastEntries()
        last.note(members.map { ($0.member, $0.score.isNull) })
        var (sets, removals) = (0, 0)
        // What adds comes first: a sorted set that loses its last member and gains another stays, with its
        // expiry.
        for (member, score) in members where !score.isNull && last.counts(member, removes: false) {
            if sets == 0 {
                x.keyed("ZADD")
                options.add(to: &x)
                if counts { x.argument("CH") }
            }
            sets += 1
            x.argument(try x.score(score))
            x.argument(member)
        }
        for (member, score) in members where score.isNull && last.counts(member, removes: true) {
            if removals == 0 { x.keyed("ZREM") }
            removals += 1
            x.argument(member)
        }
        try x.execute()
        if x.outcome.created > 0 { response.status = 201 }
        x.beginJSON(&response)
        response.body.append(counts ? "{\"changed\":" : "{\"added\":")
        response.body.append(decimal: sets > 0 ? x.integer() : 0)
        response.body.append(",\"removed\":")
        response.body.append(decimal: removals > 0 ? x.integer() : 0)
        response.body.append("}")
    }

    @Sendable static func delete(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let wantsRange = x.has("by") || x.has("start") || x.has("stop") || x.has("min") || x.has("max")
        try x.oneWay(
            (x.has("member"), "'member'"), (wantsRange, "a range ('by', 'start', 'stop', 'min', 'max')"))
        if !wantsRange { return try x.removeNamed("member", by: "ZREM", from: "sorted set", &response) }
        let range = try SortedSetRange(
            by: x.choice("by", "rank", "score", "lex"), start: x.integer("start"), stop: x.integer("stop"),
            min: x.bytes("min"), max: x.bytes("max"))
        x.probe()
        if range.unit == .rank, let start = range.start, let stop = range.stop {
            x.keyed("ZREMRANGEBYRANK")
            x.argument(start)
            x.argument(stop)
        } else if range.unit != .rank, let min = range.min, let max = range.max {
            x.keyed(range.unit == .score ? "ZREMRANGEBYSCORE" : "ZREMRANGEBYLEX")
            x.argument(min)
            x.argument(max)
        } else {
            throw .badRequest(
                "A range to remove needs both bounds: 'start' and 'stop', or 'min' and 'max'; the whole sorted set goes with DELETE /keys/{key}."
            )
        }
        try x.executeAfterProbe("sorted set")
        x.answer("removed", x.integer(), &response)
    }

    @Sendable static func pop(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let highest = try x.choice("end", "min", "max") == 1
        let count = try x.integer("count", in: 0 ... .max)
        if try x.waits() { return try popWaiting(highest: highest, count, &x, &response) }
        if x.has("or") { return try popFirst(highest: highest, count, &x, &response) }
        // What takes nothing does not tell whether there is a sorted set.
        if count == 0 { x.probe() }
        x.keyed(highest ? "ZPOPMAX" : "ZPOPMIN")
        if let count { x.argument(count) }
        try x.execute()
        if count == 0, !x.isPresent() { throw x.noKey("sorted set") }
        let taken = x.array() / 2
        if count != 0, taken == 0 { throw x.noKey("sorted set") }
        if count == nil { return x.answerScoredMember(&response) }
        x.answerScored(taken, &response)
    }

    /// Takes from the first of several sorted sets that is not empty.
    private static func popFirst(
        highest: Bool, _ count: Int64?, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("ZMPOP")
        try addPop(highest: highest, count, &x)
        try x.execute()
        guard x.array() > 0, let key = x.bytes() else { throw x.allEmpty("sorted set") }
        writePop(key, &x, &response)
    }

    /// Adds the arguments of ZMPOP.
    private static func addPop(highest: Bool, _ count: Int64?, _ x: inout Exchange<E>) throws(Problem) {
        try x.keysToPopFrom(count)
        x.argument(highest ? "MAX" : "MIN")
        x.argument("COUNT")
        x.argument(count ?? 1)
    }

    /// Takes from the first of one or several sorted sets that is not empty, or is not any more.
    private static func popWaiting(
        highest: Bool, _ count: Int64?, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.command("BZMPOP")
        x.argument(try x.required("wait"))
        try addPop(highest: highest, count, &x)
        guard try x.executeWaiting() else { return }
        guard x.array() == 2, let key = x.bytes() else { return response.status = 204 }
        if x.has("or") { return writePop(key, &x, &response) }
        let taken = x.array()
        if count == nil {
            _ = x.array()
            return x.answerScoredMember(&response)
        }
        x.answerScored(taken, nested: true, &response)
    }

    /// Answers the key and the members of ZMPOP.
    private static func writePop(_ key: ByteView, _ x: inout Exchange<E>, _ response: inout HTTPResponse) {
        x.beginJSON(&response)
        response.body.append("{\"key\":")
        response.body.appendJSONString(key)
        response.body.append(",")
        x.writeScored(x.array(), nested: true, &response)
        response.body.append("}")
    }

    static var routes: [Route<E>] {
        [
            Route(
                .put, "/zsets/{key}", ["DEL", "ZADD", "PEXPIRE", "PEXPIREAT"], query: ["ttl", "expire_at"],
                body: .document, resource: .key, run: put),
            Route(
                .patch, "/zsets/{key}", ["ZADD", "ZREM"], query: ["nx", "xx", "gt", "lt", "ch"],
                body: .document, resource: .key, run: patch),
            Route(
                .delete, "/zsets/{key}", ["ZREM", "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE", "ZREMRANGEBYLEX"],
                query: [.many("member"), "by", "start", "stop", "min", "max"], resource: .key, run: delete),
            Route(
                .post, "/zsets/{key}/pop", ["ZPOPMIN", "ZPOPMAX", "ZMPOP", "BZMPOP"],
                query: ["end", "count", .many("or"), "wait"], resource: .key, run: pop),
        ]
    }
}
