import TestSupport
import Testing

/// SORT and SORT_RO. The replies are those of redis-server 7.0.15.
@Suite(.keyspaces) struct SortCommandTests {
    @Test("Numbers and letters") func numbersAndLetters() {
        expectTranscript(
            #"""
            > RPUSH l 3 10 1 2 -5 1.5 1e2
            (integer) 7
            > SORT l
            ["-5", "1", "1.5", "2", "3", "10", "1e2"]
            > SORT l ASC
            ["-5", "1", "1.5", "2", "3", "10", "1e2"]
            > SORT l DESC
            ["1e2", "10", "3", "2", "1.5", "1", "-5"]
            > SORT l ALPHA
            ["-5", "1", "1.5", "10", "1e2", "2", "3"]
            > SORT l ALPHA DESC
            ["3", "2", "1e2", "10", "1.5", "1", "-5"]
            > SORT l DESC ASC
            ["-5", "1", "1.5", "2", "3", "10", "1e2"]
            > SORT nokey
            []
            > SADD s 3 20 100 1
            (integer) 4
            > SORT s
            ["1", "3", "20", "100"]
            > SORT s DESC
            ["100", "20", "3", "1"]
            > SORT s ALPHA
            ["1", "100", "20", "3"]
            > ZADD z 1 9 2 8 3 7
            (integer) 3
            > SORT z
            ["7", "8", "9"]
            > SORT z DESC
            ["9", "8", "7"]
            > RPUSH w banana Apple cherry apple "" a
            (integer) 6
            > SORT w ALPHA
            ["", "Apple", "a", "apple", "banana", "cherry"]
            > SORT w ALPHA DESC
            ["cherry", "banana", "apple", "a", "Apple", ""]
            > SORT w
            (error) ERR One or more scores can't be converted into double
            > RPUSH e 1 "" 2
            (integer) 3
            > SORT e
            ["", "1", "2"]
            > RPUSH x 1 " 2" 0x10 inf -inf
            (integer) 5
            > SORT x
            ["-inf", "1", " 2", "0x10", "inf"]
            > RPUSH y 1 1e400
            (integer) 2
            > SORT y
            (error) ERR One or more scores can't be converted into double
            > INCRBYFLOAT number 1
            "1"
            > RPUSH v 1 nan
            (integer) 2
            > SORT v
            (error) ERR One or more scores can't be converted into double
            > RPUSH u 1 "2 "
            (integer) 2
            > SORT u
            (error) ERR One or more scores can't be converted into double
            > RPUSH t 1.0 1 01 1.00
            (integer) 4
            > SORT t
            ["01", "1", "1.0", "1.00"]
            > SORT t DESC
            ["1.00", "1.0", "1", "01"]
            > SORT_RO l
            ["-5", "1", "1.5", "2", "3", "10", "1e2"]
            > SORT_RO l DESC LIMIT 0 2
            ["1e2", "10"]
            """#)
    }

    @Test("LIMIT") func limit() {
        expectTranscript(
            #"""
            > RPUSH l 5 3 4 1 2
            (integer) 5
            > SORT l LIMIT 0 2
            ["1", "2"]
            > SORT l LIMIT 2 2
            ["3", "4"]
            > SORT l LIMIT 4 10
            ["5"]
            > SORT l LIMIT 5 10
            []
            > SORT l LIMIT 100 1
            []
            > SORT l LIMIT -1 2
            ["1", "2"]
            > SORT l LIMIT 0 0
            []
            > SORT l LIMIT 1 -1
            ["2", "3", "4", "5"]
            > SORT l LIMIT 1 -100
            ["2", "3", "4", "5"]
            > SORT l DESC LIMIT 1 2
            ["4", "3"]
            > SORT l LIMIT 0 9223372036854775807
            ["1", "2", "3", "4", "5"]
            > SORT l LIMIT 9223372036854775807 9223372036854775807
            []
            > SORT l LIMIT -9223372036854775808 -9223372036854775808
            ["1", "2", "3", "4", "5"]
            > SORT nokey LIMIT 0 10
            []
            > SORT l LIMIT 0 1 LIMIT 1 1
            ["2"]
            > SORT l BY nosort LIMIT 1 2
            ["3", "4"]
            > SORT l BY nosort DESC LIMIT 1 2
            ["1", "4"]
            > SORT l BY nosort DESC
            ["2", "1", "4", "3", "5"]
            > SORT l BY nosort LIMIT 3 100
            ["1", "2"]
            > SORT l BY nosort LIMIT 100 1
            []
            > SORT l BY nosort DESC LIMIT 3 100
            ["3", "5"]
            > ZADD z 1 c 2 b 3 a
            (integer) 3
            > SORT z BY nosort
            ["c", "b", "a"]
            > SORT z BY nosort DESC
            ["a", "b", "c"]
            > SORT z BY nosort LIMIT 1 1
            ["b"]
            > SORT z BY nosort DESC LIMIT 0 1
            ["a"]
            > SORT z BY nosort DESC LIMIT 1 -1
            ["b", "c"]
            > SORT nokey BY nosort
            []
            """#)
    }

    @Test("BY and GET") func byAndGET() {
        expectTranscript(
            #"""
            > RPUSH l 1 2 3 4
            (integer) 4
            > MSET w_1 30 w_2 10 w_3 20 o_1 one o_2 two o_3 three o_4 four
            OK
            > SORT l BY w_*
            ["4", "2", "3", "1"]
            > SORT l BY w_* DESC
            ["1", "3", "2", "4"]
            > SORT l BY w_* GET o_*
            ["four", "two", "three", "one"]
            > SORT l BY w_* GET # GET o_* GET w_* GET nope_*
            ["4", "four", (nil), (nil), "2", "two", "10", (nil), "3", "three", "20", (nil), "1", "one", "3\#
            0", (nil)]
            > SORT l GET o_*
            ["one", "two", "three", "four"]
            > SORT l GET o_* GET #
            ["one", "1", "two", "2", "three", "3", "four", "4"]
            > SORT l BY nosort GET o_* GET #
            ["one", "1", "two", "2", "three", "3", "four", "4"]
            > SORT l BY w_* LIMIT 1 2 GET #
            ["2", "3"]
            > SORT l BY o_* ALPHA
            ["4", "1", "3", "2"]
            > SORT l BY o_* ALPHA DESC
            ["2", "3", "1", "4"]
            > SORT l BY o_*
            (error) ERR One or more scores can't be converted into double
            > SORT l BY w_* ALPHA
            ["4", "2", "3", "1"]
            > SORT l GET nostar
            [(nil), (nil), (nil), (nil)]
            > SORT l GET ##
            [(nil), (nil), (nil), (nil)]
            > HSET h_1 f 3 name uno
            (integer) 2
            > HSET h_2 f 1 name dos
            (integer) 2
            > HSET h_3 f 2
            (integer) 1
            > SORT l BY h_*->f GET h_*->name GET #
            [(nil), "4", "dos", "2", (nil), "3", "uno", "1"]
            > SORT l BY h_*->f DESC GET h_*->f
            ["3", "2", "1", (nil)]
            > SORT l GET h_*
            [(nil), (nil), (nil), (nil)]
            > SORT l GET o_*->f
            [(nil), (nil), (nil), (nil)]
            > SORT l GET h_*->
            [(nil), (nil), (nil), (nil)]
            > SET h_1-> arrow
            OK
            > SORT l GET h_*->
            ["arrow", (nil), (nil), (nil)]
            > SORT l GET h->*
            [(nil), (nil), (nil), (nil)]
            > SET p_1_q x
            OK
            > SORT l GET p_*_q
            ["x", (nil), (nil), (nil)]
            > SORT l BY nosort->*
            ["1", "2", "3", "4"]
            > SORT l BY *->f
            ["1", "2", "3", "4"]
            > HSET a->b_1 f 7
            (integer) 1
            > SORT l GET a->b_*->f
            ["7", (nil), (nil), (nil)]
            > RPUSH w_4 x
            (integer) 1
            > SORT l BY w_*
            ["4", "2", "3", "1"]
            > SORT l GET w_*
            ["30", "10", "20", (nil)]
            > SORT l BY w_* BY nosort
            ["1", "2", "3", "4"]
            > SORT l BY nosort BY w_*
            ["1", "2", "3", "4"]
            > SORT l BY #
            ["1", "2", "3", "4"]
            > SADD s c a b
            (integer) 3
            > SORT s ALPHA BY nosort LIMIT 0 0
            []
            """#)
    }

    @Test("STORE") func store() {
        expectTranscript(
            #"""
            > RPUSH l 3 1 2
            (integer) 3
            > SORT l STORE d
            (integer) 3
            > LRANGE d 0 -1
            ["1", "2", "3"]
            > TYPE d
            list
            > SORT l DESC STORE l
            (integer) 3
            > LRANGE l 0 -1
            ["3", "2", "1"]
            > SET w_1 x
            OK
            > SORT l GET w_* STORE d
            (integer) 3
            > LRANGE d 0 -1
            ["x", "", ""]
            > SORT l GET w_* GET # STORE d LIMIT 0 1
            (integer) 2
            > LRANGE d 0 -1
            ["x", "1"]
            > SET d string EXAT 4102444800
            OK
            > SORT l LIMIT 1 1 STORE d
            (integer) 1
            > LRANGE d 0 -1
            ["2"]
            > TTL d
            (integer) -1
            > SORT l LIMIT 0 0 STORE d
            (integer) 0
            > EXISTS d
            (integer) 0
            > SORT nokey STORE d
            (integer) 0
            > SORT l STORE a STORE b
            (integer) 3
            > EXISTS a b
            (integer) 1
            > SADD s c a b
            (integer) 3
            > SORT s BY nosort STORE d
            (integer) 3
            > LRANGE d 0 -1
            ["a", "b", "c"]
            > SORT s BY nosort DESC STORE d
            (integer) 3
            > LRANGE d 0 -1
            ["c", "b", "a"]
            > SORT s BY nosort DESC LIMIT 1 1 STORE d
            (integer) 1
            > LRANGE d 0 -1
            ["b"]
            > SORT s STORE d
            (error) ERR One or more scores can't be converted into double
            > LRANGE d 0 -1
            ["b"]
            > ZADD z 1 c 2 b 3 a
            (integer) 3
            > SORT z BY nosort STORE d
            (integer) 3
            > LRANGE d 0 -1
            ["c", "b", "a"]
            > SORT z ALPHA STORE z
            (integer) 3
            > LRANGE z 0 -1
            ["a", "b", "c"]
            """#)
    }

    @Test("Errors") func errors() {
        expectTranscript(
            #"""
            > RPUSH l 1 x
            (integer) 2
            > SORT
            (error) ERR wrong number of arguments for 'sort' command
            > SORT l
            (error) ERR One or more scores can't be converted into double
            > SORT l LIMIT 0 1
            (error) ERR One or more scores can't be converted into double
            > SORT l FOO
            (error) ERR syntax error
            > SORT l LIMIT 0
            (error) ERR syntax error
            > SORT l LIMIT x 1
            (error) ERR value is not an integer or out of range
            > SORT l LIMIT 0 x
            (error) ERR value is not an integer or out of range
            > SORT l BY
            (error) ERR syntax error
            > SORT l GET
            (error) ERR syntax error
            > SORT l STORE
            (error) ERR syntax error
            > SORT_RO l STORE d
            (error) ERR syntax error
            > SORT_RO l
            (error) ERR One or more scores can't be converted into double
            > SORT_RO l ALPHA
            ["1", "x"]
            > SET a 1
            OK
            > SORT a
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SORT a FOO
            (error) ERR syntax error
            > SORT a LIMIT x 1
            (error) ERR value is not an integer or out of range
            > HSET h f v
            (integer) 1
            > SORT h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SORT_RO h
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SORT l STORE d
            (error) ERR One or more scores can't be converted into double
            > EXISTS d
            (integer) 0
            """#)
    }
}
