internal import Bytes
internal import Engine
internal import Synchronization

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
    /// What must hold; nil: nothing.
    var watch: Watch?
    /// The channel that it publishes to; nil: it does not.
    var channel: [UInt8]?
    /// How it waits for a key; nil: it does not.
    var pause: Pause?
    /// A command that does as much as the transaction, but tells less: it can be asked of a slot that is being moved.
    var plain = ByteBuffer()
    /// Whether that was sent.
    var isPlain = false
    /// Whether what must hold does not: then nothing was executed.
    var isRefused = false
    /// Whether nobody waits for it any more, though it waits for a key.
    var isCancelled = false
    /// The connection that it has for itself.
    var connection: NodeConnection?
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

    /// Whether it needs a connection that nobody else uses meanwhile.
    var isExclusive: Bool { watch != nil || pause != nil }
}

/// A command that waits for a key, as it is sent: less long at each time.
final class Pause {
    private let before: ByteBuffer
    private let after: ByteBuffer
    /// When it is over, on the clock of `Clock.tick`; nil: never.
    let end: Int64?

    init(before: consuming ByteBuffer, after: consuming ByteBuffer, end: Int64?) {
        self.before = before
        self.after = after
        self.end = end
    }

    /// The command at that time.
    func text(at now: Int64) -> ByteBuffer {
        var text = ByteBuffer(capacity: before.count + after.count + 32)
        text.append(before.view)
        // 0 would be for ever.
        let left = end.map { String(Double(max($0 - now, 1)) / 1000) } ?? "0"
        Array(left.utf8).withByteView { text.append(bulk: $0) }
        text.append(after.view)
        return text
    }
}

/// What one request asks of the cluster.
///
/// `@unchecked Sendable`: whoever plans it hands it over to the loop.
final class Request: @unchecked Sendable {
    let execution: RemoteExecution
    /// When it is given up, on the clock of `Clock.tick`.
    var deadline: Int64
    var answers: [Answer] = []
    /// Whether a command of it may write.
    var writes = false
    /// Which of its replies is the whole value whose version is wanted, and what it is.
    var versioned: (index: Int, value: WholeValue)?
    /// Works that are not answered yet.
    var left = 0
    /// Counts those that wait for a key, as this does; nil: it does not.
    var waiting: Counter? {
        didSet { waiting?.value.add(1, ordering: .relaxed) }
    }

    init(_ execution: RemoteExecution, deadline: Int64) {
        self.execution = execution
        self.deadline = deadline
    }

    /// Makes the reply of all answers, and tells that it is there.
    func finish() {
        if answers.count == 1, let swapped = answers[0].wholeReply {
            swap(&swapped.reply, &execution.reply)
        } else {
            for answer in answers {
                let mark = execution.reply.mark
                answer.join(into: &execution.reply)
                execution.reply.endOverflow(since: mark)
            }
        }
        var reader = execution.reply.reader
        while !reader.isAtEnd {
            if case .error = reader.peek() { execution.outcome.failed = true }
            reader.skip()
        }
        for answer in answers {
            execution.outcome.created += answer.created
            if answer.isRefused { execution.outcome.preconditionFailed = true }
        }
        if let versioned, !execution.outcome.failed {
            execution.findVersion = { reader in
                var reader = reader
                for _ in 0..<versioned.index where !reader.isAtEnd { reader.skip() }
                return reader.isAtEnd ? 0 : versioned.value.digest(reader)
            }
        }
        waiting?.value.subtract(1, ordering: .relaxed)
        // They refer to this.
        answers = []
        execution.complete()
    }
}
