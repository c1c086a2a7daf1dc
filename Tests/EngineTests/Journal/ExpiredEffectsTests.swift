import Engine
import TestSupport
import Testing

/// What has expired is told when it goes, and nothing expires while a journal is replayed.
@Suite struct ExpiredEffectsTests {
    /// Returns once the clock has passed everything that was to expire a few milliseconds after now.
    private func letTimePass() {
        let end = Clock.milliseconds() + 4
        waitUntil { Clock.milliseconds() > end }
    }

    @Test(arguments: [
        "GET k", "EXISTS k", "EXPIRE k 100", "PERSIST k", "GETDEL k", "SPOP k", "SORT k STORE d",
    ])
    func aKeyGoesWhenItIsLookedAt(_ command: String) {
        let engine = journalledEngine()
        _ = run(engine, "SET k v PX 2")
        letTimePass()
        _ = takeEffects(engine)
        _ = run(engine, command)
        #expect(takeEffects(engine) == ["DEL k"])
        _ = run(engine, command)
        #expect(takeEffects(engine) == [])
    }

    @Test func itsSuccessorComesAfterItsRemoval() {
        let engine = journalledEngine()
        _ = run(engine, "SET k 5 PX 2")
        letTimePass()
        _ = takeEffects(engine)
        _ = run(engine, "INCR k")
        #expect(takeEffects(engine) == ["MULTI", "DEL k", "INCR k", "EXEC"])
    }

    @Test func aDestinationThatHasExpiredIsRemovedFirst() {
        let engine = journalledEngine()
        _ = run(engine, "RPUSH l 2 1")
        _ = run(engine, "SET d 5 PX 2")
        letTimePass()
        _ = takeEffects(engine)
        _ = run(engine, "SORT l STORE d")
        #expect(takeEffects(engine) == ["MULTI", "DEL d", "RPUSH d 1 2", "EXEC"])
    }

    @Test func fieldsGoWhenTheirHashIsLookedAt() {
        let engine = journalledEngine()
        _ = run(engine, "HSET h a 1 b 2 c 3")
        _ = run(engine, "HPEXPIRE h 2 FIELDS 2 a c")
        letTimePass()
        _ = takeEffects(engine)
        _ = run(engine, "HGET h b")
        let effects = takeEffects(engine)
        #expect(effects == ["HDEL h a c"] || effects == ["HDEL h c a"])
        _ = run(engine, "HPEXPIRE h 2 FIELDS 1 b")
        letTimePass()
        _ = takeEffects(engine)
        _ = run(engine, "HSET h d 4")
        #expect(takeEffects(engine) == ["MULTI", "DEL h", "HSET h d 4", "EXEC"])
    }

    @Test func manyFieldsGoInSeveralCommands() {
        let engine = journalledEngine()
        let fields = (0..<2000).map { "f\($0)" }
        _ = run(engine, "HSET h stays 1 " + fields.map { "\($0) v" }.joined(separator: " "))
        _ = run(engine, "HPEXPIRE h 2 FIELDS 2000 " + fields.joined(separator: " "))
        letTimePass()
        _ = takeEffects(engine)
        #expect(run(engine, "HLEN h") == "(integer) 1")
        let effects = takeEffects(engine)
        #expect(effects.first == "MULTI" && effects.last == "EXEC")
        let removals = effects.dropFirst().dropLast().map { $0.split(separator: " ") }
        #expect(removals.map(\.count) == [1026, 978])
        #expect(Set(removals.flatMap { $0.dropFirst(2).map(String.init) }) == Set(fields))
    }

    @Test func theReclaimerTellsWhatItRemoves() {
        let engine = journalledEngine(reclaims: true)
        _ = run(engine, "SET k v PX 2")
        _ = run(engine, "HSET h a 1 b 2")
        _ = run(engine, "HPEXPIRE h 2 FIELDS 1 a")
        var effects: [String] = []
        waitUntil {
            effects += takeEffects(engine)
            return effects.contains("DEL k") && effects.contains("HDEL h a")
        }
        #expect(effects.count { $0.hasPrefix("DEL") || $0.hasPrefix("HDEL") } == 2)
    }

    /// Executes the lines as a loader does.
    private func replay(_ engine: MemoryEngine, _ lines: [String]) {
        for words in lines.map(splitCommandLine) {
            withViews(words) { views in
                guard let command = engine.find(views[0]) else { preconditionFailure("no such command") }
                var transaction = Transaction()
                transaction.command(command)
                for view in views.dropFirst() { transaction.argument(view) }
                var reply = Reply()
                while engine.replaySome(of: transaction, from: 0, into: &reply) == 0 {}
                let printed = printed(reply)
                #expect(!printed.hasPrefix("(error)"), "\(printed)")
            }
        }
    }

    /// Each of them must find what an earlier one has left to expire long ago.
    @Test func nothingExpiresInAReplay() {
        let engine = journalledEngine()
        engine.gate.shut(.loading)
        replay(
            engine,
            [
                "SET a 1 PXAT 1000", "INCR a", "PERSIST a", "SET b 1", "PEXPIREAT b 1000", "APPEND b 2",
                "SET b 3 KEEPTTL", "PERSIST b", "HSET h f 1 g 2", "HPEXPIREAT h 1000 FIELDS 2 f g",
                "HINCRBY h f 1", "HSETEX h KEEPTTL FIELDS 1 g 3", "HPERSIST h FIELDS 2 f g",
                "HSETEX i PXAT 1000 FIELDS 1 f 1", "HGETEX i PXAT 2000 FIELDS 1 f", "HPERSIST i FIELDS 1 f",
                "SET c 1 EXAT 1", "RENAME c d", "GETEX d PXAT 5000", "COPY d e", "PERSIST e",
            ])
        engine.gate.open(.loading)
        #expect(takeEffects(engine) == [])
        let expected = [
            "GET a": "\"2\"", "GET b": "\"3\"", "HGET h f": "\"2\"", "HGET h g": "\"3\"", "HGET i f": "\"1\"",
            "GET e": "\"1\"", "GET d": "(nil)",
        ]
        for (command, value) in expected { #expect(run(engine, command) == value, "\(command)") }
        // What is left to expire goes, and tells so, once the replay is over.
        #expect(takeEffects(engine) == ["DEL d"])
    }
}
