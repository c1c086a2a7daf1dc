internal import Bytes
internal import Engine
internal import MicroHTTP

/// What a request wants the expiry of a key or field to be.
enum WantedExpiry {
    case never
    /// After so many milliseconds.
    case after(Int64)
    /// At this Unix time in milliseconds.
    case at(Int64)
}

/// What PTTL, PEXPIRETIME and those of fields answer that is no time.
enum ExpiryAnswer {
    static let missing: Int64 = -2
    static let never: Int64 = -1
}

/// The conditions on the expiry that is there, as the query's flags of these names ask for them.
struct ExpiryConditions {
    let nx: Bool
    let xx: Bool
    let gt: Bool
    let lt: Bool

    /// Whether there is any.
    var isConditional: Bool { nx || xx || gt || lt }
}

// The document of `/ttl`, of keys and of fields.
extension Exchange {
    /// The expiry that the body asks for: seconds from now where it is raw.
    mutating func wantedExpiry() throws(Problem) -> WantedExpiry {
        guard headers.isJSON else { return .after(try REST.milliseconds(body, "The body")) }
        let root = try document()
        try checkMembers(of: root, ["ttl", "expire_at"])
        let (ttl, time) = (root["ttl"], root["expire_at"])
        guard ttl != nil || time != nil else {
            throw .badRequest("The document must have 'ttl' or 'expire_at'.")
        }
        let after = try ttl.map { value throws(Problem) in try expiry(value, "'ttl'") }
        let at = try time.map { value throws(Problem) in try expiry(value, "'expire_at'") }
        // What GET answers has both; the time does not depend on when it is read.
        if let at { return at.map { .at($0) } ?? .never }
        return (after ?? nil).map { .after($0) } ?? .never
    }

    /// The conditions that the query asks for.
    mutating func expiryConditions() throws(Problem) -> ExpiryConditions {
        ExpiryConditions(nx: try flag("nx"), xx: try flag("xx"), gt: try flag("gt"), lt: try flag("lt"))
    }

    /// Adds the command on the path's key that makes the expiry what is wanted: `persist`, `after` or `at`, up to
    /// its conditions.
    /// - Returns: false where there is none: never is later than any time, so that with `nx` there is nothing to do,
    ///   and `lt` can't hold.
    mutating func setExpiry(
        _ wanted: WantedExpiry, _ conditions: ExpiryConditions, persist: StaticString, after: StaticString,
        at: StaticString
    ) -> Bool {
        switch wanted {
        case .never:
            if conditions.nx || conditions.lt { return false }
            keyed(persist)
            return true
        case .after(let milliseconds):
            keyed(after)
            argument(milliseconds)
        case .at(let milliseconds):
            keyed(at)
            argument(milliseconds)
        }
        if conditions.nx { argument("NX") }
        if conditions.xx { argument("XX") }
        if conditions.gt { argument("GT") }
        if conditions.lt { argument("LT") }
        return true
    }

    private func expiry(_ value: JSONValue, _ subject: String) throws(Problem) -> Int64? {
        if value.isNull { return nil }
        guard let number = value.number else {
            throw .badRequest("\(subject) takes a number of seconds, or null for no expiry.")
        }
        return try REST.milliseconds(number, subject)
    }

    /// Answers the time left and the Unix time, both in milliseconds, negative for never; with the ETag.
    mutating func answer(expiry left: Int64, _ time: Int64, _ response: inout HTTPResponse) {
        beginJSON(&response)
        response.body.append("{\"ttl\":")
        response.body.append(seconds: left)
        response.body.append(",\"expire_at\":")
        response.body.append(seconds: time)
        response.body.append("}")
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
