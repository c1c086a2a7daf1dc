import Bytes
import TestSupport
import Testing

@testable import Engine

// What redis-server 7.0.15 answered.

@Suite(.keyspaces) struct SortedSetCommandsTests {
    @Test func adding() {
        expectTranscript(
            #"""
            > ZADD z 1 a 2 b 3 c
            (integer) 3
            > ZADD z 1 a 5 b
            (integer) 0
            > ZADD z CH 1 a 6 b 7 d
            (integer) 2
            > ZADD z NX 9 a 9 e
            (integer) 1
            > ZADD z XX 9 a 9 f
            (integer) 0
            > ZADD z XX CH 10 a 9 f
            (integer) 1
            > ZADD z GT CH 5 a 11 b
            (integer) 1
            > ZADD z LT CH 5 a 11 b
            (integer) 1
            > ZADD z XX GT CH INCR 1 a
            "6"
            > ZADD z GT INCR -1 a
            (nil)
            > ZADD z NX INCR 1 a
            (nil)
            > ZADD z XX INCR 1 nobody
            (nil)
            > ZADD z NX INCR 1.5 new
            "1.5"
            > ZADD z INCR 1e3 new
            "1001.5"
            > ZADD z nx ch 1 x
            (integer) 1
            > ZADD z GT 100 grown
            (integer) 1
            > ZADD none XX 1 a
            (integer) 0
            > ZADD none XX INCR 1 a
            (nil)
            > EXISTS none
            (integer) 0
            > ZRANGE z 0 -1 WITHSCORES
            ["x", "1", "c", "3", "a", "6", "d", "7", "e", "9", "b", "11", "grown", "100", "new", "1001.5"]
            > ZADD z inf hi -inf lo +inf hi2 -Infinity lo2
            (integer) 4
            > ZADD z INCR -inf hi
            (error) ERR resulting score is not a number (NaN)
            > ZADD z -0 zero
            (integer) 1
            > ZSCORE z zero
            "0"
            > ZADD z 0 zero
            (integer) 0
            > ZSCORE z zero
            "0"
            > ZADD z 0x10 hex 1e-3 small 1e300 big 0.1 tenth
            (integer) 4
            > ZMSCORE z hex small big tenth hi lo
            ["16", "0.001", "1.0000000000000001e+300", "0.10000000000000001", "inf", "-inf"]
            > ZADD z 1 a 2
            (error) ERR syntax error
            > ZADD z NX XX 1 a
            (error) ERR XX and NX options at the same time are not compatible
            > ZADD z NX GT 1 a
            (error) ERR GT, LT, and/or NX options at the same time are not compatible
            > ZADD z NX LT 1 a
            (error) ERR GT, LT, and/or NX options at the same time are not compatible
            > ZADD z GT LT 1 a
            (error) ERR GT, LT, and/or NX options at the same time are not compatible
            > ZADD z INCR 1 a 2 b
            (error) ERR INCR option supports a single increment-element pair
            > ZADD z NX XX GT INCR 1 a 2 b
            (error) ERR XX and NX options at the same time are not compatible
            > ZADD z NX CH
            (error) ERR syntax error
            > ZADD z abc a
            (error) ERR value is not a valid float
            > ZADD z nan a
            (error) ERR value is not a valid float
            > ZADD z 1 a nan b
            (error) ERR value is not a valid float
            > ZADD z "" a
            (error) ERR value is not a valid float
            > ZADD z " 1" a
            (error) ERR value is not a valid float
            > ZADD z 1e400 a
            (error) ERR value is not a valid float
            > ZADD z 1 a 2 b x
            (error) ERR syntax error
            > ZADD z
            (error) ERR wrong number of arguments for 'zadd' command
            > ZADD z 1
            (error) ERR wrong number of arguments for 'zadd' command
            > ZADD z 1 "" 2 "a\x00b\xff"
            (integer) 2
            > ZRANGEBYSCORE z 1 2 WITHSCORES
            ["", "1", "x", "1", "a\x00b\xff", "2"]
            > SET s v
            OK
            > ZADD s 1 a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZADD s NX XX 1 a
            (error) ERR XX and NX options at the same time are not compatible
            > ZADD s x a
            (error) ERR value is not a valid float
            """#)
    }

    @Test func incrementing() {
        expectTranscript(
            #"""
            > ZINCRBY z 1.5 a
            "1.5"
            > ZINCRBY z 1.5 a
            "3"
            > ZINCRBY z -10 a
            "-7"
            > ZINCRBY z inf b
            "inf"
            > ZINCRBY z -inf b
            (error) ERR resulting score is not a number (NaN)
            > ZINCRBY z nan b
            (error) ERR value is not a valid float
            > ZINCRBY z abc b
            (error) ERR value is not a valid float
            > ZINCRBY z nx a
            (error) ERR syntax error
            > ZINCRBY z 1 nx
            "1"
            > ZINCRBY z 1
            (error) ERR wrong number of arguments for 'zincrby' command
            > ZSCORE z nx
            "1"
            > SET s v
            OK
            > ZINCRBY s 1 a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZINCRBY s x a
            (error) ERR value is not a valid float
            """#)
    }

    @Test func lookingUpAndRemoving() {
        expectTranscript(
            #"""
            > ZADD z 1 a 2.5 b 2.5 c inf d
            (integer) 4
            > ZCARD z
            (integer) 4
            > ZCARD none
            (integer) 0
            > ZSCORE z a
            "1"
            > ZSCORE z nobody
            (nil)
            > ZSCORE none a
            (nil)
            > ZMSCORE z a nobody b d
            ["1", (nil), "2.5", "inf"]
            > ZMSCORE none a b
            [(nil), (nil)]
            > ZRANK z a
            (integer) 0
            > ZRANK z c
            (integer) 2
            > ZRANK z nobody
            (nil)
            > ZRANK none a
            (nil)
            > ZREVRANK z a
            (integer) 3
            > ZREVRANK z d
            (integer) 0
            > ZREVRANK z nobody
            (nil)
            > ZREVRANK none a
            (nil)
            > ZRANK z a WITHSCORE
            (error) ERR wrong number of arguments for 'zrank' command
            > ZREM z a nobody c
            (integer) 2
            > ZREM none a
            (integer) 0
            > ZRANGE z 0 -1
            ["b", "d"]
            > ZREM z b d
            (integer) 2
            > EXISTS z
            (integer) 0
            > SET s v
            OK
            > ZCARD s
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZSCORE s a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZMSCORE s a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZRANK s a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZREVRANK s a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZREM s a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZCARD
            (error) ERR wrong number of arguments for 'zcard' command
            > ZSCORE z
            (error) ERR wrong number of arguments for 'zscore' command
            > ZMSCORE z
            (error) ERR wrong number of arguments for 'zmscore' command
            > ZREM z
            (error) ERR wrong number of arguments for 'zrem' command
            """#)
    }

    @Test func scanning() {
        expectTranscript(
            #"""
            > ZADD z 1 a 2.5 b 3 ab
            (integer) 3
            > ZSCAN z 0
            ["0", ["a", "1", "b", "2.5", "ab", "3"]]
            > ZSCAN z 0 MATCH a*
            ["0", ["a", "1", "ab", "3"]]
            > ZSCAN z 0 MATCH x*
            ["0", []]
            > ZSCAN z 0 COUNT 1
            ["0", ["a", "1", "b", "2.5", "ab", "3"]]
            > ZSCAN z 0 count 5 match *
            ["0", ["a", "1", "b", "2.5", "ab", "3"]]
            > ZSCAN none 0
            ["0", []]
            > ZSCAN none 0 COUNT x
            ["0", []]
            > ZSCAN z a
            (error) ERR invalid cursor
            > ZSCAN none a
            (error) ERR invalid cursor
            > ZSCAN z 0 COUNT 0
            (error) ERR syntax error
            > ZSCAN z 0 COUNT x
            (error) ERR value is not an integer or out of range
            > ZSCAN z 0 MATCH
            (error) ERR syntax error
            > ZSCAN z 0 FOO bar
            (error) ERR syntax error
            > ZSCAN z 0 TYPE zset
            (error) ERR syntax error
            > SET s v
            OK
            > ZSCAN s 0
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZSCAN s 0 FOO
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZSCAN s x
            (error) ERR invalid cursor
            > ZSCAN z
            (error) ERR wrong number of arguments for 'zscan' command
            """#)
    }

    @Test func drawing() {
        expectTranscript(
            #"""
            > ZADD z 7 only
            (integer) 1
            > ZRANDMEMBER z
            "only"
            > ZRANDMEMBER z 3
            ["only"]
            > ZRANDMEMBER z -3
            ["only", "only", "only"]
            > ZRANDMEMBER z 1 WITHSCORES
            ["only", "7"]
            > ZRANDMEMBER z -2 withscores
            ["only", "7", "only", "7"]
            > ZRANDMEMBER z 0
            []
            > ZRANDMEMBER none
            (nil)
            > ZRANDMEMBER none 5
            []
            > ZRANDMEMBER none -5 WITHSCORES
            []
            > ZRANDMEMBER z a
            (error) ERR value is not an integer or out of range
            > ZRANDMEMBER z 1 FOO
            (error) ERR syntax error
            > ZRANDMEMBER z 1 WITHSCORES x
            (error) ERR syntax error
            > ZRANDMEMBER z a FOO
            (error) ERR value is not an integer or out of range
            > ZRANDMEMBER z -9223372036854775808
            (error) ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807
            > ZRANDMEMBER z 9223372036854775807 WITHSCORES
            (error) ERR value is out of range
            > ZRANDMEMBER z -9223372036854775807 WITHSCORES
            (error) ERR value is out of range
            > ZRANDMEMBER z 9223372036854775807
            ["only"]
            > SET s v
            OK
            > ZRANDMEMBER s
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZRANDMEMBER s 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZRANDMEMBER s a
            (error) ERR value is not an integer or out of range
            > ZRANDMEMBER
            (error) ERR wrong number of arguments for 'zrandmember' command
            """#)
    }

    /// A draw of distinct members has no repetition, a draw with repetition any, and both only members.
    @Test(arguments: [10, 400, 2000])
    func randomMembers(size: Int) {
        let engine = TestEngine()
        for n in 0..<size { _ = run(engine, "ZADD z \(n) m\(n)") }
        for count in [1, 5, size / 2, size, size + 5, -20] {
            let answer = run(engine, "ZRANDMEMBER z \(count)").dropFirst().dropLast()
            let members = answer.split(separator: ", ").map(String.init)
            #expect(members.count == (count < 0 ? -count : min(count, size)))
            if count > 0 { #expect(Set(members).count == members.count) }
            for member in members { #expect(Int(member.dropFirst(2).dropLast()).map { $0 < size } == true) }
        }
    }

    /// A whole scan of a large sorted set visits every member, also where others come and go meanwhile.
    @Test func wholeScan() {
        let engine = TestEngine()
        for n in 0..<1000 { _ = run(engine, "ZADD z \(n % 7) stays\(n)") }
        var seen: Set<String> = []
        var cursor = "0"
        var calls = 0
        repeat {
            let answer = run(engine, "ZSCAN z \(cursor) COUNT 20")
            let parts = answer.split(separator: "\"").map(String.init)
            cursor = parts[1]
            for part in parts where part.hasPrefix("stays") { seen.insert(part) }
            _ = run(engine, "ZADD z 3 comes\(calls)")
            _ = run(engine, "ZREM z comes\(calls / 2)")
            calls += 1
        } while cursor != "0" && calls < 10_000
        #expect(seen.count == 1000)
    }
}
