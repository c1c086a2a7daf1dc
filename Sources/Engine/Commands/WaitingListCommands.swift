internal import Bytes

/// The commands that wait for an element of a list: BLPOP, BRPOP, BLMPOP, BLMOVE, BRPOPLPUSH.
enum WaitingListCommands<K: Keyspace & ~Copyable> {
    @Sendable
    static func blpop(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try pop(.left, "LPOP", a, &keys, &reply)
    }

    @Sendable
    static func brpop(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try pop(.right, "RPOP", a, &keys, &reply)
    }

    private static func pop(
        _ end: ListEnd, _ effect: StaticString, _ a: borrowing Arguments, _ keys: inout K,
        _ reply: inout Reply
    ) throws(CommandError) {
        let milliseconds = try waitingTime(a[a.count - 1])
        for index in 0..<a.count - 1 {
            guard let list = try keys.list(a[index], .write), list.count > 0 else { continue }
            reply.array(2)
            reply.bytes(a[index])
            ListCommands.popOne(end, list, a[index], &keys, &reply)
            return keys.effect(effect, a[index])
        }
        reply.nullArray()
        keys.wait(for: .list, milliseconds: milliseconds)
    }

    @Sendable
    static func blmpop(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let wanted = try ListCommands<K>.MultiplePop(a.dropFirst(1))
        // Read last, as in Redis.
        let milliseconds = try waitingTime(a[0])
        guard let popped = try ListCommands.popFirst(wanted, a.dropFirst(1), &keys, &reply) else {
            return keys.wait(for: .list, milliseconds: milliseconds)
        }
        keys.effect(3) { batch in
            batch.append(wanted.end == .left ? "LPOP" : "RPOP")
            batch.append(popped.key)
            batch.append(decimal: Int64(popped.count))
        }
    }

    @Sendable
    static func blmove(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let from = ListEnd(a[2]), let to = ListEnd(a[3]) else { throw .syntax }
        let milliseconds = try waitingTime(a[4])
        guard try ListCommands.move(a, from, to, &keys, &reply) else {
            return keys.wait(for: .list, milliseconds: milliseconds)
        }
        keys.effect("LMOVE", a[0], a[1], a[2], a[3])
    }

    @Sendable
    static func brpoplpush(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let milliseconds = try waitingTime(a[2])
        guard try ListCommands.move(a, .right, .left, &keys, &reply) else {
            return keys.wait(for: .list, milliseconds: milliseconds)
        }
        keys.effect("RPOPLPUSH", a[0], a[1])
    }

    static var table: [Command<K>] {
        [
            Command(
                "BLMOVE", arity: 6, [.write, .denyoom, .blocking], keys: .firstTwo, family: .list,
                syntax: "source destination <LEFT | RIGHT> <LEFT | RIGHT> timeout",
                summary:
                    "Pop an element from a list, push it to another list and return it; or block until one is available",
                complexity: "O(1)", since: "6.2.0", run: blmove),
            Command(
                "BLMPOP", arity: -5, [.write, .blocking], keys: .counted(count: 1, also: nil), family: .list,
                syntax: "timeout numkeys key [key ...] <LEFT | RIGHT> [COUNT count]",
                summary: "Pop elements from a list, or block until one is available",
                complexity:
                    "O(N+M) where N is the number of provided keys and M is the number of elements returned.",
                since: "7.0.0", run: blmpop),
            Command(
                "BLPOP", arity: -3, [.write, .blocking], keys: .range(first: 0, last: -2, step: 1),
                family: .list, syntax: "key [key ...] timeout",
                summary: "Remove and get the first element in a list, or block until one is available",
                complexity: "O(N) where N is the number of provided keys.", since: "2.0.0", run: blpop),
            Command(
                "BRPOP", arity: -3, [.write, .blocking], keys: .range(first: 0, last: -2, step: 1),
                family: .list, syntax: "key [key ...] timeout",
                summary: "Remove and get the last element in a list, or block until one is available",
                complexity: "O(N) where N is the number of provided keys.", since: "2.0.0", run: brpop),
            Command(
                "BRPOPLPUSH", arity: 4, [.write, .denyoom, .blocking], keys: .firstTwo, family: .list,
                syntax: "source destination timeout",
                summary:
                    "Pop an element from a list, push it to another list and return it; or block until one is available",
                complexity: "O(1)", since: "2.2.0", run: brpoplpush),
        ]
    }
}
