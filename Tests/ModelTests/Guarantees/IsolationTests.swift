import Engine
import Synchronization
import TestSupport
import Testing

/// What several keys have in common holds for every reader at every moment, whichever way writers and readers
/// send their commands: one by one, in transactions, in pipelines.
@Suite("Isolation", .keyspaces)
struct IsolationTests {
    /// Writes each of which keeps what the reads then find.
    struct Rule: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var before: [String] = []
        var writes: [String]
        /// Executed as one transaction in place of `writes`, at times.
        var together: [String] = []
        /// Reads, with what they must find.
        var reads: [(line: String, holds: @Sendable (Value) -> Bool)]
    }

    private static let allEqual: @Sendable (Value) -> Bool = { Set($0.elements ?? []).count == 1 }
    private static func number(_ allowed: Int64...) -> @Sendable (Value) -> Bool {
        { value in
            if case .integer(let number) = value { allowed.contains(number) } else { false }
        }
    }
    private static func elements(_ allowed: Int...) -> @Sendable (Value) -> Bool {
        { value in value.elements.map { allowed.contains($0.count) } ?? false }
    }
    private static let scanned: @Sendable (Value) -> Bool = {
        ($0.elements?[1].elements?.count ?? 1) % 2 == 0
    }

    static let rules = [
        Rule(
            testDescription: "MSET, COPY and transactions of INCR",
            before: ["MSET a 1 b 1 c 1"],
            writes: ["MSET a 1 b 1 c 1", "MSET c 2 b 2 a 2", "COPY a b REPLACE", "COPY c a REPLACE"],
            together: ["INCR b", "INCR a", "INCR c"],
            reads: [("MGET a b c", allEqual), ("MGET c a b", allEqual), ("EXISTS a b c", number(3))]),
        Rule(
            testDescription: "MSETNX, DEL, UNLINK, FLUSHALL",
            writes: ["MSETNX a 1 b 2", "DEL a b", "UNLINK b a", "MSET b 1 a 2", "FLUSHALL"],
            together: ["SET b 1", "SET a 1"],
            reads: [
                ("EXISTS a b", number(0, 2)), ("TOUCH b a", number(0, 2)), ("DBSIZE", number(0, 2)),
                ("KEYS *", elements(0, 2)), ("SCAN 0 COUNT 1000", scanned),
            ]),
        Rule(
            testDescription: "RENAME",
            before: ["SET a x"],
            writes: ["RENAME a b", "RENAME b c", "RENAME c a", "RENAMENX b a"],
            reads: [
                ("EXISTS a b c", number(1)), ("DBSIZE", number(1)), ("KEYS *", elements(1)),
                ("MGET a b c", { ($0.elements ?? []).filter { $0 != .null }.count == 1 }),
            ]),
        Rule(
            testDescription: "SMOVE",
            before: ["SADD a 1 2 3 4 5 x"],
            writes: [
                "SMOVE a b x", "SMOVE b a x", "SMOVE a b 1", "SMOVE b a 1", "SMOVE b a 2", "SMOVE a b 2",
            ],
            reads: [
                ("SUNION a b", elements(6)), ("SINTER a b", elements(0)), ("SINTERCARD 2 a b", number(0)),
            ]),
        Rule(
            testDescription: "LMOVE and RPOPLPUSH",
            before: ["RPUSH a x"],
            writes: ["LMOVE a b LEFT RIGHT", "RPOPLPUSH b a", "LMOVE b c RIGHT LEFT", "LMOVE c a LEFT LEFT"],
            reads: [("EXISTS a b c", number(1)), ("DBSIZE", number(1))]),
        Rule(
            testDescription: "what stores a result",
            before: ["SADD s 1 2 3", "SADD t 4 5 6", "ZADD z 1 1 2 2 3 3", "SUNIONSTORE d s t"],
            writes: [
                "SUNIONSTORE d s t", "SINTERSTORE d s s", "SDIFFSTORE d s t", "SORT t STORE l",
                "SORT s STORE l",
            ],
            reads: [
                ("SCARD d", number(3, 6)), ("SMEMBERS d", elements(3, 6)), ("SINTERCARD 2 d s", number(3)),
                ("LRANGE l 0 -1", elements(0, 3)), ("EXISTS d", number(1)),
            ]),
        Rule(
            testDescription: "sorted sets that are stored",
            before: ["ZADD y 1 a 2 b", "ZADD z 1 c 2 d", "ZUNIONSTORE d 2 y z"],
            writes: [
                "ZUNIONSTORE d 2 y z", "ZRANGESTORE d y 0 -1", "ZINTERSTORE d 1 z", "ZDIFFSTORE d 2 z y",
            ],
            reads: [
                ("ZCARD d", number(2, 4)), ("ZRANGE d 0 -1 WITHSCORES", elements(4, 8)),
                ("ZINTERCARD 2 d d", number(2, 4)),
            ]),
    ]

    /// `REDWING_ROUNDS` runs more.
    @Test(arguments: rules)
    func nobodySeesHalf(of rule: Rule) {
        let client = EngineClient(TestEngine())
        let rounds = environment("REDWING_ROUNDS") ?? 1000
        for line in rule.before { client.execute(line) }
        let broken = Mutex<[String]>([])
        onThreads(4) { thread in
            var random = SeededGenerator(seed: UInt64(thread))
            for _ in 0..<rounds {
                let mode = random.pick(EngineClient.Mode.allCases)
                if thread % 2 == 0 {
                    if !rule.together.isEmpty, random.chance(40) {
                        _ = client.execute(rule.together.map(words), as: .transaction)
                    } else {
                        let batch = (0..<1 + random.below(20)).map { _ in words(random.pick(rule.writes)) }
                        _ = client.execute(batch, as: mode)
                    }
                } else {
                    let reads = (0..<1 + random.below(20)).map { _ in random.pick(rule.reads) }
                    let values = client.execute(reads.map { words($0.line) }, as: mode)
                    for (read, value) in zip(reads, values) where !read.holds(value) {
                        broken.withLock { $0.append("\(read.line): \(value) (\(mode))") }
                    }
                }
            }
        }
        let found = broken.withLock { $0 }
        #expect(found.isEmpty, "\(found.count), the first: \(found.first ?? "")")
    }

    /// A transaction is one moment: what it reads at its beginning it reads at its end.
    @Test func aTransactionReadsOneState() {
        let client = EngineClient(TestEngine())
        client.execute("SET n 0")
        let broken = Atomic(0)
        onThreads(4) { thread in
            for _ in 0..<2000 {
                if thread % 2 == 0 {
                    _ = client.execute(Array(repeating: words("INCR n"), count: 5), as: .pipeline)
                } else {
                    let values = client.execute(
                        [words("GET n"), words("DBSIZE"), words("EXISTS m"), words("GET n")], as: .transaction
                    )
                    if values[0] != values[3] { broken.add(1, ordering: .relaxed) }
                }
            }
        }
        #expect(broken.load(ordering: .relaxed) == 0)
        #expect(client.execute("GET n") == .text("20000"))
    }

    /// Compare-and-set by versions: of those who read the same version one writes.
    @Test func conditionsLoseNoUpdate() {
        let engine = TestEngine()
        let client = EngineClient(engine)
        client.execute("MSET n 0 m 0")
        let done = Atomic(0)
        onThreads(4) { _ in
            for _ in 0..<500 {
                let (value, versions) = client.versions(of: "MGET n m", keys: ["n", "m"])
                let next = (value.elements?.first?.bytes).map { String(decoding: $0, as: UTF8.self) }
                guard let next = next.flatMap({ Int($0) }).map({ $0 + 1 }) else { continue }
                if client.set(["n": "\(next)", "m": "\(next)"], ifStill: versions) {
                    done.add(1, ordering: .relaxed)
                }
            }
        }
        let count = done.load(ordering: .relaxed)
        #expect(count > 0)
        #expect(client.execute("MGET n m") == .array([.text("\(count)"), .text("\(count)")]))
    }
}
