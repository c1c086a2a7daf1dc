// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
package import Bytes

// The whole store: these need every shard's lock.
extension MemoryKeyspace {
    package var count: Int {
        var sum = 0
        for index in 0..<Shard.count { sum += table.shards[index].count }
        return sum
    }

    package var statistics: Statistics {
        var sum = Statistics()
        for index in 0..<Shard.count {
            let part = table.cells[index].statistics
            sum.commands += part.commands
            sum.hits += part.hits
            sum.misses += part.misses
            sum.expired += part.expired
            sum.volatileKeys += table.shards[index].volatileKeys
        }
        sum.blocked = table.waiters.count
        return sum
    }

    package mutating func resetStatistics() {
        for index in 0..<Shard.count { table.cells[index].statistics = Statistics() }
    }

    /// In the order of hashes; the cursor is the top 48 bits of the hash to go on from, so that JSON
    /// readers which know only doubles keep it exactly.
    package mutating func scan(
        from cursor: UInt64, count: Int, _ visit: (ByteView, KeyType) -> Bool
    ) -> UInt64 {
        guard cursor < 1 << 48 else { return 0 }
        let start = cursor << 16
        var batch: [(position: UInt64, entry: Entry)] = []
        var counted = 0
        // Expired keys are passed over; but a client waits for the locks, so not over any number of them.
        var expired = 0
        var last = UInt64.max
        var from = start
        for index in MemoryTable.shard(of: start)..<Shard.count {
            var next: UInt64?
            table.shards[index].forEachSegment(from: from) { segment in
                batch.removeAll(keepingCapacity: true)
                for slot in 0..<Segment.slotCount {
                    guard let entry = segment[slot] else { continue }
                    let position = KeyHash.of(entry.key) >> 16
                    if position >= cursor { batch.append((position, entry)) }
                }
                if counted + batch.count > count {
                    batch.sort { $0.position < $1.position }
                }
                for item in batch {
                    if counted >= count, item.position != last {
                        next = item.position
                        return false
                    }
                    last = item.position
                    if item.entry.isExpired(at: now) {
                        expired += 1
                        if expired > 1000 { counted += 1 }
                    } else if visit(item.entry.key, item.entry.type) {
                        counted += 1
                    }
                }
                return true
            }
            if let next { return next }
            from = UInt64(index + 1) << 58
        }
        return 0
    }

    /// Each shard is chosen as often as it holds keys. Within it a segment weighs as much as of the directory.
    package mutating func randomKey() -> ByteView? {
        while count > 0 {
            var left = RandomSource.next(below: count)
            var index = 0
            while left >= table.shards[index].count {
                left -= table.shards[index].count
                index += 1
            }
            let entry = table.shards[index].randomEntry()
            if !entry.isExpired(at: expiryLimit) { return entry.key }
            // Removing finds that it has expired, and says that nothing was there.
            remove(entry.key)
        }
        return nil
    }

    package mutating func removeAll() {
        for index in 0..<Shard.count where table.shards[index].count > 0 {
            let detached = table.shards[index].detachAll()
            if table.isSnapshotRunning {
                table.handedOver.append(detached, stamp: table.shards[index].stamp)
            } else {
                table.reclaimer.free(detached)
            }
        }
        for index in 0..<MemoryTable.stripeCount { table.stripes[index] &+= 1 }
        scope.noteChange()
    }
}
