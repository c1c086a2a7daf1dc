internal import Bytes

/// Feeds of one kind by their names, found without copying the name.
struct FeedTable {
    /// Invariant: each key is the name that its own feed holds, and so lives as long as it is here.
    private var feeds: [ByteView: Feed] = [:]
    /// The same, each at its `position`.
    private(set) var all: [Feed] = []

    /// The feed of that name. O(1).
    func find(_ name: ByteView) -> Feed? { feeds[name] }

    /// Adds a feed, whose name is not there yet. O(1).
    mutating func insert(_ feed: Feed) {
        feeds[feed.name] = feed
        feed.position = all.count
        all.append(feed)
    }

    /// Removes a feed, if it is there. O(1).
    mutating func remove(_ feed: Feed) {
        guard feeds[feed.name] === feed else { return }
        feeds.removeValue(forKey: feed.name)
        let last = all.removeLast()
        if last !== feed {
            all[feed.position] = last
            last.position = feed.position
        }
    }
}
