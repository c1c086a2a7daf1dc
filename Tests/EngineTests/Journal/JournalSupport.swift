import Bytes
import Engine
import Testing
import TestSupport

/// An engine that writes down what its commands do, and reclaims nothing by itself.
func journalledEngine(awaitsWrites: Bool = false, limit: Int = 64 << 20, reclaims: Bool = false)
    -> MemoryEngine
{
    var settings = Settings()
    settings.activeExpire = reclaims
    return MemoryEngine(
        settings: settings,
        journal: { Journal(gate: $0, limit: limit, awaitsWrites: awaitsWrites) })
}

/// What was written down since the last time, a command a line; what is not printable is shown as `?`.
func takeEffects(_ engine: MemoryEngine) -> [String] {
    guard let journal = engine.journal else { return ["no journal"] }
    var batch = CommandBatch()
    _ = journal.take(&batch)
    guard batch.isWhole, let commands = commandWords(batch.view.array) else { return ["not whole"] }
    return commands.map { words in
        words.map { word in
            word.isEmpty
                ? "\"\"" : String(decoding: word.map { 33...126 ~= $0 ? $0 : 63 }, as: UTF8.self)
        }.joined(separator: " ")
    }
}

/// What a reply says, its values as text.
struct Answer {
    var values: [String]
    var ticket: UInt64
    var isPostponable: Bool

    init(_ reply: borrowing Reply) {
        (values, ticket, isPostponable) = (printedAll(reply), reply.ticket, reply.isPostponable)
    }
}

/// Executes the lines together, as a pipeline or as a transaction.
func runTogether(_ engine: some CommandEngine, _ lines: [String], asTransaction: Bool) -> Answer {
    let commands = lines.map(splitCommandLine)
    return withViews(Array(commands.joined())) { views in
        var transaction = Transaction()
        var next = 0
        for words in commands {
            guard let command = engine.find(views[next]) else { preconditionFailure("no such command") }
            transaction.command(command)
            for index in next + 1..<next + words.count { transaction.argument(views[index]) }
            next += words.count
        }
        var reply = Reply()
        if asTransaction {
            engine.execute(transaction, into: &reply)
            return Answer(reply)
        }
        var step = 0
        while step < transaction.count {
            step = engine.executeSome(of: transaction, from: step, into: &reply)
        }
        return Answer(reply)
    }
}

/// Executes a command line.
func reply(_ engine: some CommandEngine, _ line: String) -> Answer {
    withViews(splitCommandLine(line)) { views in
        guard let command = engine.find(views[0]) else { preconditionFailure("no such command") }
        var reply = Reply()
        views.withUnsafeBufferPointer { buffer in
            _ = engine.execute(
                command, Arguments(UnsafeBufferPointer(rebasing: buffer[1...])), into: &reply)
        }
        return Answer(reply)
    }
}
