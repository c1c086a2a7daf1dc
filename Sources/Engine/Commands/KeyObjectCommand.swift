internal import Bytes

/// OBJECT: how a value is kept.
enum KeyObjectCommand<K: Keyspace & ~Copyable> {
    @Sendable static func object(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        if a.matches(0, "HELP") {
            guard a.count == 1 else { return reply.wrongArity("OBJECT|HELP") }
            return help(&reply)
        }
        if a.matches(0, "ENCODING") {
            guard a.count == 2 else { return reply.wrongArity("OBJECT|ENCODING") }
            guard let info = keys.info(of: a[1]) else { return reply.null() }
            reply.bytes(info.encoding)
        } else if a.matches(0, "IDLETIME") {
            guard a.count == 2 else { return reply.wrongArity("OBJECT|IDLETIME") }
            guard let info = keys.info(of: a[1]) else { return reply.null() }
            reply.integer(info.idleSeconds)
        } else if a.matches(0, "REFCOUNT") {
            guard a.count == 2 else { return reply.wrongArity("OBJECT|REFCOUNT") }
            guard keys.peekType(of: a[1]) != nil else { return reply.null() }
            // Redis shares small integers, and then answers INT_MAX; nothing is shared here.
            reply.integer(1)
        } else if a.matches(0, "FREQ") {
            guard a.count == 2 else { return reply.wrongArity("OBJECT|FREQ") }
            guard keys.peekType(of: a[1]) != nil else { return reply.null() }
            throw .noLFU
        } else {
            reply.error("ERR unknown subcommand '\(a[0].excerpt())'. Try OBJECT HELP.")
        }
    }

    private static func help(_ reply: inout Reply) {
        let lines: [StaticString] = [
            "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
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
            "HELP",
            "    Prints this help.",
        ]
        reply.array(lines.count)
        for line in lines { reply.status(line) }
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
                since: "2.2.3", subcommands: ["ENCODING", "FREQ", "HELP", "IDLETIME", "REFCOUNT"], run: object
            )
        ]
    }
}
