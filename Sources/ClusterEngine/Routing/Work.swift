internal import Bytes
internal import Engine

/// What one node is asked: a command, or a transaction of some, and what it answers.
///
/// The loop's own, once it is handed over.
final class Work {
    /// A command as it is sent; of a transaction MULTI, its commands and EXEC.
    let text: ByteBuffer
    /// How many replies come; the last one counts.
    let replies: Int
    /// Whose owner is asked; nil: `node` is.
    let slot: Int?
    let node: NodeAddress?
    /// Whether it may be executed twice.
    let isRepeatable: Bool
    let request: Request
    /// The answer, once it is there.
    var reply = Reply()
    /// How often it was sent elsewhere, or again.
    var attempts = 0

    init(
        _ text: consuming ByteBuffer, replies: Int = 1, slot: Int? = nil, node: NodeAddress? = nil,
        isRepeatable: Bool, _ request: Request
    ) {
        self.text = text
        self.replies = replies
        self.slot = slot
        self.node = node
        self.isRepeatable = isRepeatable
        self.request = request
    }
}

/// What one request asks of the cluster.
///
/// `@unchecked Sendable`: whoever plans it hands it over to the loop.
final class Request: @unchecked Sendable {
    let execution: RemoteExecution
    /// When it is given up, on the clock of `Clock.tick`.
    let deadline: Int64
    var answers: [Answer] = []
    /// Whether a command of it may write.
    var writes = false
    /// Works that are not answered yet.
    var left = 0

    init(_ execution: RemoteExecution, deadline: Int64) {
        self.execution = execution
        self.deadline = deadline
    }

    /// Makes the reply of all answers, and tells that it is there.
    func finish() {
        if answers.count == 1, let swapped = answers[0].wholeReply {
            swap(&swapped.reply, &execution.reply)
        } else {
            for answer in answers { answer.join(into: &execution.reply) }
        }
        var reader = execution.reply.reader
        while !reader.isAtEnd {
            if case .error = reader.peek() { execution.outcome.failed = true }
            reader.skip()
        }
        // They refer to this.
        answers = []
        execution.complete()
    }
}
