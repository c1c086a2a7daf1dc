import TestSupport
import Testing

/// GETBIT, SETBIT, BITCOUNT and BITPOS. The replies are those of redis-server 7.0.15.
@Suite(.keyspaces) struct BitCommandsTests {
    @Test("GETBIT and SETBIT") func getbitAndSETBIT() {
        expectTranscript(
            #"""
            > SETBIT a 7 1
            (integer) 0
            > GET a
            "\x01"
            > GETBIT a 0
            (integer) 0
            > GETBIT a 7
            (integer) 1
            > GETBIT a 100
            (integer) 0
            > GETBIT nokey 5
            (integer) 0
            > SETBIT a 7 0
            (integer) 1
            > GET a
            "\x00"
            > SETBIT a 0 1
            (integer) 0
            > SETBIT a 23 1
            (integer) 0
            > GET a
            "\x80\x00\x01"
            > STRLEN a
            (integer) 3
            > SETBIT a 23 1
            (integer) 1
            > SET n 1
            OK
            > GETBIT n 2
            (integer) 1
            > GETBIT n 3
            (integer) 1
            > SETBIT n 6 1
            (integer) 0
            > GET n
            "3"
            > OBJECT ENCODING n
            "raw"
            > SETBIT z 100 0
            (integer) 0
            > STRLEN z
            (integer) 13
            > SET t x EXAT 4102444800
            OK
            > SETBIT t 0 1
            (integer) 0
            > EXPIRETIME t
            (integer) 4102444800
            > GETBIT a -1
            (error) ERR bit offset is not an integer or out of range
            > GETBIT a x
            (error) ERR bit offset is not an integer or out of range
            > GETBIT a 4294967295
            (integer) 0
            > GETBIT a 4294967296
            (error) ERR bit offset is not an integer or out of range
            > GETBIT a #1
            (error) ERR bit offset is not an integer or out of range
            > SETBIT a -1 1
            (error) ERR bit offset is not an integer or out of range
            > SETBIT a x 1
            (error) ERR bit offset is not an integer or out of range
            > SETBIT a 4294967296 1
            (error) ERR bit offset is not an integer or out of range
            > SETBIT a 0 2
            (error) ERR bit is not an integer or out of range
            > SETBIT a 0 -1
            (error) ERR bit is not an integer or out of range
            > SETBIT a 0 x
            (error) ERR bit is not an integer or out of range
            > SETBIT a x 2
            (error) ERR bit offset is not an integer or out of range
            > RPUSH l x
            (integer) 1
            > GETBIT l x
            (error) ERR bit offset is not an integer or out of range
            > GETBIT l 0
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > SETBIT l 0 2
            (error) ERR bit is not an integer or out of range
            > SETBIT l 0 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }

    @Test("BITCOUNT") func bitcount() {
        expectTranscript(
            #"""
            > BITCOUNT nokey
            (integer) 0
            > SET a foobar
            OK
            > BITCOUNT a
            (integer) 26
            > BITCOUNT a 0 0
            (integer) 4
            > BITCOUNT a 1 1
            (integer) 6
            > BITCOUNT a 1 1 BYTE
            (integer) 6
            > BITCOUNT a 5 30 BIT
            (integer) 17
            > BITCOUNT a 0 -1
            (integer) 26
            > BITCOUNT a -2 -1
            (integer) 7
            > BITCOUNT a -1 -2
            (integer) 0
            > BITCOUNT a 2 1
            (integer) 0
            > BITCOUNT a 0 100
            (integer) 26
            > BITCOUNT a -100 100
            (integer) 26
            > BITCOUNT a 100 200
            (integer) 0
            > BITCOUNT a 0 -100
            (integer) 4
            > BITCOUNT a 0 0 BIT
            (integer) 0
            > BITCOUNT a 1 1 bit
            (integer) 1
            > BITCOUNT a 1 6 BIT
            (integer) 4
            > BITCOUNT a 1 7 BIT
            (integer) 4
            > BITCOUNT a 0 7 BIT
            (integer) 4
            > BITCOUNT a 0 8 BIT
            (integer) 4
            > BITCOUNT a 3 12 BIT
            (integer) 5
            > BITCOUNT a -8 -1 BIT
            (integer) 4
            > BITCOUNT a -5 -3 BIT
            (integer) 1
            > BITCOUNT a 0 1000 BIT
            (integer) 26
            > SET b "The quick brown fox jumps over the lazy dog\xff\xff\x00"
            OK
            > BITCOUNT b
            (integer) 177
            > BITCOUNT b 3 40
            (integer) 140
            > BITCOUNT b 13 300 BIT
            (integer) 134
            > BITCOUNT b 0 -1 BIT
            (integer) 177
            > SET e ""
            OK
            > BITCOUNT e
            (integer) 0
            > BITCOUNT e 0 -1
            (integer) 0
            > BITCOUNT e 0 -1 BIT
            (integer) 0
            > BITCOUNT a 0
            (error) ERR syntax error
            > BITCOUNT a 0 1 FOO
            (error) ERR syntax error
            > BITCOUNT a 0 1 BIT x
            (error) ERR syntax error
            > BITCOUNT a x 1
            (error) ERR value is not an integer or out of range
            > BITCOUNT a 0 x
            (error) ERR value is not an integer or out of range
            > BITCOUNT a 0 x FOO
            (error) ERR value is not an integer or out of range
            > BITCOUNT a -1 -2 FOO
            (integer) 0
            > BITCOUNT nokey 0
            (integer) 0
            > BITCOUNT nokey 0 x FOO
            (integer) 0
            > BITCOUNT
            (error) ERR wrong number of arguments for 'bitcount' command
            > RPUSH l x
            (integer) 1
            > BITCOUNT l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > BITCOUNT l 0
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }

    @Test("BITPOS") func bitpos() {
        expectTranscript(
            #"""
            > BITPOS nokey 0
            (integer) 0
            > BITPOS nokey 1
            (integer) -1
            > BITPOS nokey 1 x
            (integer) -1
            > SET a "\xff\xf0\x00"
            OK
            > BITPOS a 0
            (integer) 12
            > BITPOS a 1
            (integer) 0
            > BITPOS a 1 2
            (integer) -1
            > BITPOS a 0 1
            (integer) 12
            > BITPOS a 0 2
            (integer) 16
            > BITPOS a 0 0 0
            (integer) -1
            > BITPOS a 0 0 -1
            (integer) 12
            > BITPOS a 0 0 -1 BIT
            (integer) 12
            > BITPOS a 0 0 11 BIT
            (integer) -1
            > BITPOS a 0 0 12 BIT
            (integer) 12
            > BITPOS a 0 13 15 BIT
            (integer) 13
            > BITPOS a 1 13 15 BIT
            (integer) -1
            > BITPOS a 1 3 5 BIT
            (integer) 3
            > BITPOS a 1 11 12 BIT
            (integer) 11
            > BITPOS a 1 12 100 BIT
            (integer) -1
            > BITPOS a 0 -1 -1 BYTE
            (integer) 16
            > BITPOS a 1 -2 -1 BYTE
            (integer) 8
            > BITPOS a 1 -1 -2
            (integer) -1
            > BITPOS a 1 -2 -3
            (integer) -1
            > BITPOS a 1 -100 -200
            (integer) 0
            > BITPOS a 1 -200 -100
            (integer) 0
            > BITPOS a 1 100 200
            (integer) -1
            > BITPOS a 0 100
            (integer) -1
            > BITPOS a 1 2 1
            (integer) -1
            > SET f "\xff\xff\xff"
            OK
            > BITPOS f 0
            (integer) 24
            > BITPOS f 0 0
            (integer) 24
            > BITPOS f 0 1
            (integer) 24
            > BITPOS f 0 0 -1
            (integer) -1
            > BITPOS f 0 -1
            (integer) 24
            > BITPOS f 0 5
            (integer) -1
            > BITPOS f 0 0 -1 BIT
            (integer) -1
            > SET z "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
            OK
            > BITPOS z 1
            (integer) -1
            > BITPOS z 0 3
            (integer) 24
            > SETBIT z 85 1
            (integer) 0
            > BITPOS z 1
            (integer) 85
            > BITPOS z 1 5
            (integer) 85
            > BITPOS z 1 0 9
            (integer) -1
            > BITPOS z 1 17 -1 BIT
            (integer) 85
            > BITPOS z 1 86 -1 BIT
            (integer) -1
            > SET e ""
            OK
            > BITPOS e 0
            (integer) -1
            > BITPOS e 1
            (integer) -1
            > BITPOS e 0 0 -1
            (integer) -1
            > BITPOS a 2
            (error) ERR The bit argument must be 1 or 0.
            > BITPOS a x
            (error) ERR value is not an integer or out of range
            > BITPOS a -1
            (error) ERR The bit argument must be 1 or 0.
            > BITPOS a 1 x
            (error) ERR value is not an integer or out of range
            > BITPOS a 1 0 x
            (error) ERR value is not an integer or out of range
            > BITPOS a 1 0 1 FOO
            (error) ERR syntax error
            > BITPOS a 1 0 x FOO
            (error) ERR syntax error
            > BITPOS a 1 x 0 FOO
            (error) ERR value is not an integer or out of range
            > BITPOS a 1 0 x BIT
            (error) ERR value is not an integer or out of range
            > BITPOS a 1 0 1 BIT x
            (error) ERR syntax error
            > BITPOS a
            (error) ERR wrong number of arguments for 'bitpos' command
            > RPUSH l x
            (integer) 1
            > BITPOS l 1
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > BITPOS l 2
            (error) ERR The bit argument must be 1 or 0.
            > BITPOS l 1 x
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            """#)
    }
}
