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

/// Executes the lines together, as a pipeline or as a transaction, and answers the reply to them all.
func runTogether(_ engine: MemoryEngine, _ lines: [String], asTransaction: Bool) -> Reply {
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
            return reply
        }
        var step = 0
        while step < transaction.count {
            step = engine.executeSome(of: transaction, from: step, into: &reply)
        }
        return reply
    }
}

/// Executes a command line; the reply with all that it says beside the value.
func reply(_ engine: MemoryEngine, _ line: String) -> Reply {
    withViews(splitCommandLine(line)) { views in
        guard let command = engine.find(views[0]) else { preconditionFailure("no such command") }
        var reply = Reply()
        views.withUnsafeBufferPointer { buffer in
            _ = engine.execute(
                command, Arguments(UnsafeBufferPointer(rebasing: buffer[1...])), into: &reply)
        }
        return reply
    }
}
