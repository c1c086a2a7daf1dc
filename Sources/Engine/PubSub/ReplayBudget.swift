/// All rings together: their bytes, and which message is the oldest, to be dropped first.
struct ReplayBudget {
    private struct Entry {
        let sequence: UInt64
        let feed: Feed
    }

    /// Every kept message in order; those that their rings have dropped by themselves are still there for a while.
    private var log = Deque<Entry>()
    /// Messages that rings hold.
    private var kept = 0
    /// The bytes of all rings.
    private(set) var bytes = 0

    /// Appends a message to a feed's ring. O(1) on average.
    mutating func append(_ message: Message, to feed: Feed) {
        if feed.ring.isEmpty { bytes += feed.overhead }
        feed.ring.append(message)
        bytes += message.size
        kept += 1
        log.append(Entry(sequence: message.sequence, feed: feed))
        if log.count > 2 * kept + 1024 { sweep() }
    }

    /// Drops the oldest message of a feed's ring. O(1).
    mutating func dropFirst(of feed: Feed) {
        if feed.ring.isEmpty { return }
        bytes -= feed.ring.dropFirst()
        kept -= 1
        if feed.ring.isEmpty { bytes -= feed.overhead }
    }

    /// Drops all messages of a feed. O(messages).
    mutating func dropAll(of feed: Feed) {
        while !feed.ring.isEmpty { dropFirst(of: feed) }
    }

    /// Drops the oldest message of all. O(1) on average.
    /// - Returns: the feed that has lost it; nil where there is none.
    mutating func dropOldest() -> Feed? {
        while let entry = log.popFirst() {
            guard entry.feed.ring.first == entry.sequence else { continue }
            dropFirst(of: entry.feed)
            return entry.feed
        }
        return nil
    }

    /// Takes out of the log what no ring holds any more. O(log).
    private mutating func sweep() {
        var rest = Deque<Entry>()
        while let entry = log.popFirst() {
            if let first = entry.feed.ring.first, first <= entry.sequence { rest.append(entry) }
        }
        log = rest
    }
}
