import Bytes
import Testing

@testable import Engine

@Suite struct LoadingTests {
    /// The strings that were stored, of those given with numbers `range`.
    private func load(_ range: Range<Int>, _ engine: MemoryEngine) -> Int {
        var arena = ByteBuffer(capacity: range.count * 20)
        for number in range { arena.append(decimal: 1_000_000_000 + number) }
        var stored = 0
        let keys = range.indices.map {
            arena.view[($0 - range.lowerBound) * 10..<($0 - range.lowerBound + 1) * 10]
        }
        var start = 0
        while start < keys.count {
            let window = keys[start..<min(start + LoadedString.window, keys.count)].map {
                LoadedString(key: $0, hash: LoadingLanes.hash($0), value: $0, expiry: nil)
            }
            let count = window.withUnsafeBufferPointer { engine.load($0) }
            stored += count
            if count < window.count { break }
            start += window.count
        }
        return stored
    }

    @Test(arguments: [0, 1000, 100_000, 1_000_000]) func stringsAreStoredInWhateverRoom(_ reserved: Int) {
        let engine = MemoryEngine()
        engine.reserve(keys: reserved)
        #expect(load(0..<100_000, engine) == 100_000)
        #expect(engine.keyCount == 100_000)
        var reply = Reply()
        let get = engine.find(ByteView("GET")), key = ByteView("1000099999")
        withUnsafePointer(to: key) { pointer in
            _ = engine.execute(get!, Arguments(UnsafeBufferPointer(start: pointer, count: 1)), into: &reply)
        }
        var reader = reply.reader
        guard case .bytes(let value) = reader.next() else {
            Issue.record("no value")
            return
        }
        #expect(value == key)
        // Room is made for an empty table alone.
        engine.reserve(keys: 10_000_000)
        #expect(engine.keyCount == 100_000)
    }

    @Test func whatIsThereIsNotReplaced() {
        let engine = MemoryEngine()
        #expect(load(5..<6, engine) == 1)
        #expect(load(0..<20, engine) == 5)
        #expect(engine.keyCount == 6)
    }

    @Test func lanesShareNoShard() {
        for lanes in [1, 2, 3, 7, 64] {
            var owners = [Int: Int]()
            for number in 0..<10_000 {
                let hash = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
                let lane = LoadingLanes.lane(ofHash: hash, among: lanes)
                #expect(owners.updateValue(lane, forKey: MemoryTable.shard(of: hash)) ?? lane == lane)
                #expect((0..<lanes).contains(lane))
            }
            #expect(Set(owners.values).count == lanes)
        }
    }
}
