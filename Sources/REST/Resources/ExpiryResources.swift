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
        if left == missing { throw x.missingKey() }
        if try x.notModified(&response) { return }
        x.etag(&response)
        write(left, time, &x, &response)
    }

    /// What a request wants the expiry to be.
    private enum Wanted {
        case never
        case after(Int64)
        case at(Int64)
    }

    /// PTTL's and PEXPIRETIME's answers that are no times.
    private static var missing: Int64 { -2 }
    private static var never: Int64 { -1 }

    @Sendable static func put(
        _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) throws(Problem) {
        let wanted = try read(&x)
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
        if case .never = wanted, nx { holds = left == never }
        guard holds else {
            throw .condition(
                "The present expiry does not meet the condition; GET /keys/{key}/ttl tells it.")
        }
        if left == missing { return x.noContent(&response) }
        x.etag(&response)
        write(left, time, &x, &response)
    }

    /// The raw value is the seconds from now.
    private static func read(_ x: inout Exchange<E>) throws(Problem) -> Wanted {
        guard x.headers.isJSON else { return .after(try milliseconds(x.body, "The body")) }
        let root = try x.document()
        try x.checkMembers(of: root, ["ttl", "expire_at"])
        let (ttl, time) = (root["ttl"], root["expire_at"])
        guard ttl != nil || time != nil else {
            throw .badRequest("The document must have 'ttl' or 'expire_at'.")
        }
        let after = try ttl.map { value throws(Problem) in try read(value, "'ttl'") }
        let at = try time.map { value throws(Problem) in try read(value, "'expire_at'") }
        // What GET answers has both; the time does not depend on when it is read.
        if let at { return at.map { .at($0) } ?? .never }
        return (after ?? nil).map { .after($0) } ?? .never
    }

    private static func read(_ value: JSONValue, _ subject: String) throws(Problem) -> Int64? {
        if value.isNull { return nil }
        guard let number = value.number else {
            throw .badRequest("\(subject) takes a number of seconds, or null for no expiry.")
        }
        return try milliseconds(number, subject)
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

    private static func write(
        _ left: Int64, _ time: Int64, _ x: inout Exchange<E>, _ response: inout HTTPResponse
    ) {
        x.json(&response)
        response.body.append("{\"ttl\":")
        response.body.append(seconds: left)
        response.body.append(",\"expire_at\":")
        response.body.append(seconds: time)
        response.body.append("}")
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

extension ByteBuffer {
    /// Milliseconds as seconds with the decimals they need; null where negative, which stands for never.
    fileprivate mutating func append(seconds milliseconds: Int64) {
        guard milliseconds >= 0 else { return append("null") }
        append(decimal: milliseconds / 1000)
        var rest = milliseconds % 1000
        if rest > 0 { append(".") }
        var unit: Int64 = 100
        while rest > 0 {
            append(UInt8(0x30 + rest / unit))
            rest %= unit
            unit /= 10
        }
    }
}
