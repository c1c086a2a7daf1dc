import Testing

/// DBSIZE, FLUSHALL, KEYS, RANDOMKEY and SCAN. The replies are those of redis-server 7.0.15.
struct KeyspaceCommandsTests {
    @Test("DBSIZE and FLUSHALL") func dbsizeAndFLUSHALL() {
        expectTranscript(
            #"""
            > DBSIZE
            (integer) 0
            > MSET a 1 b 2
            OK
            > DBSIZE
            (integer) 2
            > FLUSHALL
            OK
            > DBSIZE
            (integer) 0
            > MSET a 1 b 2
            OK
            > FLUSHDB
            OK
            > KEYS *
            []
            > MSET a 1 b 2
            OK
            > FLUSHALL ASYNC
            OK
            > SET a 1
            OK
            > FLUSHALL sync
            OK
            > SET a 1
            OK
            > FLUSHDB async
            OK
            > SET a 1
            OK
            > FLUSHDB SYNC
            OK
            > DBSIZE
            (integer) 0
            > FLUSHALL FOO
            (error) ERR syntax error
            > FLUSHALL ASYNC SYNC
            (error) ERR syntax error
            > FLUSHDB FOO
            (error) ERR syntax error
            > DBSIZE x
            (error) ERR wrong number of arguments for 'dbsize' command
            """#)
    }

    @Test("KEYS") func keys() {
        expectTranscript(
            #"""
            > KEYS *
            []
            > SET hello 1
            OK
            > KEYS *
            ["hello"]
            > KEYS h?llo
            ["hello"]
            > KEYS h*o
            ["hello"]
            > KEYS h[ae]llo
            ["hello"]
            > KEYS h[^e]llo
            []
            > KEYS h[a-f]llo
            ["hello"]
            > KEYS HELLO
            []
            > KEYS h\\ello
            []
            > KEYS ""
            []
            > SET "" 1
            OK
            > KEYS ""
            [""]
            > KEYS
            (error) ERR wrong number of arguments for 'keys' command
            > KEYS a b
            (error) ERR wrong number of arguments for 'keys' command
            """#)
    }

    @Test("RANDOMKEY") func randomkey() {
        expectTranscript(
            #"""
            > RANDOMKEY
            (nil)
            > SET a 1
            OK
            > RANDOMKEY
            "a"
            > RANDOMKEY x
            (error) ERR wrong number of arguments for 'randomkey' command
            """#)
    }

    @Test("SCAN") func scan() {
        expectTranscript(
            #"""
            > SCAN 0
            ["0", []]
            > SET hello 1
            OK
            > SCAN 0
            ["0", ["hello"]]
            > SCAN 0 MATCH h*
            ["0", ["hello"]]
            > SCAN 0 MATCH x*
            ["0", []]
            > SCAN 0 MATCH *
            ["0", ["hello"]]
            > SCAN 0 COUNT 100 MATCH h*
            ["0", ["hello"]]
            > SCAN 0 TYPE string
            ["0", ["hello"]]
            > SCAN 0 TYPE STRING
            ["0", ["hello"]]
            > SCAN 0 TYPE list
            ["0", []]
            > SCAN 0 TYPE foo
            ["0", []]
            > SCAN 0 TYPE foo TYPE string
            ["0", ["hello"]]
            > SCAN 0 MATCH x MATCH h*
            ["0", ["hello"]]
            > SCAN +0
            ["0", ["hello"]]
            > SCAN ""
            ["0", ["hello"]]
            > SCAN x
            (error) ERR invalid cursor
            > SCAN 0x
            (error) ERR invalid cursor
            > SCAN " 0"
            (error) ERR invalid cursor
            > SCAN 18446744073709551616
            (error) ERR invalid cursor
            > SCAN 0 COUNT
            (error) ERR syntax error
            > SCAN 0 MATCH
            (error) ERR syntax error
            > SCAN 0 TYPE
            (error) ERR syntax error
            > SCAN 0 FOO
            (error) ERR syntax error
            > SCAN 0 FOO x
            (error) ERR syntax error
            > SCAN 0 COUNT 0
            (error) ERR syntax error
            > SCAN 0 COUNT -1
            (error) ERR syntax error
            > SCAN 0 COUNT x
            (error) ERR value is not an integer or out of range
            > SCAN x COUNT 0
            (error) ERR invalid cursor
            > SCAN
            (error) ERR wrong number of arguments for 'scan' command
            """#)
    }
}
