internal import Bytes

/// The commands of one set, and SMOVE; those that combine sets are in `SetAlgebraCommands`, those that
/// choose members at random or walk them in `SetWalkCommands`.
enum SetCommands<K: Keyspace & ~Copyable> {
    @Sendable
    static func sadd(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let set = try keys.set(a[0], .create)!
        var added = 0
        for i in 1..<a.count where set.insert(a[i]) { added += 1 }
        if added > 0 { keys.event(.set, "sadd", a[0]) }
        reply.integer(added)
    }

    @Sendable
    static func scard(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(try keys.set(a[0], .read)?.count ?? 0)
    }

    @Sendable
    static func sismember(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(try keys.set(a[0], .read)?.contains(a[1]) ?? false)
    }

    @Sendable
    static func smismember(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let set = try keys.set(a[0], .read)
        reply.array(a.count - 1)
        for i in 1..<a.count { reply.integer(set?.contains(a[i]) ?? false) }
    }

    @Sendable
    static func smove(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let member = a[2]
        guard let source = try keys.set(a[0], .write) else { return reply.integer(0) }
        if a[0] == a[1] { return reply.integer(source.contains(member)) }
        // The destination's type is checked even where there is nothing to move.
        _ = try keys.set(a[1], .read)
        guard source.remove(member) else { return reply.integer(0) }
        keys.eventOfRemoval(.set, "srem", a[0], left: source.count)
        if try keys.set(a[1], .create)!.insert(member) { keys.event(.set, "sadd", a[1]) }
        reply.integer(1)
    }

    @Sendable
    static func srem(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let set = try keys.set(a[0], .write) else { return reply.integer(0) }
        var removed = 0
        for i in 1..<a.count where set.remove(a[i]) { removed += 1 }
        if removed > 0 { keys.eventOfRemoval(.set, "srem", a[0], left: set.count) }
        reply.integer(removed)
    }

    /// The family's commands, those of `SetAlgebraCommands` and `SetWalkCommands` included.
    static var table: [Command<K>] {
        [
            Command(
                "SADD", arity: -3, [.write, .denyoom, .fast], keys: .first, family: .set,
                syntax: "key member [member ...]", summary: "Add one or more members to a set",
                complexity:
                    "O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.",
                since: "1.0.0", run: sadd),
            Command(
                "SCARD", arity: 2, [.readonly, .fast], keys: .first, family: .set, syntax: "key",
                summary: "Get the number of members in a set", complexity: "O(1)", since: "1.0.0",
                run: scard),
            Command(
                "SISMEMBER", arity: 3, [.readonly, .fast], keys: .first, family: .set,
                syntax: "key member", summary: "Determine if a given value is a member of a set",
                complexity: "O(1)", since: "1.0.0", run: sismember),
            Command(
                "SMISMEMBER", arity: -3, [.readonly, .fast], keys: .first, family: .set,
                syntax: "key member [member ...]",
                summary: "Returns the membership associated with the given elements for a set",
                complexity: "O(N) where N is the number of elements being checked for membership",
                since: "6.2.0", run: smismember),
            Command(
                "SMOVE", arity: 4, [.write, .fast], keys: .firstTwo, family: .set,
                syntax: "source destination member", summary: "Move a member from one set to another",
                complexity: "O(1)", since: "1.0.0", run: smove),
            Command(
                "SREM", arity: -3, [.write, .fast], keys: .first, family: .set,
                syntax: "key member [member ...]", summary: "Remove one or more members from a set",
                complexity: "O(N) where N is the number of members to be removed.", since: "1.0.0",
                run: srem),
        ] + SetAlgebraCommands<K>.table + SetWalkCommands<K>.table
    }
}
