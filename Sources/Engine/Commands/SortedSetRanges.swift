internal import Bytes

/// ZRANGE and its older spellings, and what counts or removes ranges. Every range is rank arithmetic.
enum SortedSetRanges<K: Keyspace & ~Copyable> {
    // MARK: Reading

    private static func range(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply, unit: SortedSetQuery.Unit?,
        reverse: Bool?
    ) throws(CommandError) {
        let query = try SortedSetQuery(a, first: 1, unit: unit, reverse: reverse)
        guard let zset = try keys.sortedSet(a[0], .read) else { return reply.array(0) }
        let ranks = query.ranks(in: zset)
        if query.withScores {
            reply.array(2 * ranks.count)
            zset.forEach(ranks, reverse: query.reverse) { member, score in
                reply.bytes(member)
                reply.double(score)
                return true
            }
        } else {
            reply.array(ranks.count)
            zset.forEach(ranks, reverse: query.reverse) { member, _ in
                reply.bytes(member)
                return true
            }
        }
    }

    @Sendable static func zrange(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try range(a, &keys, &reply, unit: nil, reverse: nil)
    }

    @Sendable static func zrevrange(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try range(a, &keys, &reply, unit: .rank, reverse: true)
    }

    @Sendable static func zrangebyscore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try range(a, &keys, &reply, unit: .score, reverse: false)
    }

    @Sendable static func zrevrangebyscore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try range(a, &keys, &reply, unit: .score, reverse: true)
    }

    @Sendable static func zrangebylex(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try range(a, &keys, &reply, unit: .name, reverse: false)
    }

    @Sendable static func zrevrangebylex(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try range(a, &keys, &reply, unit: .name, reverse: true)
    }

    @Sendable static func zrangestore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let query = try SortedSetQuery(a, first: 2, unit: nil, reverse: nil, storing: true)
        // Aside, since the destination may be the source.
        var result = MemberTable()
        var ranks = 0..<0
        keys.isReading = true
        if let zset = try keys.sortedSet(a[1], .read) {
            ranks = query.ranks(in: zset)
            zset.forEach(ranks, reverse: false) { member, score in
                result.append(member, score)
                return true
            }
        }
        keys.isReading = false
        let change = keys.version(of: a[0])
        reply.integer(try result.store(at: a[0], "zrangestore", in: &keys))
        guard query.isByName, keys.isJournalled, keys.version(of: a[0]) != change else { return }
        if ranks.isEmpty { return keys.effect("DEL", a[0]) }
        keys.effect(5) { batch in
            batch.append("ZRANGESTORE")
            batch.append(a[0])
            batch.append(a[1])
            batch.append(decimal: Int64(ranks.lowerBound))
            batch.append(decimal: Int64(ranks.upperBound - 1))
        }
    }

    @Sendable static func zcount(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let range = try ScoreRange(min: a[1], max: a[2])
        guard let zset = try keys.sortedSet(a[0], .read) else { return reply.integer(0) }
        reply.integer(range.ranks(in: zset).count)
    }

    @Sendable static func zlexcount(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let range = try LexRange(min: a[1], max: a[2])
        guard let zset = try keys.sortedSet(a[0], .read) else { return reply.integer(0) }
        reply.integer(range.ranks(in: zset).count)
    }

    // MARK: Removing

    private static func remove(
        _ ranks: Range<Int>, from zset: K.SortedSet, _ event: StaticString, _ key: ByteView, _ keys: inout K,
        _ reply: inout Reply
    ) {
        if !ranks.isEmpty {
            zset.remove(ranks)
            keys.eventOfRemoval(.sortedSet, event, key, left: zset.count)
        }
        reply.integer(ranks.count)
    }

    @Sendable static func zremrangebyrank(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let range = RankRange(start: try a.integer(1), stop: try a.integer(2))
        guard let zset = try keys.sortedSet(a[0], .write) else { return reply.integer(0) }
        let ranks = range.ranks(count: zset.count, reverse: false)
        remove(ranks, from: zset, "zremrangebyrank", a[0], &keys, &reply)
    }

    @Sendable static func zremrangebyscore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let range = try ScoreRange(min: a[1], max: a[2])
        guard let zset = try keys.sortedSet(a[0], .write) else { return reply.integer(0) }
        remove(range.ranks(in: zset), from: zset, "zremrangebyscore", a[0], &keys, &reply)
    }

    @Sendable static func zremrangebylex(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let range = try LexRange(min: a[1], max: a[2])
        guard let zset = try keys.sortedSet(a[0], .write) else { return reply.integer(0) }
        let ranks = range.ranks(in: zset)
        remove(ranks, from: zset, "zremrangebylex", a[0], &keys, &reply)
        if ranks.isEmpty { return }
        // By rank: where scores differ, what a range by name holds is up to how it is searched for.
        keys.effect(4) { batch in
            batch.append("ZREMRANGEBYRANK")
            batch.append(a[0])
            batch.append(decimal: Int64(ranks.lowerBound))
            batch.append(decimal: Int64(ranks.upperBound - 1))
        }
    }

    // MARK: Table

    static var table: [Command<K>] {
        [
            Command(
                "ZCOUNT", arity: 4, [.readonly, .fast], keys: .first, family: .sortedSet,
                syntax: "key min max",
                summary: "Count the members in a sorted set with scores within the given values",
                complexity: "O(log(N)) with N being the number of elements in the sorted set.",
                since: "2.0.0", run: zcount),
            Command(
                "ZLEXCOUNT", arity: 4, [.readonly, .fast], keys: .first, family: .sortedSet,
                syntax: "key min max",
                summary: "Count the number of members in a sorted set between a given lexicographical range",
                complexity: "O(log(N)) with N being the number of elements in the sorted set.",
                since: "2.8.9", run: zlexcount),
            Command(
                "ZRANGE", arity: -4, [.readonly], keys: .first, family: .sortedSet,
                syntax: "key start stop [BYSCORE|BYLEX] [REV] [LIMIT offset count] [WITHSCORES]",
                summary: "Return a range of members in a sorted set",
                complexity:
                    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
                since: "1.2.0", run: zrange),
            Command(
                "ZRANGEBYLEX", arity: -4, [.readonly], keys: .first, family: .sortedSet,
                syntax: "key min max [LIMIT offset count]",
                summary: "Return a range of members in a sorted set, by lexicographical range",
                complexity:
                    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
                since: "2.8.9", run: zrangebylex),
            Command(
                "ZRANGEBYSCORE", arity: -4, [.readonly], keys: .first, family: .sortedSet,
                syntax: "key min max [WITHSCORES] [LIMIT offset count]",
                summary: "Return a range of members in a sorted set, by score",
                complexity:
                    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
                since: "1.0.5", run: zrangebyscore),
            Command(
                "ZRANGESTORE", arity: -5, [.write, .denyoom], keys: .firstTwo, family: .sortedSet,
                syntax: "dst src min max [BYSCORE|BYLEX] [REV] [LIMIT offset count]",
                summary: "Store a range of members from sorted set into another key",
                complexity:
                    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements stored into the destination key.",
                since: "6.2.0", run: zrangestore),
            Command(
                "ZREMRANGEBYLEX", arity: 4, [.write], keys: .first, family: .sortedSet, syntax: "key min max",
                summary: "Remove all members in a sorted set between the given lexicographical range",
                complexity:
                    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
                since: "2.8.9", run: zremrangebylex),
            Command(
                "ZREMRANGEBYRANK", arity: 4, [.write], keys: .first, family: .sortedSet,
                syntax: "key start stop",
                summary: "Remove all members in a sorted set within the given indexes",
                complexity:
                    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
                since: "2.0.0", run: zremrangebyrank),
            Command(
                "ZREMRANGEBYSCORE", arity: 4, [.write], keys: .first, family: .sortedSet,
                syntax: "key min max",
                summary: "Remove all members in a sorted set within the given scores",
                complexity:
                    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
                since: "1.2.0", run: zremrangebyscore),
            Command(
                "ZREVRANGE", arity: -4, [.readonly], keys: .first, family: .sortedSet,
                syntax: "key start stop [WITHSCORES]",
                summary:
                    "Return a range of members in a sorted set, by index, with scores ordered from high to low",
                complexity:
                    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
                since: "1.2.0", run: zrevrange),
            Command(
                "ZREVRANGEBYLEX", arity: -4, [.readonly], keys: .first, family: .sortedSet,
                syntax: "key max min [LIMIT offset count]",
                summary:
                    "Return a range of members in a sorted set, by lexicographical range, ordered from higher to lower strings.",
                complexity:
                    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
                since: "2.8.9", run: zrevrangebylex),
            Command(
                "ZREVRANGEBYSCORE", arity: -4, [.readonly], keys: .first, family: .sortedSet,
                syntax: "key max min [WITHSCORES] [LIMIT offset count]",
                summary:
                    "Return a range of members in a sorted set, by score, with scores ordered from high to low",
                complexity:
                    "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
                since: "2.2.0", run: zrevrangebyscore),
        ]
    }
}
