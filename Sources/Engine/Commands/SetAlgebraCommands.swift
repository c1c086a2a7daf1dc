internal import Bytes

/// The commands that combine sets: SDIFF, SINTER, SUNION, their STORE forms and SINTERCARD.
enum SetAlgebraCommands<K: Keyspace & ~Copyable> {
    // MARK: Answered

    @Sendable
    static func sdiff(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let sets = try open(a, from: 0, &keys)
        answer(&reply) { visit in difference(sets, visit) }
    }

    @Sendable
    static func sinter(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let sets = try open(a, from: 0, &keys)
        answer(&reply) { visit in intersection(sets, visit) }
    }

    @Sendable
    static func sunion(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let sets = try open(a, from: 0, &keys)
        answer(&reply) { visit in union(sets, visit) }
    }

    /// Answers what `combine` visits as an array.
    private static func answer(
        _ reply: inout Reply, _ combine: ((ByteView) -> Bool) -> Void
    ) {
        let start = reply.beginArray()
        var count = 0
        combine {
            reply.bytes($0)
            count += 1
            return true
        }
        reply.endArray(start, count: count)
    }

    @Sendable
    static func sintercard(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let number = parseInt64(a[0]), number > 0 else { throw .numkeysNotPositive }
        guard number < Int64(a.count) else { throw .tooManyKeys }
        let end = Int(number) + 1
        var limit: Int64 = 0
        for i in stride(from: end, to: a.count, by: 2) {
            guard i + 1 < a.count, a.matches(i, "LIMIT") else { throw .syntax }
            limit = try a.integer(i + 1, or: .limitNegative)
            guard limit >= 0 else { throw .limitNegative }
        }
        let sets = try open(a, from: 1, to: end, &keys)
        var count: Int64 = 0
        intersection(sets) { _ in
            count += 1
            return count != limit
        }
        reply.integer(count)
    }

    // MARK: Stored

    @Sendable
    static func sdiffstore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let sets = try openSources(a, &keys)
        try store(a[0], "sdiffstore", &keys, &reply) { visit in difference(sets, visit) }
    }

    @Sendable
    static func sinterstore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let sets = try openSources(a, &keys)
        try store(a[0], "sinterstore", &keys, &reply) { visit in intersection(sets, visit) }
    }

    @Sendable
    static func sunionstore(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let sets = try openSources(a, &keys)
        try store(a[0], "sunionstore", &keys, &reply) { visit in union(sets, visit) }
    }

    /// The sets that are combined and stored.
    private static func openSources(
        _ a: borrowing Arguments, _ keys: inout K
    ) throws(CommandError) -> [K.Set?] {
        keys.isReading = true
        defer { keys.isReading = false }
        return try open(a, from: 1, &keys)
    }

    /// Puts what `combine` visits aside (the destination may be one of the sources), then stores it in
    /// place of whatever the destination holds.
    private static func store(
        _ destination: ByteView, _ event: StaticString, _ keys: inout K, _ reply: inout Reply,
        _ combine: ((ByteView) -> Bool) -> Void
    ) throws(CommandError) {
        var result = ByteRuns()
        combine {
            result.append($0)
            return true
        }
        if result.isEmpty {
            if keys.remove(destination) { keys.event(.generic, "del", destination) }
        } else {
            let set = try keys.set(destination, .replace)!
            for i in 0..<result.count { set.insert(result[i]) }
            keys.event(.set, event, destination)
        }
        reply.integer(result.count)
    }

    // MARK: Combining

    /// The sets of the keys from `first` to before `end`, nil for those that are missing.
    /// - Throws: `.wrongType`, also where another key is missing.
    private static func open(
        _ a: borrowing Arguments, from first: Int, to end: Int? = nil, _ keys: inout K
    ) throws(CommandError) -> [K.Set?] {
        var sets: [K.Set?] = []
        for i in first..<(end ?? a.count) { sets.append(try keys.set(a[i], .read)) }
        return sets
    }

    /// Visits what every set has: walks the smallest and asks the others, smaller ones first, since they
    /// are likelier to refuse. O(smallest × sets).
    private static func intersection(_ sets: [K.Set?], _ visit: (ByteView) -> Bool) {
        let present = sets.compactMap { $0 }
        guard present.count == sets.count else { return }
        let ordered = present.sorted { $0.count < $1.count }
        ordered[0].forEach { member in
            for other in ordered.dropFirst() where !other.contains(member) { return true }
            return visit(member)
        }
    }

    /// Visits what the first set has and no other: walks the first and asks the others, larger ones
    /// first, since they are likelier to have it. O(first × sets).
    private static func difference(_ sets: [K.Set?], _ visit: (ByteView) -> Bool) {
        guard let first = sets[0] else { return }
        let others = sets.dropFirst().compactMap { $0 }.sorted { $0.count > $1.count }
        first.forEach { member in
            for other in others where other.contains(member) { return true }
            return visit(member)
        }
    }

    /// Visits what any set has, once. O(members of all sets).
    private static func union(_ sets: [K.Set?], _ visit: (ByteView) -> Bool) {
        let present = sets.compactMap { $0 }
        guard present.count > 1 else {
            present.first?.forEach(visit)
            return
        }
        var seen = ByteSet()
        for set in present {
            set.forEach { member in
                if seen.insert(member) { _ = visit(member) }
                return true
            }
        }
    }

    static var table: [Command<K>] {
        [
            Command(
                "SDIFF", arity: -2, [.readonly], keys: .all, family: .set, syntax: "key [key ...]",
                summary: "Subtract multiple sets",
                complexity: "O(N) where N is the total number of elements in all given sets.",
                since: "1.0.0", run: sdiff),
            Command(
                "SDIFFSTORE", arity: -3, [.write, .denyoom], keys: .all, family: .set,
                syntax: "destination key [key ...]",
                summary: "Subtract multiple sets and store the resulting set in a key",
                complexity: "O(N) where N is the total number of elements in all given sets.",
                since: "1.0.0", run: sdiffstore),
            Command(
                "SINTER", arity: -2, [.readonly], keys: .all, family: .set, syntax: "key [key ...]",
                summary: "Intersect multiple sets",
                complexity:
                    "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.",
                since: "1.0.0", run: sinter),
            Command(
                "SINTERCARD", arity: -3, [.readonly], keys: .counted(count: 0, also: nil), family: .set,
                syntax: "numkeys key [key ...] [LIMIT limit]",
                summary: "Intersect multiple sets and return the cardinality of the result",
                complexity:
                    "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.",
                since: "7.0.0", run: sintercard),
            Command(
                "SINTERSTORE", arity: -3, [.write, .denyoom], keys: .all, family: .set,
                syntax: "destination key [key ...]",
                summary: "Intersect multiple sets and store the resulting set in a key",
                complexity:
                    "O(N*M) worst case where N is the cardinality of the smallest set and M is the number of sets.",
                since: "1.0.0", run: sinterstore),
            Command(
                "SUNION", arity: -2, [.readonly], keys: .all, family: .set, syntax: "key [key ...]",
                summary: "Add multiple sets",
                complexity: "O(N) where N is the total number of elements in all given sets.",
                since: "1.0.0", run: sunion),
            Command(
                "SUNIONSTORE", arity: -3, [.write, .denyoom], keys: .all, family: .set,
                syntax: "destination key [key ...]",
                summary: "Add multiple sets and store the resulting set in a key",
                complexity: "O(N) where N is the total number of elements in all given sets.",
                since: "1.0.0", run: sunionstore),
        ]
    }
}
