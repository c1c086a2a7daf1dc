import TestSupport
import Testing

// What redis-server 7.0.15 answered.

@Suite(.keyspaces) struct SortedSetPopsTests {
    @Test func pops() {
        expectTranscript(
            #"""
            > ZADD z 1 a 2 b 2 c 3 d 4 e
            (integer) 5
            > ZPOPMIN z
            ["a", "1"]
            > ZPOPMAX z
            ["e", "4"]
            > ZPOPMIN z 0
            []
            > ZPOPMAX z 2
            ["d", "3", "c", "2"]
            > ZPOPMIN z 9
            ["b", "2"]
            > EXISTS z
            (integer) 0
            > ZPOPMIN none
            []
            > ZPOPMIN none 0
            []
            > ZPOPMAX none 3
            []
            > ZADD z 1 a 2 b 3 c
            (integer) 3
            > ZPOPMIN z -1
            (error) ERR value is out of range, must be positive
            > ZPOPMIN z abc
            (error) ERR value is out of range, must be positive
            > ZPOPMAX z 1.5
            (error) ERR value is out of range, must be positive
            > ZPOPMIN z 1 2
            (error) ERR syntax error
            > ZPOPMIN z abc 2
            (error) ERR syntax error
            > SET s v
            OK
            > ZPOPMIN s
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZPOPMAX s 0
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZPOPMIN s abc
            (error) ERR value is out of range, must be positive
            > ZPOPMIN
            (error) ERR wrong number of arguments for 'zpopmin' command
            > ZMPOP 1 z MIN
            ["z", [["a", "1"]]]
            > ZMPOP 2 none z MAX COUNT 5
            ["z", [["c", "3"], ["b", "2"]]]
            > EXISTS z
            (integer) 0
            > ZMPOP 1 z MIN
            (nil array)
            > ZMPOP 2 none none2 max
            (nil array)
            > ZADD z 1 a 2 b 3 c
            (integer) 3
            > ZMPOP 1 z min count 2
            ["z", [["a", "1"], ["b", "2"]]]
            > ZMPOP 0 z MIN
            (error) ERR numkeys should be greater than 0
            > ZMPOP -1 z MIN
            (error) ERR numkeys should be greater than 0
            > ZMPOP a z MIN
            (error) ERR numkeys should be greater than 0
            > ZMPOP 1 z FOO
            (error) ERR syntax error
            > ZMPOP 1 z MIN COUNT 0
            (error) ERR count should be greater than 0
            > ZMPOP 1 z MIN COUNT -1
            (error) ERR count should be greater than 0
            > ZMPOP 1 z MIN COUNT a
            (error) ERR count should be greater than 0
            > ZMPOP 1 z MIN COUNT
            (error) ERR syntax error
            > ZMPOP 1 z MIN COUNT 1 COUNT 2
            (error) ERR syntax error
            > ZMPOP 1 z MIN FOO 1
            (error) ERR syntax error
            > ZMPOP 2 z MIN
            (error) ERR syntax error
            > ZMPOP 3 z MIN
            (error) ERR syntax error
            > ZMPOP 9223372036854775807 z MIN
            (error) ERR syntax error
            > ZMPOP 1 s MIN
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZMPOP 2 none s MIN
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > ZMPOP 2 z s MIN
            ["z", [["c", "3"]]]
            > ZMPOP 1 z
            (error) ERR wrong number of arguments for 'zmpop' command
            """#)
    }
}
