internal import Bytes

/// HGETDEL, HGETEX and HSETEX: fields read or written together with their expiry, as Redis 8.0 has them.
enum HashFieldValueCommands<K: Keyspace & ~Copyable> {
    @Sendable static func hgetdel(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let hash = try keys.hash(a[0], .write)
        let first = try HashFieldArguments.fields(a, at: 1, or: .fieldCountNotPositive)
        var removed: [Int] = []
        reply.array(a.count - first)
        for i in first..<a.count {
            reply.bytes(hash?.get(a[i]))
            if hash?.remove(a[i]) == true { removed.append(i) }
        }
        if let hash, !removed.isEmpty { keys.eventOfRemoval(.hash, "hdel", a[0], left: hash.count) }
        keys.effect("HDEL", a[0], count: removed.count) { a[removed[$0]] }
    }

    @Sendable static func hgetex(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let hash = try keys.hash(a[0], .write)
        let instant = try HashFieldArguments.instant(a, at: 1, now: keys.now, or: .invalidExpireHgetex)
        let persist = a.matches(1, "PERSIST")
        let first = try HashFieldArguments.fields(
            a, at: instant != nil ? 3 : persist ? 2 : 1, or: .fieldCountNotPositive)
        var changed: [Int] = []
        reply.array(a.count - first)
        for i in first..<a.count {
            guard let hash, let value = hash.get(a[i]) else {
                reply.null()
                continue
            }
            reply.bytes(value)
            if let instant {
                hash.expire(a[i], at: instant, limit: keys.expiryLimit)
            } else if persist, case .at = hash.expiry(of: a[i]) {
                hash.setExpiry(of: a[i], at: nil)
            } else {
                continue
            }
            changed.append(i)
        }
        if let hash, !changed.isEmpty {
            if let instant {
                keys.eventOfExpiry(instant, a[0], left: hash.count)
            } else {
                keys.event(.hash, "hpersist", a[0])
            }
        }
        guard let instant else {
            return keys.effect("HPERSIST", a[0], fields: changed.count) { a[changed[$0]] }
        }
        if instant <= keys.expiryLimit {
            keys.effect("HDEL", a[0], count: changed.count) { a[changed[$0]] }
        } else {
            keys.effect("HPEXPIREAT", a[0], at: instant, fields: changed.count) { a[changed[$0]] }
        }
    }

    /// What HSETEX's words before FIELDS ask for.
    private struct SetOptions {
        var onlyNew = false
        var onlyPresent = false
        var keepsExpiry = false
        var instant: Int64?
        /// Where the word FIELDS stands.
        var fields = 1
    }

    /// 1 where all fields were set, 0 where the condition kept any from being.
    @Sendable static func hsetex(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var options = SetOptions()
        while options.fields < a.count, !a.matches(options.fields, "FIELDS") {
            guard try read(a, &options, now: keys.now) else {
                return reply.error("ERR unknown argument: \(a[options.fields].string)")
            }
        }
        let first = options.fields + 2
        guard first + 1 < a.count else { return reply.wrongArity("HSETEX") }
        let count = try a.integer(first - 1, or: .fieldCountInvalid)
        guard (1...Int64(Int32.max)).contains(count) else { throw .fieldCountInvalid }
        guard (a.count - first) % 2 == 0, count == Int64((a.count - first) / 2) else {
            return reply.wrongArity("HSETEX")
        }
        let names = stride(from: first, to: a.count, by: 2)
        let present = try keys.hash(a[0], .write)
        if options.onlyNew || options.onlyPresent {
            for i in names where (present?.get(a[i]) != nil) == options.onlyNew { return reply.integer(0) }
        }
        reply.integer(1)
        if let instant = options.instant, instant <= keys.expiryLimit {
            // Set, they would be gone at once.
            var removed: [Int] = []
            for i in names where present?.remove(a[i]) == true { removed.append(i) }
            if present == nil { keys.event(.new, "new", a[0]) }
            keys.event(.hash, "hset", a[0])
            keys.eventOfExpiry(instant, a[0], left: present?.count ?? 0)
            return keys.effect("HDEL", a[0], count: removed.count) { a[removed[$0]] }
        }
        let expiry: ExpiryChange = options.instant.map { .at($0) } ?? (options.keepsExpiry ? .keep : .clear)
        guard let hash = try keys.hash(a[0], .create) else { return }
        for i in names { hash.set(a[i], a[i + 1], expiry: expiry) }
        keys.event(.hash, "hset", a[0])
        if options.instant != nil { keys.event(.hash, "hexpire", a[0]) }
        if keys.isJournalled { tell(a, from: first, expiry, hash, &keys) }
    }

    /// Tells what HSETEX has set: without its condition, and as HSET where that does the same.
    private static func tell(
        _ a: borrowing Arguments, from first: Int, _ expiry: ExpiryChange, _ hash: K.Hash, _ keys: inout K
    ) {
        var isPlain = true
        for i in stride(from: first, to: a.count, by: 2) where hash.expiry(of: a[i]) != .never {
            isPlain = false
        }
        if isPlain {
            return keys.effect(a.count - first + 2) { batch in
                batch.append("HSET")
                batch.append(a[0])
                for i in first..<a.count { batch.append(a[i]) }
            }
        }
        let isKept = expiry == .keep
        keys.effect(a.count - first + (isKept ? 5 : 6)) { batch in
            batch.append("HSETEX")
            batch.append(a[0])
            if case .at(let instant) = expiry {
                batch.append("PXAT")
                batch.append(decimal: instant)
            } else {
                batch.append("KEEPTTL")
            }
            batch.append("FIELDS")
            batch.append(a[first - 1])
            for i in first..<a.count { batch.append(a[i]) }
        }
    }

    /// Reads the option at `options.fields` and steps over it; false where it is none.
    private static func read(
        _ a: borrowing Arguments, _ options: inout SetOptions, now: Int64
    ) throws(CommandError) -> Bool {
        let index = options.fields
        let isNew = a.matches(index, "FNX")
        options.fields += 1
        if isNew || a.matches(index, "FXX") {
            if options.onlyNew || options.onlyPresent { throw .fieldConditionTwice }
            options.onlyNew = isNew
            options.onlyPresent = !isNew
            return true
        }
        let isTime = ["EX", "PX", "EXAT", "PXAT"].contains { a.matches(index, $0) }
        guard isTime || a.matches(index, "KEEPTTL") else {
            options.fields = index
            return false
        }
        if options.keepsExpiry || options.instant != nil { throw .fieldExpiryTwice }
        options.keepsExpiry = !isTime
        if isTime {
            options.instant = try HashFieldArguments.instant(a, at: index, now: now, or: .invalidExpireHsetex)
            options.fields += 1
        }
        return true
    }
}

extension HashFieldValueCommands where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "HGETDEL", arity: -5, [.write, .fast], keys: .first, family: .hash,
                syntax: "key FIELDS numfields field [field ...]",
                summary: "Returns the value of a field and deletes it from the hash.",
                complexity: "O(N) where N is the number of specified fields", since: "8.0.0", run: hgetdel),
            Command(
                "HGETEX", arity: -5, [.write, .fast], keys: .first, family: .hash,
                syntax: """
                    key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | \
                    PERSIST] FIELDS numfields field [field ...]
                    """,
                summary:
                    "Get the value of one or more fields of a given hash key, and optionally set their expiration.",
                complexity: "O(N) where N is the number of specified fields", since: "8.0.0", run: hgetex),
            Command(
                "HSETEX", arity: -6, [.write, .denyoom, .fast], keys: .first, family: .hash,
                syntax: """
                    key [FNX | FXX] [EX seconds | PX milliseconds | EXAT unix-time-seconds | \
                    PXAT unix-time-milliseconds | KEEPTTL] FIELDS numfields field value [field value ...]
                    """,
                summary:
                    "Set the value of one or more fields of a given hash key, and optionally set their expiration.",
                complexity: "O(N) where N is the number of fields being set.", since: "8.0.0", run: hsetex),
        ]
    }
}
