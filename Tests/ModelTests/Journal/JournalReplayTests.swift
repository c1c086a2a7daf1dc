import Engine
import Synchronization
import TestSupport
import Testing

/// Random commands of every kind to an engine with a journal: what it has written down gives the same data when it
/// is replayed.
@Suite("Journal")
struct JournalReplayTests {
    /// What expires within milliseconds, or at once.
    static let expiring = [
        "2 SET {s} {v} PX {soon}", "SET {s} {v} [ NX | XX ] GET PXAT {soonat}", "PSETEX {s} {soon} {v}",
        "GETEX {s} PX {soon}", "GETEX {s} ( EXAT 1 | PXAT {soonat} )", "SET {s} {v} EXAT 1",
        "3 PEXPIRE {k} {soon} [ NX | XX | GT | LT ]", "2 PEXPIREAT {k} {soonat}", "EXPIRE {k} ( 0 | -1 )",
    ]

    /// Fields that expire in milliseconds, at once, or not soon.
    static let expiringFields =
        Model.fieldExpiryPatterns + [
            "3 HPEXPIRE {h} {soon} [ NX | XX | GT | LT ] FIELDS 2 {m} {m}",
            "HPEXPIREAT {h} {soonat} FIELDS 1 {m}",
            "HEXPIRE {h} {seconds} [ NX | XX | GT | LT ] FIELDS 2 {m} {m}", "HEXPIREAT {h} {at} FIELDS 1 {m}",
            "HEXPIRE {h} 0 FIELDS 2 {m} {m}", "2 HSETEX {h} [ FNX | FXX ] PX {soon} FIELDS 1 {m} {v}",
            "HSETEX {h} EX {seconds} FIELDS 1 {m} {v}", "HSETEX {h} EXAT 1 FIELDS 1 {m} {v}",
            "HGETEX {h} ( PX {soon} | EX {seconds} ) FIELDS 2 {m} {m}", "HINCRBYFLOAT {h} {m} 0.5",
            "2 HSET {h} {m} {int} {m} {v}",
        ]

    static let all =
        CommandPatterns.strings + CommandPatterns.keys + CommandPatterns.hashes + CommandPatterns.lists
        + CommandPatterns.sets + CommandPatterns.sortedSets + CommandPatterns.options + CommandPatterns.server
        + expiring

    private func patterns(_ seed: Int) -> [String] {
        switch seed % 4 {
        case 0: CommandPatterns.hashes + Self.expiringFields + Self.expiring
        case 1: CommandPatterns.strings + CommandPatterns.keys + Self.expiring
        default: Self.all + Self.expiringFields
        }
    }

    /// `REDWING_JOURNAL_SEQUENCES` and `REDWING_SEED` run more, or one sequence again.
    @Test func aReplayGivesTheSameData() {
        let sequences = environment("REDWING_JOURNAL_SEQUENCES") ?? 60
        let first = firstSeed(1)
        print("journal: seeds \(first)..<\(first + sequences)")
        for seed in first..<first + sequences {
            if let problem = run(seed) {
                Issue.record("REDWING_SEED=\(seed): \(problem)")
                return
            }
        }
    }

    private func run(_ seed: Int) -> String? {
        var recorder = JournalRecorder()
        var generator = CommandGenerator(patterns(seed), seed: seed)
        var names: Set<[UInt8]> = []
        for round in 0..<30 {
            let size = generator.source.random.chance(30) ? 1 : 1 + generator.source.random.below(40)
            let batch = (0..<size).map { _ in generator.next() }
            for words in batch { names.formUnion(recorder.client.keys(of: words)) }
            recorder.client.execute(batch, as: generator.source.random.pick(EngineClient.Mode.allCases))
            if generator.source.random.chance(20) { useConditions(recorder.client, round) }
            if generator.source.random.chance(30) { recorder.take() }
            if generator.source.random.chance(40) {
                let end = Clock.milliseconds() + Int64(generator.source.random.below(3))
                while Clock.milliseconds() <= end {}
            }
            if round == 10 {
                recorder.settle(names)
                if let problem = recorder.differenceAfterReplay() { return "half way: \(problem)" }
            }
        }
        recorder.settle(names)
        return recorder.differenceAfterReplay()
    }

    /// A transaction whose condition does not hold, and one whose does.
    private func useConditions(_ client: EngineClient, _ round: Int) {
        let old = client.versions(of: "GET s0", keys: ["s0"]).1
        client.execute("SET s0 \(round)")
        #expect(!client.set(["s1": "never"], ifStill: old))
        let new = client.versions(of: "GET s0", keys: ["s0"]).1
        #expect(client.set(["s1": "a", "s2": "b"], ifStill: new))
    }

    /// The order of what is written down is that in which it was done, whichever thread did it.
    @Test func aReplayGivesTheSameDataWhereThreadsWriteTheSameKeys() {
        let first = firstSeed(1)
        let rounds = environment("REDWING_JOURNAL_ROUNDS") ?? 4
        print("journal, threads: seeds \(first)..<\(first + rounds)")
        for seed in first..<first + rounds {
            let recorder = Mutex(JournalRecorder())
            let client = recorder.withLock { $0.client }
            let names = Mutex<Set<[UInt8]>>([])
            let writers = 4
            let ended = Atomic<Int>(0)
            onThreads(writers + 1) { index in
                guard index < writers else {
                    while ended.load(ordering: .acquiring) < writers { recorder.withLock { $0.take() } }
                    return
                }
                var generator = CommandGenerator(Self.all + Self.expiringFields, seed: seed * 100 + index)
                for _ in 0..<40 {
                    let size = 1 + generator.source.random.below(20)
                    let batch = (0..<size).map { _ in generator.next() }
                    let keys = batch.flatMap { client.keys(of: $0) }
                    names.withLock { $0.formUnion(keys) }
                    client.execute(batch, as: generator.source.random.pick(EngineClient.Mode.allCases))
                }
                ended.add(1, ordering: .releasing)
            }
            let problem = recorder.withLock { recorder in
                recorder.settle(names.withLock { $0 })
                return recorder.differenceAfterReplay()
            }
            if let problem {
                Issue.record("REDWING_SEED=\(seed): \(problem)")
                return
            }
        }
    }
}
