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
        let (nx, xx) = (try x.flag("nx"), try x.flag("xx"))
        let (gt, lt) = (try x.flag("gt"), try x.flag("lt"))
        if nx && (xx || gt || lt) {
            throw .badRequest("'nx' excludes 'xx', 'gt' and 'lt'; give one or the other.")
        }
        if gt && lt { throw .badRequest("'gt' and 'lt' exclude each other; give one of them.") }
        x.probe()
        let conditional = nx || xx || gt || lt
        switch wanted {
        case .never:
            // Never is later than any time: with 'nx' there is nothing to do, and 'lt' can't hold.
            if !nx && !lt {
                x.command("PERSIST")
                x.argument(x.path[0])
            }
        case .after(let milliseconds):
            x.command("PEXPIRE")
            x.argument(x.path[0])
            x.argument(milliseconds)
        case .at(let milliseconds):
            x.command("PEXPIREAT")
            x.argument(x.path[0])
            x.argument(milliseconds)
        }
        if case .never = wanted {
        } else {
            if nx { x.argument("NX") }
            if xx { x.argument("XX") }
            if gt { x.argument("GT") }
            if lt { x.argument("LT") }
        }
        addReads(&x)
        try x.execute()
        guard x.isPresent() else { throw x.missingKey() }
        var holds = true
        if case .never = wanted, nx || lt {
            holds = nx
        } else {
            let changed = x.integer() > 0
            holds = changed || !conditional
        }
        let (left, time) = (x.integer(), x.integer())
        if case .never = wanted, nx { holds = left == ExpiryAnswer.never }
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
