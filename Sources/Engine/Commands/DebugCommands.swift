internal import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// DEBUG: the parts that tests need. Unlike containers it answers one error for an unknown subcommand and
/// for a wrong number of arguments, as Redis does.
enum DebugCommands<K: Keyspace & ~Copyable> {
    @Sendable static func debug(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard keys.context.settings.debugCommand else {
            return reply.error(
                "ERR DEBUG command not allowed. Start the server with --enable-debug-command to allow it.")
        }
        if a.count == 1, a.matches(0, "HELP") {
            help(&reply)
        } else if a.count == 2, a.matches(0, "SLEEP") {
            sleep(seconds: parseScoreBound(a[1]) ?? 0)
            reply.ok()
        } else if a.count == 2, a.matches(0, "OBJECT") {
            try object(a[1], &keys, &reply)
        } else if a.count == 1, a.matches(0, "RELOAD") {
            guard keys.afterwards(.reload) else {
                return reply.error("ERR DEBUG RELOAD is not allowed inside a transaction")
            }
            reply.ok()
        } else if a.count == 2, a.matches(0, "SET-ACTIVE-EXPIRE") {
            keys.context.settings.activeExpire = (parseInt64(a[1]) ?? 0) != 0
            reply.ok()
        } else {
            reply.error(
                "ERR unknown subcommand or wrong number of arguments for '\(a[0].excerpt())'. "
                    + "Try DEBUG HELP.")
        }
    }

    /// Sleeps with every lock held: what the command is for.
    private static func sleep(seconds: Double) {
        guard seconds > 0 else { return }
        let whole = min(seconds, 1e9)
        var left = timespec(
            tv_sec: Int(whole), tv_nsec: Int((whole - whole.rounded(.down)) * 1e9))
        // A signal interrupts it with what is left.
        var rest = timespec()
        while nanosleep(&left, &rest) != 0, errno == EINTR { left = rest }
    }

    private static func object(
        _ key: ByteView, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let info = keys.info(of: key) else { throw .noSuchKey }
        let seconds = Int(keys.now / 1000) - info.idleSeconds
        var text = ByteBuffer()
        text.append("Value at:0x0 refcount:1 encoding:")
        text.append(info.encoding)
        text.append(" serializedlength:\(info.memory) lru:\(seconds & 0xFF_FFFF)")
        text.append(" lru_seconds_idle:\(info.idleSeconds)")
        reply.status(text.view)
    }

    private static func help(_ reply: inout Reply) {
        reply.help(
            "DEBUG",
            [
                "OBJECT <key>",
                "    Show low level info about `key` and associated value; serializedlength is its",
                "    size in memory.",
                "RELOAD",
                "    Save the RDB on disk and reload it back to memory.",
                "SET-ACTIVE-EXPIRE <0|1>",
                "    Setting it to 0 disables expiring keys in background when they are not",
                "    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the",
                "    default.",
                "SLEEP <seconds>",
                "    Stop the server for <seconds>. Decimals allowed.",
            ])
    }

    static var table: [Command<K>] {
        [
            Command(
                "DEBUG", arity: -2, [.admin, .loading, .dangerous, .allKeys], family: .server,
                syntax: "OBJECT key | RELOAD | SET-ACTIVE-EXPIRE 0|1 | SLEEP seconds | HELP",
                summary: "A container for debugging commands", complexity: "Depends on subcommand.",
                since: "1.0.0", run: debug)
        ]
    }
}
