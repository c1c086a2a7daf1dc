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
        if let zset = try keys.sortedSet(a[1], .read) {
            zset.forEach(query.ranks(in: zset), reverse: false) { member, score in
                result.append(member, score)
                return true
            }
        }
        reply.integer(try result.store(at: a[0], in: &keys))
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

    private static func remove(_ ranks: Range<Int>, from zset: K.SortedSet, _ reply: inout Reply) {
        if !ranks.isEmpty { zset.remove(ranks) }
        reply.integer(ranks.count)
    }

    @Sendable static func zremrangebyrank(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let range = RankRange(start: try a.integer(1), stop: try a.integer(2))
        guard let zset = try keys.sortedSet(a[0], .write) else { return reply.integer(0) }
        remove(range.ranks(count: zset.count, reverse: false), from: zset, &reply)
    }

    @Sendable static func zremrangebyscore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let range = try ScoreRange(min: a[1], max: a[2])
        guard let zset = try keys.sortedSet(a[0], .write) else { return reply.integer(0) }
        remove(range.ranks(in: zset), from: zset, &reply)
    }

    @Sendable static func zremrangebylex(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let range = try LexRange(min: a[1], max: a[2])
        guard let zset = try keys.sortedSet(a[0], .write) else { return reply.integer(0) }
        remove(range.ranks(in: zset), from: zset, &reply)
    }
}
