package import Bytes

// Messages that others publish elsewhere, and that come here for who is subscribed here.
extension PubSub {
    /// Delivers a message.
    package func receive(_ message: ByteView, on channel: ByteView, isSharded: Bool) {
        relay { $0.receive(message, on: channel, isSharded: isSharded) }
    }

    /// Delivers an event of a key to who watches it.
    package func receive(_ event: ByteView, of key: ByteView) { relay { $0.receive(event, of: key) } }

    /// Tells all subscribers of a topic, and those who come back to it, that messages may be missing until now.
    package func miss(_ topic: Topic) { relay { $0.miss(topic) } }

    /// Whether anybody is subscribed to it. O(1).
    package func hasSubscribers(_ topic: Topic) -> Bool { ask { !($0.find(topic)?.seats.isEmpty ?? true) } }
}

extension Hub {
    func receive(_ message: ByteView, on channel: ByteView, isSharded: Bool) {
        if ForgottenChannels.isOfKeyEvents(channel) {
            publishEvent(on: channel, message)
        } else {
            publish(.message(channel: channel, payload: message, isSharded: isSharded))
        }
    }

    func receive(_ event: ByteView, of key: ByteView) { publishToWatchers(event, key) }

    /// The feed of a topic; nil where it is not there.
    func find(_ topic: Topic) -> Feed? {
        switch topic {
        case .channel(let name): name.withByteView { channels.find($0) }
        case .pattern(let glob): glob.withByteView { patterns.find($0) }
        case .keys(let glob): glob.withByteView { keys.find($0) }
        case .monitor: commands
        }
    }

    func miss(_ topic: Topic) {
        let sequence = advance()
        guard let feed = find(topic) else {
            if case .channel(let name) = topic { name.withByteView { forgotten.drop($0, upTo: sequence) } }
            return
        }
        feed.missed = sequence
        for seat in feed.seats { seat.subscriber.interrupted(topic: seat.topic, before: sequence + 1) }
    }
}
