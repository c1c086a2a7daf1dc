internal import Bytes

/// HEXPIRE, HTTL, HPERSIST and kin: EXPIRE, TTL and PERSIST of single fields, as Redis 7.4 has them. Each
/// answers one number a field.
enum HashFieldExpiryCommands<K: Keyspace & ~Copyable> {
    // MARK: Setting

    @Sendable static func hexpire(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try expire(a, &keys, &reply, inSeconds: true, since: keys.now, .invalidExpireHexpire)
    }

    @Sendable static func hpexpire(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try expire(a, &keys, &reply, inSeconds: false, since: keys.now, .invalidExpireHpexpire)
    }

    @Sendable static func hexpireat(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try expire(a, &keys, &reply, inSeconds: true, since: 0, .invalidExpireHexpireat)
    }

    @Sendable static func hpexpireat(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try expire(a, &keys, &reply, inSeconds: false, since: 0, .invalidExpireHpexpireat)
    }

    /// -2 for a missing field, 0 where the condition does not hold, 1 where the time is set, 2 where it has
    /// passed and the field is gone.
    private static func expire(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply, inSeconds: Bool, since base: Int64,
        _ invalid: CommandError
    ) throws(CommandError) {
        let hash = try keys.hash(a[0], .write)
        let instant = try HashFieldArguments.instant(a[1], inSeconds: inSeconds, since: base, or: invalid)
        let condition = Condition(a, 2)
        let first = try HashFieldArguments.fields(
            a, at: condition == nil ? 2 : 3, or: .numFieldsNotPositive)
        var admitted: [Int] = []
        var hasChanged = false
        reply.array(a.count - first)
        for i in first..<a.count {
            let current = hash?.expiry(of: a[i]) ?? .missing
            guard let hash, current != .missing else {
                reply.integer(-2)
                continue
            }
            guard condition?.admits(instant, over: current) ?? true else {
                reply.integer(0)
                continue
            }
            hash.expire(a[i], at: instant, limit: keys.expiryLimit)
            reply.integer(instant <= keys.expiryLimit ? 2 : 1)
            if keys.isJournalled { admitted.append(i) }
            hasChanged = true
        }
        if let hash, hasChanged { keys.eventOfExpiry(instant, a[0], left: hash.count) }
        if instant <= keys.expiryLimit {
            keys.effect("HDEL", a[0], count: admitted.count) { a[admitted[$0]] }
        } else {
            keys.effect("HPEXPIREAT", a[0], at: instant, fields: admitted.count) { a[admitted[$0]] }
        }
    }

    /// Which expiries may be replaced: one word, unlike EXPIRE's.
    private enum Condition {
        case onlyNew, onlyPresent, onlyLater, onlyEarlier

        init?(_ a: borrowing Arguments, _ index: Int) {
            if a.matches(index, "NX") {
                self = .onlyNew
            } else if a.matches(index, "XX") {
                self = .onlyPresent
            } else if a.matches(index, "GT") {
                self = .onlyLater
            } else if a.matches(index, "LT") {
                self = .onlyEarlier
            } else {
                return nil
            }
        }

        /// A field without an expiry counts as one that expires in the infinite future.
        func admits(_ instant: Int64, over current: Expiry) -> Bool {
            guard case .at(let old) = current else { return self == .onlyNew || self == .onlyEarlier }
            switch self {
            case .onlyNew: return false
            case .onlyPresent: return true
            case .onlyLater: return instant > old
            case .onlyEarlier: return instant < old
            }
        }
    }

    /// -2 for a missing field, -1 for one that does not expire, 1 where that has been changed.
    @Sendable static func hpersist(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let hash = try keys.hash(a[0], .write)
        let first = try HashFieldArguments.fields(a, at: 1, or: .fieldCountNotPositive)
        var hasChanged = false
        reply.array(a.count - first)
        for i in first..<a.count {
            switch hash?.expiry(of: a[i]) ?? .missing {
            case .missing: reply.integer(-2)
            case .never: reply.integer(-1)
            case .at:
                reply.integer(hash?.setExpiry(of: a[i], at: nil) == true)
                hasChanged = true
            }
        }
        if hasChanged { keys.event(.hash, "hpersist", a[0]) }
    }

    // MARK: Asking

    @Sendable static func httl(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try tell(a, &keys, &reply, since: keys.now, inSeconds: true)
    }

    @Sendable static func hpttl(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try tell(a, &keys, &reply, since: keys.now, inSeconds: false)
    }

    @Sendable static func hexpiretime(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try tell(a, &keys, &reply, since: 0, inSeconds: true)
    }

    @Sendable static func hpexpiretime(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try tell(a, &keys, &reply, since: 0, inSeconds: false)
    }

    /// -2 for a missing field, -1 for one that does not expire; seconds are rounded up, unlike TTL's.
    private static func tell(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply, since base: Int64, inSeconds: Bool
    ) throws(CommandError) {
        let hash = try keys.hash(a[0], .read)
        let first = try HashFieldArguments.fields(a, at: 1, or: .fieldCountNotPositive)
        reply.array(a.count - first)
        for i in first..<a.count {
            switch hash?.expiry(of: a[i]) ?? .missing {
            case .missing: reply.integer(-2)
            case .never: reply.integer(-1)
            case .at(let instant):
                let left = instant - base
                reply.integer(inSeconds ? (left + 999) / 1000 : left)
            }
        }
    }
}

extension HashFieldExpiryCommands where K: ~Copyable {
    static var table: [Command<K>] {
        [
            setting(
                "HEXPIRE", syntax: "key seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
                "Set expiry for hash field using relative time to expire (seconds)",
                run: hexpire),
            setting(
                "HPEXPIRE", syntax: "key milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
                "Set expiry for hash field using relative time to expire (milliseconds)", run: hpexpire),
            setting(
                "HEXPIREAT",
                syntax: "key unix-time-seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
                "Set expiry for hash field using an absolute Unix timestamp (seconds)", run: hexpireat),
            setting(
                "HPEXPIREAT",
                syntax: "key unix-time-milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
                "Set expiry for hash field using an absolute Unix timestamp (milliseconds)", run: hpexpireat),
            row("HTTL", [.readonly, .fast], "Returns the TTL in seconds of a hash field.", run: httl),
            row("HPTTL", [.readonly, .fast], "Returns the TTL in milliseconds of a hash field.", run: hpttl),
            row(
                "HEXPIRETIME", [.readonly, .fast],
                "Returns the expiration time of a hash field as a Unix timestamp, in seconds.",
                run: hexpiretime),
            row(
                "HPEXPIRETIME", [.readonly, .fast],
                "Returns the expiration time of a hash field as a Unix timestamp, in msec.",
                run: hpexpiretime),
            row(
                "HPERSIST", [.write, .fast], "Removes the expiration time for each specified field",
                run: hpersist),
        ]
    }

    /// A command that takes a time and a condition before the fields.
    private static func setting(
        _ name: StaticString, syntax: StaticString, _ summary: StaticString, run: @escaping Command<K>.Run
    ) -> Command<K> {
        row(name, arity: -6, [.write, .denyoom, .fast], syntax: syntax, summary, run: run)
    }

    /// A command on fields.
    private static func row(
        _ name: StaticString, arity: Int = -5, _ flags: CommandFlags,
        syntax: StaticString = "key FIELDS numfields field [field ...]", _ summary: StaticString,
        run: @escaping Command<K>.Run
    ) -> Command<K> {
        Command(
            name, arity: arity, flags, keys: .first, family: .hash, syntax: syntax, summary: summary,
            complexity: "O(N) where N is the number of specified fields", since: "7.4.0", run: run)
    }
}
