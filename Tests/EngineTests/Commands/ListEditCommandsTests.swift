import Engine
import TestSupport
import Testing

/// Searching and changing the inside of a list; the sessions were recorded from redis-server 7.0.15.
@Suite(.keyspaces) struct ListEditCommandsTests {
    @Test func ltrim() {
        expectSession(
            #"""
            > RPUSH l a b c d e
            (integer) 5
            > LTRIM l 0 -1
            OK
            > LTRIM l 1 -2
            OK
            > LRANGE l 0 -1
            ["b", "c", "d"]
            > LTRIM l a 1
            (error) ERR value is not an integer or out of range
            > LTRIM l 0 b
            (error) ERR value is not an integer or out of range
            > LTRIM missing 0 1
            OK
            > LTRIM missing a 1
            (error) ERR value is not an integer or out of range
            > LTRIM l 1 1
            OK
            > LRANGE l 0 -1
            ["c"]
            > LTRIM l 5 10
            OK
            > EXISTS l
            (integer) 0
            > RPUSH l a b c
            (integer) 3
            > LTRIM l 2 1
            OK
            > EXISTS l
            (integer) 0
            > RPUSH l a b c
            (integer) 3
            > LTRIM l -2 100
            OK
            > LRANGE l 0 -1
            ["b", "c"]
            > LTRIM l 0 -9223372036854775808
            OK
            > EXISTS l
            (integer) 0
            """#)
    }

    @Test func lsetAndLinsert() {
        expectSession(
            #"""
            > RPUSH l a b c b
            (integer) 4
            > LSET l 0 A
            OK
            > LSET l -1 B
            OK
            > LSET l 4 x
            (error) ERR index out of range
            > LSET l -5 x
            (error) ERR index out of range
            > LSET l abc x
            (error) ERR value is not an integer or out of range
            > LSET missing 0 x
            (error) ERR no such key
            > LSET missing abc x
            (error) ERR no such key
            > LINSERT l BEFORE b x
            (integer) 5
            > LINSERT l after b y
            (integer) 6
            > LINSERT l AFTER B z
            (integer) 7
            > LINSERT l BEFORE A first
            (integer) 8
            > LINSERT l BEFORE zz x
            (integer) -1
            > LINSERT l FOO b x
            (error) ERR syntax error
            > LINSERT missing BEFORE a b
            (integer) 0
            > LINSERT missing FOO a b
            (error) ERR syntax error
            > LRANGE l 0 -1
            ["first", "A", "x", "b", "y", "c", "B", "z"]
            > LINSERT l BEFORE b
            (error) ERR wrong number of arguments for 'linsert' command
            """#)
    }

    @Test func lpos() {
        expectSession(
            #"""
            > RPUSH l a b c 1 2 3 c c
            (integer) 8
            > LPOS l c
            (integer) 2
            > LPOS l zz
            (nil)
            > LPOS l c RANK 2
            (integer) 6
            > LPOS l c RANK 3
            (integer) 7
            > LPOS l c RANK 4
            (nil)
            > LPOS l c RANK -1
            (integer) 7
            > LPOS l c RANK -3
            (integer) 2
            > LPOS l c RANK -4
            (nil)
            > LPOS l c COUNT 0
            [(integer) 2, (integer) 6, (integer) 7]
            > LPOS l c COUNT 2
            [(integer) 2, (integer) 6]
            > LPOS l c COUNT 10
            [(integer) 2, (integer) 6, (integer) 7]
            > LPOS l zz COUNT 0
            []
            > LPOS l c RANK 2 COUNT 2
            [(integer) 6, (integer) 7]
            > LPOS l c RANK -1 COUNT 2
            [(integer) 7, (integer) 6]
            > LPOS l c RANK -2 COUNT 0
            [(integer) 6, (integer) 2]
            > LPOS l c RANK 9 COUNT 0
            []
            > LPOS l c MAXLEN 2
            (nil)
            > LPOS l c MAXLEN 3
            (integer) 2
            > LPOS l c MAXLEN 0
            (integer) 2
            > LPOS l c MAXLEN 1 RANK -1
            (integer) 7
            > LPOS l c COUNT 0 MAXLEN 7
            [(integer) 2, (integer) 6]
            > LPOS l b RANK -1 MAXLEN 6
            (nil)
            > LPOS l b RANK -1 MAXLEN 7
            (integer) 1
            > LPOS l c count 0 maxlen 1000 rank -2
            [(integer) 6, (integer) 2]
            > LPOS l c COUNT 1 COUNT 2
            [(integer) 2, (integer) 6]
            > LPOS l c RANK 9223372036854775807
            (nil)
            > LPOS l c RANK -9223372036854775807
            (nil)
            > LPOS l c COUNT 9223372036854775807
            [(integer) 2, (integer) 6, (integer) 7]
            > LPOS l c MAXLEN 9223372036854775807
            (integer) 2
            > LPOS l 1
            (integer) 3
            > LPOS l c RANK 0
            (error) ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list
            > LPOS l c RANK abc
            (error) ERR value is not an integer or out of range
            > LPOS l c COUNT -1
            (error) ERR COUNT can't be negative
            > LPOS l c COUNT abc
            (error) ERR COUNT can't be negative
            > LPOS l c MAXLEN -1
            (error) ERR MAXLEN can't be negative
            > LPOS l c MAXLEN abc
            (error) ERR MAXLEN can't be negative
            > LPOS l c RANK
            (error) ERR syntax error
            > LPOS l c FOO 1
            (error) ERR syntax error
            > LPOS l c RANK 0 FOO
            (error) ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list
            > LPOS l c FOO RANK 0
            (error) ERR syntax error
            > LPOS missing a
            (nil)
            > LPOS missing a COUNT 0
            []
            > LPOS missing a RANK 0
            (error) ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list
            """#)
    }

    @Test func lrem() {
        expectSession(
            #"""
            > RPUSH l a b a c a a d a
            (integer) 8
            > LREM l 1 a
            (integer) 1
            > LRANGE l 0 -1
            ["b", "a", "c", "a", "a", "d", "a"]
            > LREM l -2 a
            (integer) 2
            > LRANGE l 0 -1
            ["b", "a", "c", "a", "d"]
            > LREM l 0 zz
            (integer) 0
            > LREM l abc a
            (error) ERR value is not an integer or out of range
            > LREM l 10 a
            (integer) 2
            > LRANGE l 0 -1
            ["b", "c", "d"]
            > LREM missing 0 a
            (integer) 0
            > LREM missing abc a
            (error) ERR value is not an integer or out of range
            > RPUSH m a a b a a a b a
            (integer) 8
            > LREM m -4 a
            (integer) 4
            > LRANGE m 0 -1
            ["a", "a", "b", "b"]
            > LREM m 2 b
            (integer) 2
            > LREM m -9223372036854775808 a
            (integer) 2
            > EXISTS m
            (integer) 0
            > RPUSH m a a
            (integer) 2
            > LREM m 0 a
            (integer) 2
            > EXISTS m
            (integer) 0
            """#)
    }

    /// LREM and LPOS on random lists against a search of an array.
    @Test func againstAnArray() {
        var seed = UInt64.random(in: .min ... .max)
        let first = seed
        func random(_ bound: UInt64) -> Int {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((seed >> 33) % bound)
        }
        let engine = TestEngine()
        for _ in 0..<200 {
            var items = (0..<random(40)).map { _ in ["a", "b", "c"][random(3)] }
            _ = run(engine, "LTRIM l 1 0")
            if items.isEmpty { continue }
            _ = run(engine, "RPUSH l " + items.joined(separator: " "))

            let rank = random(7) - 3
            if rank != 0 {
                let order = rank > 0 ? Array(items.indices) : items.indices.reversed()
                let matches = order.filter { items[$0] == "a" }.dropFirst(abs(rank) - 1)
                #expect(
                    run(engine, "LPOS l a RANK \(rank) COUNT 0")
                        == "[" + matches.map { "(integer) \($0)" }.joined(separator: ", ") + "]",
                    "seed \(first)")
            }

            let count = random(9) - 4
            let order = count < 0 ? Array(items.indices.reversed()) : Array(items.indices)
            let matches = order.filter { items[$0] == "b" }.prefix(count == 0 ? .max : abs(count))
            #expect(run(engine, "LREM l \(count) b") == "(integer) \(matches.count)", "seed \(first)")
            for index in matches.sorted(by: >) { items.remove(at: index) }
            #expect(
                elements(run(engine, "LRANGE l 0 -1")) == items.map { "\"\($0)\"" }, "seed \(first)")
        }
    }
}
