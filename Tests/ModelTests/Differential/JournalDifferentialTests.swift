import Engine
import Testing

/// redis-server loads what the engine has written down, and holds the same data then.
@Suite("Journal differential")
struct JournalDifferentialTests {
    /// `REDWING_JOURNAL_LOADS` and `REDWING_SEED` run more, or one sequence again.
    @Test func redisLoadsTheJournal() throws {
        let sequences = environment("REDWING_JOURNAL_LOADS") ?? 8
        let first = firstSeed(1)
        print("journal differential: seeds \(first)..<\(first + sequences)")
        for seed in first..<first + sequences {
            guard let problem = try run(seed) else { continue }
            Issue.record("REDWING_SEED=\(seed): \(problem)")
            return
        }
    }

    private func run(_ seed: Int) throws -> String? {
        var recorder = JournalRecorder()
        var generator = CommandGenerator(JournalReplayTests.all, seed: seed)
        var names: Set<[UInt8]> = []
        for _ in 0..<60 {
            let batch = (0..<1 + generator.source.random.below(40)).map { _ in generator.next() }
            for words in batch { names.formUnion(recorder.client.keys(of: words)) }
            recorder.client.execute(batch, as: generator.source.random.pick(EngineClient.Mode.allCases))
            recorder.take()
        }
        recorder.settle(names)
        if let problem = recorder.problem { return problem }

        let server = try RedisServer(appendOnlyFile: recorder.bytes)
        let redis = try server.connect()
        while try redis.execute(words("PING")) != .status("PONG") {}
        let loaded = try KeyspaceContents(fieldExpiries: false) { try redis.execute($0) }
        let held = KeyspaceContents(fieldExpiries: false) { recorder.client.execute($0) }
        guard let difference = held.difference(from: loaded) else { return nil }
        return difference
    }
}
