internal import Bytes

/// PING, ECHO, and what clients say when they open or close a connection. Every request is by itself, so
/// these answer what a new connection to Redis would, and keep nothing. TIME stands with the server's
/// commands, CLIENT by itself.
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

    /// HELLO: replies have RESP2's shape, so version 2 is the only one; a client that asks for 3 is told so in
    /// Redis's words for it, and goes on with 2. The server is `redis` of the version whose commands these are,
    /// since that is what clients read it for.
    @Sendable static func hello(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        if a.count > 0 {
            guard let version = parseInt64(a[0]) else {
                return reply.error("ERR Protocol version is not an integer or out of range")
            }
            guard version == 2 else { return reply.error("NOPROTO unsupported protocol version") }
        }
        var index = 1
        while index < a.count {
            if a.matches(index, "SETNAME"), index + 1 < a.count {
                guard ClientAttribute.isValid(a[index + 1]) else {
                    return reply.error(ByteView(ClientAttribute.nameError))
                }
                index += 2
            } else if a.matches(index, "AUTH"), index + 2 < a.count {
                return withUnsafeTemporaryAllocation(of: ByteView.self, capacity: 1) { words in
                    words[0] = ByteView("AUTH")
                    reply.unknownCommand(Arguments(UnsafeBufferPointer(words)))
                }
            } else {
                return reply.error("ERR Syntax error in HELLO option '\(a[index].excerpt())'")
            }
        }
        reply.map(7)
        reply.bytes("server")
        reply.bytes("redis")
        reply.bytes("version")
        reply.bytes(EngineContext.redisVersion)
        reply.bytes("proto")
        reply.integer(2)
        reply.bytes("id")
        reply.integer(ClientAttribute.id)
        reply.bytes("mode")
        reply.bytes("standalone")
        reply.bytes("role")
        reply.bytes("master")
        reply.bytes("modules")
        reply.array(0)
    }

    @Sendable static func select(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let index = try a.integer(0)
        guard Int32(exactly: index) != nil else { throw .databaseNotInt }
        guard index == 0 else {
            return reply.error(
                "ERR DB index is out of range: Redwing has one database, 0; start another server for another"
            )
        }
        reply.ok()
    }

    @Sendable static func quit(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.ok()
    }

    @Sendable static func reset(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.status("RESET")
    }

    static var table: [Command<K>] {
        [
            Command(
                "ECHO", arity: 2, [.fast, .loading], family: .connection, syntax: "message",
                summary: "Echo the given string", complexity: "O(1)", since: "1.0.0", run: echo),
            Command(
                "HELLO", arity: -1, [.fast, .loading], family: .connection,
                syntax: "[2 [SETNAME clientname]]", summary: "Handshake with Redis", complexity: "O(1)",
                since: "6.0.0", run: hello),
            Command(
                "PING", arity: -1, [.fast], family: .connection, syntax: "[message]",
                summary: "Ping the server", complexity: "O(1)", since: "1.0.0", run: ping),
            Command(
                "QUIT", arity: -1, [.fast, .loading], family: .connection,
                summary: "Close the connection", complexity: "O(1)", since: "1.0.0", run: quit),
            Command(
                "RESET", arity: 1, [.fast, .loading], family: .connection,
                summary: "Reset the connection", complexity: "O(1)", since: "6.2.0", run: reset),
            Command(
                "SELECT", arity: 2, [.fast, .loading], family: .connection, syntax: "0",
                summary: "Change the selected database for the current connection", complexity: "O(1)",
                since: "1.0.0", run: select),
        ]
    }
}
