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
        var sum = table.counted
        for index in 0..<Shard.count { sum.volatileKeys += table.shards[index].volatileKeys }
        return sum
    }

    package mutating func scan(
        from cursor: UInt64, count: Int, _ visit: (ByteView, KeyType) -> Bool
    ) -> UInt64 {
        guard cursor < 1 << 48 else { return 0 }
        let start = cursor << 16
        var batch: [(position: UInt64, entry: Entry)] = []
        var window = ScanWindow(count: count)
        var isOver = false
        var from = start
        for index in MemoryTable.shard(of: start)..<Shard.count {
            table.shards[index].forEachSegment(from: from) { segment in
                batch.removeAll(keepingCapacity: true)
                for slot in 0..<Segment.slotCount {
                    guard let entry = segment[slot] else { continue }
                    let position = KeyHash.of(entry.key) >> 16
                    if position >= cursor { batch.append((position, entry)) }
                }
                if window.isFilled(by: batch.count) {
                    batch.sort { $0.position < $1.position }
                }
                for item in batch {
                    if window.ends(before: item.position) {
                        isOver = true
                        return false
                    }
                    if item.entry.isExpired(at: now) {
                        window.pass()
                    } else if visit(item.entry.key, item.entry.type) {
                        window.visit()
                    }
                }
                return true
            }
            if isOver { break }
            from = UInt64(index + 1) << 58
        }
        return window.next
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
