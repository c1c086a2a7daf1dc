package import Bytes

/// A subcommand of a container such as CONFIG.
struct Subcommand<K: Keyspace & ~Copyable> {
    let info: SubcommandInfo
    /// Gets the arguments behind the subcommand's name.
    let run: Command<K>.Run

    init(_ name: StaticString, arity: Int, run: @escaping Command<K>.Run) {
        info = SubcommandInfo(name: name, arity: arity)
        self.run = run
    }

    /// Runs the one among `list` that the first argument names, or answers Redis's error.
    static func dispatch(
        _ list: [Subcommand], of container: StaticString, _ a: borrowing Arguments, _ keys: inout K,
        _ reply: inout Reply
    ) throws(CommandError) {
        for subcommand in list where a.matches(0, subcommand.info.name) {
            guard subcommand.info.accepts(argumentCount: a.count) else {
                return reply.wrongArity(of: container, subcommand.info)
            }
            return try subcommand.run(a.dropFirst(1), &keys, &reply)
        }
        reply.unknownSubcommand(a[0], of: container)
    }
}

extension Reply {
    /// The error of a subcommand given too few or too many arguments.
    mutating func wrongArity(of container: StaticString, _ subcommand: SubcommandInfo) {
        let name = "\(container.lowercased)|\(subcommand.name.lowercased)"
        error("ERR wrong number of arguments for '\(name)' command")
    }

    /// The error of a container that has no such subcommand.
    mutating func unknownSubcommand(_ name: ByteView, of container: StaticString) {
        if absentSubcommand(name, of: container) { return }
        error("ERR unknown subcommand '\(name.excerpt())'. Try \(container) HELP.")
    }

    /// What a container answers to HELP: its subcommands, each a line of syntax and indented lines about it.
    mutating func help(_ container: StaticString, _ lines: [StaticString]) {
        array(lines.count + 3)
        var text = ByteBuffer()
        text.append(container)
        text.append(" <subcommand> [<arg> [value] [opt] ...]. Subcommands are:")
        status(text.view)
        for line in lines { status(line) }
        status("HELP")
        status("    Prints this help.")
    }

    /// A bulk string made at run time.
    mutating func bytes(text: String) {
        var text = text
        text.withUTF8 { bytes(ByteView($0)) }
    }

    /// A simple string made at run time.
    package mutating func status(_ text: ByteView) {
        put(.status, UInt64(text.count))
        tape.append(text)
    }
}

extension ByteView {
    /// An argument as an error repeats it: what C would read of it, up to a NUL and up to `limit` bytes.
    func excerpt(limit: Int = 128) -> String { self[0..<min(firstIndex(of: 0) ?? count, limit)].string }
}

extension StaticString {
    /// The text in lower case, as Redis answers names of commands.
    var lowercased: String { "\(self)".lowercased() }
}
