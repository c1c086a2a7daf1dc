import Bytes
import TestSupport
import Testing

@testable import DiskKeyspace

/// A cache may forget, but never tells what is not so.
@Suite struct RecordCacheTests {
    private func withName<R>(_ hash: UInt64, _ key: String, _ body: (RecordCache.Name) -> R) -> R {
        Array(key.utf8).withByteView { body(RecordCache.Name(hash: hash, key: $0)) }
    }

    private func find(_ cache: RecordCache, _ hash: UInt64, _ key: String, shard: Int = 0) -> String? {
        withName(hash, key) { name in
            cache.find(name, shard: shard).map { String(decoding: $0.array, as: UTF8.self) }
        }
    }

    private func store(_ cache: RecordCache, _ hash: UInt64, _ key: String, _ record: String, shard: Int = 0)
    {
        withName(hash, key) { name in
            Array(record.utf8).withByteView { cache.store(name, $0, shard: shard) }
        }
    }

    private func remove(_ cache: RecordCache, _ hash: UInt64, _ key: String, shard: Int = 0) {
        withName(hash, key) { cache.remove($0, shard: shard) }
    }

    /// Against a dictionary: records of few pairs, so that they drive each other out, some of them too large.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func whatItTellsIsTheLatest(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        let cache = RecordCache(bytes: 16 << 10, shards: 4)
        var truth: [String: String] = [:]
        var found = 0
        for step in 0..<20_000 {
            let number = Int.random(in: 0..<100, using: &random)
            let key = "key:\(number)"
            // Some share a hash.
            let hash = UInt64(number / 2) &* 0x9E37_79B9_7F4A_7C15
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                truth[key] =
                    String(repeating: "x", count: Int.random(in: 0..<260, using: &random)) + "\(step)"
                remove(cache, hash, key, shard: number % 4)
                store(cache, hash, key, truth[key] ?? "", shard: number % 4)
            case 1 where Int.random(in: 0..<4, using: &random) == 0:
                truth[key] = nil
                remove(cache, hash, key, shard: number % 4)
            default:
                guard let record = find(cache, hash, key, shard: number % 4) else { continue }
                found += 1
                #expect(record == truth[key])
            }
        }
        let statistics = cache.statistics
        #expect(found > 1000 && statistics.hits == found && statistics.misses > 0)
        #expect(statistics.taken > 0 && statistics.taken * RecordCache.slotSize <= cache.limit)
        cache.removeAll()
        #expect(find(cache, 0, "key:0") == nil && cache.statistics.taken == 0)
    }

    @Test func twoOfAPairAreKept() {
        let cache = RecordCache(bytes: 0, shards: 1)
        #expect(cache.limit == 2 * RecordCache.slotSize)
        store(cache, 1, "a", "1")
        store(cache, 2, "b", "2")
        #expect(find(cache, 1, "a") == "1" && find(cache, 2, "b") == "2")
        store(cache, 3, "c", "3")
        #expect(find(cache, 1, "a") == nil && find(cache, 2, "b") == "2" && find(cache, 3, "c") == "3")
        remove(cache, 3, "c")
        #expect(find(cache, 3, "c") == nil && cache.statistics.taken == 1)
    }

    @Test func whatDoesNotFitIsNotKept() {
        let cache = RecordCache(bytes: 1 << 20, shards: 64)
        let fitting = String(repeating: "v", count: RecordCache.slotSize - 12 - 3)
        store(cache, 7, "key", fitting, shard: 63)
        #expect(find(cache, 7, "key", shard: 63) == fitting && find(cache, 7, "key", shard: 62) == nil)
        store(cache, 8, "key", fitting + "v", shard: 63)
        #expect(find(cache, 8, "key", shard: 63) == nil)
    }
}
