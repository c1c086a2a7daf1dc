internal import Bytes
internal import RDB

/// DUMP and RESTORE: a key's value as bytes that any Redis takes, and back.
enum DumpCommands<K: Keyspace & ~Copyable> {
    @Sendable static func dump(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let key = a[0]
        guard let type = keys.type(of: key) else { return reply.null() }
        // The access has been counted.
        keys.isReading = false
        var payload = ByteBuffer()
        switch type {
        case .string:
            guard let value = try keys.string(key) else { return reply.null() }
            payload.appendDump { $0.string(key, expiry: nil, value: value) }
        case .list:
            guard let list = try keys.list(key, .read) else { return reply.null() }
            payload.appendDump { $0.write(list, key: key, expiry: nil) }
        case .set:
            guard let set = try keys.set(key, .read) else { return reply.null() }
            payload.appendDump { $0.write(set, key: key, expiry: nil) }
        case .sortedSet:
            guard let set = try keys.sortedSet(key, .read) else { return reply.null() }
            payload.appendDump { $0.write(set, key: key, expiry: nil) }
        case .hash:
            guard let hash = try keys.hash(key, .read) else { return reply.null() }
            let least = hash.leastFieldExpiry
            // The version that every Redis since 7.0 reads, unless only a later one can say it.
            payload.appendDump(least == nil ? .redis7 : .redis74) {
                $0.write(hash, key: key, expiry: nil, leastFieldExpiry: least)
            }
        }
        reply.bytes(payload.view)
    }

    /// What RESTORE's words after the payload ask for.
    private struct Options {
        var replaces = false
        var isAbsolute = false

        init(_ a: borrowing Arguments) throws(CommandError) {
            var hasIdleTime = false
            var hasFrequency = false
            var i = 3
            while i < a.count {
                if a.matches(i, "REPLACE") {
                    replaces = true
                } else if a.matches(i, "ABSTTL") {
                    isAbsolute = true
                } else if a.matches(i, "IDLETIME"), i + 1 < a.count, !hasFrequency {
                    if try a.integer(i + 1) < 0 { throw .invalidIdleTime }
                    hasIdleTime = true
                    i += 1
                } else if a.matches(i, "FREQ"), i + 1 < a.count, !hasIdleTime {
                    guard (0...255).contains(try a.integer(i + 1)) else { throw .invalidFrequency }
                    hasFrequency = true
                    i += 1
                } else {
                    throw .syntax
                }
                i += 1
            }
        }
    }

    @Sendable static func restore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let options = try Options(a)
        if !options.replaces, keys.peekType(of: a[0]) != nil { throw .busyKey }
        var time = try a.integer(1)
        if time < 0 { throw .invalidTTL }
        if time > 0, !options.isAbsolute {
            let (instant, overflow) = time.addingReportingOverflow(keys.now)
            if overflow { throw .invalidTTL }
            time = instant
        }
        var value = RestoredValue(longest: keys.longestString)
        try value.read(a[2])

        reply.ok()
        let removed = keys.remove(a[0])
        let limit = keys.expiryLimit
        if (time > 0 && time <= limit) || value.isExpired(by: limit) {
            if removed {
                keys.effect("DEL", a[0])
                keys.event(.generic, "del", a[0])
            }
            return
        }
        try value.store(at: a[0], expiry: time > 0 ? time : nil, in: &keys)
        keys.event(.generic, "restore", a[0])
        tellEffects(a[0], time, a[2], value, &keys)
    }

    /// Replayed, nothing expires: what was left out of a hash is taken away again.
    private static func tellEffects(
        _ key: ByteView, _ time: Int64, _ payload: ByteView, _ value: borrowing RestoredValue,
        _ keys: inout K
    ) {
        guard keys.isJournalled else { return }
        keys.effect(6) { batch in
            batch.append("RESTORE")
            batch.append(key)
            batch.append(decimal: time)
            batch.append(payload)
            batch.append("REPLACE")
            batch.append("ABSTTL")
        }
        let limit = keys.expiryLimit
        let expired = value.expiredCount(by: limit)
        if expired == 0 { return }
        keys.effect(2 + expired) { batch in
            batch.append("HDEL")
            batch.append(key)
            value.forEachExpired(by: limit) { batch.append($0) }
        }
    }
}

extension ByteBuffer {
    /// Appends the payload of the one value that `body` writes.
    fileprivate mutating func appendDump(
        _ version: RDBVersion = .redis7, _ body: (inout RDBWriter<RDBMemorySink>) -> Void
    ) {
        var options = RDBWriterOptions()
        options.version = version
        append(rdbPayload: options, body)
    }
}

extension DumpCommands where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "DUMP", arity: 2, [.readonly], keys: .first, family: .generic,
                syntax: "key",
                summary: "Return a serialized version of the value stored at the specified key.",
                complexity: """
                    O(1) to access the key and additional O(N*M) to serialize it, where N is the number of \
                    Redis objects composing the value and M their average size. For small string values the \
                    time complexity is thus O(1)+O(1*M) where M is small, so simply O(1).
                    """,
                since: "2.6.0", run: dump),
            Command(
                "RESTORE", arity: -4, [.write, .denyoom, .dangerous], keys: .first, family: .generic,
                syntax:
                    "key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]",
                summary: """
                    Create a key using the provided serialized value, previously obtained using DUMP.
                    """,
                complexity: """
                    O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, \
                    where N is the number of Redis objects composing the value and M their average size. For \
                    small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply \
                    O(1). However for sorted set values the complexity is O(N*M*log(N)) because inserting \
                    values into sorted sets is O(log(N)).
                    """,
                since: "2.6.0", run: restore),
        ]
    }
}
