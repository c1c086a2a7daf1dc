import Bytes
import Engine
import TestSupport
import Testing

/// What commands write down, in the forms of redis-server 7.0.
@Suite struct EffectsTests {
    /// Some commands, one more, and what that one writes down. `@100` stands for the time in Unix milliseconds
    /// 100 seconds after the test began, give or take ten.
    struct Case: CustomTestStringConvertible, Sendable {
        var before: [String]
        var command: String
        var effects: [String]

        init(_ before: String..., command: String, _ effects: String...) {
            (self.before, self.command, self.effects) = (before, command, effects)
        }

        var testDescription: String { command }
    }

    private func check(_ test: Case) {
        let engine = journalledEngine()
        let start = Clock.milliseconds()
        for line in test.before { _ = run(engine, line) }
        _ = takeEffects(engine)
        _ = run(engine, test.command)
        let effects = takeEffects(engine).map { line in
            line.split(separator: " ").map { word -> String in
                guard let time = Int64(word), (start...start + 1_000_000_000).contains(time) else {
                    return String(word)
                }
                return "@\((time - start) / 10_000 * 10)"
            }.joined(separator: " ")
        }
        #expect(effects == test.effects, "\(test.before) \(test.command)")
    }

    static let strings = [
        Case(command: "SET k v", "SET k v"), Case(command: "set k v", "SET k v"),
        Case(command: "SET k \"a b\"", "SET k a?b"),
        Case(command: "SET k v NX GET", "SET k v"), Case("SET k a", command: "SET k v XX", "SET k v"),
        Case("SET k a", command: "SET k v GET", "SET k v"),
        Case(command: "SET k v EX 100", "SET k v PXAT @100"),
        Case(command: "SET k v PX 100000 NX", "SET k v PXAT @100"),
        Case(command: "SET k v EXAT 33177117420", "SET k v PXAT 33177117420000"),
        Case(command: "SET k v PXAT 33177117420000 GET", "SET k v PXAT 33177117420000"),
        Case("SET k a EX 100", command: "SET k v KEEPTTL", "SET k v KEEPTTL"),
        Case("SET k a", command: "SET k v PXAT 1", "DEL k"),
        Case("RPUSH k a", command: "SET k v EXAT 1", "DEL k"),
        Case(command: "SETEX k 100 v", "SET k v PXAT @100"),
        Case(command: "PSETEX k 100000 v", "SET k v PXAT @100"), Case(command: "SETNX k v", "SETNX k v"),
        Case("SET k v", command: "GETSET k w", "GETSET k w"), Case("SET k v", command: "GETDEL k", "DEL k"),
        Case("SET k v", command: "GETEX k EX 100", "PEXPIREAT k @100"),
        Case("SET k v", command: "GETEX k EXAT 1", "DEL k"),
        Case("SET k v EX 100", command: "GETEX k PERSIST", "PERSIST k"),
        Case("SET k 1.5", command: "INCRBYFLOAT k 0.25", "SET k 1.75 KEEPTTL"),
        Case("SET k 7 EX 100", command: "INCR k", "INCR k"), Case(command: "APPEND k ab", "APPEND k ab"),
        Case(command: "MSET a 1 b 2", "MSET a 1 b 2"), Case(command: "MSETNX a 1 b 2", "MSETNX a 1 b 2"),
        Case(command: "SETBIT k 7 1", "SETBIT k 7 1"),
        Case("SET a x", command: "BITOP NOT k a", "BITOP NOT k a"),
        Case(command: "BITFIELD k SET u8 0 7", "BITFIELD k SET u8 0 7"),
    ]

    static let keys = [
        Case("SET k v", command: "EXPIRE k 100", "PEXPIREAT k @100"),
        Case("SET k v", command: "PEXPIRE k 100000 NX", "PEXPIREAT k @100"),
        Case("SET k v EX 100", command: "EXPIRE k 200 GT", "PEXPIREAT k @200"),
        Case("SET k v EX 200", command: "EXPIRE k 100 LT", "PEXPIREAT k @100"),
        Case("SET k v", command: "EXPIREAT k 33177117420", "PEXPIREAT k 33177117420000"),
        Case("SET k v", command: "EXPIRE k 0", "DEL k"), Case("SET k v", command: "EXPIRE k -1", "DEL k"),
        Case("SET k v", command: "PEXPIREAT k 1", "DEL k"),
        Case("SET k v EX 100", command: "PERSIST k", "PERSIST k"),
        Case("SET a 1", command: "DEL a b", "DEL a b"), Case("SET a 1", command: "UNLINK a", "UNLINK a"),
        Case("SET a 1", command: "RENAME a b", "RENAME a b"),
        Case("SET a 1", command: "COPY a b REPLACE", "COPY a b REPLACE"),
        Case("SET a 1", command: "FLUSHALL ASYNC", "FLUSHALL ASYNC"),
        Case("SET a 1", command: "FLUSHDB", "FLUSHDB"),
        Case("RPUSH l 3 1 2", command: "SORT l STORE d", "RPUSH d 1 2 3"),
        Case(
            "RPUSH l 3 1 2", "SET d x", command: "SORT l DESC STORE d", "MULTI", "DEL d", "RPUSH d 3 2 1",
            "EXEC"),
        Case(
            "SADD s b a c", command: "SORT s BY nosort GET # GET x* STORE d", "RPUSH d a \"\" b \"\" c \"\""),
        Case("SET d x", command: "SORT nosuch STORE d", "DEL d"),
    ]

    static let collections = [
        Case("SADD s a", command: "SPOP s", "SREM s a"), Case("SADD s a b", command: "SPOP s 2", "DEL s"),
        Case("SADD s a a", command: "SPOP s 3", "DEL s"), Case(command: "SADD s b a", "SADD s b a"),
        Case("SADD a x", command: "SMOVE a b x", "SMOVE a b x"),
        Case("SADD a x", command: "SUNIONSTORE d a b", "SUNIONSTORE d a b"),
        Case("RPUSH l a b", command: "LPOP l 1", "LPOP l 1"),
        Case("RPUSH l a b", command: "LMPOP 2 x l LEFT COUNT 2", "LMPOP 2 x l LEFT COUNT 2"),
        Case("RPUSH l a b", command: "LMOVE l m LEFT RIGHT", "LMOVE l m LEFT RIGHT"),
        Case(command: "ZADD z 1 a", "ZADD z 1 a"), Case(command: "ZADD z INCR 1.5 a", "ZADD z INCR 1.5 a"),
        Case("ZADD z 1 a 2 b", command: "ZMPOP 1 z MIN", "ZMPOP 1 z MIN"),
        Case("ZADD z 0 a 0 b 0 c", command: "ZREMRANGEBYLEX z [b +", "ZREMRANGEBYRANK z 1 2"),
        Case("ZADD z 0 a 0 b 0 c", command: "ZRANGESTORE d z (a + BYLEX LIMIT 1 1", "ZRANGESTORE d z 2 2"),
        Case("ZADD z 0 a 0 b 0 c", command: "ZRANGESTORE z z [b [a BYLEX REV", "ZRANGESTORE z z 0 1"),
        Case("ZADD d 0 a", command: "ZRANGESTORE d z - + BYLEX", "DEL d"),
        Case("ZADD z 1 a", command: "ZRANGESTORE d z 0 5 BYSCORE", "ZRANGESTORE d z 0 5 BYSCORE"),
    ]

    static let fields = [
        Case(command: "HSET h f v", "HSET h f v"), Case(command: "HINCRBYFLOAT h f 1.50", "HSET h f 1.5"),
        Case(
            "HSETEX h EX 100 FIELDS 1 f 1", command: "HINCRBYFLOAT h f 1.5",
            "HSETEX h KEEPTTL FIELDS 1 f 2.5"),
        Case("HSETEX h EX 100 FIELDS 1 f 1", command: "HINCRBY h f 1", "HINCRBY h f 1"),
        Case("HSET h f v g w", command: "HEXPIRE h 100 FIELDS 3 f g x", "HPEXPIREAT h @100 FIELDS 2 f g"),
        Case(
            "HSETEX h EX 100 FIELDS 2 f v g w", "HPERSIST h FIELDS 1 g",
            command: "HPEXPIRE h 200000 NX FIELDS 2 f g", "HPEXPIREAT h @200 FIELDS 1 g"),
        Case("HSET h f v g w", command: "HEXPIRE h 0 FIELDS 2 f x", "HDEL h f"),
        Case("HSET h f v", command: "HPEXPIREAT h 1 FIELDS 1 f", "HDEL h f"),
        Case(
            "HSET h f v", command: "HEXPIREAT h 33177117420 FIELDS 1 f",
            "HPEXPIREAT h 33177117420000 FIELDS 1 f"),
        Case(
            "HSETEX h EX 100 FIELDS 1 f v", command: "HPERSIST h FIELDS 2 f x", "HPERSIST h FIELDS 2 f x"),
        Case("HSET h f v g w", command: "HGETDEL h FIELDS 2 f x", "HDEL h f"),
        Case("HSET h f v", command: "HGETEX h EX 100 FIELDS 2 x f", "HPEXPIREAT h @100 FIELDS 1 f"),
        Case("HSET h f v", command: "HGETEX h PXAT 1 FIELDS 1 f", "HDEL h f"),
        Case(
            "HSETEX h EX 100 FIELDS 1 f v", command: "HGETEX h PERSIST FIELDS 1 f", "HPERSIST h FIELDS 1 f"),
        Case(command: "HSETEX h FNX FIELDS 1 f v", "HSET h f v"),
        Case(command: "HSETEX h PX 100000 FIELDS 1 f v", "HSETEX h PXAT @100 FIELDS 1 f v"),
        Case("HSET h f a", command: "HSETEX h FXX KEEPTTL FIELDS 1 f v", "HSET h f v"),
        Case(
            "HSETEX h EX 100 FIELDS 1 f a", command: "HSETEX h KEEPTTL FIELDS 2 f v g w",
            "HSETEX h KEEPTTL FIELDS 2 f v g w"),
        Case("HSET h f a g b", command: "HSETEX h EXAT 1 FIELDS 2 f v x w", "HDEL h f"),
    ]

    @Test(arguments: strings) func string(_ test: Case) { check(test) }
    @Test(arguments: keys) func key(_ test: Case) { check(test) }
    @Test(arguments: collections) func collection(_ test: Case) { check(test) }
    @Test(arguments: fields) func field(_ test: Case) { check(test) }

    @Test(arguments: [
        Case("SET k v", command: "GET k"), Case("SET k v", command: "SET k w NX"),
        Case(command: "SET k w XX"), Case(command: "SET k w PXAT 1"),
        Case("RPUSH k v", command: "SET k w GET"),
        Case("SET k v", command: "SETNX k w"), Case("SET k v", command: "MSETNX a 1 k 2"),
        Case(command: "GETDEL k"), Case("SET k v", command: "GETEX k"), Case(command: "GETEX k EX 100"),
        Case("SET k v", command: "GETEX k PERSIST"), Case(command: "DEL k"), Case(command: "EXPIRE k 100"),
        Case("SET k v", command: "EXPIRE k 100 XX"),
        Case("SET k v PXAT 33177117420000", command: "EXPIREAT k 33177117420"),
        Case("SET k v", command: "PERSIST k"), Case("SET k v", command: "RENAME k k"),
        Case("SET k x", command: "INCR k"), Case("SET k x", command: "INCRBYFLOAT k 1"),
        Case("SET k v", "SET w v", command: "COPY k w"), Case("SET k v", command: "SORT nosuch STORE l"),
        Case("RPUSH l 1 2", command: "SORT l"), Case("SADD s a", command: "SRANDMEMBER s"),
        Case("SADD s a", command: "SPOP s 0"), Case(command: "SPOP s"), Case("SADD s a", command: "SADD s a"),
        Case("SADD s a", command: "SREM s b"), Case("RPUSH l a", command: "LREM l 0 b"),
        Case("RPUSH l a", command: "LTRIM l 0 -1"), Case(command: "LPUSHX l a"),
        Case(command: "ZADD z XX 1 a"), Case("ZADD z 1 a", command: "ZADD z 1 a"),
        Case("ZADD z 0 a", command: "ZREMRANGEBYLEX z (a +"), Case(command: "ZRANGESTORE d z - + BYLEX"),
        Case("HSET h f v", command: "HDEL h g"), Case("HSET h f v", command: "HSETNX h f w"),
        Case("HSET h f v", command: "HGETDEL h FIELDS 1 g"),
        Case("HSET h f v", command: "HGETEX h FIELDS 1 f"),
        Case("HSET h f v", command: "HEXPIRE h 100 XX FIELDS 1 f"),
        Case("HSET h f v", command: "HSETEX h FNX FIELDS 1 f w"),
        Case(command: "HSETEX h PXAT 1 FIELDS 1 f w"),
        Case("HSET h f v", command: "HPERSIST h FIELDS 1 f"),
        Case(command: "CONFIG SET set-max-intset-entries 5"),
        Case("SET k v", command: "SUNIONSTORE d k"),
    ])
    func whatChangesNothingWritesNothing(_ test: Case) { check(test) }

    @Test func aSetLosesManyMembersInSeveralCommands() {
        let engine = journalledEngine()
        let members = (0..<4000).map { "m\($0)" }
        _ = run(engine, "SADD s " + members.joined(separator: " "))
        _ = takeEffects(engine)
        _ = run(engine, "SPOP s 3000")
        let effects = takeEffects(engine)
        #expect(effects.first == "MULTI" && effects.last == "EXEC")
        let removals = effects.dropFirst().dropLast().map { $0.split(separator: " ") }
        #expect(removals.map(\.count) == [1026, 1026, 954])
        #expect(removals.allSatisfy { $0[0] == "SREM" && $0[1] == "s" })
        let removed = Set(removals.flatMap { $0.dropFirst(2) })
        #expect(removed.count == 3000)
        #expect(removed.allSatisfy { run(engine, "SISMEMBER s \($0)") == "(integer) 0" })
    }

    @Test func aTransactionIsEnclosed() {
        let engine = journalledEngine()
        _ = runTogether(
            engine, ["SET a 1", "GET a", "INCR a", "RPUSH l 2 1", "SORT l STORE a"], asTransaction: true)
        #expect(
            takeEffects(engine) == [
                "MULTI", "SET a 1", "INCR a", "RPUSH l 2 1", "DEL a", "RPUSH a 1 2", "EXEC",
            ])
        _ = runTogether(engine, ["GET a", "SET b 1", "EXISTS b"], asTransaction: true)
        #expect(takeEffects(engine) == ["SET b 1"])
        _ = runTogether(engine, ["GET b", "EXISTS b"], asTransaction: true)
        #expect(takeEffects(engine) == [])
    }

    @Test func anErrorDoesNotUndoWhatStandsAroundIt() {
        let engine = journalledEngine()
        _ = runTogether(engine, ["SET a x", "INCR a", "LPUSH a 1", "SET b 1"], asTransaction: true)
        #expect(takeEffects(engine) == ["MULTI", "SET a x", "SET b 1", "EXEC"])
    }

    @Test func commandsOfAPipelineStandEachAlone() {
        let engine = journalledEngine()
        let before = engine.journal?.last ?? 0
        // All fast: after slow ones a window ends when its millisecond does.
        _ = runTogether(engine, ["INCR a", "SADD s 1 2", "SPOP s 2", "INCR a"], asTransaction: false)
        #expect(takeEffects(engine) == ["INCR a", "SADD s 1 2", "DEL s", "INCR a"])
        // One window is one batch.
        #expect(engine.journal?.last == before + 1)
    }

    @Test func whatIsReplayedIsNotWrittenAgain() {
        let engine = journalledEngine()
        withViews(splitCommandLine("k v")) { views in
            var transaction = Transaction()
            guard let set = engine.find(ByteView("SET")) else { preconditionFailure("no SET") }
            transaction.add(set, views[0], views[1])
            var reply = Reply()
            #expect(engine.replaySome(of: transaction, from: 0, into: &reply) == 1)
        }
        #expect(run(engine, "GET k") == "\"v\"")
        #expect(takeEffects(engine) == [])
    }
}
