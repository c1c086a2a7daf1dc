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
/// numbers: they must return soon, and call nothing of it but
/// `unsubscribeAfterDelivery`.
public protocol Subscriber: AnyObject, Sendable {
    /// A message for the topic with this index in the list that was subscribed to. One that matches several of them
    /// comes once for each, in the order of the list.
    func receive(_ message: Message, topic: Int)

    /// Several messages for that topic, one after the other. By itself it takes each.
    func receive(_ run: MessageRun, topic: Int)

    /// Messages of the topic with this index are missing: those from `after` (nil: from whatever was seen of another
    /// run) to before `before`, which may be none in truth. Called while subscribing only, before the first message.
    func missed(topic: Int, after: UInt64?, before: UInt64)

    /// Messages of the topic with this index may be missing: those just before `before`. By itself it takes no notice.
    func interrupted(topic: Int, before: UInt64)
}

extension Subscriber {
    /// Takes no notice.
    public func interrupted(topic: Int, before: UInt64) {}

    /// Takes each message.
    public func receive(_ run: MessageRun, topic: Int) {
        for message in run.messages { receive(message, topic: topic) }
    }
}

/// One subscription: keep it to end it.
///
/// Unchecked Sendable: `places` is touched only under the lock of `PubSub`; `start` is set under it before anyone
/// else has the subscription.
public final class Subscription: @unchecked Sendable {
    /// Where a topic's feed has the subscriber.
    struct Place {
        let feed: Feed
        var seat: Int
    }

    /// What it is on, in the order in which it was asked for. One that is named twice counts once, as the first.
    public let topics: [Topic]
    /// The sequence number of the last message before it: whoever has seen none since then may come back with it.
    public internal(set) var start: UInt64 = 0
    /// Tells it from the others of this run.
    let identity: UInt64
    /// By topic; nil of one named before. Empty once it has ended.
    var places: [Place?] = []

    init(_ topics: [Topic], identity: UInt64) {
        self.topics = topics
        self.identity = identity
    }
}

/// How much is kept for subscribers that come back.
public struct ReplayLimits: Sendable {
    /// Messages of a channel; 0: nothing is kept.
    public var messages = 1000
    /// Bytes of a channel, with what keeping a message takes besides its text (`Message.size`).
    public var bytes = 1 << 20
    /// Bytes of all channels; also of the messages that wait for the disk.
    public var totalBytes = 64 << 20
    /// How long the events of keys that nobody watches any more are kept, in seconds.
    public var linger = 60.0

    /// The defaults.
    public init() {}
}
