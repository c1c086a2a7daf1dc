internal import Bytes

/// HGET, HSET and the other commands of a hash but those that walk it (`HashWalkCommands`).
enum HashCommands<K: Keyspace & ~Copyable> {
    @Sendable
    static func hdel(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let hash = try keys.hash(a[0], .write) else { return reply.integer(0) }
        var removed = 0
        for i in 1..<a.count where hash.remove(a[i]) { removed += 1 }
        if removed > 0 { keys.eventOfRemoval(.hash, "hdel", a[0], left: hash.count) }
        reply.integer(removed)
    }

    @Sendable
    static func hexists(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(try keys.hash(a[0], .read)?.get(a[1]) != nil)
    }

    @Sendable
    static func hget(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.bytes(try keys.hash(a[0], .read)?.get(a[1]))
    }

    @Sendable
    static func hincrby(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let increment = try a.integer(2)
        let present = try keys.hash(a[0], .write)
        var current: Int64 = 0
        if let old = present?.get(a[1]) {
            guard let number = parseInt64(old) else { throw .hashValueNotInteger }
            current = number
        }
        let (sum, overflow) = current.addingReportingOverflow(increment)
        guard !overflow else { throw .overflow }
        var text = ByteBuffer()
        text.append(decimal: sum)
        try orCreate(present, a[0], &keys).set(a[1], text.view, expiry: .keep)
        keys.event(.hash, "hincrby", a[0])
        reply.integer(sum)
    }

    @Sendable
    static func hincrbyfloat(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let increment = LongDouble(a[2]) else { throw .notFloat }
        guard increment.isFinite else { throw .valueNaNOrInfinity }
        let present = try keys.hash(a[0], .write)
        var text = ByteBuffer()
        if let old = present?.get(a[1]) {
            guard let number = LongDouble(old) else { throw .hashValueNotFloat }
            let sum = number + increment
            guard sum.isFinite else { throw .nanOrInfinity }
            text.append(human: sum)
        } else {
            text.append(human: increment)
        }
        let hash = try orCreate(present, a[0], &keys)
        hash.set(a[1], text.view, expiry: .keep)
        keys.event(.hash, "hincrbyfloat", a[0])
        // The sum, for what a float's text and precision are is not the same everywhere.
        if keys.isJournalled {
            if hash.expiry(of: a[1]) == .never {
                keys.effect("HSET", a[0], a[1], text.view)
            } else {
                keys.effect(
                    "HSETEX", a[0], ByteView("KEEPTTL"), ByteView("FIELDS"), ByteView("1"), a[1], text.view)
            }
        }
        reply.bytes(text.view)
    }

    /// The open hash, or, where the key is missing, one that is created now that all has been checked.
    private static func orCreate(
        _ present: K.Hash?, _ key: ByteView, _ keys: inout K
    ) throws(CommandError) -> K.Hash {
        if let present { return present }
        return try keys.hash(key, .create)!
    }

    @Sendable
    static func hlen(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(try keys.hash(a[0], .read)?.count ?? 0)
    }

    @Sendable
    static func hmget(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let hash = try keys.hash(a[0], .read)
        reply.array(a.count - 1)
        for i in 1..<a.count {
            reply.bytes(hash?.get(a[i]))
            keys.letGo()
            // As in MGET.
            if reply.overflows { return }
        }
    }

    @Sendable
    static func hmset(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard a.count % 2 == 1 else {
            return reply.error("ERR wrong number of arguments for 'hmset' command")
        }
        _ = try store(a, &keys)
        reply.ok()
    }

    @Sendable
    static func hset(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard a.count % 2 == 1 else {
            return reply.error("ERR wrong number of arguments for 'hset' command")
        }
        reply.integer(try store(a, &keys))
    }

    /// Sets the fields that follow the key; how many of them are new.
    private static func store(
        _ a: borrowing Arguments, _ keys: inout K
    ) throws(CommandError) -> Int {
        let hash = try keys.hash(a[0], .create)!
        var added = 0
        for i in stride(from: 1, to: a.count, by: 2) where hash.set(a[i], a[i + 1]) { added += 1 }
        keys.event(.hash, "hset", a[0])
        return added
    }

    @Sendable
    static func hsetnx(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let present = try keys.hash(a[0], .write)
        if present?.get(a[1]) != nil { return reply.integer(0) }
        try orCreate(present, a[0], &keys).set(a[1], a[2])
        keys.event(.hash, "hset", a[0])
        reply.integer(1)
    }

    @Sendable
    static func hstrlen(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(try keys.hash(a[0], .read)?.get(a[1])?.count ?? 0)
    }

    /// The family's commands, those of the other files included.
    static var table: [Command<K>] {
        [
            Command(
                "HDEL", arity: -3, [.write, .fast], keys: .first, family: .hash,
                syntax: "key field [field ...]", summary: "Delete one or more hash fields",
                complexity: "O(N) where N is the number of fields to be removed.", since: "2.0.0", run: hdel),
            Command(
                "HEXISTS", arity: 3, [.readonly, .fast], keys: .first, family: .hash, syntax: "key field",
                summary: "Determine if a hash field exists", complexity: "O(1)", since: "2.0.0",
                run: hexists),
            Command(
                "HGET", arity: 3, [.readonly, .fast], keys: .first, family: .hash, syntax: "key field",
                summary: "Get the value of a hash field", complexity: "O(1)", since: "2.0.0", run: hget),
            Command(
                "HINCRBY", arity: 4, [.write, .denyoom, .fast], keys: .first, family: .hash,
                syntax: "key field increment",
                summary: "Increment the integer value of a hash field by the given number",
                complexity: "O(1)", since: "2.0.0", run: hincrby),
            Command(
                "HINCRBYFLOAT", arity: 4, [.write, .denyoom, .fast], keys: .first, family: .hash,
                syntax: "key field increment",
                summary: "Increment the float value of a hash field by the given amount",
                complexity: "O(1)", since: "2.6.0", run: hincrbyfloat),
            Command(
                "HLEN", arity: 2, [.readonly, .fast], keys: .first, family: .hash, syntax: "key",
                summary: "Get the number of fields in a hash", complexity: "O(1)", since: "2.0.0",
                run: hlen),
            Command(
                "HMGET", arity: -3, [.readonly, .fast], keys: .first, family: .hash,
                syntax: "key field [field ...]", summary: "Get the values of all the given hash fields",
                complexity: "O(N) where N is the number of fields being requested.", since: "2.0.0",
                run: hmget),
            Command(
                "HMSET", arity: -4, [.write, .denyoom, .fast], keys: .first, family: .hash,
                syntax: "key field value [field value ...]",
                summary: "Set multiple hash fields to multiple values",
                complexity: "O(N) where N is the number of fields being set.", since: "2.0.0", run: hmset),
            Command(
                "HSET", arity: -4, [.write, .denyoom, .fast], keys: .first, family: .hash,
                syntax: "key field value [field value ...]",
                summary: "Set the string value of a hash field",
                complexity:
                    "O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command is called with multiple field/value pairs.",
                since: "2.0.0", run: hset),
            Command(
                "HSETNX", arity: 4, [.write, .denyoom, .fast], keys: .first, family: .hash,
                syntax: "key field value",
                summary: "Set the value of a hash field, only if the field does not exist",
                complexity: "O(1)", since: "2.0.0", run: hsetnx),
            Command(
                "HSTRLEN", arity: 3, [.readonly, .fast], keys: .first, family: .hash, syntax: "key field",
                summary: "Get the length of the value of a hash field", complexity: "O(1)", since: "3.2.0",
                run: hstrlen),
        ] + HashWalkCommands<K>.table + HashFieldExpiryCommands<K>.table + HashFieldValueCommands<K>.table
    }
}
