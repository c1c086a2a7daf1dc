internal import Bytes

/// OBJECT: how a value is kept.
enum KeyObjectCommand<K: Keyspace & ~Copyable> {
    private static var subcommands: [Subcommand<K>] {
        [
            Subcommand("ENCODING", arity: 3, run: encoding),
            Subcommand("FREQ", arity: 3, run: frequency),
            Subcommand("HELP", arity: 2, run: help),
            Subcommand("IDLETIME", arity: 3, run: idleTime),
            Subcommand("REFCOUNT", arity: 3, run: referenceCount),
        ]
    }

    @Sendable static func object(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        // What it looks at is not read.
        keys.isReading = false
        try Subcommand.dispatch(subcommands, of: "OBJECT", a, &keys, &reply)
    }

    @Sendable private static func encoding(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let info = keys.info(of: a[0]) else { return reply.null() }
        reply.bytes(info.encoding)
    }

    @Sendable private static func idleTime(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let info = keys.info(of: a[0]) else { return reply.null() }
        reply.integer(info.idleSeconds)
    }

    @Sendable private static func referenceCount(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard keys.peekType(of: a[0]) != nil else { return reply.null() }
        // Redis shares small integers, and then answers INT_MAX; nothing is shared here.
        reply.integer(1)
    }

    @Sendable private static func frequency(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard keys.peekType(of: a[0]) != nil else { return reply.null() }
        throw .noLFU
    }

    @Sendable private static func help(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.help(
            "OBJECT",
            [
                "ENCODING <key>",
                "    Return the kind of internal representation used in order to store the value",
                "    associated with a <key>.",
                "FREQ <key>",
                "    Return the access frequency index of the <key>. The returned integer is",
                "    proportional to the logarithm of the recent access frequency of the key.",
                "IDLETIME <key>",
                "    Return the idle time of the <key>, that is the approximated number of",
                "    seconds elapsed since the last access to the key.",
                "REFCOUNT <key>",
                "    Return the number of references of the value associated with the specified",
                "    <key>.",
            ])
    }
}

extension KeyObjectCommand where K: ~Copyable {
    static var table: [Command<K>] {
        [
            Command(
                "OBJECT", arity: -2, [.readonly], keys: .range(first: 1, last: 1, step: 1), family: .generic,
                syntax: "ENCODING key | FREQ key | IDLETIME key | REFCOUNT key | HELP",
                summary: "A container for object introspection commands",
                complexity: "Depends on subcommand.",
                since: "2.2.3", subcommands: subcommands.map(\.info), run: object
            )
        ]
    }
}
