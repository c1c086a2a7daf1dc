internal import Bytes

/// EXPIRE, TTL, PERSIST and kin.
enum ExpireCommands<K: Keyspace & ~Copyable> {
    // MARK: Setting

    @Sendable static func expire(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try expire(a, &keys, &reply, base: keys.now, isSeconds: true, .invalidExpireExpire)
    }

    @Sendable static func pexpire(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try expire(a, &keys, &reply, base: keys.now, isSeconds: false, .invalidExpirePexpire)
    }

    @Sendable static func expireat(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try expire(a, &keys, &reply, base: 0, isSeconds: true, .invalidExpireExpireat)
    }

    @Sendable static func pexpireat(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try expire(a, &keys, &reply, base: 0, isSeconds: false, .invalidExpirePexpireat)
    }

    private static func expire(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply, base: Int64, isSeconds: Bool,
        _ invalid: CommandError
    ) throws(CommandError) {
        var condition = Condition()
        for i in 2..<a.count where !condition.read(a, i) {
            return reply.error("ERR Unsupported option \(a[i].excerpt(limit: .max))")
        }
        try condition.check()
        var time = try a.integer(1)
        if isSeconds {
            if time > .max / 1000 || time < .min / 1000 { throw invalid }
            time *= 1000
        }
        let (instant, overflow) = time.addingReportingOverflow(base)
        if overflow { throw invalid }
        let current = keys.expiry(of: a[0])
        guard current != .missing, condition.admits(instant, over: current) else {
            return reply.integer(0)
        }
        keys.setExpiryTelling(of: a[0], at: instant)
        reply.integer(1)
    }

    /// NX, XX, GT, LT: which expiries may be replaced.
    private struct Condition {
        private var onlyNew = false
        private var onlyPresent = false
        private var onlyLater = false
        private var onlyEarlier = false

        mutating func read(_ a: borrowing Arguments, _ index: Int) -> Bool {
            if a.matches(index, "NX") {
                onlyNew = true
            } else if a.matches(index, "XX") {
                onlyPresent = true
            } else if a.matches(index, "GT") {
                onlyLater = true
            } else if a.matches(index, "LT") {
                onlyEarlier = true
            } else {
                return false
            }
            return true
        }

        func check() throws(CommandError) {
            if onlyNew && (onlyPresent || onlyLater || onlyEarlier) { throw .expireNX }
            if onlyLater && onlyEarlier { throw .expireGTLT }
        }

        /// A key without an expiry counts as one that expires in the infinite future.
        func admits(_ instant: Int64, over current: Expiry) -> Bool {
            guard case .at(let old) = current else { return !onlyPresent && !onlyLater }
            return !onlyNew && (!onlyLater || instant > old) && (!onlyEarlier || instant < old)
        }
    }

    @Sendable static func persist(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard case .at = keys.expiry(of: a[0]) else { return reply.integer(0) }
        reply.integer(keys.setExpiry(of: a[0], at: nil))
        keys.event(.generic, "persist", a[0])
    }

    // MARK: Asking

    @Sendable static func ttl(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        tell(keys.expiry(of: a[0]), since: keys.now, inSeconds: true, &reply)
    }

    @Sendable static func pttl(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        tell(keys.expiry(of: a[0]), since: keys.now, inSeconds: false, &reply)
    }

    @Sendable static func expiretime(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        tell(keys.expiry(of: a[0]), since: 0, inSeconds: true, &reply)
    }

    @Sendable static func pexpiretime(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        tell(keys.expiry(of: a[0]), since: 0, inSeconds: false, &reply)
    }

    /// -2 for a missing key, -1 for one that does not expire; seconds are rounded to the nearest.
    private static func tell(
        _ expiry: Expiry, since base: Int64, inSeconds: Bool, _ reply: inout Reply
    ) {
        switch expiry {
        case .missing: reply.integer(-2)
        case .never: reply.integer(-1)
        case .at(let instant):
            let left = UInt64(max(instant - base, 0))
            reply.integer(Int64(inSeconds ? (left + 500) / 1000 : left))
        }
    }
}

extension ExpireCommands where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "EXPIRE", arity: -3, [.write, .fast], keys: .first, family: .generic,
                syntax: "key seconds [NX | XX | GT | LT]",
                summary: "Set a key's time to live in seconds",
                complexity: "O(1)",
                since: "1.0.0", run: expire),
            Command(
                "PEXPIRE", arity: -3, [.write, .fast], keys: .first, family: .generic,
                syntax: "key milliseconds [NX | XX | GT | LT]",
                summary: "Set a key's time to live in milliseconds",
                complexity: "O(1)",
                since: "2.6.0", run: pexpire),
            Command(
                "EXPIREAT", arity: -3, [.write, .fast], keys: .first, family: .generic,
                syntax: "key unix-time-seconds [NX | XX | GT | LT]",
                summary: "Set the expiration for a key as a UNIX timestamp",
                complexity: "O(1)",
                since: "1.2.0", run: expireat),
            Command(
                "PEXPIREAT", arity: -3, [.write, .fast], keys: .first, family: .generic,
                syntax: "key unix-time-milliseconds [NX | XX | GT | LT]",
                summary: "Set the expiration for a key as a UNIX timestamp specified in milliseconds",
                complexity: "O(1)",
                since: "2.6.0", run: pexpireat),
            Command(
                "EXPIRETIME", arity: 2, [.readonly, .fast], keys: .first, family: .generic,
                syntax: "key",
                summary: "Get the expiration Unix timestamp for a key",
                complexity: "O(1)",
                since: "7.0.0", run: expiretime),
            Command(
                "PEXPIRETIME", arity: 2, [.readonly, .fast], keys: .first, family: .generic,
                syntax: "key",
                summary: "Get the expiration Unix timestamp for a key in milliseconds",
                complexity: "O(1)",
                since: "7.0.0", run: pexpiretime),
            Command(
                "TTL", arity: 2, [.readonly, .fast], keys: .first, family: .generic,
                syntax: "key",
                summary: "Get the time to live for a key in seconds",
                complexity: "O(1)",
                since: "1.0.0", run: ttl),
            Command(
                "PTTL", arity: 2, [.readonly, .fast], keys: .first, family: .generic,
                syntax: "key",
                summary: "Get the time to live for a key in milliseconds",
                complexity: "O(1)",
                since: "2.6.0", run: pttl),
            Command(
                "PERSIST", arity: 2, [.write, .fast], keys: .first, family: .generic,
                syntax: "key",
                summary: "Remove the expiration from a key",
                complexity: "O(1)",
                since: "2.2.0", run: persist),
        ]
    }
}
