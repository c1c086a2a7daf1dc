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
