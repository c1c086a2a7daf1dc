internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/hashes/{key}/fields/{field}/ttl`: when a field expires; `/renew` reads it and sets that.
enum HashFieldExpiryResources<E: CommandEngine> {
    @Sendable static func get(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        addReads(&x)
        try x.execute()
        let (left, time) = (x.onlyInteger(), x.onlyInteger())
        if left == ExpiryAnswer.missing { throw x.noElement("field") }
        if try x.notModified(&response) { return }
        x.answer(expiry: left, time, &response)
    }

    @Sendable static func put(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let wanted = try x.wantedExpiry()
        // A field's condition is one word, unlike a key's.
        try x.exclusive("nx", "xx", "gt", "lt")
        let conditions = try x.expiryConditions()
        x.probe()
        let isAsked = x.setExpiry(
            wanted, conditions, persist: "HPERSIST", after: "HPEXPIRE", at: "HPEXPIREAT")
        if isAsked { x.field() }
        addReads(&x)
        try x.execute()
        guard x.isPresent() else { throw x.noElement("field") }
        let isChanged = isAsked && x.onlyInteger() > 0
        let (left, time) = (x.onlyInteger(), x.onlyInteger())
        let holds =
            isAsked
            ? isChanged || !conditions.isConditional : conditions.nx && left == ExpiryAnswer.never
        guard holds else {
            throw .condition(
                "The present expiry does not meet the condition; "
                    + "GET /hashes/{key}/fields/{field}/ttl tells it.")
        }
        if left == ExpiryAnswer.missing { return x.noContent(&response) }
        x.answer(expiry: left, time, &response)
    }

    @Sendable static func delete(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        x.keyed("HPERSIST")
        x.field()
        try x.execute()
        if x.onlyInteger() == ExpiryAnswer.missing { throw x.noElement("field") }
        x.noContent(&response)
    }

    @Sendable static func renew(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let (ttl, time) = (try x.milliseconds("ttl"), try x.milliseconds("expire_at"))
        let persist = try x.flag("persist")
        guard (ttl == nil ? 0 : 1) + (time == nil ? 0 : 1) + (persist ? 1 : 0) == 1 else {
            throw .badRequest("Give exactly one of 'ttl', 'expire_at' and 'persist'.")
        }
        x.keyed("HGETEX")
        x.expiryOption(ttl: ttl, time: time)
        if persist { x.argument("PERSIST") }
        x.field()
        try x.execute()
        x.enter()
        guard let value = x.bytes() else { throw x.noElement("field") }
        try x.write(value, &response)
    }

    private static func addReads(_ x: inout Exchange<E>) {
        x.keyed("HPTTL")
        x.field()
        x.keyed("HPEXPIRETIME")
        x.field()
    }

    static var routes: [Route<E>] {
        let field = RouteResource.element("HEXISTS")
        return [
            Route(
                .get, "/hashes/{key}/fields/{field}/ttl", ["HPTTL", "HPEXPIRETIME"], resource: field, run: get
            ),
            Route(
                .put, "/hashes/{key}/fields/{field}/ttl",
                ["HPEXPIRE", "HPEXPIREAT", "HPERSIST", "HPTTL", "HPEXPIRETIME"],
                query: ["nx", "xx", "gt", "lt"], body: .value, resource: field, run: put),
            Route(
                .delete, "/hashes/{key}/fields/{field}/ttl", ["HPERSIST"], resource: field, run: delete),
            Route(
                .post, "/hashes/{key}/fields/{field}/renew", ["HGETEX"],
                query: ["raw", "ttl", "expire_at", "persist"], resource: field, run: renew),
        ]
    }
}

extension Exchange {
    /// Adds `FIELDS 1 field`, the path's field.
    mutating func field() {
        argument("FIELDS")
        argument(1 as Int64)
        argument(path[1])
    }

    /// Adds `PX ttl` or `PXAT time`, in milliseconds, where there is one.
    mutating func expiryOption(ttl: Int64?, time: Int64?) {
        if let ttl {
            argument("PX")
            argument(ttl)
        } else if let time {
            argument("PXAT")
            argument(time)
        }
    }

    /// The one integer of the next reply, an array.
    fileprivate mutating func onlyInteger() -> Int64 {
        enter()
        return integer()
    }
}
