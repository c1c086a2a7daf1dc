/// The last messages of a feed, in the order of their sequence numbers.
struct ReplayRing {
    private var messages = Deque<Message>()
    /// The bytes of the messages.
    private(set) var bytes = 0
    /// No message up to this one need be there: the sequence number of the last that was dropped, or before which
    /// nothing was kept.
    private(set) var forgotten: UInt64

    init(forgotten: UInt64) { self.forgotten = forgotten }

    var isEmpty: Bool { messages.isEmpty }

    var count: Int { messages.count }

    /// The sequence number of the oldest message.
    var first: UInt64? { messages.first?.sequence }

    /// Appends a message that comes after all others. O(1).
    mutating func append(_ message: Message) {
        messages.append(message)
        bytes += message.size
    }

    /// Drops the oldest message.
    /// - Returns: its bytes. O(1).
    mutating func dropFirst() -> Int {
        guard let message = messages.popFirst() else { return 0 }
        bytes -= message.size
        forgotten = message.sequence
        return message.size
    }

    /// Visits the messages from that sequence number on. O(log messages + visited).
    func forEach(from sequence: UInt64, _ visit: (Message) -> Void) {
        for index in messages.partition(where: { $0.sequence >= sequence })..<messages.count {
            visit(messages[index])
        }
    }
}
