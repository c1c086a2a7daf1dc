internal import Bytes

/// INCR, DECR and kin: strings that hold numbers.
enum StringCounters<K: Keyspace & ~Copyable> {
    @Sendable static func incr(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try add(1, a[0], &keys, &reply)
    }

    @Sendable static func decr(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try add(-1, a[0], &keys, &reply)
    }

    @Sendable static func incrby(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try add(a.integer(1), a[0], &keys, &reply)
    }

    @Sendable static func decrby(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let decrement = try a.integer(1)
        if decrement == .min { throw .decrementOverflow }
        try add(-decrement, a[0], &keys, &reply)
    }

    private static func add(
        _ increment: Int64, _ key: ByteView, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var value: Int64 = 0
        if let text = try keys.string(key) {
            guard let number = parseInt64(text) else { throw .notInteger }
            value = number
        }
        let (sum, overflow) = value.addingReportingOverflow(increment)
        if overflow { throw .overflow }
        withDecimal(sum) { keys.setString(key, $0, expiry: .keep) }
        keys.event(.string, "incrby", key)
        reply.integer(sum)
    }

    /// Computed with C's long double and printed without an exponent, as Redis does.
    @Sendable static func incrbyfloat(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let value = try keys.string(a[0]) ?? ByteView("0")
        var sum = ByteBuffer()
        do throws(FloatIncrementError) {
            try sum.append(incrementing: value, by: a[1])
        } catch {
            throw error == .nanOrInfinity ? .nanOrInfinity : .notFloat
        }
        keys.setStringTelling(a[0], sum.view, expiry: .keep)
        keys.event(.string, "incrbyfloat", a[0])
        reply.bytes(sum.view)
    }
}

extension StringCounters where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "INCR", arity: 2, [.write, .denyoom, .fast], keys: .first, family: .string,
                syntax: "key",
                summary: "Increment the integer value of a key by one",
                complexity: "O(1)",
                since: "1.0.0", run: incr),
            Command(
                "DECR", arity: 2, [.write, .denyoom, .fast], keys: .first, family: .string,
                syntax: "key",
                summary: "Decrement the integer value of a key by one",
                complexity: "O(1)",
                since: "1.0.0", run: decr),
            Command(
                "INCRBY", arity: 3, [.write, .denyoom, .fast], keys: .first, family: .string,
                syntax: "key increment",
                summary: "Increment the integer value of a key by the given amount",
                complexity: "O(1)",
                since: "1.0.0", run: incrby),
            Command(
                "DECRBY", arity: 3, [.write, .denyoom, .fast], keys: .first, family: .string,
                syntax: "key decrement",
                summary: "Decrement the integer value of a key by the given number",
                complexity: "O(1)",
                since: "1.0.0", run: decrby),
            Command(
                "INCRBYFLOAT", arity: 3, [.write, .denyoom, .fast], keys: .first, family: .string,
                syntax: "key increment",
                summary: "Increment the float value of a key by the given amount",
                complexity: "O(1)",
                since: "2.6.0", run: incrbyfloat),
        ]
    }
}
