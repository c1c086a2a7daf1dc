import Engine
import TestSupport
import Testing

/// Pushing, popping, moving and reading; the sessions were recorded from redis-server 7.0.15.
@Suite(.keyspaces) struct ListCommandsTests {
    @Test func pushing() {
        expectSession(
            #"""
            > RPUSH l a b c
            (integer) 3
            > LPUSH l x y
            (integer) 5
            > LRANGE l 0 -1
            ["y", "x", "a", "b", "c"]
            > RPUSHX l d
            (integer) 6
            > LPUSHX l e f
            (integer) 8
            > RPUSHX missing a
            (integer) 0
            > LPUSHX missing a b
            (integer) 0
            > EXISTS missing
            (integer) 0
            > LLEN l
            (integer) 8
            > LLEN missing
            (integer) 0
            > LRANGE l 0 -1
            ["f", "e", "y", "x", "a", "b", "c", "d"]
            > RPUSH l
            (error) ERR wrong number of arguments for 'rpush' command
            > RPUSH bin "\x00\xff" ""
            (integer) 2
            > LRANGE bin 0 -1
            ["\x00\xff", ""]
            """#)
    }

    @Test func popping() {
        expectSession(
            #"""
            > RPUSH l a b c d e f
            (integer) 6
            > LPOP l
            "a"
            > RPOP l
            "f"
            > LPOP l 2
            ["b", "c"]
            > RPOP l 0
            []
            > LPOP l 0
            []
            > RPOP l 100
            ["e", "d"]
            > EXISTS l
            (integer) 0
            > LPOP l
            (nil)
            > RPOP l
            (nil)
            > LPOP l 0
            (nil array)
            > RPOP l 2
            (nil array)
            > RPUSH l a b c
            (integer) 3
            > RPOP l 2
            ["c", "b"]
            > LPOP l -1
            (error) ERR value is out of range, must be positive
            > LPOP l abc
            (error) ERR value is out of range, must be positive
            > LPOP l 9223372036854775808
            (error) ERR value is out of range, must be positive
            > LPOP l 1 2
            (error) ERR wrong number of arguments for 'lpop' command
            > RPOP l 1 2
            (error) ERR wrong number of arguments for 'rpop' command
            > RPOP l -1
            (error) ERR value is out of range, must be positive
            > RPOP missing x
            (error) ERR value is out of range, must be positive
            > LPOP l 9223372036854775807
            ["a"]
            > EXISTS l
            (integer) 0
            """#)
    }

    @Test func lmpop() {
        expectSession(
            #"""
            > RPUSH l a b c d e
            (integer) 5
            > LMPOP 2 missing l LEFT
            ["l", ["a"]]
            > LMPOP 1 l right COUNT 2
            ["l", ["e", "d"]]
            > LMPOP 1 l LEFT count 10
            ["l", ["b", "c"]]
            > EXISTS l
            (integer) 0
            > LMPOP 2 missing l LEFT
            (nil array)
            > RPUSH l a b
            (integer) 2
            > LMPOP 0 l LEFT
            (error) ERR numkeys should be greater than 0
            > LMPOP -1 l LEFT
            (error) ERR numkeys should be greater than 0
            > LMPOP abc l LEFT
            (error) ERR numkeys should be greater than 0
            > LMPOP 9223372036854775807 l LEFT
            (error) ERR syntax error
            > LMPOP 2 l LEFT
            (error) ERR syntax error
            > LMPOP 1 l UP
            (error) ERR syntax error
            > LMPOP 1 l LEFT COUNT 0
            (error) ERR count should be greater than 0
            > LMPOP 1 l LEFT COUNT -1
            (error) ERR count should be greater than 0
            > LMPOP 1 l LEFT COUNT abc
            (error) ERR count should be greater than 0
            > LMPOP 1 l LEFT COUNT
            (error) ERR syntax error
            > LMPOP 1 l LEFT COUNT 1 COUNT 1
            (error) ERR syntax error
            > LMPOP 1 l LEFT COUNT 0 FOO
            (error) ERR count should be greater than 0
            > LMPOP 1 l LEFT FOO
            (error) ERR syntax error
            > LMPOP 1 l LEFT FOO 1
            (error) ERR syntax error
            > LMPOP 1 l LEFT COUNT 1 FOO
            (error) ERR syntax error
            > LMPOP 1 l
            (error) ERR wrong number of arguments for 'lmpop' command
            > HSET h f v
            (integer) 1
            > LMPOP 2 h l LEFT
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LMPOP 2 l h LEFT
            ["l", ["a"]]
            > LMPOP 2 missing h LEFT
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LMPOP 2 l l LEFT COUNT 5
            ["l", ["b"]]
            > LMPOP 3 l l missing LEFT COUNT 9223372036854775807
            (nil array)
            """#)
    }

    @Test func moving() {
        expectSession(
            #"""
            > RPUSH l a b c
            (integer) 3
            > LMOVE l d LEFT RIGHT
            "a"
            > LMOVE l d right left
            "c"
            > RPOPLPUSH l d
            "b"
            > EXISTS l
            (integer) 0
            > LRANGE d 0 -1
            ["b", "c", "a"]
            > LMOVE d d LEFT RIGHT
            "b"
            > RPOPLPUSH d d
            "b"
            > LMOVE d d LEFT LEFT
            "b"
            > LMOVE d d RIGHT RIGHT
            "a"
            > LRANGE d 0 -1
            ["b", "c", "a"]
            > RPUSH one x
            (integer) 1
            > LMOVE one one LEFT RIGHT
            "x"
            > RPOPLPUSH one one
            "x"
            > LRANGE one 0 -1
            ["x"]
            > LMOVE missing d LEFT RIGHT
            (nil)
            > RPOPLPUSH missing d
            (nil)
            > LMOVE missing other LEFT RIGHT
            (nil)
            > EXISTS other
            (integer) 0
            > LMOVE d l UP RIGHT
            (error) ERR syntax error
            > LMOVE d l LEFT UP
            (error) ERR syntax error
            > LMOVE missing l UP UP
            (error) ERR syntax error
            > LMOVE d l LEFT
            (error) ERR wrong number of arguments for 'lmove' command
            > HSET h f v
            (integer) 1
            > LMOVE h d LEFT RIGHT
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LMOVE d h LEFT RIGHT
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LMOVE missing h LEFT RIGHT
            (nil)
            > LMOVE h missing LEFT UP
            (error) ERR syntax error
            > RPOPLPUSH h d
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > RPOPLPUSH d h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > RPOPLPUSH missing h
            (nil)
            > LRANGE d 0 -1
            ["b", "c", "a"]
            """#)
    }

    @Test func reading() {
        expectSession(
            #"""
            > RPUSH l a b c d e
            (integer) 5
            > LINDEX l 0
            "a"
            > LINDEX l 4
            "e"
            > LINDEX l 5
            (nil)
            > LINDEX l -1
            "e"
            > LINDEX l -5
            "a"
            > LINDEX l -6
            (nil)
            > LINDEX l 9223372036854775807
            (nil)
            > LINDEX l -9223372036854775808
            (nil)
            > LINDEX l abc
            (error) ERR value is not an integer or out of range
            > LINDEX missing 0
            (nil)
            > LINDEX missing abc
            (nil)
            > LRANGE l 0 0
            ["a"]
            > LRANGE l 1 3
            ["b", "c", "d"]
            > LRANGE l -3 -2
            ["c", "d"]
            > LRANGE l -100 100
            ["a", "b", "c", "d", "e"]
            > LRANGE l 3 1
            []
            > LRANGE l 5 10
            []
            > LRANGE l -1 -2
            []
            > LRANGE l 0 -6
            []
            > LRANGE l -9223372036854775808 9223372036854775807
            ["a", "b", "c", "d", "e"]
            > LRANGE l 9223372036854775807 -9223372036854775808
            []
            > LRANGE l a 1
            (error) ERR value is not an integer or out of range
            > LRANGE l 0 b
            (error) ERR value is not an integer or out of range
            > LRANGE missing 0 -1
            []
            > LRANGE missing a 1
            (error) ERR value is not an integer or out of range
            """#)
    }

    @Test func wrongTypes() {
        expectSession(
            #"""
            > HSET h f v
            (integer) 1
            > RPUSH h a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LPUSH h a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > RPUSHX h a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LPUSHX h a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LPOP h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > RPOP h 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LPOP h -1
            (error) ERR value is out of range, must be positive
            > LPOP h 1 2
            (error) ERR wrong number of arguments for 'lpop' command
            > LLEN h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LINDEX h 0
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LINDEX h abc
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LSET h 0 x
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LSET h abc x
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LRANGE h 0 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LRANGE h a 1
            (error) ERR value is not an integer or out of range
            > LTRIM h 0 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LTRIM h a 1
            (error) ERR value is not an integer or out of range
            > LREM h 0 a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LREM h abc a
            (error) ERR value is not an integer or out of range
            > LPOS h a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LPOS h a RANK 0
            (error) ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list
            > LINSERT h BEFORE a b
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > LINSERT h FOO a b
            (error) ERR syntax error
            > HGET h f
            "v"
            """#)
    }

    @Test func longList() {
        let engine = TestEngine()
        for i in 0..<5000 { _ = run(engine, "RPUSH l item\(i)") }
        for index in [0, 1, 127, 2500, 4998, 4999] {
            #expect(run(engine, "LINDEX l \(index)") == "\"item\(index)\"")
            #expect(run(engine, "LINDEX l \(index - 5000)") == "\"item\(index)\"")
        }
        #expect(elements(run(engine, "LRANGE l 2400 2410")) == (2400...2410).map { "\"item\($0)\"" })
        #expect(elements(run(engine, "RPOP l 600")) == (4400..<5000).reversed().map { "\"item\($0)\"" })
        #expect(elements(run(engine, "LPOP l 600")) == (0..<600).map { "\"item\($0)\"" })
        #expect(run(engine, "LLEN l") == "(integer) 3800")
    }
}
