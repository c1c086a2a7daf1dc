public import RDB

/// The keyspace at one instant, read out while commands go on.
public final class MemorySnapshot {
    /// How many keys there were, those included that had expired unnoticed.
    public let keys: Int
    /// How many of them had an expiry.
    public let expiring: Int
    private let table: MemoryTable
    private var shard = 0

    init(_ table: MemoryTable, keys: Int, expiring: Int) {
        self.table = table
        self.keys = keys
        self.expiring = expiring
    }

    /// Hands some keys to `visit`: a millisecond of work or so.
    /// - Returns: false at the end, when all keys were handed over.
    public func step(_ visit: (StoredValue) -> Void) -> Bool {
        guard shard < Shard.count else { return false }
        table.lock(1 << UInt64(shard))
        table.cells[shard].shard.forEachSegment(from: UInt64(shard) << 58) { segment in
            for slot in 0..<Segment.slotCount {
                if let entry = segment[slot] { visit(StoredValue(entry)) }
            }
            return true
        }
        table.unlock(1 << UInt64(shard))
        shard += 1
        return true
    }

    /// Ends it without the rest.
    public func abandon() { shard = Shard.count }
}

/// A key with its value, lent for a moment.
public struct StoredValue {
    let entry: Entry

    init(_ entry: Entry) { self.entry = entry }

    /// Writes key, expiry and value.
    public func write<Sink: RDBSink & ~Copyable>(to writer: inout RDBWriter<Sink>) {
        if entry.type == .string { writer.string(entry.key, expiry: entry.expiry, value: entry.string) }
    }
}

extension MemoryEngine {
    /// Begins a snapshot of this instant; nil while there is another.
    /// - Parameter atCut: runs at that instant, with every lock held: no command is under way.
    public func beginSnapshot(atCut: () -> Void = {}) -> MemorySnapshot? {
        table.lock(.max)
        defer { table.unlock(.max) }
        atCut()
        var keys = 0
        var expiring = 0
        for index in 0..<Shard.count {
            keys += table.cells[index].shard.count
            expiring += table.cells[index].shard.statistics.volatileKeys
        }
        return MemorySnapshot(table, keys: keys, expiring: expiring)
    }
}
