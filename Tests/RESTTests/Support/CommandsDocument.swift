import Engine

@testable import REST

/// `docs/commands.md`, written from the command table, the routes and the list of what is absent.
struct CommandsDocument {
    private let commands = MemoryEngine().commands
    private let routes = RouteTable<MemoryEngine>.routes
    private(set) var text = ""

    init() {
        text += """
            # Commands

            Written by `make docs` from the command table; `make test` fails where it is not current.

            These are the commands of Redis that Redwing has, \(commands.count) of them. Each can be sent as it is:
            `POST /` with `["SET","greeting","hello"]`, several at once to `/pipeline`, `/multi-exec` and `/transactions`,
            or in the path: `/set/greeting/hello` ([http-api.md](http-api.md)). The last column names the resources that a
            command is behind; for a dash, [http-api.md](http-api.md#commands-without-a-route) tells which one does the
            same. Arity counts the command's name, and is negative for "at least"; *since* is the version of Redis that
            brought the command. Where one does otherwise than in Redis, [differences.md](differences.md) says so. A
            running server tells the same: `GET /commands`, or COMMAND DOCS.

            [What Redis has and Redwing has not](#what-is-not-there) is at the end.

            """
        for family in CommandFamily.allCases { write(family) }
        writeAbsent()
    }

    private func title(_ family: CommandFamily) -> String {
        switch family {
        case .string: "Strings"
        case .bitmap: "Bitmaps"
        case .generic: "Keys of any type"
        case .hash: "Hashes"
        case .list: "Lists"
        case .set: "Sets"
        case .sortedSet: "Sorted sets"
        case .pubsub: "Publish and subscribe"
        case .connection: "Connection"
        case .server: "Server"
        }
    }

    private mutating func write(_ family: CommandFamily) {
        text += "\n## \(title(family))\n\n"
        text += "| command | arguments | what it does | complexity | arity | since | resource |\n"
        text += "|---|---|---|---|---|---|---|\n"
        for command in commands.filter({ $0.family == family }).sorted(by: {
            $0.name.description < $1.name.description
        }) {
            let syntax = command.syntax.description
            row([
                command.name.description, syntax.isEmpty ? "" : "`\(escaped(syntax))`",
                sentence(command.summary), sentence(command.complexity), "\(command.arity)",
                command.since.description, resources(of: command),
            ])
        }
    }

    /// The routes made of the command or one of its subcommands.
    private func resources(of command: CommandInfo) -> String {
        let name = command.name.description
        let own = routes.filter { route in
            route.commands.contains { $0.description == name || $0.description.hasPrefix(name + " ") }
        }
        return own.isEmpty ? "–" : own.map { "`\($0.method.name) \($0.template)`" }.joined(separator: "<br>")
    }

    private mutating func writeAbsent() {
        text += """

            ## What is not there

            These answer an error that says the same. Any other name is `ERR unknown command`.

            | commands | what for | instead |
            |---|---|---|

            """
        for group in AbsentCommands.all {
            // Commands with the same advice share a row.
            var rows: [(names: [String], instead: String)] = []
            for command in group.commands {
                let instead = group.advice(for: command)
                if rows.last?.instead == instead {
                    rows[rows.count - 1].names.append(command.name.description)
                } else {
                    rows.append(([command.name.description], instead))
                }
            }
            for (names, instead) in rows {
                let code = names.map { "`\($0)`" }.joined(separator: " ")
                row([code, sentence(group.title), instead.isEmpty ? "–" : escaped(instead)])
            }
        }
    }

    private mutating func row(_ cells: [String]) {
        text += "| \(cells.joined(separator: " | ")) |\n"
    }

    private func sentence(_ text: StaticString) -> String {
        var text = Substring(text.description)
        while text.last == "." { text.removeLast() }
        return escaped(text.replacing("<", with: "&lt;").replacing("*", with: "\\*"))
    }

    /// A bar would end the cell, in code too.
    private func escaped(_ text: some StringProtocol) -> String {
        String(text).replacing("|", with: "\\|")
    }
}

extension AbsentCommands {
    /// What the documentation says in place of the command: its advice, or the error that it answers.
    fileprivate func advice(for command: Command) -> String {
        if let error = wholeError { return "answers `\(error)`" }
        return command.instead.description
    }
}
