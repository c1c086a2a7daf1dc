/// What is subscribed to.
public enum Topic: Hashable, Sendable {
    /// The messages of one channel.
    case channel([UInt8])
    /// The messages of all channels whose names a glob matches.
    case pattern([UInt8])
    /// The events of all keys whose names a glob matches.
    case keys([UInt8])
    /// All commands, as they are executed.
    case monitor
}

/// Whoever gets messages. The methods are called under the lock of `PubSub`, in the order of the messages' sequence
/// numbers: they must return soon, and not call it.
public protocol Subscriber: AnyObject, Sendable {
    /// A message for the topic with this index in the list that was subscribed to. One that matches several of them
    /// comes once for each.
    func receive(_ message: Message, topic: Int)

    /// Messages of the topic with this index are missing: those from `after` to before `before`, which may be none in
    /// truth. Called while subscribing only, before the first message.
    func missed(topic: Int, after: UInt64?, before: UInt64)
}

/// One subscription: keep it to end it.
public final class Subscription: Sendable {
    /// What it is on, in the order in which it was asked for.
    public let topics: [Topic]
    /// Tells it from the others of this run.
    let identity: UInt64

    init(_ topics: [Topic], identity: UInt64) {
        self.topics = topics
        self.identity = identity
    }
}

/// How much is kept for subscribers that come back.
public struct ReplayLimits: Sendable {
    /// Messages of a channel.
    public var messages = 1000
    /// Bytes of a channel.
    public var bytes = 1 << 20
    /// Bytes of all channels.
    public var totalBytes = 64 << 20
    /// How long the events of keys that nobody watches any more are kept, in seconds.
    public var linger = 60.0

    /// The defaults.
    public init() {}
}
