import Testing

// What redis-server 7.0.15 answered.

@Suite struct ConnectionCommandsTests {
    @Test func pingAndEcho() {
        expectTranscript(
            #"""
            > PING
            PONG
            > PING hello
            "hello"
            > PING ""
            ""
            > PING a b
            (error) ERR wrong number of arguments for 'ping' command
            > ECHO hello
            "hello"
            > ECHO "a\x00\xff"
            "a\x00\xff"
            > ECHO
            (error) ERR wrong number of arguments for 'echo' command
            > ECHO a b
            (error) ERR wrong number of arguments for 'echo' command
            """#)
    }
}
