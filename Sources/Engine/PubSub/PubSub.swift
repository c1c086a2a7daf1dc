public import Bytes
internal import Synchronization

/// Publish and subscribe: channels, who is subscribed to them, and the last messages of each for those who come
/// back. One lock guards it all, since a message has one place in the order of all.
public final class PubSub: Sendable {
    private let wanted = Atomic<UInt16>(0)

    /// - Parameter limits: how much is kept.
    public init(limits: ReplayLimits = ReplayLimits()) {}

    // MARK: The engine

    /// Which key events anybody wants: those of `notify-keyspace-events`, all where keys are watched, none usually.
    @inline(__always)
    var wantedEvents: KeyEventClasses { KeyEventClasses(rawValue: wanted.load(ordering: .relaxed)) }

    /// Delivers what an execution has said, whose locks are still held: the order of messages is that of the changes.
    /// - Parameter ticket: what must be durable before anyone may see it; 0: nothing.
    func deliver(_ outbox: inout EventOutbox, after ticket: UInt64) {
        outbox.drain { _ in }
    }

    /// Delivers what waited for that ticket or an earlier one.
    public func release(upTo ticket: UInt64) {}

    // MARK: Subscribers

    /// Subscribes. The subscriber is held until `unsubscribe`. Messages come from now on; before them, on the same
    /// call, those after `position` that are kept, and for each topic of which more is missing, a gap.
    /// - Parameter position: the sequence number of the last message seen; nil for messages from now on only.
    public func subscribe(
        _ subscriber: any Subscriber, to topics: [Topic], after position: UInt64? = nil
    ) -> Subscription {
        Subscription(topics, identity: 0)
    }

    /// Ends a subscription: when it returns, the subscriber gets no more. A second call does nothing.
    public func unsubscribe(_ subscription: Subscription) {}

    /// How many get a message of that channel; patterns count once for each that matches.
    public func receivers(of channel: ByteView) -> Int { 0 }
}
