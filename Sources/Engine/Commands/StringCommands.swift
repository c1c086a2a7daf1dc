internal import Bytes

/// GET, SET and what stores or reads whole strings.
enum StringCommands<K: Keyspace & ~Copyable> {
    @Sendable static func get(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.bytes(try keys.string(a[0]))
    }

    @Sendable static func set(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        if a.count == 2 {
            keys.setString(a[0], a[1], expiry: .clear)
            keys.event(.string, "set", a[0])
            reply.ok()
        } else {
            try setWithOptions(a, &keys, &reply)
        }
    }

    private static func setWithOptions(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var expiry = ExpiryOption()
        var onlyNew = false
        var onlyPresent = false
        var answersOld = false
        var i = 2
        while i < a.count {
            if !onlyPresent && a.matches(i, "NX") {
                onlyNew = true
            } else if !onlyNew && a.matches(i, "XX") {
                onlyPresent = true
            } else if a.matches(i, "GET") {
                answersOld = true
            } else if !expiry.read(a, &i, allowsKeep: true, allowsPersist: false) {
                throw .syntax
            }
            i += 1
        }
        let instant = try expiry.instant(now: keys.now, or: .invalidExpireSet)
        // The old value is answered also where the condition then fails.
        if answersOld { reply.bytes(try old(a[0], &keys)) }
        if onlyNew || onlyPresent, (keys.peekType(of: a[0]) != nil) == onlyNew {
            if !answersOld { reply.null() }
            return
        }
        let change: ExpiryChange = instant.map { .at($0) } ?? (expiry.kind == .keep ? .keep : .clear)
        store(a[0], a[1], change, &keys)
        if !answersOld { reply.ok() }
    }

    /// The value that a command answers and then overwrites or removes.
    private static func old(_ key: ByteView, _ keys: inout K) throws(CommandError) -> ByteView? {
        keys.isReading = true
        defer { keys.isReading = false }
        return try keys.string(key)
    }

    /// Stores a string with an expiry, and tells both.
    private static func store(
        _ key: ByteView, _ value: ByteView, _ expiry: ExpiryChange, _ keys: inout K
    ) {
        guard case .at(let instant) = expiry else {
            keys.setStringTelling(key, value, expiry: expiry)
            return keys.event(.string, "set", key)
        }
        // It is stored and then expires, for those who watch.
        let hasExpired = instant <= keys.expiryLimit
        if hasExpired, keys.peekType(of: key) == nil { keys.event(.new, "new", key) }
        keys.setStringTelling(key, value, expiry: expiry)
        keys.event(.string, "set", key)
        keys.event(.generic, "expire", key)
        if hasExpired { keys.event(.expired, "expired", key) }
    }

    @Sendable static func setnx(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let isNew = keys.peekType(of: a[0]) == nil
        if isNew {
            keys.setString(a[0], a[1], expiry: .clear)
            keys.event(.string, "set", a[0])
        }
        reply.integer(isNew)
    }

    @Sendable static func setex(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let time = ExpiryOption(.seconds, a[1])
        try set(a[0], a[2], time.instant(now: keys.now, or: .invalidExpireSetex), &keys, &reply)
    }

    @Sendable static func psetex(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let time = ExpiryOption(.milliseconds, a[1])
        try set(a[0], a[2], time.instant(now: keys.now, or: .invalidExpirePsetex), &keys, &reply)
    }

    private static func set(
        _ key: ByteView, _ value: ByteView, _ instant: Int64?, _ keys: inout K, _ reply: inout Reply
    ) {
        store(key, value, instant.map { .at($0) } ?? .clear, &keys)
        reply.ok()
    }

    @Sendable static func getset(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.bytes(try old(a[0], &keys))
        keys.setString(a[0], a[1], expiry: .clear)
        keys.event(.string, "set", a[0])
    }

    @Sendable static func getdel(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let value = try old(a[0], &keys)
        reply.bytes(value)
        if value != nil { keys.removeTelling(a[0]) }
    }

    @Sendable static func getex(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var expiry = ExpiryOption()
        var i = 1
        while i < a.count {
            if !expiry.read(a, &i, allowsKeep: false, allowsPersist: true) { throw .syntax }
            i += 1
        }
        guard let value = try old(a[0], &keys) else { return reply.null() }
        let instant = try expiry.instant(now: keys.now, or: .invalidExpireGetex)
        reply.bytes(value)
        if instant != nil || expiry.kind == .persist { keys.setExpiryTelling(of: a[0], at: instant) }
    }

    @Sendable static func mget(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.array(a.count)
        // A key of another type is answered as if it were missing.
        for i in 0..<a.count {
            reply.bytes(try? keys.string(a[i]))
            keys.letGo()
            // It will be an error, and values that are read from disk cost something.
            if reply.overflows { return }
        }
    }

    @Sendable static func mset(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard a.count % 2 == 0 else { return reply.wrongArity("MSET") }
        setAll(a, &keys)
        reply.ok()
    }

    @Sendable static func msetnx(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard a.count % 2 == 0 else { return reply.wrongArity("MSETNX") }
        for i in stride(from: 0, to: a.count, by: 2) where keys.peekType(of: a[i]) != nil {
            return reply.integer(0)
        }
        setAll(a, &keys)
        reply.integer(1)
    }

    private static func setAll(_ a: borrowing Arguments, _ keys: inout K) {
        for i in stride(from: 0, to: a.count, by: 2) {
            keys.setString(a[i], a[i + 1], expiry: .clear)
            keys.event(.string, "set", a[i])
        }
    }
}

extension StringCommands where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "GET", arity: 2, [.readonly, .fast], keys: .first, family: .string,
                syntax: "key",
                summary: "Get the value of a key",
                complexity: "O(1)",
                since: "1.0.0", run: get),
            Command(
                "SET", arity: -3, [.write, .denyoom], keys: .first, family: .string,
                syntax: """
                    key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | \
                    PXAT unix-time-milliseconds | KEEPTTL]
                    """,
                summary: "Set the string value of a key",
                complexity: "O(1)",
                since: "1.0.0", run: set),
            Command(
                "SETNX", arity: 3, [.write, .denyoom, .fast], keys: .first, family: .string,
                syntax: "key value",
                summary: "Set the value of a key, only if the key does not exist",
                complexity: "O(1)",
                since: "1.0.0", run: setnx),
            Command(
                "SETEX", arity: 4, [.write, .denyoom], keys: .first, family: .string,
                syntax: "key seconds value",
                summary: "Set the value and expiration of a key",
                complexity: "O(1)",
                since: "2.0.0", run: setex),
            Command(
                "PSETEX", arity: 4, [.write, .denyoom], keys: .first, family: .string,
                syntax: "key milliseconds value",
                summary: "Set the value and expiration in milliseconds of a key",
                complexity: "O(1)",
                since: "2.6.0", run: psetex),
            Command(
                "GETSET", arity: 3, [.write, .denyoom, .fast], keys: .first, family: .string,
                syntax: "key value",
                summary: "Set the string value of a key and return its old value",
                complexity: "O(1)",
                since: "1.0.0", run: getset),
            Command(
                "GETDEL", arity: 2, [.write, .fast], keys: .first, family: .string,
                syntax: "key",
                summary: "Get the value of a key and delete the key",
                complexity: "O(1)",
                since: "6.2.0", run: getdel),
            Command(
                "GETEX", arity: -2, [.write, .fast], keys: .first, family: .string,
                syntax: """
                    key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT \
                    unix-time-milliseconds | PERSIST]
                    """,
                summary: "Get the value of a key and optionally set its expiration",
                complexity: "O(1)",
                since: "6.2.0", run: getex),
            Command(
                "MGET", arity: -2, [.readonly, .fast], keys: .all, family: .string,
                syntax: "key [key ...]",
                summary: "Get the values of all the given keys",
                complexity: "O(N) where N is the number of keys to retrieve.",
                since: "1.0.0", run: mget),
            Command(
                "MSET", arity: -3, [.write, .denyoom], keys: .range(first: 0, last: -1, step: 2),
                family: .string,
                syntax: "key value [key value ...]",
                summary: "Set multiple keys to multiple values",
                complexity: "O(N) where N is the number of keys to set.",
                since: "1.0.1", run: mset),
            Command(
                "MSETNX", arity: -3, [.write, .denyoom], keys: .range(first: 0, last: -1, step: 2),
                family: .string,
                syntax: "key value [key value ...]",
                summary: "Set multiple keys to multiple values, only if none of the keys exist",
                complexity: "O(N) where N is the number of keys to set.",
                since: "1.0.1", run: msetnx),
        ]
    }
}
