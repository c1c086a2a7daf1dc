internal import Bytes

/// Commands of Redis, and of its modules, that Redwing knows by name and does not have: what belongs together,
/// with what to say of it.
public struct AbsentCommands: Sendable {
    /// One of them.
    public struct Command: Sendable {
        /// Upper case. `JSON.*` stands for every name that begins so, `CONFIG REWRITE` for a subcommand.
        public let name: StaticString
        /// What to do in its place, as half a sentence; empty where there is nothing.
        public let instead: StaticString
    }

    /// What the error says, before what to do instead.
    enum Reason {
        /// Redwing does not have it.
        case missing
        /// It changes the state of a connection, or is sent on one unasked.
        case needsConnection
        /// The whole error, code first: what clients know from Redis for this case.
        case says(StaticString)
    }

    /// What the commands are for: a row's beginning in `docs/commands.md`, and a word in the error.
    public let title: StaticString
    let reason: Reason
    /// The error that they all answer, code first, where it is one that clients know from Redis.
    public var wholeError: StaticString? {
        if case .says(let message) = reason { message } else { nil }
    }
    /// The commands, in the order of the documentation.
    public let commands: [Command]

    init(
        _ title: StaticString, because reason: Reason = .missing, instead: StaticString = "",
        _ names: [StaticString]
    ) {
        self.init(title, because: reason, names.map { Command(name: $0, instead: instead) })
    }

    init(_ title: StaticString, because reason: Reason = .missing, _ commands: [Command]) {
        self.title = title
        self.reason = reason
        self.commands = commands
    }

    /// The one among all groups that `name` names, in whatever case, or nil. Linear: only who asks for what is
    /// not there pays for it.
    static func find(_ name: ByteView) -> (group: AbsentCommands, command: Command)? {
        for group in all {
            for command in group.commands where command.isCalled(name) { return (group, command) }
        }
        return nil
    }
}

extension AbsentCommands.Command {
    /// Whether `name`, in whatever case, means this command.
    fileprivate func isCalled(_ name: ByteView) -> Bool {
        let own = ByteView(self.name)
        guard own[own.count - 1] == UInt8(ascii: "*") else { return name.equalsIgnoringCase(self.name) }
        let prefix = own[0..<own.count - 1]
        return name.count > prefix.count && asciiEqualIgnoringCase(name[0..<prefix.count], prefix)
    }
}

extension Reply {
    /// The error of a command that is in no table: in Redis's words where nobody knows the name, and for those
    /// of `AbsentCommands` what to do instead. The name is the first of `arguments`.
    public mutating func unknownCommand(_ arguments: borrowing Arguments) {
        let name = arguments[0].cString
        var message = ByteBuffer()
        if let (group, command) = AbsentCommands.find(arguments[0]) {
            message.append(absent: group, command, asked: name)
        } else {
            message.append("ERR unknown command '")
            message.append(name[0..<min(128, name.count)])
            message.append("', with args beginning with: ")
            // Redis goes on while fewer than 128 bytes are written, and cuts the argument that passes them.
            var index = 1
            var room = 128
            while index < arguments.count && room > 0 {
                let argument = arguments[index].cString
                let part = argument[0..<min(room, argument.count)]
                message.append("'")
                message.append(part)
                message.append("' ")
                room -= part.count + 3
                index += 1
            }
        }
        message.replaceLineBreaks()
        error(message.view)
    }

    /// The error of a subcommand that Redis has and Redwing has not; false where it is none.
    mutating func absentSubcommand(_ name: ByteView, of container: StaticString) -> Bool {
        var full = ByteBuffer()
        full.append(container)
        full.append(" ")
        full.append(name)
        guard let (group, command) = AbsentCommands.find(full.view) else { return false }
        var message = ByteBuffer()
        message.append(absent: group, command, asked: full.view)
        error(message.view)
        return true
    }
}

extension ByteBuffer {
    /// The sentence about `command`; of a name that stands for many, `asked` is the one that was meant.
    fileprivate mutating func append(
        absent group: AbsentCommands, _ command: AbsentCommands.Command, asked: ByteView
    ) {
        switch group.reason {
        case .says(let message): return append(message)
        case .missing: append("ERR Redwing does not have ")
        case .needsConnection: append("ERR ")
        }
        for byte in asked[0..<min(128, asked.count)].buffer { append(asciiUppercased(byte)) }
        if case .needsConnection = group.reason {
            append(" needs a connection that lasts, which HTTP does not have")
        } else {
            append(" (")
            append(group.title)
            append(")")
        }
        append("; ")
        if command.instead.utf8CodeUnitCount > 0 {
            append(command.instead)
        } else {
            append("GET /commands and docs/commands.md list what it has")
        }
    }

    /// An error is one line: as in Redis, what would break it becomes a space.
    fileprivate mutating func replaceLineBreaks() {
        withMutableBytes { bytes in
            for index in bytes.indices where bytes[index] == 10 || bytes[index] == 13 { bytes[index] = 32 }
        }
    }
}

extension ByteView {
    /// What C reads of it: all up to a NUL.
    fileprivate var cString: ByteView { self[0..<(firstIndex(of: 0) ?? count)] }
}
