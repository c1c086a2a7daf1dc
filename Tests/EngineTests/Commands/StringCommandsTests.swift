import TestSupport
import Testing

/// GET, SET and what stores or reads whole strings. The replies are those of redis-server 7.0.15.
@Suite(.keyspaces) struct StringCommandsTests {
    @Test("GET and SET") func getAndSET() {
        expectTranscript(
            #"""
            > GET a
            (nil)
            > SET a hello
            OK
            > GET a
            "hello"
            > SET a ""
            OK
            > GET a
            ""
            > SET "k\x00\xff" "v\x00\xfe"
            OK
            > GET "k\x00\xff"
            "v\x00\xfe"
            > GET "k\x00\xfe"
            (nil)
            > RPUSH l x
            (integer) 1
            > GET l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SET l string
            OK
            > GET l
            "string"
            > GET
            (error) ERR wrong number of arguments for 'get' command
            > GET a b
            (error) ERR wrong number of arguments for 'get' command
            > SET a
            (error) ERR wrong number of arguments for 'set' command
            """#)
    }

    @Test("SET: conditions") func setConditions() {
        expectTranscript(
            #"""
            > SET a 1 XX
            (nil)
            > GET a
            (nil)
            > SET a 1 NX
            OK
            > SET a 2 NX
            (nil)
            > GET a
            "1"
            > SET a 3 xx
            OK
            > GET a
            "3"
            > SET a 1 NX XX
            (error) ERR syntax error
            > SET a 1 XX NX
            (error) ERR syntax error
            > RPUSH l x
            (integer) 1
            > SET l 1 NX
            (nil)
            > SET l 1 XX
            OK
            > GET l
            "1"
            """#)
    }

    @Test("SET: expiries") func setExpiries() {
        expectTranscript(
            #"""
            > SET a 1 EX 10000000000
            OK
            > EXPIRETIME nokey
            (integer) -2
            > SET a 1 EXAT 99999999999
            OK
            > EXPIRETIME a
            (integer) 99999999999
            > PEXPIRETIME a
            (integer) 99999999999000
            > SET a 1 PXAT 99999999999999
            OK
            > PEXPIRETIME a
            (integer) 99999999999999
            > SET a 2 KEEPTTL
            OK
            > PEXPIRETIME a
            (integer) 99999999999999
            > SET a 3
            OK
            > PEXPIRETIME a
            (integer) -1
            > SET a 3 exat 4102444800 exat 4102444801
            OK
            > EXPIRETIME a
            (integer) 4102444801
            > SET a 1 KEEPTTL KEEPTTL
            OK
            > EXPIRETIME a
            (integer) 4102444801
            > SET a 1 EXAT 9223372036854775
            OK
            > EXPIRETIME a
            (integer) 9223372036854775
            > SET a 1 PXAT 9223372036854775807
            OK
            > PEXPIRETIME a
            (integer) 9223372036854775807
            > SET b 1 PXAT 1
            OK
            > GET b
            (nil)
            > SET a 1 PXAT 1
            OK
            > GET a
            (nil)
            > EXISTS a
            (integer) 0
            """#)
    }

    @Test("SET: GET") func setGET() {
        expectTranscript(
            #"""
            > SET a 1 GET
            (nil)
            > SET a 2 GET
            "1"
            > SET a 3 NX GET
            "2"
            > GET a
            "2"
            > SET b 1 NX GET
            (nil)
            > GET b
            "1"
            > SET c 1 XX GET
            (nil)
            > GET c
            (nil)
            > SET a 4 XX GET EXAT 4102444800
            "2"
            > EXPIRETIME a
            (integer) 4102444800
            > RPUSH l x
            (integer) 1
            > SET l 1 GET
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SET l 1 NX GET
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > TYPE l
            list
            > SET n 1 GET EX 0
            (error) ERR invalid expire time in 'set' command
            """#)
    }

    @Test("SET: errors") func setErrors() {
        expectTranscript(
            #"""
            > SET a 1 FOO
            (error) ERR syntax error
            > SET a 1 PERSIST
            (error) ERR syntax error
            > SET a 1 EX
            (error) ERR syntax error
            > SET a 1 EX 10 PX 10
            (error) ERR syntax error
            > SET a 1 EX 10 KEEPTTL
            (error) ERR syntax error
            > SET a 1 KEEPTTL EX 10
            (error) ERR syntax error
            > SET a 1 EXAT 10 EX 10
            (error) ERR syntax error
            > SET a 1 PX 10 PXAT 10
            (error) ERR syntax error
            > SET a 1 EX x
            (error) ERR value is not an integer or out of range
            > SET a 1 EX 1.5
            (error) ERR value is not an integer or out of range
            > SET a 1 EX 0
            (error) ERR invalid expire time in 'set' command
            > SET a 1 EX -1
            (error) ERR invalid expire time in 'set' command
            > SET a 1 PX 0
            (error) ERR invalid expire time in 'set' command
            > SET a 1 EXAT 0
            (error) ERR invalid expire time in 'set' command
            > SET a 1 PXAT -5
            (error) ERR invalid expire time in 'set' command
            > SET a 1 EX 9223372036854775807
            (error) ERR invalid expire time in 'set' command
            > SET a 1 PX 9223372036854775807
            (error) ERR invalid expire time in 'set' command
            > SET a 1 EXAT 9223372036854776
            (error) ERR invalid expire time in 'set' command
            > SET a 1 EX x FOO
            (error) ERR syntax error
            > EXISTS a
            (integer) 0
            """#)
    }

    @Test("SETNX") func setnx() {
        expectTranscript(
            #"""
            > SETNX a 1
            (integer) 1
            > SETNX a 2
            (integer) 0
            > GET a
            "1"
            > RPUSH l x
            (integer) 1
            > SETNX l 1
            (integer) 0
            """#)
    }

    @Test("SETEX and PSETEX") func setexAndPSETEX() {
        expectTranscript(
            #"""
            > SETEX a 10000000 v
            OK
            > GET a
            "v"
            > PSETEX a 10000000 w
            OK
            > GET a
            "w"
            > SETEX a 0 v
            (error) ERR invalid expire time in 'setex' command
            > SETEX a -1 v
            (error) ERR invalid expire time in 'setex' command
            > SETEX a x v
            (error) ERR value is not an integer or out of range
            > SETEX a 9223372036854775807 v
            (error) ERR invalid expire time in 'setex' command
            > PSETEX a 0 v
            (error) ERR invalid expire time in 'psetex' command
            > PSETEX a x v
            (error) ERR value is not an integer or out of range
            > PSETEX a 9223372036854775807 v
            (error) ERR invalid expire time in 'psetex' command
            > GET a
            "w"
            > RPUSH l x
            (integer) 1
            > SETEX l 1000000 v
            OK
            > GET l
            "v"
            """#)
    }

    @Test("GETSET") func getset() {
        expectTranscript(
            #"""
            > GETSET a 1
            (nil)
            > GETSET a 2
            "1"
            > EXPIRE a 10000
            (integer) 1
            > GETSET a 3
            "2"
            > TTL a
            (integer) -1
            > RPUSH l x
            (integer) 1
            > GETSET l 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }

    @Test("GETDEL") func getdel() {
        expectTranscript(
            #"""
            > GETDEL a
            (nil)
            > SET a 1
            OK
            > GETDEL a
            "1"
            > GET a
            (nil)
            > RPUSH l x
            (integer) 1
            > GETDEL l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > EXISTS l
            (integer) 1
            """#)
    }

    @Test("GETEX") func getex() {
        expectTranscript(
            #"""
            > GETEX a
            (nil)
            > SET a 1
            OK
            > GETEX a
            "1"
            > TTL a
            (integer) -1
            > GETEX a EXAT 4102444800
            "1"
            > EXPIRETIME a
            (integer) 4102444800
            > GETEX a
            "1"
            > EXPIRETIME a
            (integer) 4102444800
            > GETEX a PXAT 4102444800123
            "1"
            > PEXPIRETIME a
            (integer) 4102444800123
            > GETEX a PERSIST
            "1"
            > TTL a
            (integer) -1
            > GETEX a EX 10 EX 10000000
            "1"
            > GETEX a PERSIST PERSIST
            "1"
            > GETEX a EX 0
            (error) ERR invalid expire time in 'getex' command
            > GETEX a EX x
            (error) ERR value is not an integer or out of range
            > GETEX a PX -1
            (error) ERR invalid expire time in 'getex' command
            > GETEX a EX 9223372036854775807
            (error) ERR invalid expire time in 'getex' command
            > GETEX a KEEPTTL
            (error) ERR syntax error
            > GETEX a PERSIST EX 10
            (error) ERR syntax error
            > GETEX a EX 10 PERSIST
            (error) ERR syntax error
            > GETEX a EX
            (error) ERR syntax error
            > GETEX a NX
            (error) ERR syntax error
            > GETEX nokey EX x
            (nil)
            > GETEX nokey FOO
            (error) ERR syntax error
            > RPUSH l x
            (integer) 1
            > GETEX l EX x
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > GETEX a PXAT 1
            "1"
            > EXISTS a
            (integer) 0
            """#)
    }

    @Test("MGET") func mget() {
        expectTranscript(
            #"""
            > SET a 1
            OK
            > SET b 2
            OK
            > RPUSH l x
            (integer) 1
            > MGET a b c l a
            ["1", "2", (nil), (nil), "1"]
            > MGET c
            [(nil)]
            > MGET
            (error) ERR wrong number of arguments for 'mget' command
            """#)
    }

    @Test("MSET and MSETNX") func msetAndMSETNX() {
        expectTranscript(
            #"""
            > MSET a 1 b 2
            OK
            > MGET a b
            ["1", "2"]
            > MSET a 1 a 2
            OK
            > GET a
            "2"
            > MSET a 1 b
            (error) ERR wrong number of arguments for 'mset' command
            > MSETNX a
            (error) ERR wrong number of arguments for 'msetnx' command
            > MSETNX a 1 b
            (error) ERR wrong number of arguments for 'msetnx' command
            > MSETNX c 1 d 2
            (integer) 1
            > MGET c d
            ["1", "2"]
            > MSETNX e 1 d 3
            (integer) 0
            > EXISTS e
            (integer) 0
            > MSETNX f 1 f 2
            (integer) 1
            > GET f
            "2"
            > RPUSH l x
            (integer) 1
            > MSETNX g 1 l 1
            (integer) 0
            > MSET l 1
            OK
            > GET l
            "1"
            > SET a 1 EXAT 4102444800
            OK
            > MSET a 2
            OK
            > TTL a
            (integer) -1
            """#)
    }
}
