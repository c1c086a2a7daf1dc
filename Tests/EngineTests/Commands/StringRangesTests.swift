import TestSupport
import Testing

/// APPEND, GETRANGE, SETRANGE, STRLEN. The replies are those of redis-server 7.0.15.
@Suite(.keyspaces) struct StringRangesTests {
    @Test("APPEND") func append() {
        expectTranscript(
            #"""
            > APPEND a hello
            (integer) 5
            > APPEND a " world"
            (integer) 11
            > GET a
            "hello world"
            > APPEND a ""
            (integer) 11
            > APPEND b ""
            (integer) 0
            > EXISTS b
            (integer) 1
            > GET b
            ""
            > SET n 12
            OK
            > APPEND n 3
            (integer) 3
            > GET n
            "123"
            > INCR n
            (integer) 124
            > OBJECT ENCODING n
            "int"
            > APPEND n 4
            (integer) 4
            > OBJECT ENCODING n
            "raw"
            > APPEND m 5
            (integer) 1
            > OBJECT ENCODING m
            "int"
            > SET t x EXAT 4102444800
            OK
            > APPEND t y
            (integer) 2
            > EXPIRETIME t
            (integer) 4102444800
            > RPUSH l x
            (integer) 1
            > APPEND l y
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }

    @Test("GETRANGE") func getrange() {
        expectTranscript(
            #"""
            > SET a "This is a string"
            OK
            > GETRANGE a 0 3
            "This"
            > GETRANGE a -3 -1
            "ing"
            > GETRANGE a 0 -1
            "This is a string"
            > GETRANGE a 10 100
            "string"
            > GETRANGE a 100 200
            ""
            > GETRANGE a 5 2
            ""
            > GETRANGE a -1 -3
            ""
            > GETRANGE a -100 -200
            ""
            > GETRANGE a -200 -100
            "T"
            > GETRANGE a 0 -100
            "T"
            > GETRANGE a -100 2
            "Thi"
            > GETRANGE a 0 9223372036854775807
            "This is a string"
            > GETRANGE a -9223372036854775808 9223372036854775807
            "This is a string"
            > GETRANGE a x 0
            (error) ERR value is not an integer or out of range
            > GETRANGE a 0 x
            (error) ERR value is not an integer or out of range
            > GETRANGE nokey 0 -1
            ""
            > GETRANGE nokey x 0
            (error) ERR value is not an integer or out of range
            > SET e ""
            OK
            > GETRANGE e 0 -1
            ""
            > SET n 12345
            OK
            > GETRANGE n 1 2
            "23"
            > SUBSTR a 0 3
            "This"
            > RPUSH l x
            (integer) 1
            > GETRANGE l 0 -1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SUBSTR l 0 -1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }

    @Test("SETRANGE") func setrange() {
        expectTranscript(
            #"""
            > SETRANGE a 0 hello
            (integer) 5
            > SETRANGE a 6 world
            (integer) 11
            > GET a
            "hello\x00world"
            > SETRANGE a 0 J
            (integer) 11
            > GET a
            "Jello\x00world"
            > SETRANGE a 2 ""
            (integer) 11
            > SETRANGE b 0 ""
            (integer) 0
            > EXISTS b
            (integer) 0
            > SETRANGE b 5 ""
            (integer) 0
            > SETRANGE b 536870912 ""
            (integer) 0
            > SETRANGE b 3 x
            (integer) 4
            > GET b
            "\x00\x00\x00x"
            > SETRANGE a -1 x
            (error) ERR offset is out of range
            > SETRANGE a x x
            (error) ERR value is not an integer or out of range
            > SETRANGE a 536870911 xx
            (error) ERR string exceeds maximum allowed size (proto-max-bulk-len)
            > SETRANGE a 536870912 x
            (error) ERR string exceeds maximum allowed size (proto-max-bulk-len)
            > SETRANGE a 9223372036854775807 x
            (error) ERR string exceeds maximum allowed size (proto-max-bulk-len)
            > SETRANGE nokey 536870912 x
            (error) ERR string exceeds maximum allowed size (proto-max-bulk-len)
            > EXISTS nokey
            (integer) 0
            > GET a
            "Jello\x00world"
            > SET n 123
            OK
            > SETRANGE n 1 9
            (integer) 3
            > GET n
            "193"
            > SET t x EXAT 4102444800
            OK
            > SETRANGE t 1 y
            (integer) 2
            > EXPIRETIME t
            (integer) 4102444800
            > RPUSH l x
            (integer) 1
            > SETRANGE l 0 y
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SETRANGE l 0 ""
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SETRANGE l -1 y
            (error) ERR offset is out of range
            """#)
    }

    @Test("STRLEN") func strlen() {
        expectTranscript(
            #"""
            > STRLEN nokey
            (integer) 0
            > SET a hello
            OK
            > STRLEN a
            (integer) 5
            > SET n -123
            OK
            > STRLEN n
            (integer) 4
            > SET e ""
            OK
            > STRLEN e
            (integer) 0
            > RPUSH l x
            (integer) 1
            > STRLEN l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }
}
