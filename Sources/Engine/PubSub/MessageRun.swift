/// Messages that came one right after the other and go to the same subscribers, who take them together: a pipeline of
/// PUBLISHes costs each subscriber little more than one.
///
/// Unchecked Sendable: it is lent to `Subscriber`'s methods, under the lock of the `PubSub` whose it is.
public final class MessageRun: @unchecked Sendable {
    /// The messages, in the order of their sequence numbers; at least one.
    public private(set) var messages: [Message] = []
    private var size = 0
    private var frames = SharedFrames()

    /// Up to how many bytes of memory messages are put together: what comes of them is read whole as a rule.
    private static let limit = 16 << 10

    /// Whether another message may join it.
    func hasRoom(for message: Message) -> Bool { messages.isEmpty || size + message.size <= MessageRun.limit }

    func append(_ message: Message) {
        messages.append(message)
        size += message.size
    }

    /// All messages in some form, as `Message.frame`.
    public func frame(_ form: UInt64, _ make: ([Message]) -> Frame) -> Unmanaged<Frame> {
        frames.frame(form) { make(messages) }
    }

    func removeAll() {
        for message in messages { message.forgetFrames() }
        messages.removeAll(keepingCapacity: true)
        size = 0
        frames.removeAll()
    }
}
