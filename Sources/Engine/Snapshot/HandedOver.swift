internal import Bytes
internal import Synchronization

/// What commands hand over to a running snapshot, which has not seen it yet: entries as they were, and whole
/// segments after FLUSHALL. It owns what it holds.
final class HandedOver: Sendable {
    /// Entries and segments are raw pointers that belong to whoever holds this value, which makes sending it safe.
    struct Contents: @unchecked Sendable {
        var entries: [Entry] = []
        /// With the stamp of what was seen already.
        var segments: [(directory: [Shard.DirectoryEntry], stamp: UInt32)] = []

        var isEmpty: Bool { entries.isEmpty && segments.isEmpty }
    }

    private let contents = Mutex(Contents())

    /// Takes over an entry that no table holds any more.
    func append(_ entry: Entry) {
        contents.withLock { $0.entries.append(entry) }
    }

    /// Takes a copy of an entry that is about to change: of a large value in O(1), sharing it.
    @inline(never)
    func append(copyOf entry: Entry) { append(entry.copy(key: entry.key, expiry: entry.expiry, clock: 0)) }

    /// Takes over the detached segments of a shard, in which what bears `stamp` was seen already.
    func append(_ directory: [Shard.DirectoryEntry], stamp: UInt32) {
        contents.withLock { $0.segments.append((directory, stamp)) }
    }

    /// Hands everything on.
    func take() -> Contents {
        contents.withLock { contents in
            if contents.isEmpty { return Contents() }
            defer { contents = Contents() }
            return contents
        }
    }
}
