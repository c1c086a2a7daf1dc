internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/hashes/{key}/fields/{field}`: one field.
enum HashFieldResources<E: CommandEngine> {
    @Sendable static func get(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        x.onElement("HGET")
        try x.execute()
        guard let value = x.bytes() else { throw x.noElement("field") }
        if try x.notModified(&response) { return }
        try x.write(value, &response)
    }

    @Sendable static func put(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let onlyNew = try x.flag("nx")
        let value = try x.value()
        try x.exclusive("ttl", "expire_at", "keep_ttl")
        let keeps = try x.flag("keep_ttl")
        if keeps || x.has("ttl") || x.has("expire_at") {
            return try putExpiring(value, onlyNew: onlyNew, &x, &response)
        }
        x.onElement(onlyNew ? "HSETNX" : "HSET")
        x.argument(value)
        try x.execute()
        let isNew = x.integer() > 0
        if onlyNew, !isNew { throw fieldIsThere }
        if isNew { response.status = 201 }
        x.etag(&response)
    }

    private static var fieldIsThere: Problem {
        .condition("The field is there already: 'nx' does not hold.")
    }

    /// HSETEX does not tell whether the field is new: it is asked for before and, since the time may have
    /// passed, after.
    private static func putExpiring(
        _ value: ByteView, onlyNew: Bool, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let (ttl, time) = (try x.milliseconds("ttl"), try x.milliseconds("expire_at"))
        x.probe()
        x.keyed("HSETEX")
        if onlyNew { x.argument("FNX") }
        x.expiryOption(ttl: ttl, time: time)
        if ttl == nil, time == nil { x.argument("KEEPTTL") }
        x.field()
        x.argument(value)
        x.probe()
        try x.execute()
        let wasThere = x.isPresent()
        if x.integer() == 0 { throw fieldIsThere }
        if !wasThere, x.isPresent() { response.status = 201 }
        x.etag(&response)
    }

    @Sendable static func delete(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        guard try x.flag("previous") else {
            try x.removeElement(by: "HDEL", "field", &response)
            return x.vary(&response)
        }
        x.keyed("HGETDEL")
        x.field()
        try x.execute()
        x.enter()
        guard let value = x.bytes() else { throw x.noElement("field") }
        try x.write(previous: value, &response)
    }

    @Sendable static func length(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        x.probe()
        x.onElement("HSTRLEN")
        try x.execute()
        guard x.isPresent() else { throw x.noElement("field") }
        if try x.notModified(&response) { return }
        x.answer("length", x.integer(), &response)
    }

    @Sendable static func increment(_ x: inout Exchange<E>, _ response: inout HTTPResponse) throws(Problem) {
        let by = try x.increment()
        x.probe()
        switch by {
        case .integer(let amount):
            x.onElement("HINCRBY")
            x.argument(amount)
        case .float(let amount):
            x.onElement("HINCRBYFLOAT")
            x.argument(amount)
        }
        try x.execute()
        if !x.isPresent() { response.status = 201 }
        x.answerNumber(&response)
    }

    static var routes: [Route<E>] {
        let field = RouteResource.element("HEXISTS")
        return [
            Route(
                .get, "/hashes/{key}/fields/{field}", ["HGET"], query: ["raw"], resource: field, run: get),
            Route(
                .put, "/hashes/{key}/fields/{field}", ["HSET", "HSETNX", "HSETEX"],
                query: ["ttl", "expire_at", "keep_ttl", "nx"], body: .value, resource: field, run: put),
            Route(
                .delete, "/hashes/{key}/fields/{field}", ["HDEL", "HGETDEL"], query: ["raw", "previous"],
                resource: field, run: delete),
            Route(.get, "/hashes/{key}/fields/{field}/length", ["HSTRLEN"], resource: field, run: length),
            Route(
                .post, "/hashes/{key}/fields/{field}/increment", ["HINCRBY", "HINCRBYFLOAT"], query: ["by"],
                resource: field, run: increment),
        ]
    }
}
