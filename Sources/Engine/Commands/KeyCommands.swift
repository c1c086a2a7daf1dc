internal import Bytes

/// DEL, EXISTS, TYPE, RENAME, COPY …: keys of whatever type.
enum KeyCommands<K: Keyspace & ~Copyable> {
    /// DEL and UNLINK: large values are freed in the background either way.
    @Sendable static func del(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var removed = 0
        for i in 0..<a.count where keys.remove(a[i]) {
            keys.event(.generic, "del", a[i])
            removed += 1
        }
        reply.integer(removed)
    }

    /// A key named twice counts twice.
    @Sendable static func exists(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var present = 0
        for i in 0..<a.count where keys.peekType(of: a[i]) != nil { present += 1 }
        reply.integer(present)
    }

    @Sendable static func touch(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var present = 0
        for i in 0..<a.count where keys.type(of: a[i]) != nil { present += 1 }
        reply.integer(present)
    }

    @Sendable static func type(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.status(keys.peekType(of: a[0])?.name ?? "none")
    }

    @Sendable static func rename(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        if keys.peekType(of: a[0]) == nil { throw .noSuchKey }
        if a[0] != a[1] { rename(a[0], a[1], &keys) }
        reply.ok()
    }

    @Sendable static func renamenx(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        if keys.peekType(of: a[0]) == nil { throw .noSuchKey }
        let free = a[0] != a[1] && keys.peekType(of: a[1]) == nil
        if free { rename(a[0], a[1], &keys) }
        reply.integer(free)
    }

    private static func rename(_ source: ByteView, _ destination: ByteView, _ keys: inout K) {
        _ = keys.rename(source, to: destination)
        keys.event(.generic, "rename_from", source)
        keys.event(.generic, "rename_to", destination)
    }

    @Sendable static func copy(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var replaces = false
        var i = 2
        while i < a.count {
            if a.matches(i, "REPLACE") {
                replaces = true
            } else if a.matches(i, "DB") && i + 1 < a.count {
                let database = try a.integer(i + 1)
                if Int32(exactly: database) == nil { throw .databaseNotInt }
                // There is one database.
                if database != 0 { throw .databaseOutOfRange }
                i += 1
            } else {
                throw .syntax
            }
            i += 1
        }
        if a[0] == a[1] { throw .sameObject }
        keys.isReading = true
        let type = keys.type(of: a[0])
        keys.isReading = false
        guard type != nil, replaces || keys.peekType(of: a[1]) == nil else { return reply.integer(0) }
        reply.integer(keys.copy(a[0], to: a[1]))
        keys.event(.generic, "copy_to", a[1])
    }
}

extension KeyCommands where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "DEL", arity: -2, [.write], keys: .all, family: .generic,
                syntax: "key [key ...]",
                summary: "Delete a key",
                complexity: """
                    O(N) where N is the number of keys that will be removed. When a key to remove holds \
                    a value other than a string, the individual complexity for this key is O(M) where M \
                    is the number of elements in the list, set, sorted set or hash. Removing a single \
                    key that holds a string value is O(1).
                    """,
                since: "1.0.0", run: del),
            Command(
                "UNLINK", arity: -2, [.write, .fast], keys: .all, family: .generic,
                syntax: "key [key ...]",
                summary: """
                    Delete a key asynchronously in another thread. Otherwise it is just as DEL, but non \
                    blocking.
                    """,
                complexity: """
                    O(1) for each key removed regardless of its size. Then the command does O(N) work in \
                    a different thread in order to reclaim memory, where N is the number of allocations \
                    the deleted objects where composed of.
                    """,
                since: "4.0.0", run: del),
            Command(
                "EXISTS", arity: -2, [.readonly, .fast], keys: .all, family: .generic,
                syntax: "key [key ...]",
                summary: "Determine if a key exists",
                complexity: "O(N) where N is the number of keys to check.",
                since: "1.0.0", run: exists),
            Command(
                "TOUCH", arity: -2, [.readonly, .fast], keys: .all, family: .generic,
                syntax: "key [key ...]",
                summary: """
                    Alters the last access time of a key(s). Returns the number of existing keys \
                    specified.
                    """,
                complexity: "O(N) where N is the number of keys that will be touched.",
                since: "3.2.1", run: touch),
            Command(
                "TYPE", arity: 2, [.readonly, .fast], keys: .first, family: .generic,
                syntax: "key",
                summary: "Determine the type stored at key",
                complexity: "O(1)",
                since: "1.0.0", run: type),
            Command(
                "RENAME", arity: 3, [.write], keys: .firstTwo, family: .generic,
                syntax: "key newkey",
                summary: "Rename a key",
                complexity: "O(1)",
                since: "1.0.0", run: rename),
            Command(
                "RENAMENX", arity: 3, [.write, .fast], keys: .firstTwo, family: .generic,
                syntax: "key newkey",
                summary: "Rename a key, only if the new key does not exist",
                complexity: "O(1)",
                since: "1.0.0", run: renamenx),
            Command(
                "COPY", arity: -3, [.write, .denyoom], keys: .firstTwo, family: .generic,
                syntax: "source destination [DB destination-db] [REPLACE]",
                summary: "Copy a key",
                complexity: """
                    O(N) worst case for collections, where N is the number of nested items. O(1) for \
                    string values.
                    """,
                since: "6.2.0", run: copy),
        ]
    }
}
