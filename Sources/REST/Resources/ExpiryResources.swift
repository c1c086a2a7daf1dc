internal import Bytes
internal import Engine
internal import MicroHTTP

/// `/keys/{key}/ttl`: when a key expires.
enum ExpiryResources<E: CommandEngine> {
    @Sendable static func get(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        addReads(&x)
        try x.execute()
        let (left, time) = (x.integer(), x.integer())
        if left == ExpiryAnswer.missing { throw x.missingKey() }
        if try x.notModified(&response) { return }
        x.answer(expiry: left, time, &response)
    }

    @Sendable static func put(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let wanted = try x.wantedExpiry()
        let conditions = try x.expiryConditions()
        if conditions.nx && (conditions.xx || conditions.gt || conditions.lt) {
            throw .badRequest("'nx' excludes 'xx', 'gt' and 'lt'; give one or the other.")
        }
        if conditions.gt && conditions.lt {
            throw .badRequest("'gt' and 'lt' exclude each other; give one of them.")
        }
        x.probe()
        let isAsked = x.setExpiry(wanted, conditions, persist: "PERSIST", after: "PEXPIRE", at: "PEXPIREAT")
        addReads(&x)
        try x.execute()
        guard x.isPresent() else { throw x.missingKey() }
        let isChanged = isAsked && x.integer() > 0
        let (left, time) = (x.integer(), x.integer())
        let holds =
            isAsked
            ? isChanged || !conditions.isConditional : conditions.nx && left == ExpiryAnswer.never
        guard holds else {
            throw .condition(
                "The present expiry does not meet the condition; GET /keys/{key}/ttl tells it.")
        }
        if left == ExpiryAnswer.missing { return x.noContent(&response) }
        x.answer(expiry: left, time, &response)
    }

    @Sendable static func delete(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        x.probe()
        x.command("PERSIST")
        x.argument(x.path[0])
        try x.execute()
        guard x.isPresent() else { throw x.missingKey() }
        x.noContent(&response)
    }

    private static func addReads(_ x: inout Exchange<E>) {
        x.command("PTTL")
        x.argument(x.path[0])
        x.command("PEXPIRETIME")
        x.argument(x.path[0])
    }

    static var routes: [Route<E>] {
        [
            Route(.get, "/keys/{key}/ttl", ["PTTL", "PEXPIRETIME"], resource: .key, run: get),
            Route(
                .put, "/keys/{key}/ttl", ["PEXPIRE", "PEXPIREAT", "PERSIST", "PTTL", "PEXPIRETIME"],
                query: ["nx", "xx", "gt", "lt"], body: .value, resource: .key, run: put),
            Route(.delete, "/keys/{key}/ttl", ["PERSIST"], resource: .key, run: delete),
        ]
    }
}
