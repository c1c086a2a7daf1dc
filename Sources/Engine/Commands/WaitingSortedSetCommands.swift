internal import Bytes

/// The commands that wait for a member of a sorted set: BZPOPMIN, BZPOPMAX, BZMPOP.
enum WaitingSortedSetCommands<K: Keyspace & ~Copyable> {
    @Sendable
    static func bzpopmin(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try pop(highest: false, a, &keys, &reply)
    }

    @Sendable
    static func bzpopmax(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try pop(highest: true, a, &keys, &reply)
    }

    private static func pop(
        highest: Bool, _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let milliseconds = try waitingTime(a[a.count - 1])
        for index in 0..<a.count - 1 {
            guard let zset = try keys.sortedSet(a[index], .write), zset.count > 0 else { continue }
            reply.array(3)
            reply.bytes(a[index])
            SortedSetPops.takeOne(highest: highest, from: zset, a[index], &keys, &reply)
            return keys.effect(highest ? "ZPOPMAX" : "ZPOPMIN", a[index])
        }
        reply.nullArray()
        keys.wait(for: .sortedSet, milliseconds: milliseconds)
    }

    @Sendable
    static func bzmpop(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let wanted = try SortedSetPops<K>.MultiplePop(a.dropFirst(1))
        // Read last, as in Redis.
        let milliseconds = try waitingTime(a[0])
        guard let popped = try SortedSetPops.popFirst(wanted, a.dropFirst(1), &keys, &reply) else {
            return keys.wait(for: .sortedSet, milliseconds: milliseconds)
        }
        keys.effect(3) { batch in
            batch.append(wanted.highest ? "ZPOPMAX" : "ZPOPMIN")
            batch.append(popped.key)
            batch.append(decimal: popped.count)
        }
    }

    static var table: [Command<K>] {
        [
            Command(
                "BZMPOP", arity: -5, [.write, .blocking], keys: .counted(count: 1, also: nil),
                family: .sortedSet, syntax: "timeout numkeys key [key ...] MIN|MAX [COUNT count]",
                summary:
                    "Remove and return members with scores in a sorted set or block until one is available",
                complexity:
                    "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
                since: "7.0.0", run: bzmpop),
            Command(
                "BZPOPMAX", arity: -3, [.write, .fast, .blocking], keys: .range(first: 0, last: -2, step: 1),
                family: .sortedSet, syntax: "key [key ...] timeout",
                summary:
                    "Remove and return the member with the highest score from one or more sorted sets, or block until one is available",
                complexity: "O(log(N)) with N being the number of elements in the sorted set.",
                since: "5.0.0", run: bzpopmax),
            Command(
                "BZPOPMIN", arity: -3, [.write, .fast, .blocking], keys: .range(first: 0, last: -2, step: 1),
                family: .sortedSet, syntax: "key [key ...] timeout",
                summary:
                    "Remove and return the member with the lowest score from one or more sorted sets, or block until one is available",
                complexity: "O(log(N)) with N being the number of elements in the sorted set.",
                since: "5.0.0", run: bzpopmin),
        ]
    }
}
