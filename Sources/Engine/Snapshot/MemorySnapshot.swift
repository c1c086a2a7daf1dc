internal import Bytes

/// The keyspace at one instant, read out while commands go on, without a second process and without a second copy.
///
/// Every entry bears a stamp of one bit. At the instant, with all locks held, the shards' stamps flip: an entry
/// whose stamp is not its shard's has not been seen. The walk goes through the shards in the order of hashes and
/// stamps what it hands out. Whoever is about to change or remove an entry that was not seen hands it over first
/// (`MemoryKeyspace.willChange`), and what is new is stamped from the start. So each key that was there at the
/// instant is handed out once, as it was then; memory grows by what is changed meanwhile, until the next step.
///
/// Used by one thread at a time. When it goes, or is abandoned, the rest is walked without being handed out: no
/// stamp must be left behind.
public final class MemorySnapshot {
    /// How many keys there were, those included that had expired unnoticed.
    public let keys: Int
    /// How many of them had an expiry.
    public let expiring: Int
    /// Whether a hash had a field with an expiry.
    public let hasFieldExpiries: Bool

    private let table: MemoryTable
    /// Where the walk is: the hash at which the next segment begins; nil at the end.
    private var position: UInt64? = 0
    private var isFinished = false

    /// About how many keys a step hands out, and how many bytes under one lock.
    private static let keysPerStep = 1024
    private static let bytesPerLock = 64 << 10

    /// All locks are held.
    init(_ table: MemoryTable) {
        self.table = table
        var keys = 0
        var expiring = 0
        var hashes = 0
        for index in 0..<Shard.count {
            keys += table.shards[index].count
            expiring += table.shards[index].volatileKeys
            hashes += table.shards[index].expiringHashes
            table.shards[index].beginSnapshot()
        }
        self.keys = keys
        self.expiring = expiring
        hasFieldExpiries = hashes > 0
        table.isSnapshotRunning = true
    }

    deinit { abandon() }

    /// Hands some keys to `visit`: a fraction of a millisecond of work or so, where no value is large. Locks are held for a few
    /// dozen microseconds each.
    /// - Returns: false at the end, when all keys were handed out.
    public func step(_ visit: (StoredValue) -> Void, unlocked: () -> Void = {}) -> Bool {
        var left = MemorySnapshot.keysPerStep
        // First what was handed over, so that it does not pile up.
        drain { entry in
            visit(StoredValue(entry))
            left -= 1
        }
        unlocked()
        while left > 0, let start = position {
            left -= walk(from: start, visit, unlocked)
            unlocked()
        }
        if position != nil { return true }
        guard !isFinished else { return false }
        // Nothing is handed over any more: everything is stamped.
        drain { visit(StoredValue($0)) }
        unlocked()
        finish()
        return false
    }

    /// Ends it without the rest. O(keys that were not handed out).
    public func abandon() {
        while step({ _ in }) {}
    }

    private func finish() {
        table.lock(.max)
        table.isSnapshotRunning = false
        table.unlock(.max)
        isFinished = true
        // FLUSHALL between the last drain and the lock has left segments that hold nothing new.
        drain { _ in }
    }

    /// Visits what was handed over, and frees it.
    private func drain(_ visit: (Entry) -> Void) {
        let contents = table.handedOver.take()
        for entry in contents.entries {
            visit(entry)
            entry.free()
        }
        for (directory, stamp) in contents.segments {
            var previous: Segment?
            for place in directory {
                if let previous, previous.raw == place.segment.raw { continue }
                previous = place.segment
                for slot in 0..<Segment.slotCount {
                    if let entry = place.segment[slot], entry.stamp != stamp { visit(entry) }
                }
            }
            MemoryTable.free(directory)
        }
    }

    /// Hands out the segment that begins at `start`, or a part of it where that is long, and goes on to the next.
    /// - Returns: how many slots and keys that was.
    private func walk(from start: UInt64, _ visit: (StoredValue) -> Void, _ unlocked: () -> Void) -> Int {
        let index = MemoryTable.shard(of: start)
        var large: [Entry] = []
        var visited = 0
        var bytes = 0
        var isWhole = true
        table.lock(1 << UInt64(index))
        let stamp = table.shards[index].stamp
        let segment = table.shards[index].segment(for: start)
        for slot in 0..<Segment.slotCount {
            segment.prefetchEntry(ahead: slot)
            guard let entry = segment[slot], entry.stamp != stamp else { continue }
            if bytes > MemorySnapshot.bytesPerLock {
                isWhole = false
                break
            }
            if entry.isShared {
                large.append(entry.copy(key: entry.key, expiry: entry.expiry, clock: 0))
            } else {
                visit(StoredValue(entry))
                bytes += entry.weight
            }
            entry.stamp = stamp
            visited += 1
        }
        if isWhole {
            if let next = table.shards[index].nextSegment(after: start) {
                position = next
            } else {
                position = index + 1 < Shard.count ? UInt64(index + 1) << UInt64(64 - Shard.bits) : nil
            }
        }
        table.unlock(1 << UInt64(index))
        for entry in large {
            visit(StoredValue(entry))
            unlocked()
            entry.free()
        }
        return visited + 16
    }
}

extension Entry {
    /// Whether its value is shared in O(1) rather than read under a lock.
    fileprivate var isShared: Bool { isLarge || type == .string && !isInlineString }

    /// About how many bytes reading it means.
    fileprivate var weight: Int { type == .string ? key.count + string.count : 64 * elementCount }
}

extension MemoryEngine {
    /// Begins a snapshot of this instant; nil while there is another.
    /// - Parameter atCut: runs at that instant, with every lock held: no command is under way.
    public func beginSnapshot(atCut: () -> Void = {}) -> MemorySnapshot? {
        table.lock(.max)
        defer { table.unlock(.max) }
        guard !table.isSnapshotRunning else { return nil }
        atCut()
        return MemorySnapshot(table)
    }
}
