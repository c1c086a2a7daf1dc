internal import Bytes

/// What one topic gets: who is subscribed to it, and its last messages.
final class Feed {
    /// What the name is.
    enum Kind {
        /// A channel's name. The ring holds its messages.
        case channel
        /// A glob of channels. The ring holds messages of theirs that no channel's ring does.
        case pattern
        /// A glob of keys. The ring holds their events.
        case keys
        /// Nothing. The ring stays empty.
        case monitor
    }

    /// A subscriber, and where it has the feed among its topics.
    struct Seat {
        let subscriber: any Subscriber
        let subscription: Subscription
        let topic: Int
    }

    let kind: Kind
    private let text: ByteBuffer
    private(set) var seats: [Seat] = []
    var ring: ReplayRing
    /// Up to which sequence number messages may be missing that never came here.
    var missed: UInt64 = 0
    /// Until when what nobody listens to is kept nevertheless, in milliseconds of the monotonic clock.
    var lingersUntil = Int64.min
    /// How many messages of the channel wait for the disk.
    var waiting = 0
    /// Its place in the `FeedTable`.
    var position = 0

    init(_ kind: Kind, _ name: ByteView, forgotten: UInt64) {
        self.kind = kind
        var text = ByteBuffer(capacity: name.count)
        text.append(name)
        self.text = text
        ring = ReplayRing(forgotten: forgotten)
    }

    /// The channel, or the glob; lives as long as the feed.
    var name: ByteView { text.view }

    /// What a ring that is not empty takes besides its messages: about the size of this object, its name and its
    /// place in the table.
    var overhead: Int { 256 + 2 * text.count }

    /// Whether a message of the channel of that name, or an event of that key, belongs to it. O(length) as a rule.
    func matches(_ name: ByteView) -> Bool { globMatches(pattern: self.name, text: name) }

    /// Whether, as a pattern, it may match a channel of key events: `__keyspace@0__:…` and the like.
    var mayMatchKeyEvents: Bool {
        name.isEmpty ? false : name[0] == UInt8(ascii: "_") || isGlobPattern(name[0..<1])
    }

    /// Gives messages to all subscribers.
    func deliver(_ run: MessageRun) {
        // The seats don't change meanwhile: who receives does not call back. Read in place, none is counted.
        seats.withUnsafeBufferPointer { seats in
            if run.messages.count > 1 {
                for index in seats.indices { seats[index].subscriber.receive(run, topic: seats[index].topic) }
                return
            }
            for message in run.messages {
                for index in seats.indices {
                    seats[index].subscriber.receive(message, topic: seats[index].topic)
                }
            }
        }
    }

    /// Adds a subscriber. O(1).
    /// - Returns: its seat.
    func add(_ seat: Seat) -> Int {
        seats.append(seat)
        return seats.count - 1
    }

    /// Removes the subscriber of a seat; the last one takes it. O(1).
    func remove(_ index: Int) -> Seat {
        let removed = seats[index]
        let last = seats.removeLast()
        if index < seats.count {
            seats[index] = last
            last.subscription.places[last.topic]?.seat = index
        }
        if seats.isEmpty { seats = [] }
        return removed
    }
}
