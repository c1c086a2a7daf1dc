import Engine
import TestSupport
import Testing

/// The same random commands to redis-server and to the engine: their replies must be the same.
@Suite("Differential", .keyspaces)
struct DifferentialTests {
    /// `REDWING_DIFFERENTIAL_COMMANDS` and `REDWING_SEED` run more, or one sequence again.
    @Test func repliesAreThoseOfRedis() throws {
        let server = try RedisServer()
        let connection = try server.connect()
        let version = try connection.execute(words("INFO server"))
        let text = String(decoding: version.bytes ?? [], as: UTF8.self)
        #expect(text.contains("redis_version:7.0."), "compare with redis-server 7.0, not with another")

        let perSequence = 500
        let sequences = max(1, (environment("REDWING_DIFFERENTIAL_COMMANDS") ?? 20_000) / perSequence)
        let first = firstSeed(1)
        print("differential: seeds \(first)..<\(first + sequences), \(perSequence) commands each")
        var reported: Set<String> = []
        for seed in first..<first + sequences where reported.count < 12 {
            let differential = Differential(connection)
            var generator = CommandGenerator(patterns(seed), seed: seed)
            let steps = Differential.steps((0..<perSequence).map { _ in generator.next() })
            guard let mismatch = try differential.run(steps) else { continue }
            // One of a kind: where a command goes wrong once, it does so often.
            guard reported.insert(upper(mismatch.words[0])).inserted else { continue }
            Issue.record("\(try differential.report(seed, steps, mismatch))")
        }
    }

    /// What COMMAND INFO tells clients: arity and places of keys.
    @Test func commandsAreDeclaredAsInRedis() throws {
        let server = try RedisServer()
        let connection = try server.connect()
        let client = EngineClient(TestEngine())
        for command in client.engine.commands {
            let name = "\(command.name)"
            if isYounger(than: 7, 0, command.since) {
                // Redis 7.0 must not know what is said to be younger.
                let known = try connection.execute(words("COMMAND INFO \(name)")).elements?.first?.elements
                #expect(known == nil, "\(name)")
                continue
            }
            func facts(_ reply: Value) -> [Value]? {
                reply.elements?.first?.elements.map { [$0[0], $0[1], $0[3], $0[4], $0[5]] }
            }
            let asked = words("COMMAND INFO \(name)")
            #expect(facts(client.execute(asked)) == facts(try connection.execute(asked)), "\(name)")
        }
    }

    /// Whether a version of three numbers is of a later release than this one.
    private func isYounger(than major: Int, _ minor: Int, _ version: StaticString) -> Bool {
        let numbers = "\(version)".split(separator: ".").compactMap { Int($0) }
        return (numbers[0], numbers[1]) > (major, minor)
    }

    /// One sequence in three is about all types, the others about one, which then meets more of itself.
    private func patterns(_ seed: Int) -> [String] {
        typealias P = CommandPatterns
        let all = P.strings + P.keys + P.hashes + P.lists + P.sets + P.sortedSets + P.server + P.options
        switch seed % 9 {
        case 1: return P.strings + P.keys + P.server
        case 2: return P.hashes + P.hashes + P.keys + P.server
        case 4: return P.lists + P.lists + P.keys
        case 5: return P.sets + P.sets + P.keys + P.server
        case 6: return all + P.options + P.options + P.options
        case 7, 8: return P.sortedSets + P.server
        default: return all
        }
    }
}
