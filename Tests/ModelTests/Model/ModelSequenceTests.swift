import Engine
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Random commands to the engine and to a naive model: replies and, at the end, keyspaces must be the same.
@Suite("Model", .keyspaces)
struct ModelSequenceTests {
    /// `REDWING_MODEL_SEQUENCES` and `REDWING_SEED` run more, or one sequence again.
    @Test func engineDoesAsTheModel() {
        let sequences = environment("REDWING_MODEL_SEQUENCES") ?? 60
        let first = firstSeed(1)
        print("model: seeds \(first)..<\(first + sequences)")
        for seed in first..<first + sequences {
            if let problem = run(seed: seed) {
                Issue.record("REDWING_SEED=\(seed): \(problem)")
                return
            }
        }
    }

    private func run(seed: Int) -> String? {
        let client = EngineClient(TestEngine())
        var model = Model()
        var generator = CommandGenerator(Model.patterns, seed: seed)
        generator.mistakes = 0
        generator.source.profile.wrong = 0
        generator.source.profile.large = 3
        var history: [Words] = []
        var batch: [Words] = []
        var answers: [Value] = []
        for index in 0..<400 {
            if batch.isEmpty {
                // Whichever way commands are sent, they answer the same.
                let size = generator.source.random.chance(30) ? 1 : 1 + generator.source.random.below(40)
                batch = (0..<size).map { _ in generator.next() }.reversed()
                answers = client.execute(
                    batch.reversed(), as: generator.source.random.pick(EngineClient.Mode.allCases)
                ).reversed()
            }
            let words = batch.removeLast()
            let answer = answers.removeLast()
            let expected = model.execute(words)
            history.append(words)
            if unordered(words, answer) != unordered(words, expected) {
                let keys = Set(client.keys(of: words))
                let before = history.filter { !keys.isDisjoint(with: client.keys(of: $0)) }.suffix(11)
                return
                    "command \(index): \(commandLine(words))\n  model:   \(expected)\n  redwing: \(answer)\n"
                    + before.map { "    " + commandLine($0) }.joined(separator: "\n")
            }
        }
        for words in batch.reversed() { _ = model.execute(words) }
        if let problem = compare(client, model) { return problem }

        // What expires within milliseconds is gone for every reader once they have passed.
        for key in model.entries.keys.sorted(by: { $0.lexicographicallyPrecedes($1) })
        where generator.source.random.chance(50) {
            let soon = words("\(1 + generator.source.random.below(3))")
            guard case .hash(let fields) = model.entries[key]?.body, generator.source.random.chance(70) else {
                client.execute(words("PEXPIRE") + [key] + soon)
                model.entries[key] = nil
                continue
            }
            let due = fields.keys.filter { _ in generator.source.random.chance(70) }
            if due.isEmpty { continue }
            client.execute(words("HPEXPIRE") + [key] + soon + words("FIELDS \(due.count)") + due)
            for field in due { model.remove(field, of: key) }
        }
        let deadline = Clock.milliseconds() + 4
        while Clock.milliseconds() <= deadline {}
        if let problem = compare(client, model, counting: false) { return "after expiry: " + problem }
        // They are counted until they are reclaimed, which needs nobody to read them.
        while client.execute("DBSIZE") != .integer(Int64(model.entries.count)) {
            if Clock.milliseconds() > deadline + 20_000 { return "expired keys are not reclaimed" }
            sched_yield()
        }
        return nil
    }

    /// What differs between the whole keyspaces.
    private func compare(_ client: EngineClient, _ model: Model, counting: Bool = true) -> String? {
        var model = model
        var reads = [words("KEYS *")] + (counting ? [words("DBSIZE")] : [])
        for (key, entry) in model.entries {
            reads.append(words("TYPE") + [key])
            reads.append(words("PEXPIRETIME") + [key])
            switch entry.body {
            case .string: reads.append(words("GET") + [key])
            case .hash(let fields):
                reads.append(words("HGETALL") + [key])
                reads.append(words("HPEXPIRETIME") + [key] + words("FIELDS \(fields.count)") + fields.keys)
            case .list: reads.append(words("LRANGE") + [key] + words("0 -1"))
            case .set: reads.append(words("SMEMBERS") + [key])
            case .sortedSet: reads.append(words("ZRANGE") + [key] + words("0 -1 WITHSCORES"))
            }
        }
        for read in reads {
            let (answer, expected) = (client.execute(read), model.execute(read))
            if unordered(read, answer) != unordered(read, expected) {
                return "the keyspace: \(commandLine(read))\n  model:   \(expected)\n  redwing: \(answer)"
            }
        }
        return nil
    }

    /// A reply to compare: where the order of elements means nothing, in an order.
    private func unordered(_ words: Words, _ value: Value) -> Value {
        guard let elements = value.elements else { return value }
        let group =
            switch upper(words[0]) {
            case "KEYS", "SMEMBERS", "HKEYS", "HVALS", "SINTER", "SUNION", "SDIFF": 1
            case "HGETALL": 2
            default: 0
            }
        if group == 0 || elements.count % group != 0 { return value }
        let groups = stride(from: 0, to: elements.count, by: group).map { Array(elements[$0..<$0 + group]) }
        let order = groups.sorted { a, b in
            zip(a, b).lazy.map { ($0.bytes ?? [], $1.bytes ?? []) }.first { $0 != $1 }
                .map { $0.lexicographicallyPrecedes($1) } ?? false
        }
        return .array(order.flatMap { $0 })
    }
}
