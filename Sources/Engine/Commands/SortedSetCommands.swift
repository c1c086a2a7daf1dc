internal import Bytes

/// What adds, changes, removes and looks up single members: ZADD, ZSCORE, ZRANK …; and the family's table.
enum SortedSetCommands<K: Keyspace & ~Copyable> {
    // MARK: Adding

    private struct AddOptions {
        var existing = false
        var missing = false
        var greater = false
        var less = false
        var changed = false
        var increment = false

        /// Reads options from argument 1 on; returns where the first score stands.
        /// - Throws: what is wrong with the options or the number of arguments, in Redis's order of checks.
        mutating func read(_ a: borrowing Arguments) throws(CommandError) -> Int {
            var index = 1
            options: while index < a.count {
                // Names of options have at most four letters; most scores are told apart by their first byte.
                if a.matches(index, "NX") {
                    missing = true
                } else if a.matches(index, "XX") {
                    existing = true
                } else if a.matches(index, "CH") {
                    changed = true
                } else if a.matches(index, "INCR") {
                    increment = true
                } else if a.matches(index, "GT") {
                    greater = true
                } else if a.matches(index, "LT") {
                    less = true
                } else {
                    break options
                }
                index += 1
            }
            let left = a.count - index
            if left == 0 || left % 2 != 0 { throw .syntax }
            if missing && existing { throw .zaddExistence }
            if (greater && missing) || (less && missing) || (greater && less) { throw .zaddComparison }
            if increment && left > 2 { throw .zaddIncrement }
            return index
        }
    }

    private enum Outcome {
        case added
        case updated
        case unchanged
        /// An option forbids it.
        case refused
    }

    /// Adds or changes one member; `score` becomes what the member has then.
    private static func add(
        _ member: ByteView, _ score: inout Double, _ options: AddOptions, to zset: K.SortedSet
    ) throws(CommandError) -> Outcome {
        guard let current = zset.score(of: member) else {
            if options.existing { return .refused }
            zset.set(member, score)
            return .added
        }
        if options.missing { return .refused }
        if options.increment {
            score += current
            if score.isNaN { throw .scoreNaN }
        }
        if options.less && score >= current || options.greater && score <= current { return .refused }
        if score == current { return .unchanged }
        zset.set(member, score)
        return .updated
    }

    private static func add(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply, _ preset: AddOptions
    ) throws(CommandError) {
        var options = preset
        let first = try options.read(a)
        // Every score is read before anything is changed, and again when it is used: cheaper than keeping
        // them.
        var score = try a.double(first)
        for index in stride(from: first + 2, to: a.count, by: 2) { _ = try a.double(index) }
        guard let zset = try keys.sortedSet(a[0], options.existing ? .write : .create) else {
            return options.increment ? reply.null() : reply.integer(0)
        }
        var added = 0
        var updated = 0
        var outcome = Outcome.refused
        for index in stride(from: first, to: a.count, by: 2) {
            if index > first { score = try a.double(index) }
            outcome = try add(a[index + 1], &score, options, to: zset)
            if outcome == .added { added += 1 }
            if outcome == .updated { updated += 1 }
        }
        if added + updated > 0 { keys.event(.sortedSet, options.increment ? "zincr" : "zadd", a[0]) }
        if !options.increment {
            reply.integer(options.changed ? added + updated : added)
        } else if outcome == .refused {
            reply.null()
        } else {
            reply.double(score)
        }
    }

    @Sendable static func zadd(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try add(a, &keys, &reply, AddOptions())
    }

    /// Redis reads ZADD's options here too, so that a member named NX is a syntax error; so do we.
    @Sendable static func zincrby(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try add(a, &keys, &reply, AddOptions(increment: true))
    }

    // MARK: Removing

    @Sendable static func zrem(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let zset = try keys.sortedSet(a[0], .write) else { return reply.integer(0) }
        var removed = 0
        for index in 1..<a.count where zset.remove(a[index]) { removed += 1 }
        if removed > 0 { keys.eventOfRemoval(.sortedSet, "zrem", a[0], left: zset.count) }
        reply.integer(removed)
    }

    // MARK: Looking up

    @Sendable static func zcard(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(try keys.sortedSet(a[0], .read)?.count ?? 0)
    }

    private static func answer(_ score: Double?, _ reply: inout Reply) {
        if let score { reply.double(score) } else { reply.null() }
    }

    @Sendable static func zscore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        answer(try keys.sortedSet(a[0], .read)?.score(of: a[1]), &reply)
    }

    @Sendable static func zmscore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let zset = try keys.sortedSet(a[0], .read)
        reply.array(a.count - 1)
        for index in 1..<a.count { answer(zset?.score(of: a[index]), &reply) }
    }

    private static func rank(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply, fromHighest: Bool
    ) throws(CommandError) {
        guard let zset = try keys.sortedSet(a[0], .read), let rank = zset.rank(of: a[1]) else {
            return reply.null()
        }
        reply.integer(fromHighest ? zset.count - 1 - rank : rank)
    }

    @Sendable static func zrank(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try rank(a, &keys, &reply, fromHighest: false)
    }

    @Sendable static func zrevrank(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try rank(a, &keys, &reply, fromHighest: true)
    }

    // MARK: Walking

    @Sendable static func zscan(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let cursor = try ScanOptions.cursor(a[1])
        guard let zset = try keys.sortedSet(a[0], .read) else {
            return reply.scannedNothing()
        }
        let options = try ScanOptions(a, from: 2)
        var elements = reply.part()
        var count = 0
        let next = zset.scan(from: cursor, count: options.count) { member, score in
            guard options.matches(member) else { return }
            elements.bytes(member)
            elements.double(score)
            count += 2
        }
        reply.scanned(next: next, elements, count: count)
    }

    @Sendable static func zrandmember(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        if a.count == 1 {
            guard let zset = try keys.sortedSet(a[0], .read) else { return reply.null() }
            SortedSetSource(zset: zset).random { reply.bytes($0.member) }
            return
        }
        let (count, pairs) = try RandomSelection.options(a, pairKeyword: "WITHSCORES")
        guard let zset = try keys.sortedSet(a[0], .read) else { return reply.array(0) }
        try RandomSelection.answer(
            count, of: SortedSetSource(zset: zset), width: pairs ? 2 : 1,
            limit: keys.context.settings.maxStringLength, &reply
        ) { element, reply in
            reply.bytes(element.member)
            if pairs { reply.double(element.score) }
        }
    }

    // MARK: Table

    /// The whole family.
    static var table: [Command<K>] {
        [
            Command(
                "ZADD", arity: -4, [.write, .denyoom, .fast], keys: .first, family: .sortedSet,
                syntax: "key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]",
                summary: "Add one or more members to a sorted set, or update its score if it already exists",
                complexity:
                    "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
                since: "1.2.0", run: zadd),
            Command(
                "ZCARD", arity: 2, [.readonly, .fast], keys: .first, family: .sortedSet, syntax: "key",
                summary: "Get the number of members in a sorted set",
                complexity: "O(1)", since: "1.2.0", run: zcard),
            Command(
                "ZINCRBY", arity: 4, [.write, .denyoom, .fast], keys: .first, family: .sortedSet,
                syntax: "key increment member",
                summary: "Increment the score of a member in a sorted set",
                complexity: "O(log(N)) where N is the number of elements in the sorted set.", since: "1.2.0",
                run: zincrby),
            Command(
                "ZMSCORE", arity: -3, [.readonly, .fast], keys: .first, family: .sortedSet,
                syntax: "key member [member ...]",
                summary: "Get the score associated with the given members in a sorted set",
                complexity: "O(N) where N is the number of members being requested.", since: "6.2.0",
                run: zmscore),
            Command(
                "ZRANDMEMBER", arity: -2, [.readonly, .random], keys: .first, family: .sortedSet,
                syntax: "key [count [WITHSCORES]]",
                summary: "Get one or multiple random elements from a sorted set",
                complexity: "O(N) where N is the number of elements returned", since: "6.2.0",
                run: zrandmember),
            Command(
                "ZRANK", arity: 3, [.readonly, .fast], keys: .first, family: .sortedSet, syntax: "key member",
                summary: "Determine the index of a member in a sorted set",
                complexity: "O(log(N))", since: "2.0.0", run: zrank),
            Command(
                "ZREM", arity: -3, [.write, .fast], keys: .first, family: .sortedSet,
                syntax: "key member [member ...]",
                summary: "Remove one or more members from a sorted set",
                complexity:
                    "O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be removed.",
                since: "1.2.0", run: zrem),
            Command(
                "ZREVRANK", arity: 3, [.readonly, .fast], keys: .first, family: .sortedSet,
                syntax: "key member",
                summary:
                    "Determine the index of a member in a sorted set, with scores ordered from high to low",
                complexity: "O(log(N))", since: "2.0.0", run: zrevrank),
            Command(
                "ZSCAN", arity: -3, [.readonly], keys: .first, family: .sortedSet,
                syntax: "key cursor [MATCH pattern] [COUNT count]",
                summary: "Incrementally iterate sorted sets elements and associated scores",
                complexity:
                    "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection..",
                since: "2.8.0", run: zscan),
            Command(
                "ZSCORE", arity: 3, [.readonly, .fast], keys: .first, family: .sortedSet,
                syntax: "key member",
                summary: "Get the score associated with the given member in a sorted set",
                complexity: "O(1)", since: "1.2.0", run: zscore),
        ] + SortedSetRanges<K>.table + SortedSetPops<K>.table
            + WaitingSortedSetCommands<K>.table + SortedSetAlgebra<K>.table
    }
}

/// Draws from a sorted set, by rank.
struct SortedSetSource<Z: SortedSetType>: DrawSource {
    let zset: Z

    var count: Int { zset.count }

    func forEach(_ visit: ((member: ByteView, score: Double)) -> Bool) {
        zset.forEach(0..<zset.count, reverse: false) { visit(($0, $1)) }
    }

    func random(_ visit: ((member: ByteView, score: Double)) -> Void) {
        let rank = RandomSource.next(below: zset.count)
        zset.forEach(rank..<rank + 1, reverse: false) { member, score in
            visit((member, score))
            return true
        }
    }

    static func name(of element: (member: ByteView, score: Double)) -> ByteView { element.member }
}
