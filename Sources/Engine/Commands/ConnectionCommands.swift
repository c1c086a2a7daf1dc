internal import Bytes

/// PING, ECHO; TIME stands with the server's commands.
enum ConnectionCommands<K: Keyspace & ~Copyable> {
    @Sendable static func ping(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        switch a.count {
        case 0: reply.status("PONG")
        case 1: reply.bytes(a[0])
        default: reply.error("ERR wrong number of arguments for 'ping' command")
        }
    }

    @Sendable static func echo(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.bytes(a[0])
    }

    static var table: [Command<K>] {
        [
            Command(
                "ECHO", arity: 2, [.fast, .loading], family: .connection, syntax: "message",
                summary: "Echo the given string", complexity: "O(1)", since: "1.0.0", run: echo),
            Command(
                "PING", arity: -1, [.fast], family: .connection, syntax: "[message]",
                summary: "Ping the server", complexity: "O(1)", since: "1.0.0", run: ping),
        ]
    }
}
