internal import Bytes
internal import RDB
import Testing

@testable internal import Engine

/// What a snapshot hands out, against what there was at its instant.
@Suite struct MemorySnapshotTests {
    /// A value as the RDB writer writes it, which says all there is to say: type, contents, order, expiries.
    private static func bytes(_ value: StoredValue) -> [UInt8] {
        var options = RDBWriterOptions()
        options.version = .redis74
        var writer = RDBWriter(RDBMemorySink(), options: options)
        value.write(to: &writer)
        _ = try? writer.finish()
        let sink = writer.takeSink()
        return sink.bytes.view.array
    }

    /// Everything there is; the locks are held.
    private static func contents(_ engine: MemoryEngine) -> [[UInt8]: [UInt8]] {
        var found: [[UInt8]: [UInt8]] = [:]
        for index in 0..<Shard.count {
            engine.table.shards[index].forEachSegment(from: UInt64(index) << 58) { segment in
                for slot in 0..<Segment.slotCount {
                    if let entry = segment[slot] { found[entry.key.array] = bytes(StoredValue(entry)) }
                }
                return true
            }
        }
        return found
    }

    /// A random command that may change something.
    private static func command(_ random: inout SplitMix, keys: Int) -> String {
        let key = "key:\(Int.random(in: 0..<keys, using: &random))"
        let other = "key:\(Int.random(in: 0..<keys, using: &random))"
        let word = String(repeating: "v", count: Int.random(in: 0..<80, using: &random))
        let item = "\(Int.random(in: 0..<300, using: &random))"
        switch Int.random(in: 0..<34, using: &random) {
        case 0...5: return "SET \(key) \(item)\(word)"
        case 6: return "SET \(key) \(word)x PX \(1 + Int.random(in: 0..<20, using: &random))"
        case 7: return "DEL \(key)"
        case 8: return "APPEND \(key) \(word)y"
        case 9...11: return "RPUSH l\(key) \(item) \(item)a \(word)z"
        case 12: return "LPOP l\(key)"
        case 13...15: return "HSET h\(key) f\(item) \(item) g\(item) \(word)w"
        case 16: return "HDEL h\(key) f\(item)"
        case 17: return "HPEXPIRE h\(key) \(1 + Int.random(in: 0..<20, using: &random)) FIELDS 1 f\(item)"
        case 18...20: return "SADD s\(key) \(item) m\(item)"
        case 21: return "SPOP s\(key)"
        case 22...24: return "ZADD z\(key) \(item) a\(item) 1 b\(item)"
        case 25: return "ZPOPMIN z\(key)"
        case 26: return "RENAME \(key) \(other)"
        case 27: return "COPY l\(key) l\(other) REPLACE"
        case 28: return "EXPIRE h\(key) \(Int.random(in: 0..<3, using: &random))"
        case 29: return "PERSIST h\(key)"
        case 30: return "SETRANGE \(key) \(Int.random(in: 0..<20_000, using: &random)) \(item)"
        case 31: return "SETBIT \(key) \(Int.random(in: 0..<100, using: &random)) 1"
        case 32: return "INCR n\(key)"
        default: return "GETDEL \(key)"
        }
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func itIsTheStateOfOneInstant(seed: UInt64) async {
        let engine = MemoryEngine()
        var random = SplitMix(seed)
        let keys = [20, 400, 3000][Int(seed % 3)]
        for _ in 0..<(keys * 4) { _ = run(engine, Self.command(&random, keys: keys)) }
        for round in 0..<3 {
            var expected: [[UInt8]: [UInt8]] = [:]
            guard let snapshot = engine.beginSnapshot(atCut: { expected = Self.contents(engine) }) else {
                Issue.record("there is another snapshot")
                return
            }
            #expect(engine.beginSnapshot() == nil)
            #expect(snapshot.keys == expected.count)
            // Others change what they can meanwhile.
            let writers = (0..<2).map { writer in
                Task.detached {
                    var random = SplitMix(seed &* 1000 &+ UInt64(round * 10 + writer))
                    for index in 0..<(keys * 2) {
                        _ = run(engine, Self.command(&random, keys: keys))
                        if index == keys, seed % 4 == 1 { _ = run(engine, "FLUSHALL") }
                    }
                }
            }
            var found: [[UInt8]: [UInt8]] = [:]
            var twice = 0
            let abandonsAfter = seed % 5 == 4 && round == 1 ? 1 : Int.max
            var steps = 0
            while steps < abandonsAfter {
                let more = snapshot.step { value in
                    if found.updateValue(Self.bytes(value), forKey: value.key.array) != nil { twice += 1 }
                }
                steps += 1
                for _ in 0..<5 { _ = run(engine, Self.command(&random, keys: keys)) }
                if !more { break }
            }
            #expect(twice == 0)
            if steps < abandonsAfter {
                #expect(found.count == expected.count, "seed \(seed)")
                #expect(found == expected, "seed \(seed)")
            } else {
                snapshot.abandon()
            }
            for writer in writers { await writer.value }
            #expect(engine.table.handedOver.take().isEmpty)
            let stale = Self.unstamped(engine)
            #expect(stale == 0, "entries that a later snapshot would not see")
        }
    }

    /// Entries whose stamp is not their shard's: none but while a snapshot runs.
    private static func unstamped(_ engine: MemoryEngine) -> Int {
        engine.table.lock(.max)
        defer { engine.table.unlock(.max) }
        var count = 0
        for index in 0..<Shard.count {
            let stamp = engine.table.shards[index].stamp
            engine.table.shards[index].forEachSegment(from: UInt64(index) << 58) { segment in
                for slot in 0..<Segment.slotCount {
                    if let entry = segment[slot], entry.stamp != stamp { count += 1 }
                }
                return true
            }
        }
        return count
    }

    /// What transactions change together is never seen in half.
    @Test func transactionsAreWhole() async {
        let engine = MemoryEngine()
        for index in 0..<500 { _ = run(engine, "MSET left:\(index) 0 right:\(index) 0") }
        let writer = Task.detached {
            var value = 0
            while !Task.isCancelled {
                value += 1
                _ = run(engine, "MSET left:\(value % 500) \(value) right:\(value % 500) \(value)")
            }
        }
        for _ in 0..<5 {
            guard let snapshot = engine.beginSnapshot() else {
                Issue.record("there is another snapshot")
                return
            }
            var values: [String: [UInt8]] = [:]
            while snapshot.step({ value in
                // Without the key, which stands before the value.
                let bytes = Self.bytes(value)
                values[value.key.string] = Array(bytes.dropLast(9).suffix(5))
            }) {}
            #expect(values.count == 1000)
            for index in 0..<500 {
                #expect(values["left:\(index)"]?.suffix(2) == values["right:\(index)"]?.suffix(2))
            }
        }
        writer.cancel()
        await writer.value
    }

    @Test func countsHashesWithExpiringFields() {
        let engine = MemoryEngine()
        func has() -> Bool { engine.beginSnapshot()?.hasFieldExpiries ?? true }
        #expect(!has())
        _ = run(engine, "HSET h f 1 g 2")
        _ = run(engine, "HPEXPIRE h 100000 FIELDS 1 f")
        #expect(has())
        _ = run(engine, "COPY h i")
        _ = run(engine, "DEL h")
        #expect(has())
        _ = run(engine, "RENAME i j")
        #expect(has())
        _ = run(engine, "HPERSIST j FIELDS 1 f")
        #expect(!has())
        _ = run(engine, "HPEXPIRE j 1 FIELDS 1 f")
        while run(engine, "HLEN j") != "(integer) 1" {}
        #expect(!has())
        _ = run(engine, "HPEXPIRE j 100000 FIELDS 1 g")
        #expect(has())
        _ = run(engine, "SET j over")
        #expect(!has())
        _ = run(engine, "HSET h f 1")
        _ = run(engine, "HPEXPIRE h 100000 FIELDS 1 f")
        _ = run(engine, "FLUSHALL")
        #expect(!has())
    }

    @Test func anEngineMayGoBeforeItsSnapshot() {
        var engine: MemoryEngine? = MemoryEngine()
        for index in 0..<1000 { _ = run(engine!, "SET key:\(index) value") }
        let snapshot = engine?.beginSnapshot()
        for index in 0..<1000 { _ = run(engine!, "SET key:\(index) other") }
        engine = nil
        var count = 0
        while snapshot?.step({ _ in count += 1 }) == true {}
        #expect(count == 1000)
    }
}
