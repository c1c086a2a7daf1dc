public import Bytes

/// One message or key event: immutable, shared by all who are to get it.
///
/// Unchecked Sendable: the texts never change; `frames` is touched only under the lock of the `PubSub` that made the
/// message.
public final class Message: @unchecked Sendable {
    /// What it tells of.
    public enum Kind: Sendable {
        /// Somebody published it.
        case published
        /// A key has changed.
        case keyEvent
        /// A command was executed (MONITOR).
        case command
    }

    /// Its place in the order of all messages of this run of the server; from 1 on. Not every number is used.
    public let sequence: UInt64
    /// What it tells of.
    public let kind: Kind
    /// Whether only subscribers of the channel get it, and none of patterns (SPUBLISH).
    let isSharded: Bool
    private let text: ByteBuffer
    private let split: Int
    private var frames = SharedFrames()

    /// - Parameters:
    ///   - subject: the channel, or the key.
    ///   - content: what was published, or the event's name, or the command as a line.
    init(sequence: UInt64, kind: Kind, isSharded: Bool = false, subject: ByteView, content: ByteView) {
        self.sequence = sequence
        self.kind = kind
        self.isSharded = isSharded
        var text = ByteBuffer(capacity: subject.count + content.count)
        text.append(subject)
        text.append(content)
        self.text = text
        split = subject.count
    }

    /// The channel, or the key; lives as long as the message.
    public var subject: ByteView { text.view[0..<split] }

    /// What was published, or the event's name, or the command as a line; lives as long as the message.
    public var content: ByteView { text.view.dropFirst(split) }

    /// The bytes it takes where it is kept: its text, and about 160 for two objects on the heap and its places in
    /// rings.
    public var size: Int { text.capacity + Message.overhead }

    /// What a message takes besides its text.
    static let overhead = 160

    /// The message in some form, made once for all who ask for the same `form` while it is delivered. Only from
    /// `Subscriber`'s methods, which are called under the lock; whoever keeps it longer than the call retains it.
    public func frame(_ form: UInt64, _ make: (Message) -> Frame) -> Unmanaged<Frame> {
        frames.frame(form) { make(self) }
    }

    /// Lets go of its forms, once all have got it: while it is kept, its text is all that it takes.
    func forgetFrames() { frames.removeAll() }
}

/// Immutable bytes that many hold. O(1) to copy.
///
/// Unchecked Sendable: they never change.
public final class Frame: @unchecked Sendable {
    private let buffer: ByteBuffer

    /// The bytes, taken over.
    public init(_ buffer: consuming ByteBuffer) { self.buffer = buffer }

    /// The bytes; they live as long as the frame.
    public var bytes: ByteView { buffer.view }
}
