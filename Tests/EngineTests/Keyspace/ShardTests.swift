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
        #expect(shard.pointee.volatileKeys == 500)
        for number in 0..<1_000 where number % 4 == 0 {
            Array("key:\(number)".utf8).withByteView { key in
                if let place = shard.pointee.find(key, hashes[number]) {
                    shard.pointee.remove(at: place).free()
                }
                #expect(shard.pointee.find(key, hashes[number]) == nil)
            }
        }
        #expect(shard.pointee.count == 750)
        #expect(shard.pointee.volatileKeys == 250)
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
            done = shard.pointee.reclaim(at: 500, budget: &budget) { entry, _, _ in
                expired.insert(entry.expiry ?? -1)
                entry.free()
            }
        }
        #expect(rounds > 1)
        #expect(expired == [100, 200, 300, 400, 500])
        #expect(shard.pointee.count == 2_500)
        // Nothing is due any more: the deadlines were set anew.
        var budget = 0
        let finished = shard.pointee.reclaim(at: 599, budget: &budget) { _, _, _ in Issue.record("not due") }
        #expect(finished)
        let early = shard.pointee.reclaim(at: 600, budget: &budget) { _, _, _ in Issue.record("no budget") }
        #expect(!early)
    }

    /// A hash of 2,500 fields that expire at 10, 20, 30 and so on, and one that does not.
    private func hash(_ key: ByteView) -> Entry {
        let entry = Entry.collection(key: key, type: .hash, clock: 0)
        let body = entry.body(as: HashBody.self)
        let limits = EncodingLimits()
        for number in 0...2500 {
            Array("\(number)".utf8).withByteView { field in
                _ = body.pointee.set(field, field, limits: limits)
                if number > 0 {
                    _ = body.pointee.setExpiry(of: field, at: Int64(number) * 10, limits: limits)
                }
            }
        }
        #expect(entry.noteFieldExpiry())
        return entry
    }

    @Test func reclaimsFieldsInPortions() {
        let (shard, _) = filled(10)
        defer { destroy(shard) }
        Array("hash".utf8).withByteView { key in
            let entry = hash(key)
            let hash = KeyHash.of(key)
            shard.pointee.insert(entry, hash)
            var changes = 0
            func reclaim(at now: Int64, budget: Int) -> Bool {
                var budget = budget
                return shard.pointee.reclaim(at: now, budget: &budget, changed: { _, _ in changes += 1 }) {
                    _, _, _ in
                    Issue.record("no key expires")
                }
            }
            let early = reclaim(at: 9, budget: 0)
            #expect(early && changes == 0)
            let one = reclaim(at: 10, budget: 1)
            #expect(one && changes == 1 && entry.elementCount == 2500)
            let portion = reclaim(at: 25_000, budget: 100)
            #expect(!portion && changes == 2 && entry.elementCount == 1500)
            let second = reclaim(at: 25_000, budget: 100)
            #expect(!second && changes == 3 && entry.elementCount == 500)
            let last = reclaim(at: 25_000, budget: 100)
            #expect(last && changes == 4 && entry.elementCount == 1)
            #expect(!entry.isDue(at: .max) && entry.deadline == nil)
            let never = reclaim(at: .max - 1, budget: 0)
            #expect(never)
        }
    }

    @Test func reclaimsAHashOfExpiredFieldsWhole() {
        let (shard, _) = filled(10)
        defer { destroy(shard) }
        Array("hash".utf8).withByteView { key in
            let entry = hash(key)
            Array("0".utf8).withByteView { _ = entry.body(as: HashBody.self).pointee.remove($0) }
            shard.pointee.insert(entry, KeyHash.of(key))
            var budget = 100
            var removed = 0
            let done = shard.pointee.reclaim(at: 25_000, budget: &budget) { entry, _, _ in
                removed += 1
                entry.free()
            }
            #expect(done && removed == 1 && shard.pointee.count == 10)
        }
    }

    @Test func laterExpiriesLowerTheDeadline() {
        let (shard, hashes) = filled(10)
        defer { destroy(shard) }
        Array("key:3".utf8).withByteView { key in
            guard let place = shard.pointee.find(key, hashes[3]) else {
                Issue.record("gone")
                return
            }
            let old = Shard.Replaced(place.entry)
            let entry = place.entry.settingExpiry(50)
            shard.pointee.replace(at: place, hashes[3], with: entry, old: old)
        }
        var names: [String] = []
        var budget = 100
        _ = shard.pointee.reclaim(at: 50, budget: &budget) { entry, _, _ in
            names.append(entry.key.string)
            entry.free()
        }
        #expect(names == ["key:3"])
    }
}
