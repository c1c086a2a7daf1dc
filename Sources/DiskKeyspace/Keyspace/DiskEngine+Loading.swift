internal import Bytes
package import Engine

extension LocalEngine: LoadableEngine where View == DiskKeyspace {
    /// Nothing: the files need none made.
    package func reserve(keys: Int) {}

    /// As one write.
    package func load(_ strings: UnsafeBufferPointer<LoadedString>) throws(StorageFailure) -> Int {
        var locks: UInt64 = 0
        for string in strings { locks |= 1 << UInt64(DiskTable.shard(of: string.hash)) }
        if locks == 0 { return 0 }
        let home = table.lock(locks)
        defer { table.unlock(locks) }
        let unit = table.units[home]
        var stored = 0
        for string in strings {
            let shard = DiskTable.shard(of: string.hash)
            if unit.record(of: string.key, shard: shard) != nil { break }
            var record = KeyRecord(.string)
            record.expiry = string.expiry
            unit.put(
                record, string: string.value, of: string.key, shard: shard, replacing: nil)
            stored += 1
        }
        _ = try unit.store()
        return stored
    }

    /// How many keys there are, expired ones included that nobody has noticed. O(shards).
    package var keyCount: Int {
        table.lock(.max)
        defer { table.unlock(.max) }
        return table.counts.reduce(0) { $0 + $1.keys }
    }
}
