import Engine
import TestSupport
import Testing

/// Combining sets; the sessions were recorded from redis-server 7.0.15.
@Suite(.keyspaces) struct SetAlgebraCommandsTests {
    @Test func answered() {
        expectSession(
            #"""
            > SADD a 1 2 3 x
            (integer) 4
            > SADD b 2 3 4 x
            (integer) 4
            > SADD c 3 5 x
            (integer) 3
            ~> SINTER a b c
            ["3", "x"]
            ~> SINTER a
            ["1", "2", "3", "x"]
            ~> SINTER a a
            ["1", "2", "3", "x"]
            ~> SINTER c b
            ["3", "x"]
            > SINTER a missing
            []
            > SINTER missing
            []
            ~> SUNION a b c
            ["1", "2", "3", "4", "5", "x"]
            ~> SUNION a
            ["1", "2", "3", "x"]
            ~> SUNION a a missing
            ["1", "2", "3", "x"]
            > SUNION missing missing
            []
            ~> SDIFF a b
            ["1"]
            ~> SDIFF a b c
            ["1"]
            ~> SDIFF a
            ["1", "2", "3", "x"]
            ~> SDIFF b c
            ["2", "4"]
            > SDIFF a a
            []
            > SDIFF missing a
            []
            ~> SDIFF a missing
            ["1", "2", "3", "x"]
            ~> SDIFF a missing b missing
            ["1"]
            > SINTER
            (error) ERR wrong number of arguments for 'sinter' command
            > HSET h f v
            (integer) 1
            > SINTER a h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SINTER missing h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SINTER h missing
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SUNION a h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SUNION missing h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SDIFF a h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SDIFF missing h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SDIFF h a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }

    @Test func sintercard() {
        expectSession(
            #"""
            > SADD a 1 2 3 x
            (integer) 4
            > SADD b 2 3 4 x
            (integer) 4
            > SINTERCARD 2 a b
            (integer) 3
            > SINTERCARD 1 a
            (integer) 4
            > SINTERCARD 2 a missing
            (integer) 0
            > SINTERCARD 1 missing
            (integer) 0
            > SINTERCARD 2 a b LIMIT 2
            (integer) 2
            > SINTERCARD 2 a b limit 0
            (integer) 3
            > SINTERCARD 2 a b LIMIT 100
            (integer) 3
            > SINTERCARD 2 a b LIMIT 1 LIMIT 2
            (integer) 2
            > SINTERCARD 0 a b
            (error) ERR numkeys should be greater than 0
            > SINTERCARD -1 a b
            (error) ERR numkeys should be greater than 0
            > SINTERCARD abc a b
            (error) ERR numkeys should be greater than 0
            > SINTERCARD 3 a b
            (error) ERR Number of keys can't be greater than number of args
            > SINTERCARD 9223372036854775807 a b
            (error) ERR Number of keys can't be greater than number of args
            > SINTERCARD 2 a b LIMIT -1
            (error) ERR LIMIT can't be negative
            > SINTERCARD 2 a b LIMIT abc
            (error) ERR LIMIT can't be negative
            > SINTERCARD 2 a b LIMIT
            (error) ERR syntax error
            > SINTERCARD 2 a b FOO
            (error) ERR syntax error
            > SINTERCARD 2 a b FOO 1
            (error) ERR syntax error
            > SINTERCARD 1 a b
            (error) ERR syntax error
            > SINTERCARD 1 a LIMIT 1 FOO
            (error) ERR syntax error
            > SINTERCARD 2 a b LIMIT -1 FOO
            (error) ERR LIMIT can't be negative
            > HSET h f v
            (integer) 1
            > SINTERCARD 2 a h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SINTERCARD 2 missing h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SINTERCARD 1 h LIMIT -1
            (error) ERR LIMIT can't be negative
            > SINTERCARD 2 h
            (error) ERR Number of keys can't be greater than number of args
            """#)
    }

    @Test func stored() {
        expectSession(
            #"""
            > SADD a 1 2 3 x
            (integer) 4
            > SADD b 2 3 4 x
            (integer) 4
            > SADD c 3 5 x
            (integer) 3
            > SINTERSTORE d a b
            (integer) 3
            ~> SMEMBERS d
            ["2", "3", "x"]
            > SUNIONSTORE d a b c
            (integer) 6
            ~> SMEMBERS d
            ["1", "2", "3", "4", "5", "x"]
            > SDIFFSTORE d a b
            (integer) 1
            > SMEMBERS d
            ["1"]
            > SDIFFSTORE d a a
            (integer) 0
            > EXISTS d
            (integer) 0
            > SINTERSTORE d missing
            (integer) 0
            > SUNIONSTORE d a
            (integer) 4
            ~> SMEMBERS d
            ["1", "2", "3", "x"]
            > SINTERSTORE d a missing
            (integer) 0
            > EXISTS d
            (integer) 0
            > SUNIONSTORE d missing
            (integer) 0
            > SDIFFSTORE d missing a
            (integer) 0
            > SINTERSTORE a a b
            (integer) 3
            ~> SMEMBERS a
            ["2", "3", "x"]
            > SUNIONSTORE a b a
            (integer) 4
            ~> SMEMBERS a
            ["2", "3", "4", "x"]
            > SDIFFSTORE a b a
            (integer) 0
            > EXISTS a
            (integer) 0
            > SDIFFSTORE b b c
            (integer) 2
            ~> SMEMBERS b
            ["2", "4"]
            > HSET h f v
            (integer) 1
            > SINTERSTORE h b b
            (integer) 2
            ~> SMEMBERS h
            ["2", "4"]
            > RPUSH l a
            (integer) 1
            > SUNIONSTORE l missing
            (integer) 0
            > EXISTS l
            (integer) 0
            > RPUSH l a
            (integer) 1
            > SINTERSTORE l missing l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SINTERSTORE b l missing
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SUNIONSTORE b l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SDIFFSTORE b missing l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            ~> SMEMBERS b
            ["2", "4"]
            > LRANGE l 0 -1
            ["a"]
            > SUNIONSTORE d
            (error) ERR wrong number of arguments for 'sunionstore' command
            """#)
    }

    /// Random sets of both encodings against Swift's sets.
    @Test func againstSwiftSets() {
        var generator = SystemRandomNumberGenerator()
        let seed = generator.next()
        var state = seed
        func random(_ bound: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % bound)
        }
        for _ in 0..<60 {
            let engine = TestEngine()
            let prefix = random(2) == 0 ? "" : "member"
            let range = [UInt64](arrayLiteral: 8, 60, 900)[random(3)]
            let sets = (0..<1 + random(4)).map { _ in
                Set((0..<random(range)).map { _ in "\(prefix)\(random(range))" })
            }
            for (i, set) in sets.enumerated() where !set.isEmpty {
                _ = run(engine, "SADD k\(i) " + set.joined(separator: " "))
            }
            let keys = sets.indices.map { "k\($0)" }.joined(separator: " ")
            let results = [
                "INTER": sets.dropFirst().reduce(sets[0]) { $0.intersection($1) },
                "UNION": sets.dropFirst().reduce(sets[0]) { $0.union($1) },
                "DIFF": sets.dropFirst().reduce(sets[0]) { $0.subtracting($1) },
            ]
            for (name, result) in results {
                let quoted = result.map { "\"\($0)\"" }.sorted()
                #expect(elements(run(engine, "S\(name) \(keys)")).sorted() == quoted, "seed \(seed)")
                #expect(
                    run(engine, "S\(name)STORE d \(keys)") == "(integer) \(result.count)", "seed \(seed)")
                #expect(elements(run(engine, "SMEMBERS d")).sorted() == quoted, "seed \(seed)")
            }
            #expect(
                run(engine, "SINTERCARD \(sets.count) \(keys)")
                    == "(integer) \(results["INTER", default: []].count)", "seed \(seed)")
        }
    }
}
