import Bytes
import Engine
import TestSupport

/// An engine that writes down what it does, and everything that it has written down so far.
struct JournalRecorder {
    let client: EngineClient
    private let journal: Journal
    private(set) var commands: [Words] = []
    /// As it stands in a file.
    private(set) var bytes: [UInt8] = []
    private(set) var problem: String?

    init() {
        var made: Journal?
        client = EngineClient(
            MemoryEngine(journal: { gate in
                let journal = Journal(gate: gate)
                made = journal
                return journal
            }))
        guard let made else { preconditionFailure("the engine has made no journal") }
        journal = made
    }

    /// What depends on chance, the time or a float's precision is never written down as it came.
    private static let untold: Set = [
        "EXPIRE", "PEXPIRE", "EXPIREAT", "SETEX", "PSETEX", "GETEX", "SPOP", "INCRBYFLOAT", "HINCRBYFLOAT",
        "SORT", "HEXPIRE", "HPEXPIRE", "HEXPIREAT", "HGETEX", "HGETDEL", "GETDEL",
    ]

    /// Takes what was written down meanwhile.
    mutating func take() {
        var batch = CommandBatch()
        _ = journal.take(&batch)
        guard batch.isWhole, let taken = commandWords(batch.view.array) else {
            return problem = "a batch is not whole"
        }
        var inTransaction = false
        for words in taken {
            switch upper(words[0]) {
            case "MULTI", "EXEC":
                if (upper(words[0]) == "EXEC") != inTransaction { problem = "a transaction within another" }
                inTransaction.toggle()
            case let name where JournalRecorder.untold.contains(name):
                problem = "written down as it came: \(commandLine(words))"
            default: break
            }
        }
        if inTransaction { problem = "a transaction is cut" }
        commands += taken
        bytes += batch.view.array
    }

    /// Waits until what is to expire within milliseconds has, and has those keys removed, then takes the rest.
    mutating func settle(_ names: some Sequence<[UInt8]>) {
        let end = Clock.milliseconds() + 6
        while Clock.milliseconds() <= end {}
        for name in names { client.execute(words("EXISTS") + [name]) }
        take()
    }

    /// What differs between the engine's keys and those of another that replays all that was taken.
    func differenceAfterReplay() -> String? {
        if let problem { return problem }
        var settings = Settings()
        settings.activeExpire = false
        let engine = MemoryEngine(settings: settings)
        let replayed = EngineClient(engine)
        engine.gate.shut(.loading)
        for start in stride(from: 0, to: commands.count, by: 200) {
            let part = commands[start..<min(start + 200, commands.count)].filter {
                !["MULTI", "EXEC"].contains(upper($0[0]))
            }
            for (words, reply) in zip(part, replayed.replay(part, on: engine)) where reply.isError {
                return "\(commandLine(words)): \(reply)"
            }
        }
        engine.gate.open(.loading)
        // Whatever had expired was told: nothing is left of it even before anyone looks.
        let counts = (client.execute("DBSIZE"), replayed.execute("DBSIZE"))
        if counts.0 != counts.1 { return "\(counts.0) keys were there, not \(counts.1)" }
        return KeyspaceContents { client.execute($0) }
            .difference(from: KeyspaceContents { replayed.execute($0) })
    }
}
