import TestSupport
import Testing

/// The commands of one hash; the sessions were recorded from redis-server 7.0.15.
@Suite(.keyspaces) struct HashCommandsTests {
    @Test func fieldsAndValues() {
        expectSession(
            #"""
            > HSET h a 1
            (integer) 1
            > HSET h a 2 b 3 c ""
            (integer) 2
            > HSET h a 2 b
            (error) ERR wrong number of arguments for 'hset' command
            > HSET h
            (error) ERR wrong number of arguments for 'hset' command
            > HGET h a
            "2"
            > HGET h c
            ""
            > HGET h zz
            (nil)
            > HGET missing a
            (nil)
            > HGET h
            (error) ERR wrong number of arguments for 'hget' command
            > HGET h a b
            (error) ERR wrong number of arguments for 'hget' command
            > HEXISTS h a
            (integer) 1
            > HEXISTS h zz
            (integer) 0
            > HEXISTS missing a
            (integer) 0
            > HSTRLEN h a
            (integer) 1
            > HSTRLEN h c
            (integer) 0
            > HSTRLEN h zz
            (integer) 0
            > HSTRLEN missing a
            (integer) 0
            > HLEN h
            (integer) 3
            > HLEN missing
            (integer) 0
            > HSET h "\x00\xff" "bin\x00ary"
            (integer) 1
            > HGET h "\x00\xff"
            "bin\x00ary"
            > HDEL h a zz a
            (integer) 1
            > HDEL missing a
            (integer) 0
            > HDEL h b c "\x00\xff"
            (integer) 3
            > EXISTS h
            (integer) 0
            > HSET h f v f w
            (integer) 1
            > HGET h f
            "w"
            > HMSET h x 1 y 2
            OK
            > HMSET h x 1 y
            (error) ERR wrong number of arguments for 'hmset' command
            > HMGET h x zz y f x
            ["1", (nil), "2", "w", "1"]
            > HMGET missing a b
            [(nil), (nil)]
            > HSETNX h x 9
            (integer) 0
            > HSETNX h z 9
            (integer) 1
            > HSETNX other a 1
            (integer) 1
            > HGET h x
            "1"
            ~2> HGETALL h
            ["f", "w", "x", "1", "y", "2", "z", "9"]
            ~> HKEYS h
            ["f", "x", "y", "z"]
            ~> HVALS h
            ["1", "2", "9", "w"]
            > HGETALL missing
            []
            > HKEYS missing
            []
            > HVALS missing
            []
            """#)
    }

    @Test func hincrby() {
        expectSession(
            #"""
            > HINCRBY h n 5
            (integer) 5
            > HINCRBY h n -7
            (integer) -2
            > HINCRBY h n abc
            (error) ERR value is not an integer or out of range
            > HINCRBY h n 1.5
            (error) ERR value is not an integer or out of range
            > HINCRBY h n 9223372036854775808
            (error) ERR value is not an integer or out of range
            > HINCRBY h n -9223372036854775807
            (error) ERR increment or decrement would overflow
            > HINCRBY h max 9223372036854775807
            (integer) 9223372036854775807
            > HINCRBY h max 1
            (error) ERR increment or decrement would overflow
            > HINCRBY h max -1
            (integer) 9223372036854775806
            > HINCRBY h min -9223372036854775808
            (integer) -9223372036854775808
            > HINCRBY h min -1
            (error) ERR increment or decrement would overflow
            > HSET h t text f 1.5 s " 1" plus +1 zero 01 empty ""
            (integer) 6
            > HINCRBY h t 1
            (error) ERR hash value is not an integer
            > HINCRBY h f 1
            (error) ERR hash value is not an integer
            > HINCRBY h s 1
            (error) ERR hash value is not an integer
            > HINCRBY h plus 1
            (error) ERR hash value is not an integer
            > HINCRBY h zero 1
            (error) ERR hash value is not an integer
            > HINCRBY h empty 1
            (error) ERR hash value is not an integer
            > HINCRBY h t abc
            (error) ERR value is not an integer or out of range
            > HINCRBY missing n x
            (error) ERR value is not an integer or out of range
            > EXISTS missing
            (integer) 0
            > HINCRBY missing n 0
            (integer) 0
            > HGET missing n
            "0"
            """#)
    }

    @Test func hincrbyfloat() {
        expectSession(
            #"""
            > HINCRBYFLOAT h f 10.5
            "10.5"
            > HINCRBYFLOAT h f 0.1
            "10.6"
            > HINCRBYFLOAT h f -5
            "5.6"
            > HSET h f 1
            (integer) 0
            > HINCRBYFLOAT h f 5.0e3
            "5001"
            > HINCRBYFLOAT h f abc
            (error) ERR value is not a valid float
            > HINCRBYFLOAT h f ""
            (error) ERR value is not a valid float
            > HINCRBYFLOAT h f " 1"
            (error) ERR value is not a valid float
            > HINCRBYFLOAT h f nan
            (error) ERR value is not a valid float
            > HINCRBYFLOAT h f inf
            (error) ERR value is NaN or Infinity
            > HINCRBYFLOAT h f -inf
            (error) ERR value is NaN or Infinity
            > HINCRBYFLOAT h f 1e5000
            (error) ERR value is not a valid float
            > HINCRBYFLOAT h f 0
            "5001"
            > HSET h t text e "" i inf s "1 " big 1e4932
            (integer) 5
            > HINCRBYFLOAT h t 1
            (error) ERR hash value is not a float
            > HINCRBYFLOAT h e 1
            (error) ERR hash value is not a float
            > HINCRBYFLOAT h i 1
            (error) ERR increment would produce NaN or Infinity
            > HINCRBYFLOAT h i -inf
            (error) ERR value is NaN or Infinity
            > HINCRBYFLOAT h s 1
            (error) ERR hash value is not a float
            > HINCRBYFLOAT h big 1e4932
            (error) ERR increment would produce NaN or Infinity
            > HINCRBYFLOAT h big abc
            (error) ERR value is not a valid float
            > HINCRBYFLOAT h third 0.3333333333333333333
            "0.33333333333333333"
            > HINCRBYFLOAT h tiny 1e-20
            "0"
            > HINCRBYFLOAT h three 3.0
            "3"
            > HINCRBYFLOAT missing f x
            (error) ERR value is not a valid float
            > EXISTS missing
            (integer) 0
            > HGET h f
            "5001"
            """#)
    }

    @Test func wrongTypes() {
        expectSession(
            #"""
            > RPUSH l a
            (integer) 1
            > HSET l a 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HSET l a 1 b
            (error) ERR wrong number of arguments for 'hset' command
            > HMSET l a 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HMSET l a 1 b
            (error) ERR wrong number of arguments for 'hmset' command
            > HSETNX l a 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HGET l a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HMGET l a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HDEL l a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HLEN l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HSTRLEN l a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HEXISTS l a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HGETALL l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HKEYS l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HVALS l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HINCRBY l a 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HINCRBY l a x
            (error) ERR value is not an integer or out of range
            > HINCRBYFLOAT l a 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HINCRBYFLOAT l a x
            (error) ERR value is not a valid float
            > HINCRBYFLOAT l a inf
            (error) ERR value is NaN or Infinity
            > HRANDFIELD l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HRANDFIELD l 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HRANDFIELD l x
            (error) ERR value is not an integer or out of range
            > HRANDFIELD l 1 FOO
            (error) ERR syntax error
            > HSCAN l 0
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HSCAN l 0 FOO
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > HSCAN l x
            (error) ERR invalid cursor
            > LRANGE l 0 -1
            ["a"]
            """#)
    }
}
