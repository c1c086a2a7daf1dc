internal import Bytes

/// The commands that walk a set or choose from it at random: SMEMBERS, SPOP, SRANDMEMBER and SSCAN.
enum SetWalkCommands<K: Keyspace & ~Copyable> {
    @Sendable
    static func smembers(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let set = try keys.set(a[0], .read) else { return reply.array(0) }
        answerAll(set, &reply)
    }

    private static func answerAll(_ set: K.Set, _ reply: inout Reply) {
        reply.array(set.count)
        set.forEach {
            reply.bytes($0)
            return true
        }
    }

    @Sendable
    static func spop(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard a.count <= 2 else { throw .syntax }
        if a.count == 1 {
            guard let set = try keys.set(a[0], .write) else { return reply.null() }
            // The visitor must not change the set, and the view ends with it.
            var member = ByteBuffer()
            set.random { member.append($0) }
            set.remove(member.view)
            keys.effect("SREM", a[0], member.view)
            keys.eventOfRemoval(.set, "spop", a[0], left: set.count)
            return reply.bytes(member.view)
        }
        guard let count = parseInt64(a[1]), count >= 0 else { throw .notPositive }
        guard let set = try keys.set(a[0], .write) else { return reply.array(0) }
        if count > 0 { keys.event(.set, "spop", a[0]) }
        if count >= Int64(set.count) {
            answerAll(set, &reply)
            keys.removeTelling(a[0])
            return
        }
        var chosen = ByteRuns()
        RandomSelection.choose(Int(count), of: SetSource(base: set)) {
            chosen.append($0)
        }
        reply.array(chosen.count)
        for i in 0..<chosen.count {
            reply.bytes(chosen[i])
            set.remove(chosen[i])
        }
        keys.effect("SREM", a[0], count: chosen.count) { chosen[$0] }
    }

    @Sendable
    static func srandmember(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard a.count <= 2 else { throw .syntax }
        if a.count == 1 {
            guard let set = try keys.set(a[0], .read) else { return reply.null() }
            return set.random { reply.bytes($0) }
        }
        let count = try RandomSelection.count(a[1])
        guard let set = try keys.set(a[0], .read) else { return reply.array(0) }
        try RandomSelection.answer(
            count, of: SetSource(base: set), limit: keys.context.settings.maxStringLength, &reply
        ) { member, reply in reply.bytes(member) }
    }

    @Sendable
    static func sscan(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let cursor = try ScanOptions.cursor(a[1])
        guard let set = try keys.set(a[0], .read) else { return reply.scannedNothing() }
        let options = try ScanOptions(a, from: 2)
        var elements = reply.part()
        var count = 0
        let next = set.scan(from: cursor, count: options.count) { member in
            guard options.matches(member) else { return }
            elements.bytes(member)
            count += 1
        }
        reply.scanned(next: next, elements, count: count)
    }

    static var table: [Command<K>] {
        [
            Command(
                "SMEMBERS", arity: 2, [.readonly], keys: .first, family: .set, syntax: "key",
                summary: "Get all the members in a set",
                complexity: "O(N) where N is the set cardinality.", since: "1.0.0", run: smembers),
            Command(
                "SPOP", arity: -2, [.write, .fast, .random], keys: .first, family: .set,
                syntax: "key [count]",
                summary: "Remove and return one or multiple random members from a set",
                complexity:
                    "Without the count argument O(1), otherwise O(N) where N is the value of the passed count.",
                since: "1.0.0", run: spop),
            Command(
                "SRANDMEMBER", arity: -2, [.readonly, .random], keys: .first, family: .set,
                syntax: "key [count]", summary: "Get one or multiple random members from a set",
                complexity:
                    "Without the count argument O(1), otherwise O(N) where N is the absolute value of the passed count.",
                since: "1.0.0", run: srandmember),
            Command(
                "SSCAN", arity: -3, [.readonly], keys: .first, family: .set,
                syntax: "key cursor [MATCH pattern] [COUNT count]",
                summary: "Incrementally iterate Set elements",
                complexity:
                    "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection..",
                since: "2.8.0", run: sscan),
        ]
    }
}

/// Draws from a set.
struct SetSource<S: SetType>: DrawSource {
    let base: S

    var count: Int { base.count }

    func forEach(_ visit: (ByteView) -> Bool) { base.forEach(visit) }

    func random(_ visit: (ByteView) -> Void) { base.random(visit) }

    static func name(of element: ByteView) -> ByteView { element }
}
