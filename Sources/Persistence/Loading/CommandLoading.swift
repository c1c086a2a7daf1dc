internal import Bytes
internal import Engine

/// Reads commands of append-only files and hands them to the lanes.
struct CommandLoading: ~Copyable {
    var router: CommandRouter
    var databases: DatabaseChoice
    var foreign: ForeignContent
    private let engine: any LoadableEngine
    private let commands: [CommandInfo]

    /// What is wrong with a command, besides what executing it finds.
    struct Refusal {
        let offset: Int
        let description: String
    }

    init(
        _ engine: any LoadableEngine, _ router: consuming CommandRouter, _ databases: DatabaseChoice,
        _ foreign: ForeignContent
    ) {
        self.engine = engine
        commands = engine.commands
        self.router = router
        self.databases = databases
        self.foreign = foreign
    }

    /// Ends it and gives the router back.
    consuming func takeRouter() -> CommandRouter { router }

    /// Takes in the commands of the reader's current batch; the first that none can take in is answered.
    mutating func batch<Files: FileSystem>(_ reader: borrowing IncrementReader<Files>) -> Refusal? {
        for index in 0..<reader.commandCount {
            let words = reader.command(index)
            if let why = command(words, reader.batchOffset) {
                return Refusal(offset: reader.batchOffset, description: why)
            }
        }
        return nil
    }

    private mutating func command(_ words: UnsafeBufferPointer<ByteView>, _ offset: Int) -> String? {
        let name = words[0]
        let arguments = UnsafeBufferPointer(rebasing: words.dropFirst())
        // The reader sees to it that transactions are whole.
        if name.equalsIgnoringCase("MULTI") || name.equalsIgnoringCase("EXEC") { return nil }
        if name.equalsIgnoringCase("SELECT") {
            guard arguments.count == 1, let number = parseInt64(arguments[0]), (0..<1 << 31).contains(number)
            else { return "SELECT without a number" }
            databases.select(Int(number))
            return nil
        }
        if name.equalsIgnoringCase("FLUSHALL") {
            databases.emptyAll()
            foreign = ForeignContent()
        } else {
            if name.equalsIgnoringCase("FLUSHDB") { databases.empty() } else { databases.count() }
            if !databases.isTaken { return nil }
        }
        guard let command = engine.find(name) else {
            foreign.count(name.string.uppercased(), key: arguments.isEmpty ? "" : excerpt(arguments[0]))
            return nil
        }
        guard router.isWrite(command) else {
            return "\(excerpt(name)) is no command that an append-only file holds"
        }
        guard commands[command.number].accepts(argumentCount: arguments.count) else {
            return "\(name.string.uppercased()) with a wrong number of arguments (\(arguments.count))"
        }
        router.command(command, arguments, offset: offset)
        return nil
    }
}
