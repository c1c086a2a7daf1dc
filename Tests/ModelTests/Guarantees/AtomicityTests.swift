import Engine
import Synchronization
import TestSupport
import Testing

/// Threads that work on the same keys: whatever one of them sees is the state between two commands.
@Suite("Atomicity", .keyspaces)
struct AtomicityTests {
    private let client = EngineClient(TestEngine())
    /// Rounds of each thread; `REDWING_ROUNDS` runs more.
    private let rounds = environment("REDWING_ROUNDS") ?? 2000

    @Test func pairsAreWrittenAndReadAsOne() {
        let torn = Atomic(0)
        onThreads(4) { [client, rounds] thread in
            for round in 0..<rounds {
                if thread % 2 == 0 {
                    // Both orders: whoever locked keys as they come would lock up.
                    let value = "\(thread)-\(round)"
                    client.execute(
                        round % 2 == 0 ? "MSET a \(value) b \(value)" : "MSET b \(value) a \(value)")
                } else if let pair = client.execute(round % 2 == 0 ? "MGET a b" : "MGET b a").elements {
                    if pair[0] != pair[1] { torn.add(1, ordering: .relaxed) }
                }
            }
        }
        #expect(torn.load(ordering: .relaxed) == 0)
    }

    @Test func transfersKeepTheSum() {
        let accounts = (0..<8).map { "account:\($0)" }
        for account in accounts { client.execute("SET \(account) 1000") }
        let wrong = Atomic(0)
        onThreads(4) { [client, rounds] thread in
            var random = SeededGenerator(seed: UInt64(thread))
            for _ in 0..<rounds {
                if random.chance(30) {
                    let values = client.execute("MGET " + accounts.joined(separator: " ")).elements ?? []
                    let sum = values.reduce(0) {
                        $0 + (Int(String(decoding: $1.bytes ?? [], as: UTF8.self)) ?? 0)
                    }
                    if sum != 8000 { wrong.add(1, ordering: .relaxed) }
                } else {
                    let amount = random.below(50)
                    _ = client.transaction([
                        words("DECRBY \(random.pick(accounts)) \(amount)"),
                        words("INCRBY \(random.pick(accounts)) \(amount)"),
                    ])
                }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }

    @Test func movedElementsAreNeitherLostNorDoubled() {
        for member in 0..<60 {
            client.execute("SADD set:\(member % 3) \(member)")
            client.execute("RPUSH list:\(member % 3) \(member)")
        }
        let wrong = Atomic(0)
        onThreads(4) { [client, rounds] thread in
            var random = SeededGenerator(seed: UInt64(100 + thread))
            for _ in 0..<rounds {
                let (from, to) = (random.below(3), random.below(3))
                switch random.below(8) {
                case 0:
                    let union = client.execute("SUNION set:0 set:1 set:2").elements
                    if union?.count != 60 { wrong.add(1, ordering: .relaxed) }
                case 1:
                    let lengths = client.transaction((0..<3).map { words("LLEN list:\($0)") })
                    if lengths.reduce(0, { $0 + $1.number }) != 60 { wrong.add(1, ordering: .relaxed) }
                case 2, 3, 4: client.execute("SMOVE set:\(from) set:\(to) \(random.below(60))")
                case 5: client.execute("LMPOP 0 list:\(from) LEFT")
                default: client.execute("LMOVE list:\(from) list:\(to) LEFT RIGHT")
                }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
        let lists = (0..<3).flatMap { client.execute("LRANGE list:\($0) 0 -1").elements ?? [] }
        #expect(Set(lists).count == 60 && lists.count == 60)
    }

    @Test func aRenamedKeyIsAlwaysSomewhere() {
        client.execute("SET place:0 treasure")
        let wrong = Atomic(0)
        onThreads(4) { [client, rounds] thread in
            var random = SeededGenerator(seed: UInt64(200 + thread))
            for _ in 0..<rounds {
                if random.chance(50) {
                    client.execute("RENAME place:\(random.below(4)) place:\(random.below(4))")
                } else if client.execute("EXISTS place:0 place:1 place:2 place:3") != .integer(1) {
                    wrong.add(1, ordering: .relaxed)
                }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }

    /// Commands over the whole keyspace, copies that share large values, expiry and plain writes at once.
    @Test func wholeKeyspaceCommandsMixWithOthers() {
        let wrong = Atomic(0)
        onThreads(4) { [client, rounds] thread in
            var generator = CommandGenerator(
                Model.patterns + ["FLUSHALL", "SCAN 0", "RANDOMKEY"], seed: 300 + thread)
            generator.source.profile.large = 5
            for _ in 0..<rounds {
                let words = generator.next()
                // A command answers one reply; the client checks that.
                if case .status(let text) = client.execute(words), text.isEmpty {
                    wrong.add(1, ordering: .relaxed)
                }
                if generator.source.random.chance(10) {
                    client.execute([Array("PEXPIRE".utf8), generator.source.key("k"), [49]])
                }
            }
        }
        #expect(wrong.load(ordering: .relaxed) == 0)
        client.execute("FLUSHALL")
        #expect(client.execute("DBSIZE") == .integer(0))
    }
}

extension Value {
    /// The number of an integer reply, else 0.
    var number: Int64 {
        if case .integer(let number) = self { number } else { 0 }
    }
}
