internal import Bytes

/// What `PubSub` guards by its lock: the feeds, and the order of messages. Not safe from several threads by itself.
final class Hub {
    let limits: ReplayLimits
    /// The sequence number given out last.
    private(set) var sequence: UInt64 = 0
    var channels = FeedTable()
    var patterns = FeedTable()
    var keys = FeedTable()
    let commands = Feed(.monitor, .empty, forgotten: 0)
    private var budget = ReplayBudget()
    var forgotten = ForgottenChannels()
    /// What `notify-keyspace-events` says.
    var notified: KeyEventClasses = []
    /// Messages that wait for the disk.
    var waiting = WaitingEvents()
    /// Up to which ticket everything is durable, as far as was said.
    var durable: UInt64 = 0
    /// Feeds that nobody listens to and that are kept for a while, and when the first of them is over.
    var lingering = 0
    var lingerEnd = Int64.max
    /// Channels of key events among them.
    var lingeringChannels: [Feed] = []
    /// Who leaves once the message under way is delivered.
    var leavers: [Subscription] = []
    /// A key event's channel, while it is published.
    private var channelName = ByteBuffer()
    /// The feeds of the message under way besides its channel's.
    private var matching: [Feed] = []
    /// Messages that are about to be delivered to the subscribers of a feed.
    private let run = MessageRun()
    private var runFeed: Feed?

    init(limits: ReplayLimits) { self.limits = limits }

    /// The next sequence number.
    func advance() -> UInt64 {
        sequence += 1
        return sequence
    }

    // MARK: Publishing

    /// Delivers a record, and keeps it for those who come back.
    func publish(_ record: EventOutbox.Record) {
        switch record {
        case .message(let channel, let payload, let isSharded):
            publish(channel, payload, isSharded: isSharded)
        case .key(let classes, let event, let key): publish(classes, event, key)
        case .command(let line):
            if commands.seats.isEmpty { return }
            deliver(
                Message(sequence: advance(), kind: .command, subject: .empty, content: line), to: commands)
        }
    }

    private func publish(_ channel: ByteView, _ payload: ByteView, isSharded: Bool) {
        let isKept = limits.messages > 0 && payload.count < min(limits.bytes, limits.totalBytes)
        let feed = isKept ? self.channel(channel) : channels.find(channel)
        if !isSharded { findPatterns(of: channel) }
        defer { matching.removeAll(keepingCapacity: true) }
        let sequence = advance()
        guard feed != nil || !matching.isEmpty else { return forgotten.drop(channel, upTo: sequence) }
        let message = Message(
            sequence: sequence, kind: .published, isSharded: isSharded, subject: channel, content: payload)
        if let feed { keep(message, in: feed) } else { forgotten.drop(channel, upTo: sequence) }
        deliver(message, to: feed)
    }

    private func publish(_ classes: KeyEventClasses, _ event: ByteView, _ key: ByteView) {
        if !classes.isDisjoint(with: .all) { publishToWatchers(event, key) }
        if notified.isDisjoint(with: classes) { return }
        if notified.contains(.keyspace) { publishEvent("__keyspace@0__:", key, event) }
        if notified.contains(.keyevent) { publishEvent("__keyevent@0__:", event, key) }
    }

    /// Publishes a key event to those who watch the key.
    func publishToWatchers(_ event: ByteView, _ key: ByteView) {
        for feed in keys.all where feed.matches(key) { matching.append(feed) }
        if matching.isEmpty { return }
        let message = Message(sequence: advance(), kind: .keyEvent, subject: key, content: event)
        for feed in matching { keep(message, in: feed) }
        deliver(message, to: nil)
        matching.removeAll(keepingCapacity: true)
    }

    private func publishEvent(_ prefix: StaticString, _ name: ByteView, _ payload: ByteView) {
        channelName.clear(keeping: 1 << 10)
        channelName.append(prefix)
        channelName.append(name)
        publishEvent(on: channelName.view, payload)
    }

    /// Publishes a key event as a message. Its channel keeps it only where somebody listens, or did a moment ago: a
    /// channel for each key would leave no room for others.
    func publishEvent(on channel: ByteView, _ payload: ByteView) {
        let feed = channels.find(channel)
        findPatterns(of: channel)
        defer { matching.removeAll(keepingCapacity: true) }
        let sequence = advance()
        let isKept = feed.map { !$0.seats.isEmpty || $0.lingersUntil > Clock.tick() } ?? false
        if !isKept { forgotten.skip(channel, sequence) }
        if feed == nil, matching.isEmpty { return }
        let message = Message(sequence: sequence, kind: .published, subject: channel, content: payload)
        if let feed, isKept {
            keep(message, in: feed)
        } else {
            for pattern in matching { keep(message, in: pattern) }
        }
        deliver(message, to: feed)
    }

    private func findPatterns(of channel: ByteView) {
        for feed in patterns.all where feed.matches(channel) { matching.append(feed) }
    }

    // MARK: Delivering

    /// Gives a message to the subscribers of a feed, and to those of `matching`. Who has several topics gets the
    /// message for each in the order of its topics, so that it can say up to where it has come.
    ///
    /// Where they are the subscribers of one feed, the message waits for others that follow it: until `deliverRun`.
    private func deliver(_ message: Message, to feed: Feed?) {
        if let only = onlyFeed(feed) {
            if only.seats.isEmpty { return }
            if runFeed !== only || !run.hasRoom(for: message) { deliverRun() }
            runFeed = only
            return run.append(message)
        }
        if matching.isEmpty { return }
        deliverRun()
        defer { message.forgetFrames() }
        var several: [Feed.Seat] = []
        func deliver(_ feed: Feed) {
            for seat in feed.seats {
                if seat.subscription.topics.count > 1 {
                    several.append(seat)
                } else {
                    seat.subscriber.receive(message, topic: seat.topic)
                }
            }
        }
        if let feed { deliver(feed) }
        for feed in matching { deliver(feed) }
        several.sort { ($0.subscription.identity, $0.topic) < ($1.subscription.identity, $1.topic) }
        for seat in several { seat.subscriber.receive(message, topic: seat.topic) }
    }

    /// The one feed, of a channel's and those that match, whose subscribers get the message under way; nil where there are several, or none.
    private func onlyFeed(_ feed: Feed?) -> Feed? {
        if matching.isEmpty { return feed }
        return matching.count == 1 && feed?.seats.isEmpty ?? true ? matching[0] : nil
    }

    /// Delivers what waits to be delivered together: to be called once all is published, under the same lock.
    func deliverRun() {
        guard let feed = runFeed else { return }
        runFeed = nil
        feed.deliver(run)
        run.removeAll()
    }

    // MARK: Keeping

    /// The feed of a channel; made where it is not there.
    func channel(_ name: ByteView) -> Feed {
        if let feed = channels.find(name) { return feed }
        let feed = Feed(.channel, name, forgotten: forgotten.forgotten(of: name))
        channels.insert(feed)
        return feed
    }

    /// Keeps a message for those who come back, and drops what is too much then: the oldest.
    private func keep(_ message: Message, in feed: Feed) {
        budget.append(message, to: feed)
        while feed.ring.count > limits.messages || feed.ring.bytes > limits.bytes {
            budget.dropFirst(of: feed)
        }
        while budget.bytes > limits.totalBytes, let loser = budget.dropOldest() { discardIfIdle(loser) }
        discardIfIdle(feed)
    }

    /// Removes a channel of which nothing is kept and to which nobody listens.
    func discardIfIdle(_ feed: Feed) {
        guard feed.kind == .channel, feed.ring.isEmpty, feed.seats.isEmpty, feed.waiting == 0 else { return }
        forgotten.drop(feed.name, upTo: max(feed.ring.forgotten, feed.missed))
        channels.remove(feed)
    }

    /// Removes a glob to which nobody listens, with its messages.
    func discard(_ feed: Feed) {
        budget.dropAll(of: feed)
        if feed.kind == .keys { keys.remove(feed) } else { patterns.remove(feed) }
    }

    /// The bytes of what is kept.
    var keptBytes: Int { budget.bytes }
}
