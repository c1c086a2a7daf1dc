internal import Bytes

extension SortedSetBody {
    /// Visits some members from `cursor` on (all of them while small) and returns where to go on, 0 at the
    /// end. A member that is present from the start of a whole scan to its end is visited, whatever becomes
    /// of its score.
    ///
    /// The order is the index's, that of the members' hashes. The index has no members, so they are found
    /// among those of the same score. Where many tie, one call visits more than `count`: at least a 64th
    /// of the largest tie, so that a whole scan walks no tie more than about 64 times.
    func scan(from cursor: UInt64, count: Int, _ visit: (ByteView, Double) -> Void) -> UInt64 {
        guard let index else {
            forEach(0..<self.count, reverse: false) {
                visit($0, $1)
                return true
            }
            return 0
        }
        var batch: [ScanEntry] = []
        var next = collect(index, from: cursor, count: max(count, 1), &batch)
        var largest = 0
        for entry in batch { largest = max(largest, ties(entry.key).count) }
        if next != 0, largest / 64 > batch.count {
            next = collect(index, from: next, count: largest / 64 - batch.count, &batch)
        }
        batch.sort { ($0.key, $0.hash) < ($1.key, $1.hash) }
        var start = 0
        while start < batch.count {
            var end = start + 1
            while end < batch.count, batch[end].key == batch[start].key { end += 1 }
            visitMembers(of: batch[start..<end], visit)
            start = end
        }
        return next
    }

    private func collect(
        _ index: Tree<ScoreIndex>, from cursor: UInt64, count: Int, _ batch: inout [ScanEntry]
    ) -> UInt64 {
        index.scan(from: cursor, count: count) { entry in
            let key = ScoreKey.comparable(Double(bitPattern: entry.payload))
            batch.append(ScanEntry(key: key, hash: entry.key))
        }
    }

    /// The ranks of the members whose score compares as `key`.
    private func ties(_ key: UInt64) -> Range<Int> {
        members.rank(bound: key, orEqual: false)..<members.rank(bound: key, orEqual: true)
    }

    /// Visits the members that the entries, all of one score and in order of hash, stand for.
    private func visitMembers(of entries: ArraySlice<ScanEntry>, _ visit: (ByteView, Double) -> Void) {
        let range = ties(entries[entries.startIndex].key)
        members.forEach(range) { item in
            if range.count > 1 {
                let hash = ElementHash.of(item.first)
                var low = entries.startIndex
                var high = entries.endIndex
                while low < high {
                    let middle = (low + high) / 2
                    if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
                }
                guard low < entries.endIndex, entries[low].hash == hash else { return true }
            }
            visit(item.first, ScoreKey.score(item.key))
            return true
        }
    }
}

/// An entry of the index that a scan has come to: a score's key to compare by, and a member's hash.
private struct ScanEntry {
    var key: UInt64
    var hash: UInt64
}
