internal import Bytes
internal import Engine

// Commands as JSON has them: `["SET","k","v"]`.
extension Transaction {
    /// Adds the command that an array is: its name, then its arguments.
    mutating func add(
        _ command: JSONValue, _ subject: @autoclosure () -> String, _ engine: some CommandEngine
    ) throws(Problem) {
        guard command.kind == .array, command.count > 0 else {
            throw .badRequest(
                "\(subject()) must be an array of a command's name and arguments.")
        }
        var isName = true
        for (index, value) in command.elements.enumerated() {
            guard let argument = value.commandArgument else {
                throw .badRequest(
                    """
                    \(subject()): element \(index) must be a string, a number, a boolean or \
                    {"base64": "…"}.
                    """)
            }
            if !isName {
                self.argument(argument)
            } else if let id = engine.find(argument) {
                self.command(id)
            } else {
                unknownCommand(argument)
            }
            isName = false
        }
    }

    /// Adds the commands of an array.
    mutating func add(
        all commands: JSONValue, _ subject: String, _ engine: some CommandEngine
    ) throws(Problem) {
        guard commands.kind == .array else {
            throw .badRequest("\(subject) must be an array of commands.")
        }
        for (index, command) in commands.elements.enumerated() {
            try add(command, "\(subject): command \(index)", engine)
        }
    }
}

extension JSONValue {
    /// What a command takes the value for: a string's bytes, a base64 object's, a number's digits as written,
    /// `true` or `false`; nil for anything else.
    var commandArgument: ByteView? {
        argument ?? bool.map { $0 ? ByteView("true") : ByteView("false") }
    }
}
