import Bytes
import Engine

/// An engine whose every command answers one error, as one does that is loading or out of memory.
struct FailingEngine: CommandEngine {
    private let table = MemoryEngine()
    private let error: String

    /// - Parameter error: begins with its code.
    init(_ error: String) { self.error = error }

    var commands: [CommandInfo] { table.commands }
    var changes: UInt64 { 0 }
    let pubSub = PubSub()

    func find(_ name: ByteView) -> CommandID? { table.find(name) }

    func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply
    ) -> Outcome { fail(1, &reply) }

    func execute(_ transaction: borrowing Transaction, into reply: inout Reply) -> Outcome {
        fail(transaction.stopsAtError ? 1 : transaction.count, &reply)
    }

    func executeSome(
        of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply
    ) -> Int {
        _ = fail(1, &reply)
        return step + 1
    }

    private func fail(_ count: Int, _ reply: inout Reply) -> Outcome {
        for _ in 0..<count { reply.error(error) }
        var outcome = Outcome()
        outcome.failed = true
        return outcome
    }
}
