import TestSupport
import Testing

/// BITOP. The replies are those of redis-server 7.0.15.
@Suite(.keyspaces) struct BitOperationTests {
    @Test("AND, OR, XOR, NOT") func andORXORNOT() {
        expectTranscript(
            #"""
            > SET a foobar
            OK
            > SET b abcdef
            OK
            > BITOP AND d a b
            (integer) 6
            > GET d
            "`bc`ab"
            > BITOP OR d a b
            (integer) 6
            > GET d
            "goofev"
            > BITOP XOR d a b
            (integer) 6
            > GET d
            "\a\r\x0c\x06\x04\x14"
            > BITOP NOT d a
            (integer) 6
            > GET d
            "\x99\x90\x90\x9d\x9e\x8d"
            > BITOP and d a
            (integer) 6
            > GET d
            "foobar"
            > OBJECT ENCODING d
            "raw"
            > SET s "\xff\x0f"
            OK
            > BITOP AND d a s
            (integer) 6
            > GET d
            "f\x0f\x00\x00\x00\x00"
            > BITOP AND d s a
            (integer) 6
            > GET d
            "f\x0f\x00\x00\x00\x00"
            > BITOP OR d a s
            (integer) 6
            > GET d
            "\xffoobar"
            > BITOP OR d s a
            (integer) 6
            > GET d
            "\xffoobar"
            > BITOP XOR d a s b
            (integer) 6
            > GET d
            "\xf8\x02\x0c\x06\x04\x14"
            > BITOP AND d a nokey
            (integer) 6
            > GET d
            "\x00\x00\x00\x00\x00\x00"
            > BITOP OR d nokey a
            (integer) 6
            > GET d
            "foobar"
            > BITOP XOR a a a
            (integer) 6
            > GET a
            "\x00\x00\x00\x00\x00\x00"
            > BITOP NOT s s
            (integer) 2
            > GET s
            "\x00\xf0"
            > SET t x EXAT 4102444800
            OK
            > BITOP OR t b
            (integer) 6
            > TTL t
            (integer) -1
            > RPUSH l x
            (integer) 1
            > BITOP OR l b
            (integer) 6
            > GET l
            "abcdef"
            > BITOP AND d nokey nokey2
            (integer) 0
            > EXISTS d
            (integer) 0
            > BITOP NOT d nokey
            (integer) 0
            """#)
    }

    @Test("Errors") func errors() {
        expectTranscript(
            #"""
            > SET a x
            OK
            > BITOP AND d
            (error) ERR wrong number of arguments for 'bitop' command
            > BITOP FOO d a
            (error) ERR syntax error
            > BITOP NOT d a a
            (error) ERR BITOP NOT must be called with a single source key.
            > RPUSH l x
            (integer) 1
            > BITOP AND d l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > BITOP AND d a l
            (error) WRONGTYPE Operation against a key holding the wrong kind of value
            > BITOP FOO d l
            (error) ERR syntax error
            > BITOP NOT d a l
            (error) ERR BITOP NOT must be called with a single source key.
            > EXISTS d
            (integer) 0
            """#)
    }
}
