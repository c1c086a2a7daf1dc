internal import Bytes
internal import Engine

/// What waits in an `EventQueue`: a frame, or a message that is written only when it is its turn, since what is
/// replayed may be much and is kept anyway.
///
/// Invariant: each is retained once from `init` to `release`, which the queue calls for each that it lets go of. It is
/// counted by hand, since an enum of references is retained and released several times on its way through an array.
struct QueuedEvent {
    private var frame: Unmanaged<Frame>?
    private var message: Unmanaged<Message>?
    private var topic = 0
    private var counted = 0
    /// How many messages are in it.
    private(set) var messages = 1

    /// What is no message.
    init(_ frame: Frame) {
        self.frame = Unmanaged.passRetained(frame)
        messages = 0
    }

    init(retaining frame: Unmanaged<Frame>, messages: Int = 1) {
        self.frame = frame.retain()
        self.messages = messages
    }

    init(_ message: Message, topic: Int, counted: Int = 0) {
        self.message = Unmanaged.passRetained(message)
        self.topic = topic
        self.counted = counted
    }

    /// What it counts against the limit: a frame its size, a message what was said of it.
    func size(of bytes: ByteView) -> Int { counted > 0 ? counted : QueuedEvent.size(of: bytes) }

    func release() {
        frame?.release()
        message?.release()
    }

    /// Its bytes, which live as long as it is retained; made now of a message.
    mutating func bytes(_ form: EventForm) -> ByteView {
        if frame == nil, let message = message.take() {
            let message = message.takeRetainedValue()
            var buffer = ByteBuffer(capacity: message.size + 112)
            form.append(message, topic: topic, to: &buffer)
            frame = Unmanaged.passRetained(Frame(buffer))
        }
        return frame.unsafelyUnwrapped._withUnsafeGuaranteedRef { $0.bytes }
    }

    /// What a frame of those bytes counts against the limit.
    static func size(of bytes: ByteView) -> Int { bytes.count + 16 }
}
