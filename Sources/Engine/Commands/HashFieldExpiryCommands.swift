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
            hash.expire(a[i], at: instant, now: keys.now)
            reply.integer(instant <= keys.now ? 2 : 1)
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
        reply.array(a.count - first)
        for i in first..<a.count {
            switch hash?.expiry(of: a[i]) ?? .missing {
            case .missing: reply.integer(-2)
            case .never: reply.integer(-1)
            case .at: reply.integer(hash?.setExpiry(of: a[i], at: nil) == true)
            }
        }
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
            Command(
                "HEXPIRE", arity: -6, [.write, .denyoom, .fast], keys: .first, family: .hash,
                syntax: "key seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
                summary: "Set expiry for hash field using relative time to expire (seconds)",
                complexity: complexity, since: "7.4.0", run: hexpire),
            Command(
                "HPEXPIRE", arity: -6, [.write, .denyoom, .fast], keys: .first, family: .hash,
                syntax: "key milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
                summary: "Set expiry for hash field using relative time to expire (milliseconds)",
                complexity: complexity, since: "7.4.0", run: hpexpire),
            Command(
                "HEXPIREAT", arity: -6, [.write, .denyoom, .fast], keys: .first, family: .hash,
                syntax: "key unix-time-seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
                summary: "Set expiry for hash field using an absolute Unix timestamp (seconds)",
                complexity: complexity, since: "7.4.0", run: hexpireat),
            Command(
                "HPEXPIREAT", arity: -6, [.write, .denyoom, .fast], keys: .first, family: .hash,
                syntax: "key unix-time-milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
                summary: "Set expiry for hash field using an absolute Unix timestamp (milliseconds)",
                complexity: complexity, since: "7.4.0", run: hpexpireat),
            Command(
                "HTTL", arity: -5, [.readonly, .fast], keys: .first, family: .hash,
                syntax: "key FIELDS numfields field [field ...]",
                summary: "Returns the TTL in seconds of a hash field.",
                complexity: complexity, since: "7.4.0", run: httl),
            Command(
                "HPTTL", arity: -5, [.readonly, .fast], keys: .first, family: .hash,
                syntax: "key FIELDS numfields field [field ...]",
                summary: "Returns the TTL in milliseconds of a hash field.",
                complexity: complexity, since: "7.4.0", run: hpttl),
            Command(
                "HEXPIRETIME", arity: -5, [.readonly, .fast], keys: .first, family: .hash,
                syntax: "key FIELDS numfields field [field ...]",
                summary: "Returns the expiration time of a hash field as a Unix timestamp, in seconds.",
                complexity: complexity, since: "7.4.0", run: hexpiretime),
            Command(
                "HPEXPIRETIME", arity: -5, [.readonly, .fast], keys: .first, family: .hash,
                syntax: "key FIELDS numfields field [field ...]",
                summary: "Returns the expiration time of a hash field as a Unix timestamp, in msec.",
                complexity: complexity, since: "7.4.0", run: hpexpiretime),
            Command(
                "HPERSIST", arity: -5, [.write, .fast], keys: .first, family: .hash,
                syntax: "key FIELDS numfields field [field ...]",
                summary: "Removes the expiration time for each specified field",
                complexity: complexity, since: "7.4.0", run: hpersist),
        ]
    }

    private static var complexity: StaticString { "O(N) where N is the number of specified fields" }
}
