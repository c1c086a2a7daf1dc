internal import Bytes

/// Records of keys that a command has found in the database, until they may be put into the cache: views of it that the
/// command still reads would change otherwise.
struct RecordLookups: ~Copyable {
    private struct Lookup {
        let shard: Int
        let hash: UInt64
        /// Where its key begins in `keys`.
        let start: Int
        let record: ByteView
    }

    private var lookups: [Lookup] = []
    private var keys = ByteBuffer()

    var isEmpty: Bool { lookups.isEmpty }

    /// Notes a record, which stays readable until `store` or `removeAll`, unless it is too large to be cached.
    mutating func add(_ name: RecordCache.Name, _ record: ByteView, shard: Int) {
        if record.count >= RecordCache.slotSize { return }
        lookups.append(Lookup(shard: shard, hash: name.hash, start: keys.count, record: record))
        keys.append(name.key)
    }

    /// Puts them into the cache, and forgets them.
    mutating func store(in cache: RecordCache) {
        for (index, lookup) in lookups.enumerated() {
            let end = index + 1 < lookups.count ? lookups[index + 1].start : keys.count
            let name = RecordCache.Name(hash: lookup.hash, key: keys.view[lookup.start..<end])
            cache.store(name, lookup.record, shard: lookup.shard)
        }
        removeAll()
    }

    mutating func removeAll() {
        lookups.removeAll(keepingCapacity: lookups.count < 1024)
        keys.clear(keeping: 16 << 10)
    }
}
