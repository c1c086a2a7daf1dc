public import Bytes

/// One message or key event: immutable, shared by all who are to get it.
///
/// Unchecked Sendable: the texts never change; `encodings` is touched only under the lock of the `PubSub` that made
/// the message.
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

    /// Its place in the order of all messages of this run of the server; from 1 on.
    public let sequence: UInt64
    /// What it tells of.
    public let kind: Kind
    private let text: ByteBuffer
    private let split: Int
    /// What subscribers have made of it, by a number of their choice: those who want the same form share it.
    private var encodings: [(form: UInt64, frame: Frame)] = []

    /// - Parameters:
    ///   - subject: the channel, or the key.
    ///   - content: what was published, or the event's name, or the command as a line.
    init(sequence: UInt64, kind: Kind, subject: ByteView, content: ByteView) {
        self.sequence = sequence
        self.kind = kind
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

    /// The bytes it takes.
    public var size: Int { text.count + 64 }

    /// The message in some form, made once for all who ask for the same `form`. Only from `Subscriber`'s methods,
    /// which are called under the lock.
    public func frame(_ form: UInt64, _ make: (Message) -> Frame) -> Frame {
        for encoding in encodings where encoding.form == form { return encoding.frame }
        let frame = make(self)
        // A message replayed now and then must not collect forms without end.
        if encodings.count < 8 { encodings.append((form, frame)) }
        return frame
    }
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
