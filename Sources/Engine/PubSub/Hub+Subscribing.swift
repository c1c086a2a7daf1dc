internal import Bytes

// Coming, coming back, and going.
extension Hub {
    /// Adds a subscriber to its topics, after telling it what it has missed.
    func add(
        _ subscriber: any Subscriber, _ subscription: Subscription, after position: UInt64?,
        through topic: Int
    ) {
        subscription.places = subscription.topics.enumerated().map { index, topic in
            // A topic named twice is one.
            if subscription.topics.firstIndex(of: topic) != index { return nil }
            return Subscription.Place(feed: feed(of: topic), seat: 0)
        }
        subscription.start = sequence
        if let position { replay(to: subscriber, subscription, after: position, through: topic) }
        for case (let index, let place?) in subscription.places.enumerated() {
            subscription.places[index]?.seat = place.feed.add(
                Feed.Seat(subscriber: subscriber, subscription: subscription, topic: index))
        }
    }

    /// Removes those who have asked for it while a message was delivered.
    /// - Returns: as `remove`.
    func removeLeavers() -> [Feed.Seat] {
        if leavers.isEmpty { return [] }
        defer { leavers = [] }
        return leavers.flatMap { remove($0) }
    }

    /// Removes a subscriber from its topics.
    /// - Returns: its seats, to be let go of once the lock is released.
    func remove(_ subscription: Subscription) -> [Feed.Seat] {
        var seats: [Feed.Seat] = []
        for case let place? in subscription.places {
            seats.append(place.feed.remove(place.seat))
            if place.feed.seats.isEmpty { left(place.feed) }
        }
        subscription.places = []
        return seats
    }

    /// The feed of a topic, made where it is not there.
    private func feed(of topic: Topic) -> Feed {
        switch topic {
        case .channel(let name): return name.withByteView { channel($0) }
        case .pattern(let glob):
            return glob.withByteView { glob in
                if let feed = patterns.find(glob) { return returned(feed) }
                let feed = Feed(.pattern, glob, forgotten: forgotten.lastSkipped)
                patterns.insert(feed)
                return feed
            }
        case .keys(let glob):
            return glob.withByteView { glob in
                if let feed = keys.find(glob) { return returned(feed) }
                // What has happened to keys until now, nobody knows: positions up to here are before a gap.
                let feed = Feed(.keys, glob, forgotten: advance())
                keys.insert(feed)
                return feed
            }
        case .monitor: return commands
        }
    }

    // MARK: Lingering

    /// How many globs that nobody watches any more are kept at a time.
    private static var lingeringLimit: Int { 256 }

    /// The last subscriber of a feed has left.
    private func left(_ feed: Feed) {
        let now = Clock.tick()
        let milliseconds = Int64((max(0, min(limits.linger, 1e9)) * 1000).rounded())
        feed.lingersUntil = now + milliseconds
        switch feed.kind {
        case .monitor: return
        case .channel:
            // Others are kept once they hold something; those of key events only while they are waited for.
            guard feed.ring.isEmpty, ForgottenChannels.isOfKeyEvents(feed.name), !notified.isEmpty,
                milliseconds > 0, lingering < Hub.lingeringLimit
            else { return discardIfIdle(feed) }
            lingeringChannels.append(feed)
            linger(feed)
        case .pattern where notified.isEmpty || !feed.mayMatchKeyEvents: discard(feed)
        case .pattern, .keys:
            // Each is compared with every event: who opens and closes streams must not make writing slow.
            if milliseconds == 0 || lingering >= Hub.lingeringLimit { return discard(feed) }
            linger(feed)
        }
    }

    private func linger(_ feed: Feed) {
        lingering += 1
        lingerEnd = min(lingerEnd, feed.lingersUntil)
    }

    /// Somebody comes to a feed that is there.
    private func returned(_ feed: Feed) -> Feed {
        if feed.seats.isEmpty { lingering -= 1 }
        return feed
    }

    /// Removes what has lingered long enough.
    /// - Returns: whether there was any. O(1) where nothing is due.
    func endLingering() -> Bool {
        guard lingering > 0 else { return false }
        let now = Clock.tick()
        guard now >= lingerEnd else { return false }
        let idle = (keys.all + patterns.all).filter(\.seats.isEmpty)
        for feed in idle where feed.lingersUntil <= now {
            discard(feed)
            lingering -= 1
        }
        for feed in lingeringChannels where feed.lingersUntil <= now {
            lingering -= 1
            if channels.find(feed.name) === feed { discardIfIdle(feed) }
        }
        lingeringChannels.removeAll { $0.lingersUntil <= now }
        lingerEnd = (idle + lingeringChannels).map(\.lingersUntil).filter { $0 > now }.min() ?? .max
        return true
    }

    // MARK: Replay

    /// Gives a subscriber what is kept of its topics after a position, and tells it of what is not.
    private func replay(
        to subscriber: any Subscriber, _ subscription: Subscription, after position: UInt64,
        through last: Int
    ) {
        let isKnown = position <= sequence
        var found: [(message: Message, topic: Int)] = []
        for case (let index, let place?) in subscription.places.enumerated() {
            guard isKnown else {
                subscriber.missed(topic: index, after: nil, before: sequence + 1)
                continue
            }
            // Of the message at the position itself, the topics behind the last one may not have been told.
            let from = index > last ? position : position + 1
            let gap = collect(place.feed, from: from) { found.append(($0, index)) }
            if gap >= from { subscriber.missed(topic: index, after: position, before: gap + 1) }
        }
        found.sort { ($0.message.sequence, $0.topic) < ($1.message.sequence, $1.topic) }
        for (message, topic) in found { subscriber.receive(message, topic: topic) }
        for (message, _) in found { message.forgetFrames() }
    }

    /// Visits what is kept of a feed, in no particular order.
    /// - Returns: up to which message some may be missing.
    private func collect(_ feed: Feed, from start: UInt64, _ visit: (Message) -> Void) -> UInt64 {
        feed.ring.forEach(from: start, visit)
        switch feed.kind {
        case .channel, .keys: return max(feed.ring.forgotten, feed.missed)
        case .monitor: return sequence
        case .pattern: break
        }
        var gap = max(forgotten.lastDropped(matching: feed), feed.missed)
        if feed.mayMatchKeyEvents { gap = max(gap, feed.ring.forgotten) }
        for channel in channels.all where feed.matches(channel.name) {
            gap = max(gap, channel.ring.forgotten)
            channel.ring.forEach(from: start) { if !$0.isSharded { visit($0) } }
        }
        return gap
    }
}
