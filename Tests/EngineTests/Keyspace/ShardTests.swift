import Bytes
import Testing

@testable import Engine

@Suite struct ShardTests {
    /// A shard with `count` keys of its own (hashes are those of shard 5), named by number.
    private func filled(_ count: Int, expiry: (Int) -> Int64? = { _ in nil }) -> (
        shard: UnsafeMutablePointer<Shard>, hashes: [UInt64]
    ) {
        let shard = UnsafeMutablePointer<Shard>.allocate(capacity: 1)
        shard.initialize(to: Shard())
        var hashes: [UInt64] = []
        for number in 0..<count {
            Array("key:\(number)".utf8).withByteView { key in
                let hash = KeyHash.of(key)
                hashes.append(hash)
                shard.pointee.insert(
                    Entry.string(key: key, value: key, expiry: expiry(number), clock: 0), hash)
            }
        }
        return (shard, hashes)
    }

    private func destroy(_ shard: UnsafeMutablePointer<Shard>) {
        MemoryTable.free(shard.pointee.detachAll())
        shard.pointee.segment(for: 0).free()
        shard.deinitialize(count: 1)
        shard.deallocate()
    }

    @Test func growsBySplittingSegmentsAndLosesNothing() {
        let (shard, hashes) = filled(20_000)
        defer { destroy(shard) }
        #expect(shard.pointee.count == 20_000)
        #expect(shard.pointee.depth > 3)
        for (number, hash) in hashes.enumerated() {
            Array("key:\(number)".utf8).withByteView { key in
                #expect(shard.pointee.find(key, hash)?.entry.string == key)
            }
        }
        var walked = 0
        shard.pointee.forEachSegment(from: 0) { segment in
            #expect(segment.used <= Segment.maximumUsed)
            walked += segment.used
            return true
        }
        #expect(walked == 20_000)
    }

    @Test func removesAndCountsVolatileKeys() {
        let (shard, hashes) = filled(1_000, expiry: { $0 % 2 == 0 ? 100 : nil })
        defer { destroy(shard) }
        #expect(shard.pointee.statistics.volatileKeys == 500)
        for number in 0..<1_000 where number % 4 == 0 {
            Array("key:\(number)".utf8).withByteView { key in
                if let place = shard.pointee.find(key, hashes[number]) {
                    shard.pointee.remove(at: place).free()
                }
                #expect(shard.pointee.find(key, hashes[number]) == nil)
            }
        }
        #expect(shard.pointee.count == 750)
        #expect(shard.pointee.statistics.volatileKeys == 250)
    }

    @Test func reclaimsWhatIsDueWithinItsBudget() {
        let (shard, _) = filled(5_000, expiry: { $0 % 10 == 0 ? nil : Int64($0 % 10) * 100 })
        defer { destroy(shard) }
        var expired: Set<Int64> = []
        var rounds = 0
        var done = false
        while !done {
            var budget = 2
            rounds += 1
            done = shard.pointee.reclaim(at: 500, budget: &budget) { entry, _ in
                expired.insert(entry.expiry ?? -1)
                entry.free()
            }
        }
        #expect(rounds > 1)
        #expect(expired == [100, 200, 300, 400, 500])
        #expect(shard.pointee.count == 2_500)
        // Nothing is due any more: the deadlines were set anew.
        var budget = 0
        let finished = shard.pointee.reclaim(at: 599, budget: &budget) { _, _ in Issue.record("not due") }
        #expect(finished)
        let early = shard.pointee.reclaim(at: 600, budget: &budget) { _, _ in Issue.record("no budget") }
        #expect(!early)
    }

    @Test func laterExpiriesLowerTheDeadline() {
        let (shard, hashes) = filled(10)
        defer { destroy(shard) }
        Array("key:3".utf8).withByteView { key in
            guard let place = shard.pointee.find(key, hashes[3]) else {
                Issue.record("gone")
                return
            }
            let entry = place.entry.settingExpiry(50)
            shard.pointee.replace(at: place, hashes[3], with: entry, oldExpiry: nil)
        }
        var names: [String] = []
        var budget = 100
        _ = shard.pointee.reclaim(at: 50, budget: &budget) { entry, _ in
            names.append(entry.key.string)
            entry.free()
        }
        #expect(names == ["key:3"])
    }
}
