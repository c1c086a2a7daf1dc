public import Bytes
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Publish and subscribe: channels, who is subscribed to them, and the last messages of each for those who come
/// back. One lock guards it all, since a message has one place in the order of all.
///
/// It is taken while locks of shards are held, and takes none of them itself.
///
/// `@unchecked Sendable`: `hub` and `identities` are only touched under `lock`; the rest is atomic or constant.
public final class PubSub: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let hub: Hub
    private var identities: UInt64 = 0
    /// Classes of key events, and `commands`.
    private let wanted = Atomic<UInt16>(0)
    private let full = Atomic<Bool>(false)

    /// - Parameter limits: how much is kept.
    public init(limits: ReplayLimits = ReplayLimits()) {
        hub = Hub(limits: limits)
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        initializeAdaptive(lock)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    private func locked<R>(_ body: (Hub) -> R) -> R {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(hub)
    }

    // MARK: The engine

    /// Which key events anybody wants: those of `notify-keyspace-events`, all where keys are watched, none usually.
    @inline(__always)
    var wantedEvents: KeyEventClasses { KeyEventClasses(rawValue: wanted.load(ordering: .relaxed)) }

    /// Delivers what an execution has said, whose locks are still held: the order of messages is that of the changes.
    /// - Parameter ticket: what must be durable before anyone may see it; 0: nothing, but what is to come after others
    ///   that wait waits with them.
    func deliver(_ outbox: inout EventOutbox, after ticket: UInt64) {
        let left = locked { hub in
            if hub.endLingering() { updateWanted() }
            hub.deliver(&outbox, after: ticket)
            return delivered()
        }
        withExtendedLifetime(left) {}
    }

    /// Has messages delivered that come from elsewhere.
    func relay(_ body: (Hub) -> Void) {
        let left = locked { hub in
            if hub.endLingering() { updateWanted() }
            body(hub)
            hub.deliverRun()
            return delivered()
        }
        withExtendedLifetime(left) {}
    }

    /// Looks something up.
    func ask<R>(_ body: (Hub) -> R) -> R { locked(body) }

    /// Delivers what waited for that ticket or an earlier one.
    public func release(upTo ticket: UInt64) {
        let left = locked { hub in
            hub.release(upTo: ticket)
            return delivered()
        }
        withExtendedLifetime(left) {}
    }

    /// What follows a delivery, under the lock.
    /// - Returns: the seats of those who have left meanwhile, to be let go of once it is released.
    private func delivered() -> [Feed.Seat] {
        updateFull()
        let left = hub.removeLeavers()
        if !left.isEmpty { updateWanted() }
        return left
    }

    /// Whether so much waits for the disk that no more is taken. O(1), without the lock.
    var isFull: Bool { full.load(ordering: .relaxed) }

    private func updateFull() {
        let isFull = hub.waiting.bytes > hub.limits.totalBytes
        if isFull != full.load(ordering: .relaxed) { full.store(isFull, ordering: .relaxed) }
    }

    private func updateWanted() {
        var classes = hub.notified
        // Redis asks for one of the two, or publishes nothing.
        if classes.isDisjoint(with: [.keyspace, .keyevent]) { classes = [] }
        if !hub.keys.all.isEmpty { classes.formUnion(.all) }
        if !hub.commands.seats.isEmpty { classes.insert(.commands) }
        wanted.store(classes.rawValue, ordering: .relaxed)
    }

    // MARK: Settings

    /// What `notify-keyspace-events` says.
    public var notified: KeyEventClasses { locked(\.notified) }

    /// Sets what `notify-keyspace-events` says.
    public func setNotified(_ classes: KeyEventClasses) {
        locked { hub in
            hub.notified = classes
            updateWanted()
        }
    }

    // MARK: Subscribers

    /// Subscribes. The subscriber is held until `unsubscribe`. Messages come from now on; before them, on the same
    /// call, those after `position` that are kept, and for each topic of which more is missing, a gap.
    /// - Parameters:
    ///   - position: the sequence number of the last message seen; nil for messages from now on only. One that was
    ///     never given out, such as `UInt64.max` for one of another run, is told a gap for each topic.
    ///   - topic: of that message, the last topic it was seen for; the others behind it come again.
    public func subscribe(
        _ subscriber: any Subscriber, to topics: [Topic], after position: UInt64? = nil,
        through topic: Int = .max
    ) -> Subscription {
        locked { hub in
            identities += 1
            let subscription = Subscription(topics, identity: identities)
            hub.add(subscriber, subscription, after: position, through: topic)
            updateWanted()
            return subscription
        }
    }

    /// Ends a subscription: when it returns, the subscriber gets no more. A second call does nothing. O(topics).
    public func unsubscribe(_ subscription: Subscription) {
        // Let go of after the lock is released: it may be the subscriber's end.
        let seats = locked { hub in
            let seats = hub.remove(subscription)
            updateWanted()
            return seats
        }
        withExtendedLifetime(seats) {}
    }

    /// Ends a subscription once what is being delivered is delivered to all. Only from `Subscriber.receive`.
    public func unsubscribeAfterDelivery(_ subscription: Subscription) { hub.leavers.append(subscription) }

    /// How many get a message of that channel; patterns count once for each that matches. O(patterns).
    public func receivers(of channel: ByteView) -> Int {
        locked { hub in
            var count = subscribers(of: channel, hub)
            for feed in hub.patterns.all where !feed.seats.isEmpty && feed.matches(channel) {
                count += feed.seats.count
            }
            return count
        }
    }

    /// How many are subscribed to that channel by its name. O(1).
    public func subscribers(of channel: ByteView) -> Int { locked { subscribers(of: channel, $0) } }

    private func subscribers(of channel: ByteView, _ hub: Hub) -> Int {
        hub.channels.find(channel)?.seats.count ?? 0
    }

    /// The channels that somebody is subscribed to by name, with how many, in no particular order. O(channels).
    /// - Parameter glob: only those that it matches; nil: all.
    public func activeChannels(matching glob: ByteView? = nil) -> [(name: [UInt8], subscribers: Int)] {
        locked { hub in
            var channels: [(name: [UInt8], subscribers: Int)] = []
            for feed in hub.channels.all where !feed.seats.isEmpty {
                if let glob, !globMatches(pattern: glob, text: feed.name) { continue }
                channels.append((feed.name.array, feed.seats.count))
            }
            return channels
        }
    }

    /// How many channels somebody is subscribed to by name, and how many patterns somebody is. O(channels + patterns).
    public var counts: (channels: Int, patterns: Int) {
        locked { hub in
            let isActive = { (feed: Feed) in !feed.seats.isEmpty }
            return (hub.channels.all.count(where: isActive), hub.patterns.all.count(where: isActive))
        }
    }

    /// The bytes of the messages that are kept for those who come back. O(1).
    public var keptBytes: Int { locked(\.keptBytes) }
}

extension KeyEventClasses {
    /// What is wanted besides events: the commands themselves, for MONITOR.
    static let commands = KeyEventClasses(rawValue: 1 << 15)
}
