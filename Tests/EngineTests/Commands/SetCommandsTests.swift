import TestSupport
import Testing

/// The commands of one set; the sessions were recorded from redis-server 7.0.15.
@Suite(.keyspaces) struct SetCommandsTests {
    @Test func members() {
        expectSession(
            #"""
            > SADD s a b c a
            (integer) 3
            > SADD s a d
            (integer) 1
            > SADD s
            (error) ERR wrong number of arguments for 'sadd' command
            > SCARD s
            (integer) 4
            > SCARD missing
            (integer) 0
            > SISMEMBER s a
            (integer) 1
            > SISMEMBER s zz
            (integer) 0
            > SISMEMBER missing a
            (integer) 0
            > SMISMEMBER s a zz b a
            [(integer) 1, (integer) 0, (integer) 1, (integer) 1]
            > SMISMEMBER missing a b
            [(integer) 0, (integer) 0]
            ~> SMEMBERS s
            ["a", "b", "c", "d"]
            > SMEMBERS missing
            []
            > SREM s a zz a
            (integer) 1
            > SREM missing a
            (integer) 0
            > SREM s b c d
            (integer) 3
            > EXISTS s
            (integer) 0
            > SADD n 1 2 3 03 -5 9223372036854775807 9223372036854775808
            (integer) 7
            ~> SMEMBERS n
            ["-5", "03", "1", "2", "3", "9223372036854775807", "9223372036854775808"]
            > SISMEMBER n 3
            (integer) 1
            > SISMEMBER n 003
            (integer) 0
            > SADD bin "\x00\xff" ""
            (integer) 2
            ~> SMEMBERS bin
            ["", "\x00\xff"]
            > SISMEMBER bin ""
            (integer) 1
            """#)
    }

    @Test func smove() {
        expectSession(
            #"""
            > SADD s a b
            (integer) 2
            > SADD d b c
            (integer) 2
            > SMOVE s d a
            (integer) 1
            > SMOVE s d b
            (integer) 1
            > EXISTS s
            (integer) 0
            ~> SMEMBERS d
            ["a", "b", "c"]
            > SMOVE s d b
            (integer) 0
            > SMOVE d d b
            (integer) 1
            > SMOVE d d zz
            (integer) 0
            > SMOVE d new zz
            (integer) 0
            > EXISTS new
            (integer) 0
            > SMOVE d new b
            (integer) 1
            > SMEMBERS new
            ["b"]
            > HSET h f v
            (integer) 1
            > SMOVE h d a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SMOVE d h c
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SMOVE d h zz
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SMOVE missing h a
            (integer) 0
            > SMOVE h h a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SMOVE h missing a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }

    @Test func wrongTypes() {
        expectSession(
            #"""
            > HSET h f v
            (integer) 1
            > SADD h a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SREM h a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SCARD h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SISMEMBER h a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SMISMEMBER h a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SMEMBERS h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SPOP h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SPOP h 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SPOP h -1
            (error) ERR value is out of range, must be positive
            > SPOP h 1 2
            (error) ERR syntax error
            > SRANDMEMBER h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SRANDMEMBER h 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SRANDMEMBER h abc
            (error) ERR value is not an integer or out of range
            > SRANDMEMBER h 1 2
            (error) ERR syntax error
            > SSCAN h 0
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SSCAN h 0 FOO
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SSCAN h x
            (error) ERR invalid cursor
            > SINTERSTORE d h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SINTERSTORE d missing h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HGET h f
            "v"
            """#)
    }
}
