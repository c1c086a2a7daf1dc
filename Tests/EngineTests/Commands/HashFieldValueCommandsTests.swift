import Engine
import TestSupport
import Testing

/// HGETDEL, HGETEX and HSETEX, after the source and the tests of Redis 8.0; 7.0.15 does not have them.
@Suite(.keyspaces) struct HashFieldValueCommandsTests {
    private let count = "(error) ERR The `numfields` parameter must match the number of arguments"
    private let keyword = "(error) ERR Mandatory argument FIELDS is missing or not at the right position"
    private let positive = "(error) ERR Number of fields must be a positive integer"
    private let wrongType = "(error) WRONGTYPE Operation against a key holding the wrong kind of value"

    @Test("HGETDEL") func hgetdel() {
        expectTranscript(
            """
            > HSET h a 1 b 2 c 3
            (integer) 3
            > HGETDEL h FIELDS 3 a nofield a
            ["1", (nil), (nil)]
            > HGETDEL nokey FIELDS 2 a b
            [(nil), (nil)]
            > HGETDEL h FIELDS 2 b c
            ["2", "3"]
            > EXISTS h
            (integer) 0
            > SET s 1
            OK
            > HGETDEL s FIELDS 1 a
            \(wrongType)
            > HGETDEL h FIELDS 1
            (error) ERR wrong number of arguments for 'hgetdel' command
            > HGETDEL h a 1 b
            \(keyword)
            > HGETDEL h FIELDS 0 b
            \(positive)
            > HGETDEL h FIELDS b b
            \(positive)
            > HGETDEL h FIELDS 2 b
            \(count)
            """)
    }

    @Test("HGETEX") func hgetex() {
        expectTranscript(
            """
            > HSET h a 1 b 2 c 3
            (integer) 3
            > HGETEX h FIELDS 2 a nofield
            ["1", (nil)]
            > HGETEX nokey EX 10 FIELDS 1 a
            [(nil)]
            > EXISTS nokey
            (integer) 0
            > HGETEX h PXAT 4102444800001 FIELDS 3 a nofield b
            ["1", (nil), "2"]
            > HPEXPIRETIME h FIELDS 3 a nofield b
            [(integer) 4102444800001, (integer) -2, (integer) 4102444800001]
            > HGETEX h FIELDS 1 a
            ["1"]
            > HGETEX h persist FIELDS 2 a c
            ["1", "3"]
            > HPEXPIRETIME h FIELDS 2 a b
            [(integer) -1, (integer) 4102444800001]
            > HGETEX h EX 100 FIELDS 1 a
            ["1"]
            > HGETEX h PX 200000 FIELDS 1 b
            ["2"]
            > HTTL h FIELDS 2 a b
            [(integer) 100, (integer) 200]
            > HGETEX h EXAT 4102444800 FIELDS 1 a
            ["1"]
            > HGETEX h EXAT 1 FIELDS 2 a a
            ["1", (nil)]
            > HGETEX h PX 0 FIELDS 2 b c
            ["2", "3"]
            > EXISTS h
            (integer) 0
            """)
    }

    @Test("HGETEX complains") func hgetexComplaints() {
        expectTranscript(
            """
            > SET s 1
            OK
            > HGETEX s EX x FIELDS 1 a
            \(wrongType)
            > HGETEX h FIELDS 1
            (error) ERR wrong number of arguments for 'hgetex' command
            > HGETEX h EX x FIELDS 1 a
            (error) ERR value is not an integer or out of range
            > HGETEX h PX -1 FIELDS 1 a
            (error) ERR invalid expire time, must be >= 0
            > HGETEX h EXAT 70368744178 FIELDS 1 a
            (error) ERR invalid expire time in 'hgetex' command
            > HGETEX h EX 10 a
            \(keyword)
            > HGETEX h EX 10 FIELDS
            \(positive)
            > HGETEX h EX 10 PERSIST FIELDS 1 a
            \(keyword)
            > HGETEX h KEEPTTL FIELDS 1 a
            \(keyword)
            > HGETEX h PERSIST FIELDS 0 a
            \(positive)
            > HGETEX h FIELDS 1 a b
            \(count)
            """)
    }

    @Test("HSETEX") func hsetex() {
        expectTranscript(
            """
            > HSETEX h FXX FIELDS 1 a 1
            (integer) 0
            > EXISTS h
            (integer) 0
            > HSETEX h FIELDS 2 a 1 b 2
            (integer) 1
            > HSETEX h FNX FIELDS 2 c 3 a 9
            (integer) 0
            > HSETEX h FXX FIELDS 2 a 9 c 3
            (integer) 0
            > HGETALL h
            ["a", "1", "b", "2"]
            > HSETEX h FNX PXAT 4102444800001 FIELDS 1 c 3
            (integer) 1
            > HSETEX h PXAT 4102444800002 fxx FIELDS 2 a 5 b 6
            (integer) 1
            > HPEXPIRETIME h FIELDS 3 a b c
            [(integer) 4102444800002, (integer) 4102444800002, (integer) 4102444800001]
            > HSETEX h KEEPTTL FIELDS 3 a 7 d 8 a 6
            (integer) 1
            > HMGET h a b d
            ["6", "6", "8"]
            > HPEXPIRETIME h FIELDS 2 a d
            [(integer) 4102444800002, (integer) -1]
            > HSETEX h FIELDS 1 a 8
            (integer) 1
            > HPEXPIRETIME h FIELDS 1 a
            [(integer) -1]
            > HSETEX h EX 100 FIELDS 1 a 9
            (integer) 1
            > HSETEX h px 200000 FIELDS 1 b 9
            (integer) 1
            > HTTL h FIELDS 2 a b
            [(integer) 100, (integer) 200]
            > HSETEX h EXAT 4102444800 FIELDS 1 a 9
            (integer) 1
            > HSETEX h EXAT 1 FIELDS 2 a 1 x 1
            (integer) 1
            > HKEYS h
            ["b", "c", "d"]
            > HSETEX h PX 0 FIELDS 3 b 1 c 1 d 1
            (integer) 1
            > EXISTS h
            (integer) 0
            > HSETEX h EXAT 1 FIELDS 1 a 1
            (integer) 1
            > DBSIZE
            (integer) 0
            """)
    }

    @Test("HSETEX complains") func hsetexComplaints() {
        let arity = "(error) ERR wrong number of arguments for 'hsetex' command"
        let expiries = "(error) ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified"
        let conditions = "(error) ERR Only one of FXX or FNX arguments can be specified"
        expectTranscript(
            """
            > SET s 1
            OK
            > HSETEX s FIELDS 1 a 1
            \(wrongType)
            > HSETEX s EX x FIELDS 1 a 1
            (error) ERR value is not an integer or out of range
            > HSETEX h FIELDS 1 a
            \(arity)
            > HSETEX h FIELDS 1 a 1 b
            \(arity)
            > HSETEX h FIELDS 2 a 1
            \(arity)
            > HSETEX h FIELDS 0 a 1
            (error) ERR invalid number of fields
            > HSETEX h FIELDS x a 1
            (error) ERR invalid number of fields
            > HSETEX h FIELDS 2147483648 a 1
            (error) ERR invalid number of fields
            > HSETEX h EX 10 FIELDS 1 a
            \(arity)
            > HSETEX h EX 10 FXX FIELDS
            \(arity)
            > HSETEX h NX FIELDS 1 a 1
            (error) ERR unknown argument: NX
            > HSETEX h EX 10 PX 10 FIELDS 1 a 1
            \(expiries)
            > HSETEX h KEEPTTL EX 10 FIELDS 1 a 1
            \(expiries)
            > HSETEX h EX 10 KEEPTTL FIELDS 1 a 1
            \(expiries)
            > HSETEX h KEEPTTL KEEPTTL FIELDS 1 a 1
            \(expiries)
            > HSETEX h FNX FXX FIELDS 1 a 1
            \(conditions)
            > HSETEX h FNX FNX FIELDS 1 a 1
            \(conditions)
            > HSETEX h EX -1 FIELDS 1 a 1
            (error) ERR invalid expire time, must be >= 0
            > HSETEX h PX 70368744177664 FIELDS 1 a 1
            (error) ERR invalid expire time in 'hsetex' command
            > HSETEX h FNX KEEPTTL FXX PX
            \(conditions)
            > HSETEX h FNX KEEPTTL x PX
            (error) ERR unknown argument: x
            > EXISTS h
            (integer) 0
            """)
    }
}
