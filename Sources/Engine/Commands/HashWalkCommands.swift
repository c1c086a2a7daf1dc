internal import Bytes

/// The commands that walk a hash: HGETALL, HKEYS, HVALS, HRANDFIELD and HSCAN.
enum HashWalkCommands<K: Keyspace & ~Copyable> {
    @Sendable
    static func hgetall(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let hash = try keys.hash(a[0], .read) else { return reply.map(0) }
        reply.map(hash.count)
        hash.forEach { field, value in
            reply.bytes(field)
            reply.bytes(value)
            return true
        }
    }

    @Sendable
    static func hkeys(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let hash = try keys.hash(a[0], .read) else { return reply.array(0) }
        reply.array(hash.count)
        hash.forEach { field, _ in
            reply.bytes(field)
            return true
        }
    }

    @Sendable
    static func hvals(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let hash = try keys.hash(a[0], .read) else { return reply.array(0) }
        reply.array(hash.count)
        hash.forEach { _, value in
            reply.bytes(value)
            return true
        }
    }

    @Sendable
    static func hrandfield(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        if a.count == 1 {
            guard let hash = try keys.hash(a[0], .read) else { return reply.null() }
            hash.random { field, _ in reply.bytes(field) }
            return
        }
        let (count, pairs) = try RandomSelection.options(a, pairKeyword: "WITHVALUES")
        guard let hash = try keys.hash(a[0], .read) else { return reply.array(0) }
        try RandomSelection.answer(
            count, of: HashSource(hash: hash), width: pairs ? 2 : 1,
            limit: keys.context.settings.maxStringLength, &reply
        ) { element, reply in
            reply.bytes(element.field)
            if pairs { reply.bytes(element.value) }
        }
    }

    @Sendable
    static func hscan(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let cursor = try ScanOptions.cursor(a[1])
        guard let hash = try keys.hash(a[0], .read) else { return reply.scannedNothing() }
        let options = try ScanOptions(a, from: 2)
        var elements = reply.part()
        var count = 0
        let next = hash.scan(from: cursor, count: options.count) { field, value in
            guard options.matches(field) else { return }
            elements.bytes(field)
            elements.bytes(value)
            count += 2
        }
        reply.scanned(next: next, elements, count: count)
    }

    static var table: [Command<K>] {
        [
            Command(
                "HGETALL", arity: 2, [.readonly], keys: .first, family: .hash, syntax: "key",
                summary: "Get all the fields and values in a hash",
                complexity: "O(N) where N is the size of the hash.", since: "2.0.0", run: hgetall),
            Command(
                "HKEYS", arity: 2, [.readonly], keys: .first, family: .hash, syntax: "key",
                summary: "Get all the fields in a hash",
                complexity: "O(N) where N is the size of the hash.", since: "2.0.0", run: hkeys),
            Command(
                "HRANDFIELD", arity: -2, [.readonly, .random], keys: .first, family: .hash,
                syntax: "key [count [WITHVALUES]]",
                summary: "Get one or multiple random fields from a hash",
                complexity: "O(N) where N is the number of fields returned", since: "6.2.0",
                run: hrandfield),
            Command(
                "HSCAN", arity: -3, [.readonly], keys: .first, family: .hash,
                syntax: "key cursor [MATCH pattern] [COUNT count]",
                summary: "Incrementally iterate hash fields and associated values",
                complexity:
                    "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection..",
                since: "2.8.0", run: hscan),
            Command(
                "HVALS", arity: 2, [.readonly], keys: .first, family: .hash, syntax: "key",
                summary: "Get all the values in a hash",
                complexity: "O(N) where N is the size of the hash.", since: "2.0.0", run: hvals),
        ]
    }
}

/// Draws from a hash.
struct HashSource<H: HashType>: DrawSource {
    let hash: H

    var count: Int { hash.count }

    func forEach(_ visit: ((field: ByteView, value: ByteView)) -> Bool) {
        hash.forEach { visit(($0, $1)) }
    }

    func random(_ visit: ((field: ByteView, value: ByteView)) -> Void) {
        hash.random { visit(($0, $1)) }
    }

    static func name(of element: (field: ByteView, value: ByteView)) -> ByteView { element.field }
}
