internal import Bytes

/// COMMAND: what clients ask about the commands there are.
enum CommandCommands<K: Keyspace & ~Copyable> {
    private static var subcommands: [Subcommand<K>] {
        [
            Subcommand("COUNT", arity: 2, run: count),
            Subcommand("LIST", arity: -2, run: list),
            Subcommand("INFO", arity: -2, run: info),
            Subcommand("DOCS", arity: -2, run: docs),
            Subcommand("GETKEYS", arity: -4, run: getKeys),
            Subcommand("HELP", arity: 2, run: help),
        ]
    }

    @Sendable static func command(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        if a.count == 0 { return writeAll(keys.context, &reply) }
        try Subcommand.dispatch(subcommands, of: "COMMAND", a, &keys, &reply)
    }

    private static func writeAll(_ context: EngineContext, _ reply: inout Reply) {
        reply.array(context.commands.count)
        for command in context.commands { command.writeInfo(to: &reply) }
    }

    @Sendable private static func count(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.integer(keys.context.commands.count)
    }

    private enum Filter {
        case none, module, category, pattern
    }

    /// Names of commands and subcommands, perhaps filtered.
    @Sendable private static func list(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        var filter = Filter.none
        if a.count > 0 {
            guard a.count == 3, a.matches(0, "FILTERBY") else { throw .syntax }
            if a.matches(1, "MODULE") {
                filter = .module
            } else if a.matches(1, "ACLCAT") {
                filter = .category
            } else if a.matches(1, "PATTERN") {
                filter = .pattern
            } else {
                throw .syntax
            }
        }
        let mark = reply.beginArray()
        var count = 0
        for command in keys.context.commands {
            let isOfCategory =
                filter == .category
                && command.categories.contains { asciiEqualIgnoringCase(ByteView($0), a[2]) }
            for name in command.fullNames {
                let isListed =
                    switch filter {
                    case .none: true
                    // No command comes from a module.
                    case .module: false
                    case .category: isOfCategory
                    case .pattern:
                        Array(name.utf8).withByteView {
                            globMatches(pattern: a[2], text: $0, ignoringCase: true)
                        }
                    }
                if isListed {
                    reply.bytes(text: name)
                    count += 1
                }
            }
        }
        reply.endArray(mark, count: count)
    }

    @Sendable private static func info(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let context = keys.context
        if a.count == 0 { return writeAll(context, &reply) }
        reply.array(a.count)
        for index in 0..<a.count {
            if let (command, subcommand) = context.find(a[index]) {
                if let subcommand {
                    command.writeSubcommandInfo(subcommand, to: &reply)
                } else {
                    command.writeInfo(to: &reply)
                }
            } else {
                reply.null()
            }
        }
    }

    @Sendable private static func docs(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        let context = keys.context
        var asked: [CommandInfo] = []
        if a.count == 0 { asked = context.commands }
        for index in 0..<a.count {
            if let (command, subcommand) = context.find(a[index]), subcommand == nil {
                asked.append(command)
            }
        }
        reply.map(asked.count)
        for command in asked { command.writeDocumentation(to: &reply) }
    }

    @Sendable private static func getKeys(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        guard let (command, _) = keys.context.find(a[0]) else {
            return reply.error("ERR Invalid command specified")
        }
        let arguments = a.dropFirst(1)
        if command.keys == .none { return reply.error("ERR The command has no key arguments") }
        guard command.accepts(argumentCount: arguments.count) else {
            return reply.error("ERR Invalid number of arguments specified for command")
        }
        if case .counted(let index, _) = command.keys {
            let count = parseInt64(arguments[index]) ?? 0
            guard count > 0, count <= Int64(arguments.count - index - 1) else {
                return reply.error("ERR Invalid arguments specified for command")
            }
        }
        let mark = reply.beginArray()
        var count = 0
        command.keys.forEach(in: arguments) { index in
            reply.bytes(arguments[index])
            count += 1
        }
        reply.endArray(mark, count: count)
    }

    @Sendable private static func help(
        _ a: borrowing Arguments, _ keys: inout K, _ reply: inout Reply
    ) throws(CommandError) {
        reply.help(
            "COMMAND",
            [
                "(no subcommand)",
                "    Return details about all commands.",
                "COUNT",
                "    Return the total number of commands in this server.",
                "LIST [FILTERBY MODULE|ACLCAT|PATTERN <filter>]",
                "    Return a list of all commands in this server.",
                "INFO [<command-name> ...]",
                "    Return details about multiple commands.",
                "    If no command names are given, documentation details for all",
                "    commands are returned.",
                "DOCS [<command-name> ...]",
                "    Return documentation details about multiple commands.",
                "    If no command names are given, documentation details for all",
                "    commands are returned.",
                "GETKEYS <full-command>",
                "    Return the keys from a full command.",
            ])
    }

    static var table: [Command<K>] {
        [
            Command(
                "COMMAND", arity: -1, [.loading], family: .server,
                syntax: "[COUNT | LIST | INFO | DOCS | GETKEYS | HELP]",
                summary: "Get array of Redis command details",
                complexity: "O(N) where N is the total number of Redis commands", since: "2.8.13",
                subcommands: subcommands.map(\.info), run: command)
        ]
    }
}

extension EngineContext {
    /// The command of that name, in whatever case; `container|subcommand` finds the subcommand too.
    func find(_ name: ByteView) -> (command: CommandInfo, subcommand: SubcommandInfo?)? {
        let bar = name.firstIndex(of: UInt8(ascii: "|"))
        let container = bar.map { name[0..<$0] } ?? name
        guard let command = commands.first(where: { container.equalsIgnoringCase($0.name) }) else {
            return nil
        }
        guard let bar else { return (command, nil) }
        let rest = name.dropFirst(bar + 1)
        return command.subcommands.first { rest.equalsIgnoringCase($0.name) }.map { (command, $0) }
    }
}
