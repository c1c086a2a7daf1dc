internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/zsets/{key}`: reading sorted sets.
enum SortedSetResources<E: CommandEngine> {
    @Sendable static func get(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let wantsRange =
            x.has("by") || x.has("start") || x.has("stop") || x.has("min") || x.has("max")
            || x.has("reverse") || x.has("limit") || x.has("offset")
        try x.oneWay(
            (wantsRange, "a range ('by', 'start', 'stop', 'min', 'max', 'reverse', 'limit', 'offset')"),
            (x.has("member"), "'member'"), (x.wantsPage, "a page ('cursor', 'match', 'count')"))
        if x.has("member") { return try getSome(&x, &response) }
        if x.wantsPage { return try getPage(&x, &response) }
        var range = try SortedSetRange(
            by: x.choice("by", "rank", "score", "lex"), start: x.integer("start"), stop: x.integer("stop"),
            min: x.bytes("min"), max: x.bytes("max"))
        try range.limit(x.integer("limit", in: 0 ... .max), offset: x.integer("offset", in: 0 ... .max))
        range.reverse = try x.flag("reverse")
        if range.unit == .lex { return try getNames(range, &x, &response) }
        x.probe()
        x.keyed("ZRANGE")
        x.argument(range)
        x.argument("WITHSCORES")
        try x.executeAfterProbe("sorted set")
        if try x.notModified(&response) { return }
        x.answerScored(x.array() / 2, &response)
    }

    /// A range by lex. ZRANGE does not give scores with one, so they are asked for after it, and both again
    /// where the key has changed between. The ETag is the range's: whatever comes later changes it.
    private static func getNames(
        _ range: SortedSetRange, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        var triesLeft = 8
        while true {
            x.probe()
            x.keyed("ZRANGE")
            x.argument(range)
            try x.executeAfterProbe("sorted set")
            if try x.notModified(&response) { return }
            let count = x.array()
            if count == 0 { return x.answerScored(0, &response) }
            var members: [ByteView] = []
            members.reserveCapacity(count)
            for _ in 0..<count {
                if let member = x.bytes() { members.append(x.arena.copy(member)) }
            }
            let outcome = x.outcome
            x.again()
            x.keyed("ZMSCORE")
            for member in members { x.argument(member) }
            try x.execute()
            triesLeft -= 1
            if x.outcome.version != outcome.version, triesLeft > 0 {
                x.again()
                continue
            }
            x.outcome = outcome
            return answerScores(of: members, leaveOutMissing: true, &x, &response)
        }
    }

    private static func getSome(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let members = try x.all("member")
        x.probe()
        x.keyed("ZMSCORE")
        for member in members { x.argument(member) }
        try x.executeAfterProbe("sorted set")
        if try x.notModified(&response) { return }
        answerScores(of: members, leaveOutMissing: false, &x, &response)
    }

    /// Answers `members` with ZMSCORE's reply.
    private static func answerScores(
        of members: [ByteView], leaveOutMissing: Bool, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) {
        _ = x.array()
        x.beginJSON(&response)
        response.body.append("{\"members\":[")
        var isFirst = true
        for member in members {
            let score = x.reader.next()
            if leaveOutMissing, case .null = score { continue }
            if !isFirst { response.body.append(",") }
            isFirst = false
            response.body.append("{\"member\":")
            response.body.appendJSONString(member)
            response.body.append(",\"score\":")
            response.body.appendScore(score)
            response.body.append("}")
        }
        response.body.append("]}")
    }

    private static func getPage(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        x.probe()
        try x.scan("ZSCAN")
        try x.executeAfterProbe("sorted set")
        if try x.notModified(&response) { return }
        let (cursor, count) = x.scanned()
        x.beginJSON(&response)
        response.body.append("{")
        x.writeScored(count / 2, &response)
        x.endPage(cursor, &response)
    }

    @Sendable static func count(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let byLex = try x.choice("by", "score", "lex") == 1
        let min = try x.bytes("min")
        let max = try x.bytes("max")
        if min == nil, max == nil {
            return try x.size("ZCARD", of: "sorted set", as: "count", &response)
        }
        let range = try SortedSetRange(by: byLex ? 2 : 1, start: nil, stop: nil, min: min, max: max)
        x.probe()
        x.keyed(byLex ? "ZLEXCOUNT" : "ZCOUNT")
        x.argument(range.lower)
        x.argument(range.upper)
        try x.executeAfterProbe("sorted set")
        if try x.notModified(&response) { return }
        x.answer("count", x.integer(), &response)
    }

    @Sendable static func random(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let count = try x.integer("count")
        x.keyed("ZRANDMEMBER")
        // Scores come only with a count; and none of a missing sorted set and none of any other look the
        // same, so that one is asked for and none answered.
        x.argument(count == nil || count == 0 ? 1 : count ?? 1)
        x.argument("WITHSCORES")
        try x.execute()
        let drawn = x.array() / 2
        guard drawn > 0 else { throw x.noKey("sorted set") }
        x.notStored(&response)
        if count == nil { return x.answerScoredMember(&response) }
        x.answerScored(count == 0 ? 0 : drawn, &response)
    }

    static var routes: [Route<E>] {
        [
            Route(
                .get, "/zsets/{key}", ["ZRANGE", "ZMSCORE", "ZSCAN"],
                query: [
                    "by", "start", "stop", "min", "max", "reverse", "limit", "offset", .many("member"),
                    "match", "cursor", "count",
                ], resource: .key, run: get),
            Route(
                .get, "/zsets/{key}/count", ["ZCARD", "ZCOUNT", "ZLEXCOUNT"], query: ["by", "min", "max"],
                resource: .key, run: count),
            Route(.get, "/zsets/{key}/random", ["ZRANDMEMBER"], query: ["count"], run: random),
        ]
    }
}
