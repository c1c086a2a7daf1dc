internal import Bytes

/// DBSIZE, KEYS, SCAN, FLUSHALL …: the store as a whole.
enum KeyspaceCommands<K: Keyspace & ~Copyable> {
    @Sendable static func dbsize(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(keys.count)
    }

    /// FLUSHALL and FLUSHDB, ASYNC or SYNC: there is one database, and it is always freed in the background.
    @Sendable static func flushall(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard a.count == 0 || (a.count == 1 && (a.matches(0, "ASYNC") || a.matches(0, "SYNC"))) else {
            throw .syntax
        }
        keys.removeAll()
        reply.ok()
    }

    @Sendable static func keys(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let pattern = a[0]
        let all = pattern.count == 1 && pattern[0] == UInt8(ascii: "*")
        let mark = reply.beginArray()
        var found = 0
        var cursor: UInt64 = 0
        repeat {
            cursor = keys.scan(from: cursor, count: .max) { key, _ in
                guard all || globMatches(pattern: pattern, text: key) else { return true }
                reply.bytes(key)
                found += 1
                return true
            }
        } while cursor != 0
        reply.endArray(mark, count: found)
    }

    @Sendable static func randomkey(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.bytes(keys.randomKey())
    }

    @Sendable static func scan(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let cursor = try ScanOptions.cursor(a[0])
        let options = try ScanOptions(a, from: 1, allowsType: true)
        var elements = reply.part()
        var found = 0
        var seen = 0
        let next = keys.scan(from: cursor, count: options.count) { key, type in
            seen += 1
            let isAnswered = options.matches(type) && options.matches(key)
            if isAnswered {
                elements.bytes(key)
                found += 1
                if options.withType {
                    elements.bytes(type.name)
                    found += 1
                }
            }
            return options.counts(seen: seen, isAnswered: isAnswered)
        }
        reply.scanned(next: next, elements, count: found)
    }
}

extension KeyspaceCommands where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "DBSIZE", arity: 1, [.readonly, .fast, .allKeys], family: .server,
                summary: "Return the number of keys in the selected database",
                complexity: "O(1)",
                since: "1.0.0", run: dbsize),
            Command(
                "FLUSHALL", arity: -1, [.write, .dangerous, .allKeys], family: .server,
                syntax: "[ASYNC | SYNC]",
                summary: "Remove all keys from all databases",
                complexity: "O(N) where N is the total number of keys in all databases",
                since: "1.0.0", run: flushall),
            Command(
                "FLUSHDB", arity: -1, [.write, .dangerous, .allKeys], family: .server,
                syntax: "[ASYNC | SYNC]",
                summary: "Remove all keys from the current database",
                complexity: "O(N) where N is the number of keys in the selected database",
                since: "1.0.0", run: flushall),
            Command(
                "KEYS", arity: 2, [.readonly, .dangerous, .allKeys], family: .generic,
                syntax: "pattern",
                summary: "Find all keys matching the given pattern",
                complexity: """
                    O(N) with N being the number of keys in the database, under the assumption that the \
                    key names in the database and the given pattern have limited length.
                    """,
                since: "1.0.0", run: keys),
            Command(
                "RANDOMKEY", arity: 1, [.readonly, .allKeys, .random], family: .generic,
                summary: "Return a random key from the keyspace",
                complexity: "O(1)",
                since: "1.0.0", run: randomkey),
            Command(
                "SCAN", arity: -2, [.readonly, .allKeys], family: .generic,
                syntax: "cursor [MATCH pattern] [COUNT count] [TYPE type] [WITHTYPE]",
                summary: "Incrementally iterate the keys space",
                complexity: """
                    O(1) for every call. O(N) for a complete iteration, including enough command calls \
                    for the cursor to return back to 0. N is the number of elements inside the \
                    collection.
                    """,
                since: "2.8.0", run: scan),
        ]
    }
}
