import TestSupport
import Testing

// What redis-server 7.0.15 answered.

@Suite(.keyspaces) struct SortedSetRangesTests {
    @Test func range() {
        expectTranscript(
            #"""
            > ZADD z 1 a 2 b 3 c 4 d 5 e
            (integer) 5
            > ZRANGE z 0 -1
            ["a", "b", "c", "d", "e"]
            > ZRANGE z 1 2 WITHSCORES
            ["b", "2", "c", "3"]
            > ZRANGE z -2 -1
            ["d", "e"]
            > ZRANGE z 3 1
            []
            > ZRANGE z 10 20
            []
            > ZRANGE z -100 100
            ["a", "b", "c", "d", "e"]
            > ZRANGE z -100 -90
            []
            > ZRANGE z 9223372036854775807 -9223372036854775808
            []
            > ZRANGE z -9223372036854775808 9223372036854775807
            ["a", "b", "c", "d", "e"]
            > ZRANGE z 0 1 REV
            ["e", "d"]
            > ZRANGE z 0 1 rev withscores
            ["e", "5", "d", "4"]
            > ZRANGE z -2 -1 REV
            ["b", "a"]
            > ZRANGE none 0 -1
            []
            > ZRANGE none x y
            (error) ERR value is not an integer or out of range
            > ZRANGE z 2 4 BYSCORE
            ["b", "c", "d"]
            > ZRANGE z (2 (4 BYSCORE WITHSCORES
            ["c", "3"]
            > ZRANGE z (2 +inf BYSCORE
            ["c", "d", "e"]
            > ZRANGE z -inf inf BYSCORE LIMIT 1 2
            ["b", "c"]
            > ZRANGE z -inf inf BYSCORE LIMIT 1 -1
            ["b", "c", "d", "e"]
            > ZRANGE z -inf inf BYSCORE LIMIT 0 0
            []
            > ZRANGE z -inf inf BYSCORE LIMIT -1 2
            []
            > ZRANGE z -inf inf BYSCORE LIMIT 5 2
            []
            > ZRANGE z -inf inf BYSCORE LIMIT 9223372036854775807 9223372036854775807
            []
            > ZRANGE z 4 2 BYSCORE REV
            ["d", "c", "b"]
            > ZRANGE z (4 2 BYSCORE REV LIMIT 0 1 WITHSCORES
            ["c", "3"]
            > ZRANGE z inf -inf BYSCORE REV LIMIT 1 2
            ["d", "c"]
            > ZRANGE z 2 4 BYSCORE REV
            []
            > ZRANGE z 2 2 BYSCORE
            ["b"]
            > ZRANGE z (2 2 BYSCORE
            []
            > ZRANGE z 1 3 BYSCORE LIMIT 0 1 LIMIT 1 1
            ["b"]
            > ZRANGE z "" " 3" BYSCORE
            ["a", "b", "c"]
            > ZRANGE z ( 3 BYSCORE
            ["a", "b", "c"]
            > ZRANGE z -1e400 1e400 BYSCORE
            ["a", "b", "c", "d", "e"]
            > ZADD l 0 a 0 b 0 ba 0 c 0 d
            (integer) 5
            > ZRANGE l - + BYLEX
            ["a", "b", "ba", "c", "d"]
            > ZRANGE l [b [c BYLEX
            ["b", "ba", "c"]
            > ZRANGE l (b (c BYLEX
            ["ba"]
            > ZRANGE l [b + BYLEX LIMIT 1 2
            ["ba", "c"]
            > ZRANGE l + [b BYLEX REV
            ["d", "c", "ba", "b"]
            > ZRANGE l [c [b BYLEX REV LIMIT 0 2
            ["c", "ba"]
            > ZRANGE l + - BYLEX
            []
            > ZRANGE l - - BYLEX
            []
            > ZRANGE l + + BYLEX
            []
            > ZRANGE l [b [b BYLEX
            ["b"]
            > ZRANGE l [b (b BYLEX
            []
            > ZRANGE l [ [b BYLEX
            ["a", "b"]
            > ZRANGE z 0 -1 LIMIT 0 1
            (error) ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX
            > ZRANGE z 0 -1 LIMIT 0 -1
            ["a", "b", "c", "d", "e"]
            > ZRANGE z 0 -1 LIMIT 0
            (error) ERR syntax error
            > ZRANGE z 0 -1 LIMIT a 1
            (error) ERR value is not an integer or out of range
            > ZRANGE z 0 -1 LIMIT 0 a
            (error) ERR value is not an integer or out of range
            > ZRANGE l - + BYLEX WITHSCORES
            (error) ERR syntax error, WITHSCORES not supported in combination with BYLEX
            > ZRANGE l x + BYLEX WITHSCORES
            (error) ERR syntax error, WITHSCORES not supported in combination with BYLEX
            > ZRANGE z a b
            (error) ERR value is not an integer or out of range
            > ZRANGE z a b BYSCORE
            (error) ERR min or max is not a float
            > ZRANGE z 1 b BYSCORE
            (error) ERR min or max is not a float
            > ZRANGE z nan 1 BYSCORE
            (error) ERR min or max is not a float
            > ZRANGE z a b BYLEX
            (error) ERR min or max not valid string range item
            > ZRANGE l -x + BYLEX
            (error) ERR min or max not valid string range item
            > ZRANGE l "" + BYLEX
            (error) ERR min or max not valid string range item
            > ZRANGE z 0 -1 REV REV
            (error) ERR syntax error
            > ZRANGE z 0 1 BYLEX BYSCORE
            (error) ERR syntax error
            > ZRANGE z 0 1 BYSCORE BYSCORE
            (error) ERR syntax error
            > ZRANGE z 0 1 FOO
            (error) ERR syntax error
            > SET s v
            OK
            > ZRANGE s 0 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZRANGE s a b
            (error) ERR value is not an integer or out of range
            > ZRANGE z 0
            (error) ERR wrong number of arguments for 'zrange' command
            """#)
    }

    @Test func olderSpellings() {
        expectTranscript(
            #"""
            > ZADD z 1 a 2 b 3 c 4 d
            (integer) 4
            > ZADD l 0 a 0 b 0 c
            (integer) 3
            > ZREVRANGE z 0 1
            ["d", "c"]
            > ZREVRANGE z 0 -1 WITHSCORES
            ["d", "4", "c", "3", "b", "2", "a", "1"]
            > ZREVRANGE z 1 0
            []
            > ZREVRANGE none 0 -1
            []
            > ZREVRANGE z 0 1 LIMIT 0 1
            (error) ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX
            > ZREVRANGE z 0 1 REV
            (error) ERR syntax error
            > ZREVRANGE z 0 1 BYSCORE
            (error) ERR syntax error
            > ZREVRANGE z a 1
            (error) ERR value is not an integer or out of range
            > ZRANGEBYSCORE z 2 3
            ["b", "c"]
            > ZRANGEBYSCORE z (1 3 WITHSCORES LIMIT 1 1
            ["c", "3"]
            > ZRANGEBYSCORE z -inf +inf LIMIT 2 -1 WITHSCORES
            ["c", "3", "d", "4"]
            > ZRANGEBYSCORE none 1 2
            []
            > ZRANGEBYSCORE z 1 2 BYSCORE
            (error) ERR syntax error
            > ZRANGEBYSCORE z 1 2 REV
            (error) ERR syntax error
            > ZRANGEBYSCORE z 1 x
            (error) ERR min or max is not a float
            > ZRANGEBYSCORE z 1 2 LIMIT a 2
            (error) ERR value is not an integer or out of range
            > ZREVRANGEBYSCORE z 3 2
            ["c", "b"]
            > ZREVRANGEBYSCORE z +inf (2 WITHSCORES LIMIT 1 1
            ["c", "3"]
            > ZREVRANGEBYSCORE z 2 3
            []
            > ZREVRANGEBYSCORE none 3 2
            []
            > ZREVRANGEBYSCORE z x 2
            (error) ERR min or max is not a float
            > ZRANGEBYLEX l - +
            ["a", "b", "c"]
            > ZRANGEBYLEX l [b + LIMIT 1 1
            ["c"]
            > ZRANGEBYLEX l b c
            (error) ERR min or max not valid string range item
            > ZRANGEBYLEX l - + WITHSCORES
            (error) ERR syntax error, WITHSCORES not supported in combination with BYLEX
            > ZRANGEBYLEX none - +
            []
            > ZREVRANGEBYLEX l + -
            ["c", "b", "a"]
            > ZREVRANGEBYLEX l (c [a LIMIT 0 1
            ["b"]
            > ZREVRANGEBYLEX l - +
            []
            > ZREVRANGEBYLEX l c a
            (error) ERR min or max not valid string range item
            > ZREVRANGEBYLEX none + -
            []
            > SET s v
            OK
            > ZREVRANGE s 0 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZRANGEBYSCORE s 0 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZREVRANGEBYSCORE s 0 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZRANGEBYLEX s - +
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZREVRANGEBYLEX s - +
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }

    @Test func countingAndRemoving() {
        expectTranscript(
            #"""
            > ZADD z 1 a 2 b 3 c 4 d 5 e 6 f
            (integer) 6
            > ZADD l 0 a 0 b 0 c 0 d
            (integer) 4
            > ZCOUNT z 2 4
            (integer) 3
            > ZCOUNT z (2 4
            (integer) 2
            > ZCOUNT z -inf +inf
            (integer) 6
            > ZCOUNT z 4 2
            (integer) 0
            > ZCOUNT none 1 2
            (integer) 0
            > ZCOUNT z a 2
            (error) ERR min or max is not a float
            > ZCOUNT z 1 (x
            (error) ERR min or max is not a float
            > ZLEXCOUNT l - +
            (integer) 4
            > ZLEXCOUNT l [b (d
            (integer) 2
            > ZLEXCOUNT l + -
            (integer) 0
            > ZLEXCOUNT none - +
            (integer) 0
            > ZLEXCOUNT l a b
            (error) ERR min or max not valid string range item
            > ZREMRANGEBYRANK z 0 0
            (integer) 1
            > ZREMRANGEBYRANK z -1 -1
            (integer) 1
            > ZREMRANGEBYRANK z 5 9
            (integer) 0
            > ZREMRANGEBYRANK z 2 1
            (integer) 0
            > ZREMRANGEBYRANK z a 1
            (error) ERR value is not an integer or out of range
            > ZREMRANGEBYRANK none 0 1
            (integer) 0
            > ZRANGE z 0 -1
            ["b", "c", "d", "e"]
            > ZREMRANGEBYSCORE z (2 3
            (integer) 1
            > ZREMRANGEBYSCORE z 10 20
            (integer) 0
            > ZREMRANGEBYSCORE z a 1
            (error) ERR min or max is not a float
            > ZREMRANGEBYSCORE none 0 1
            (integer) 0
            > ZRANGE z 0 -1
            ["b", "d", "e"]
            > ZREMRANGEBYSCORE z -inf inf
            (integer) 3
            > EXISTS z
            (integer) 0
            > ZREMRANGEBYLEX l [b (c
            (integer) 1
            > ZREMRANGEBYLEX l a c
            (error) ERR min or max not valid string range item
            > ZREMRANGEBYLEX none - +
            (integer) 0
            > ZREMRANGEBYLEX l - +
            (integer) 3
            > EXISTS l
            (integer) 0
            > SET s v
            OK
            > ZCOUNT s 1 2
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZCOUNT s a 2
            (error) ERR min or max is not a float
            > ZLEXCOUNT s - +
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZLEXCOUNT s a b
            (error) ERR min or max not valid string range item
            > ZREMRANGEBYRANK s 0 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZREMRANGEBYSCORE s 0 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZREMRANGEBYLEX s - +
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZREMRANGEBYRANK s a 1
            (error) ERR value is not an integer or out of range
            """#)
    }

    @Test func storing() {
        expectTranscript(
            #"""
            > ZADD z 1 a 2 b 3 c 4 d
            (integer) 4
            > ZRANGESTORE d z 1 2
            (integer) 2
            > ZRANGE d 0 -1 WITHSCORES
            ["b", "2", "c", "3"]
            > ZRANGESTORE d z 3 2 BYSCORE REV
            (integer) 2
            > ZRANGE d 0 -1 WITHSCORES
            ["b", "2", "c", "3"]
            > ZRANGESTORE d z -inf inf BYSCORE REV LIMIT 0 1
            (integer) 0
            > ZRANGE d 0 -1 WITHSCORES
            []
            > ZRANGESTORE z z 0 1
            (integer) 2
            > ZRANGE z 0 -1 WITHSCORES
            ["a", "1", "b", "2"]
            > ZADD l 0 a 0 b 0 c
            (integer) 3
            > ZRANGESTORE d l (a + BYLEX
            (integer) 2
            > ZRANGE d 0 -1 WITHSCORES
            ["b", "0", "c", "0"]
            > ZRANGESTORE d z 5 9
            (integer) 0
            > EXISTS d
            (integer) 0
            > SET d v
            OK
            > ZRANGESTORE d z 0 -1
            (integer) 2
            > TYPE d
            zset
            > ZRANGESTORE d none 0 -1
            (integer) 0
            > EXISTS d
            (integer) 0
            > ZRANGESTORE d z 0 -1 WITHSCORES
            (error) ERR syntax error
            > ZRANGESTORE d z 0 -1 LIMIT 0 1
            (error) ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX
            > ZRANGESTORE d z a -1
            (error) ERR value is not an integer or out of range
            > SET s v
            OK
            > ZADD d 1 a
            (integer) 1
            > ZRANGESTORE d s 0 -1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > EXISTS d
            (integer) 1
            > ZRANGESTORE s s 0 -1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > GET s
            "v"
            > ZRANGESTORE d z 0
            (error) ERR wrong number of arguments for 'zrangestore' command
            """#)
    }
}
