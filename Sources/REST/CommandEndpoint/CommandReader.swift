internal import Bytes
internal import Engine

/// Reads commands out of a JSON body. The views it puts into a transaction are valid as long as the body is and
/// until the next call.
struct CommandReader: ~Copyable {
    private var document: JSONDocument?

    init() { document = nil }

    /// Reads one command: an array of its name and arguments.
    mutating func readCommand(
        _ body: ByteView, _ engine: some CommandEngine, into transaction: inout Transaction
    ) throws(CommandSyntaxError) {
        let root = try parse(body)
        try transaction.add(root, "The body", engine)
    }

    /// Reads an array of commands.
    mutating func readCommands(
        _ body: ByteView, _ engine: some CommandEngine, into transaction: inout Transaction
    ) throws(CommandSyntaxError) {
        let root = try parse(body)
        try transaction.add(all: root, "The body", engine)
    }

    /// Forgets the body, and gives memory back.
    mutating func reset() { document = nil }

    private mutating func parse(_ body: ByteView) throws(CommandSyntaxError) -> JSONValue {
        let parsed: JSONDocument
        do throws(JSONError) {
            parsed = try JSONDocument(parsing: body)
        } catch {
            throw CommandSyntaxError(message: "The body is not valid JSON: \(error.description).")
        }
        let root = parsed.root
        document = consume parsed
        return root
    }
}
