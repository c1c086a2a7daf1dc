internal import Bytes

/// CLIENT: what clients tell of themselves and ask of each other. Nothing lasts from one request to the next,
/// so all of them are one client, which keeps no name.
enum ClientCommands<K: Keyspace & ~Copyable> {
    private static var subcommands: [Subcommand<K>] {
        [
            Subcommand("GETNAME", arity: 2, run: getName),
            Subcommand("HELP", arity: 2, run: help),
            Subcommand("ID", arity: 2, run: id),
            Subcommand("INFO", arity: 2, run: info),
            Subcommand("KILL", arity: -3, run: kill),
            Subcommand("LIST", arity: -2, run: list),
            Subcommand("NO-EVICT", arity: 3, run: toggle),
            Subcommand("NO-TOUCH", arity: 3, run: toggle),
            Subcommand("SETINFO", arity: 4, run: setInfo),
            Subcommand("SETNAME", arity: 3, run: setName),
        ]
    }

    @Sendable static func client(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        try Subcommand.dispatch(subcommands, of: "CLIENT", a, &keys, &reply)
    }

    @Sendable private static func id(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(ClientAttribute.id)
    }

    @Sendable private static func getName(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.null()
    }

    @Sendable private static func setName(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard ClientAttribute.isValid(a[0]) else {
            return reply.error(ByteView(ClientAttribute.nameError))
        }
        reply.ok()
    }

    /// Redis 7.2's; libraries send it unasked when they connect.
    @Sendable private static func setInfo(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let attribute: StaticString
        if a.matches(0, "LIB-NAME") {
            attribute = "lib-name"
        } else if a.matches(0, "LIB-VER") {
            attribute = "lib-ver"
        } else {
            return reply.error("ERR Unrecognized option '\(a[0].excerpt())'")
        }
        guard ClientAttribute.isValid(a[1]) else {
            return reply.error("ERR \(attribute) cannot contain spaces, newlines or special characters.")
        }
        reply.ok()
    }

    /// NO-EVICT and NO-TOUCH: nothing of a client is evicted, and no request outlives its answer.
    @Sendable private static func toggle(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard a.matches(0, "ON") || a.matches(0, "OFF") else { throw .syntax }
        reply.ok()
    }

    @Sendable private static func info(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.bytes(text: ClientAttribute.line(of: "info"))
    }

    @Sendable private static func list(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var isListed = true
        if a.count == 2, a.matches(0, "TYPE") {
            guard let isOwn = ClientAttribute.isOwnType(a[1]) else {
                return reply.error("ERR Unknown client type '\(a[1].excerpt())'")
            }
            isListed = isOwn
        } else if a.count > 1, a.matches(0, "ID") {
            isListed = false
            for index in 1..<a.count {
                guard let id = parseInt64(a[index]) else { return reply.error("ERR Invalid client ID") }
                isListed = isListed || id == Int64(ClientAttribute.id)
            }
        } else if a.count > 0 {
            throw .syntax
        }
        reply.bytes(text: isListed ? ClientAttribute.line(of: "list") : "")
    }

    /// There is never a connection to end but the caller's, which every answer ends by itself.
    @Sendable private static func kill(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        if a.count == 1 { return reply.error("ERR No such client") }
        guard a.count % 2 == 0 else { throw .syntax }
        for index in stride(from: 0, to: a.count, by: 2) {
            let value = a[index + 1]
            if a.matches(index, "ID") {
                guard let id = parseInt64(value), id > 0 else {
                    return reply.error("ERR client-id should be greater than 0")
                }
            } else if a.matches(index, "TYPE") {
                guard ClientAttribute.isOwnType(value) != nil else {
                    return reply.error("ERR Unknown client type '\(value.excerpt())'")
                }
            } else if a.matches(index, "USER") {
                guard value == ByteView("default") else {
                    return reply.error("ERR No such user '\(value.excerpt())'")
                }
            } else if a.matches(index, "SKIPME") {
                guard a.matches(index + 1, "YES") || a.matches(index + 1, "NO") else { throw .syntax }
            } else if !a.matches(index, "ADDR"), !a.matches(index, "LADDR") {
                throw .syntax
            }
        }
        reply.integer(0)
    }

    @Sendable private static func help(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.help(
            "CLIENT",
            [
                "GETNAME",
                "    Return nil: a name is not kept from one request to the next.",
                "ID",
                "    Return 1: all requests are one client.",
                "INFO",
                "    Return information about that client.",
                "KILL <ip:port> | KILL <option> <value> [<option> <value> [...]]",
                "    Find no connection to end. Options are: ADDR, ID, LADDR, SKIPME, TYPE, USER.",
                "LIST [TYPE <type> | ID <id> [<id> ...]]",
                "    Return that client's line.",
                "NO-EVICT (ON|OFF)",
                "    Do nothing.",
                "NO-TOUCH (ON|OFF)",
                "    Do nothing.",
                "SETINFO <LIB-NAME | LIB-VER> <value>",
                "    Check the value.",
                "SETNAME <name>",
                "    Check the name.",
            ])
    }

    static var table: [Command<K>] {
        [
            Command(
                "CLIENT", arity: -2, [.loading], family: .connection,
                syntax: """
                    GETNAME | ID | INFO | KILL … | LIST … | NO-EVICT … | NO-TOUCH … | SETINFO … | \
                    SETNAME … | HELP
                    """,
                summary: "A container for client connection commands",
                complexity: "Depends on subcommand.", since: "2.4.0",
                subcommands: subcommands.map(\.info), run: client)
        ]
    }
}

/// What is said of the one client that all requests are.
enum ClientAttribute {
    static let id = 1
    static let nameError: StaticString =
        "ERR Client names cannot contain spaces, newlines or special characters."

    /// Whether a client may call itself so: only printable ASCII, no spaces.
    static func isValid(_ name: ByteView) -> Bool {
        name.buffer.allSatisfy { (UInt8(ascii: "!")...UInt8(ascii: "~")).contains($0) }
    }

    /// Whether clients of that type are of ours, `normal`; nil for a type that Redis does not know.
    static func isOwnType(_ type: ByteView) -> Bool? {
        if type.equalsIgnoringCase("NORMAL") { return true }
        let others: [StaticString] = ["SLAVE", "REPLICA", "PUBSUB", "MASTER"]
        return others.contains { type.equalsIgnoringCase($0) } ? false : nil
    }

    /// CLIENT INFO's line, as Redis writes one of a client without an address.
    static func line(of subcommand: StaticString) -> String {
        """
        id=\(id) addr=?:0 laddr=?:0 name= age=0 idle=0 flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 events=r \
        cmd=client|\(subcommand) user=default redir=-1 resp=2

        """
    }
}
