import TestSupport
import Testing

// What redis-server 7.0.15 answered.

@Suite(.keyspaces) struct SortedSetAlgebraTests {
    @Test func reading() {
        expectTranscript(
            #"""
            > ZADD a 1 x 2 y 3 z
            (integer) 3
            > ZADD b 10 y 20 z 30 w
            (integer) 3
            > SADD s x w v
            (integer) 3
            > ZUNION 2 a b
            ["x", "y", "z", "w"]
            > ZUNION 2 a b WITHSCORES
            ["x", "1", "y", "12", "z", "23", "w", "30"]
            > ZUNION 2 a b WEIGHTS 2 0.5 WITHSCORES
            ["x", "2", "y", "9", "w", "15", "z", "16"]
            > ZUNION 2 a b AGGREGATE MIN WITHSCORES
            ["x", "1", "y", "2", "z", "3", "w", "30"]
            > ZUNION 2 a b aggregate max withscores
            ["x", "1", "y", "10", "z", "20", "w", "30"]
            > ZUNION 2 a b AGGREGATE SUM WEIGHTS 1 2 WITHSCORES
            ["x", "1", "y", "22", "z", "43", "w", "60"]
            > ZUNION 2 a s WITHSCORES
            ["v", "1", "w", "1", "x", "2", "y", "2", "z", "3"]
            > ZUNION 3 a a a WITHSCORES
            ["x", "3", "y", "6", "z", "9"]
            > ZUNION 2 a none WITHSCORES
            ["x", "1", "y", "2", "z", "3"]
            > ZUNION 1 none
            []
            > ZUNION 1 s WEIGHTS 3 WITHSCORES
            ["v", "3", "w", "3", "x", "3"]
            > ZINTER 2 a b WITHSCORES
            ["y", "12", "z", "23"]
            > ZINTER 2 a b WEIGHTS 3 2 AGGREGATE MAX WITHSCORES
            ["y", "20", "z", "40"]
            > ZINTER 2 a s WITHSCORES
            ["x", "2"]
            > ZINTER 2 s a WEIGHTS 5 1 AGGREGATE MIN WITHSCORES
            ["x", "1"]
            > ZINTER 2 a none
            []
            > ZINTER 2 a a WITHSCORES
            ["x", "2", "y", "4", "z", "6"]
            > ZDIFF 2 a b
            ["x"]
            > ZDIFF 2 a b WITHSCORES
            ["x", "1"]
            > ZDIFF 2 a s WITHSCORES
            ["y", "2", "z", "3"]
            > ZDIFF 2 s a WITHSCORES
            ["v", "1", "w", "1"]
            > ZDIFF 2 none a
            []
            > ZDIFF 2 a none WITHSCORES
            ["x", "1", "y", "2", "z", "3"]
            > ZDIFF 2 a a
            []
            > ZDIFF 1 a WITHSCORES
            ["x", "1", "y", "2", "z", "3"]
            > ZADD p inf x inf y
            (integer) 2
            > ZADD n -inf x 5 y
            (integer) 2
            > ZUNION 2 p n WITHSCORES
            ["x", "0", "y", "inf"]
            > ZINTER 2 p n WITHSCORES
            ["x", "0", "y", "inf"]
            > ZUNION 1 p WEIGHTS 0 WITHSCORES
            ["x", "0", "y", "0"]
            > ZINTER 1 p WEIGHTS 0 WITHSCORES
            ["x", "0", "y", "0"]
            > ZINTER 2 n p WEIGHTS 1 0 AGGREGATE MIN WITHSCORES
            ["x", "-inf", "y", "5"]
            > ZUNION 2 n p WEIGHTS 1 0 AGGREGATE MIN WITHSCORES
            ["x", "-inf", "y", "0"]
            > ZINTER 2 p n WEIGHTS inf -inf WITHSCORES
            ["y", "0", "x", "inf"]
            > ZUNION 2 p n WEIGHTS -1 1 WITHSCORES
            ["x", "-inf", "y", "-inf"]
            > ZINTERCARD 2 a b
            (integer) 2
            > ZINTERCARD 2 a b LIMIT 1
            (integer) 1
            > ZINTERCARD 2 a b LIMIT 0
            (integer) 2
            > ZINTERCARD 2 a b LIMIT 10
            (integer) 2
            > ZINTERCARD 2 a s
            (integer) 1
            > ZINTERCARD 2 a none
            (integer) 0
            > ZINTERCARD 1 a
            (integer) 3
            > ZINTERCARD 1 a LIMIT 2 LIMIT 1
            (integer) 1
            """#)
    }

    @Test func storing() {
        expectTranscript(
            #"""
            > ZADD a 1 x 2 y 3 z
            (integer) 3
            > ZADD b 10 y 20 z 30 w
            (integer) 3
            > SADD s x w v
            (integer) 3
            > ZUNIONSTORE d 2 a b
            (integer) 4
            > ZRANGE d 0 -1 WITHSCORES
            ["x", "1", "y", "12", "z", "23", "w", "30"]
            > ZUNIONSTORE d 2 a b WEIGHTS 2 -1 AGGREGATE MIN
            (integer) 4
            > ZRANGE d 0 -1 WITHSCORES
            ["w", "-30", "z", "-20", "y", "-10", "x", "2"]
            > ZINTERSTORE d 2 a b
            (integer) 2
            > ZRANGE d 0 -1 WITHSCORES
            ["y", "12", "z", "23"]
            > ZDIFFSTORE d 2 a b
            (integer) 1
            > ZRANGE d 0 -1 WITHSCORES
            ["x", "1"]
            > ZUNIONSTORE a 2 a b
            (integer) 4
            > ZRANGE a 0 -1 WITHSCORES
            ["x", "1", "y", "12", "z", "23", "w", "30"]
            > ZINTERSTORE b 2 b b
            (integer) 3
            > ZRANGE b 0 -1 WITHSCORES
            ["y", "20", "z", "40", "w", "60"]
            > ZINTERSTORE d 2 a none
            (integer) 0
            > EXISTS d
            (integer) 0
            > SET d v
            OK
            > ZUNIONSTORE d 1 s
            (integer) 3
            > TYPE d
            zset
            > ZRANGE d 0 -1 WITHSCORES
            ["v", "1", "w", "1", "x", "1"]
            > ZDIFFSTORE d 2 a a
            (integer) 0
            > TYPE d
            none
            > ZUNIONSTORE s 1 s
            (integer) 3
            > TYPE s
            zset
            """#)
    }

    @Test func errors() {
        expectTranscript(
            #"""
            > ZADD z 1 a
            (integer) 1
            > SET str v
            OK
            > ZUNION 0 z
            (error) ERR at least 1 input key is needed for 'zunion' command
            > ZUNION -1 z
            (error) ERR at least 1 input key is needed for 'zunion' command
            > ZUNION a z
            (error) ERR value is not an integer or out of range
            > ZUNION 3 z
            (error) ERR syntax error
            > ZUNION 9223372036854775807 z
            (error) ERR syntax error
            > ZUNION 1 z WEIGHTS
            (error) ERR syntax error
            > ZUNION 1 z WEIGHTS x
            (error) ERR weight value is not a float
            > ZUNION 1 z WEIGHTS nan
            (error) ERR weight value is not a float
            > ZUNION 2 z z WEIGHTS 1
            (error) ERR syntax error
            > ZUNION 1 z WEIGHTS 1 2
            (error) ERR syntax error
            > ZUNION 1 z AGGREGATE
            (error) ERR syntax error
            > ZUNION 1 z AGGREGATE FOO
            (error) ERR syntax error
            > ZUNION 1 z FOO
            (error) ERR syntax error
            > ZUNION 1 str
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZUNION 1 str FOO
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZUNION 2 str z WEIGHTS x 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZUNION 1
            (error) ERR wrong number of arguments for 'zunion' command
            > ZINTER 0 z
            (error) ERR at least 1 input key is needed for 'zinter' command
            > ZINTER 1 str
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZINTER 2 none str
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZINTER 1 z LIMIT 1
            (error) ERR syntax error
            > ZDIFF 0 z
            (error) ERR at least 1 input key is needed for 'zdiff' command
            > ZDIFF 1 z WEIGHTS 1
            (error) ERR syntax error
            > ZDIFF 1 z AGGREGATE SUM
            (error) ERR syntax error
            > ZDIFF 2 none str
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZINTERCARD 0 z
            (error) ERR at least 1 input key is needed for 'zintercard' command
            > ZINTERCARD a z
            (error) ERR value is not an integer or out of range
            > ZINTERCARD 2 z
            (error) ERR syntax error
            > ZINTERCARD 1 z LIMIT -1
            (error) ERR LIMIT can't be negative
            > ZINTERCARD 1 z LIMIT a
            (error) ERR LIMIT can't be negative
            > ZINTERCARD 1 z LIMIT
            (error) ERR syntax error
            > ZINTERCARD 1 z WITHSCORES
            (error) ERR syntax error
            > ZINTERCARD 1 z WEIGHTS 1
            (error) ERR syntax error
            > ZINTERCARD 1 str LIMIT -1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZUNIONSTORE d 0 z
            (error) ERR at least 1 input key is needed for 'zunionstore' command
            > ZUNIONSTORE d a z
            (error) ERR value is not an integer or out of range
            > ZUNIONSTORE d 2 z
            (error) ERR syntax error
            > ZUNIONSTORE d 1 z WITHSCORES
            (error) ERR syntax error
            > ZUNIONSTORE d 1 z WEIGHTS x
            (error) ERR weight value is not a float
            > ZUNIONSTORE d 1 str
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZUNIONSTORE d 1
            (error) ERR wrong number of arguments for 'zunionstore' command
            > ZINTERSTORE d 0 z
            (error) ERR at least 1 input key is needed for 'zinterstore' command
            > ZINTERSTORE d 1 z LIMIT 1
            (error) ERR syntax error
            > ZDIFFSTORE d 0 z
            (error) ERR at least 1 input key is needed for 'zdiffstore' command
            > ZDIFFSTORE d 1 z WITHSCORES
            (error) ERR syntax error
            > ZDIFFSTORE d 1 z WEIGHTS 1
            (error) ERR syntax error
            > ZDIFFSTORE d 1 str
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > EXISTS d
            (integer) 0
            """#)
    }
}
