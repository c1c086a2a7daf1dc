internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/hashes/{key}`: whole hashes, or several of their fields.
enum HashResources<E: CommandEngine> {
    // MARK: Reading

    @Sendable static func get(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let pairs = try x.flag("pairs")
        try x.oneWay((x.has("field"), "'field'"), (x.wantsPage, "a page ('cursor', 'match', 'count')"))
        if x.has("field") { return try getSome(&x, pairs, &response) }
        if x.wantsPage { return try getPage(&x, pairs, &response) }
        x.keyed("HGETALL")
        try x.execute()
        let count = x.map()
        guard count > 0 else { throw x.noKey("hash") }
        if try x.notModified(&response) { return }
        x.beginJSON(&response)
        response.body.append("{")
        try x.writeFields(count, asPairs: pairs, &response)
        response.body.append("}")
    }

    private static func getSome(
        _ x: inout Exchange<E>, _ pairs: Bool, _ response: inout HTTPResponse
    ) throws(Problem) {
        var names = try x.all("field")
        if !pairs, names.count > 1 {
            // An object can't have a member twice.
            var seen: Set<ByteView> = []
            names.removeAll { !seen.insert($0).inserted }
        }
        x.probe()
        x.keyed("HMGET")
        for name in names { x.argument(name) }
        try x.executeAfterProbe("hash")
        if try x.notModified(&response) { return }
        _ = x.array()
        x.beginJSON(&response)
        response.body.append("{\"fields\":")
        var fields = FieldWriter(asPairs: pairs)
        fields.begin(&response.body)
        for name in names { try fields.append(name, x.bytes(), &response.body) }
        fields.end(&response.body)
        response.body.append("}")
    }

    private static func getPage(
        _ x: inout Exchange<E>, _ pairs: Bool, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.probe()
        try x.scan("HSCAN")
        try x.executeAfterProbe("hash")
        if try x.notModified(&response) { return }
        let (cursor, count) = x.scanned()
        x.beginJSON(&response)
        response.body.append("{")
        try x.writeFields(count / 2, asPairs: pairs, &response)
        x.endPage(cursor, &response)
    }

    @Sendable static func count(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try x.size("HLEN", of: "hash", as: "count", &response)
    }

    @Sendable static func names(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try list("HKEYS", "names", &x, &response)
    }

    @Sendable static func values(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try list("HVALS", "values", &x, &response)
    }

    private static func list(
        _ command: StaticString, _ member: StaticString, _ x: inout Exchange<E>,
        _ response: inout HTTPResponse
    ) throws(Problem) {
        x.keyed(command)
        try x.execute()
        let count = x.array()
        guard count > 0 else { throw x.noKey("hash") }
        if try x.notModified(&response) { return }
        x.answerArray(member, count, &response)
    }

    @Sendable static func random(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let count = try x.integer("count")
        let withValues = try x.flag("with_values")
        let pairs = try x.flag("pairs")
        if withValues, count == nil { throw .badRequest("'with_values' needs 'count'.") }
        if withValues, let count, count < 0, !pairs {
            throw .badRequest(
                "A negative 'count' may draw a field twice, which an object can't hold: add ?pairs.")
        }
        x.keyed("HRANDFIELD")
        if let count {
            // None of a missing hash and none of any other look the same: ask for one, answer none.
            x.argument(count == 0 ? 1 : count)
            if withValues { x.argument("WITHVALUES") }
        }
        try x.execute()
        guard let count else {
            guard let name = x.bytes() else { throw x.noKey("hash") }
            x.notStored(&response)
            return x.answer("name", name, &response)
        }
        let drawn = x.array()
        guard drawn > 0 else { throw x.noKey("hash") }
        let answered = count == 0 ? 0 : drawn
        x.notStored(&response)
        if !withValues { return x.answerArray("names", answered, &response) }
        x.beginJSON(&response)
        response.body.append("{")
        try x.writeFields(answered / 2, asPairs: pairs, &response)
        response.body.append("}")
    }

    // MARK: Writing

    @Sendable static func put(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let expiry = try x.newExpiry()
        let document = try x.document(member: "fields")
        var fields = try NamedValues(document, asPairs: x.flag("pairs"), label: "fields")
        x.replace(with: "HSET")
        while let (name, value) = try fields.next() {
            x.argument(name)
            x.argument(try x.bytes(value, "fields"))
        }
        try x.finishReplacement(expiry, "count", &response)
    }

    /// A merge patch (RFC 7396): one HSET and one HDEL, so that its cost is linear in its length.
    @Sendable static func patch(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let pairs = try x.flag("pairs")
        var named = try NamedValues(x.document(member: "fields"), asPairs: pairs, label: "fields")
        let fields = try named.rest()
        var last = LastEntries()
        // An object's names are unique.
        if pairs { last.note(fields.map { ($0.name, $0.value.isNull) }) }
        var (sets, removals) = (0, 0)
        // What sets comes first: a hash that loses its last field and gains another stays, with its expiry.
        for (name, value) in fields where !value.isNull && last.counts(name, removes: false) {
            if sets == 0 { x.keyed("HSET") }
            sets += 1
            x.argument(name)
            x.argument(try x.bytes(value, "fields"))
        }
        for (name, value) in fields where value.isNull && last.counts(name, removes: true) {
            if removals == 0 { x.keyed("HDEL") }
            removals += 1
            x.argument(name)
        }
        try x.execute()
        if x.outcome.created > 0 { response.status = 201 }
        x.beginJSON(&response)
        response.body.append("{\"added\":")
        response.body.append(decimal: sets > 0 ? x.integer() : 0)
        response.body.append(",\"removed\":")
        response.body.append(decimal: removals > 0 ? x.integer() : 0)
        response.body.append("}")
    }

    @Sendable static func delete(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        try x.removeNamed("field", by: "HDEL", from: "hash", &response)
    }

    static var routes: [Route<E>] {
        [
            Route(
                .get, "/hashes/{key}", ["HGETALL", "HMGET", "HSCAN"],
                query: [.many("field"), "match", "cursor", "count", "pairs"], resource: .key, run: get),
            Route(
                .put, "/hashes/{key}", ["DEL", "HSET", "PEXPIRE", "PEXPIREAT"],
                query: ["ttl", "expire_at", "pairs"], body: .document, resource: .key, run: put),
            Route(
                .patch, "/hashes/{key}", ["HSET", "HDEL"], query: ["pairs"], body: .document, resource: .key,
                run: patch),
            Route(
                .delete, "/hashes/{key}", ["HDEL"], query: [.many("field")], resource: .key, run: delete),
            Route(.get, "/hashes/{key}/count", ["HLEN"], resource: .key, run: count),
            Route(.get, "/hashes/{key}/fields", ["HKEYS"], resource: .key, run: names),
            Route(.get, "/hashes/{key}/values", ["HVALS"], resource: .key, run: values),
            Route(
                .get, "/hashes/{key}/random", ["HRANDFIELD"], query: ["count", "with_values", "pairs"],
                run: random),
        ]
    }
}

extension Exchange {
    /// The length of the next reply, a map whose names and values follow.
    mutating func map() -> Int {
        guard case .map(let count) = reader.next() else { preconditionFailure("not a map reply") }
        return count
    }

    /// Writes `"fields":…` of the next `count` names and values.
    mutating func writeFields(_ count: Int, asPairs: Bool, _ response: inout HTTPResponse) throws(Problem) {
        response.body.append("\"fields\":")
        var fields = FieldWriter(asPairs: asPairs)
        fields.begin(&response.body)
        for _ in 0..<count {
            guard let name = bytes() else { preconditionFailure("a field has a name") }
            try fields.append(name, bytes(), &response.body)
        }
        fields.end(&response.body)
    }
}
