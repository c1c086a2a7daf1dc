internal import Bytes

/// ZPOPMIN, ZPOPMAX, ZMPOP.
enum SortedSetPops<K: Keyspace & ~Copyable> {
    /// Removes up to `count` members from an end and answers them: as pairs, or flat.
    private static func pop(
        _ count: Int64, highest: Bool, pairs: Bool, from zset: K.SortedSet, _ key: ByteView, _ keys: inout K,
        _ reply: inout Reply
    ) {
        let size = zset.count
        let taken = Int(min(count, Int64(size)))
        let ranks = highest ? size - taken..<size : 0..<taken
        reply.array(pairs ? taken : 2 * taken)
        take(ranks, highest: highest, pairs: pairs, from: zset, key, &keys, &reply)
    }

    /// Removes the member at an end of a sorted set that has one, and answers it and its score, without an array
    /// around them.
    static func takeOne(
        highest: Bool, from zset: K.SortedSet, _ key: ByteView, _ keys: inout K, _ reply: inout Reply
    ) {
        let rank = highest ? zset.count - 1 : 0
        take(rank..<rank + 1, highest: highest, pairs: false, from: zset, key, &keys, &reply)
    }

    private static func take(
        _ ranks: Range<Int>, highest: Bool, pairs: Bool, from zset: K.SortedSet, _ key: ByteView,
        _ keys: inout K, _ reply: inout Reply
    ) {
        zset.forEach(ranks, reverse: highest) { member, score in
            if pairs { reply.array(2) }
            reply.bytes(member)
            reply.double(score)
            return true
        }
        if ranks.isEmpty { return }
        zset.remove(ranks)
        keys.eventOfRemoval(.sortedSet, highest ? "zpopmax" : "zpopmin", key, left: zset.count)
    }

    private static func popEnd(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply, highest: Bool
    ) throws(CommandError) {
        if a.count > 2 { throw .syntax }
        let count = a.count == 2 ? try a.integer(1, or: .notPositive) : 1
        if count < 0 { throw .notPositive }
        guard let zset = try keys.sortedSet(a[0], .write) else { return reply.array(0) }
        pop(count, highest: highest, pairs: false, from: zset, a[0], &keys, &reply)
    }

    @Sendable static func zpopmin(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try popEnd(a, &keys, &reply, highest: false)
    }

    @Sendable static func zpopmax(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try popEnd(a, &keys, &reply, highest: true)
    }

    @Sendable static func zmpop(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        _ = try popFirst(MultiplePop(a), a, &keys, &reply)
    }

    /// What ZMPOP's arguments ask for: up to `count` members from an end of the first sorted set that is not empty, of
    /// so many whose keys are the arguments from 1 on.
    struct MultiplePop {
        let keys: ClosedRange<Int>
        let highest: Bool
        let count: Int64

        init(_ a: borrowing Arguments) throws(CommandError) {
            let numkeys = try a.integer(0, or: .numkeysNotPositive)
            if numkeys < 1 { throw .numkeysNotPositive }
            if numkeys > Int64(a.count - 2) { throw .syntax }
            let end = Int(numkeys) + 1
            highest = a.matches(end, "MAX")
            if !highest, !a.matches(end, "MIN") { throw .syntax }
            var count: Int64?
            var index = end + 1
            while index < a.count {
                guard count == nil, index + 1 < a.count, a.matches(index, "COUNT") else { throw .syntax }
                let value = try a.integer(index + 1, or: .popCountNotPositive)
                if value < 1 { throw .popCountNotPositive }
                count = value
                index += 2
            }
            keys = 1...Int(numkeys)
            self.count = count ?? 1
        }
    }

    /// Answers what ZMPOP does.
    /// - Returns: what it has taken; nil where all sorted sets are empty.
    static func popFirst(
        _ wanted: MultiplePop, _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) -> (key: ByteView, count: Int64)? {
        for index in wanted.keys {
            guard let zset = try keys.sortedSet(a[index], .write) else { continue }
            reply.array(2)
            reply.bytes(a[index])
            let taken = min(wanted.count, Int64(zset.count))
            pop(taken, highest: wanted.highest, pairs: true, from: zset, a[index], &keys, &reply)
            return (a[index], taken)
        }
        reply.nullArray()
        return nil
    }

    // MARK: Table

    static var table: [Command<K>] {
        [
            Command(
                "ZMPOP", arity: -4, [.write], keys: .counted(count: 0, also: nil), family: .sortedSet,
                syntax: "numkeys key [key ...] MIN|MAX [COUNT count]",
                summary: "Remove and return members with scores in a sorted set",
                complexity:
                    "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
                since: "7.0.0", run: zmpop),
            Command(
                "ZPOPMAX", arity: -2, [.write, .fast], keys: .first, family: .sortedSet,
                syntax: "key [count]",
                summary: "Remove and return members with the highest scores in a sorted set",
                complexity:
                    "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
                since: "5.0.0", run: zpopmax),
            Command(
                "ZPOPMIN", arity: -2, [.write, .fast], keys: .first, family: .sortedSet,
                syntax: "key [count]",
                summary: "Remove and return members with the lowest scores in a sorted set",
                complexity:
                    "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
                since: "5.0.0", run: zpopmin),
        ]
    }
}
