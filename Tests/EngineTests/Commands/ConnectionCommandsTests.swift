import Engine
import TestSupport
import Testing

// What redis-server 7.0.15 answered; but the client's id, HELLO 3, and SELECT's error are Redwing's.

@Suite(.keyspaces) struct ConnectionCommandsTests {
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

    @Test func hello() {
        let map =
            #"["server", "redis", "version", "7.0.15", "proto", (integer) 2, "id", (integer) 1, "mode", "#
            + #""standalone", "role", "master", "modules", []]"#
        expectTranscript(
            #"""
            > HELLO
            \#(map)
            > HELLO 2
            \#(map)
            > HELLO 3
            (error) NOPROTO unsupported protocol version
            > HELLO 1
            (error) NOPROTO unsupported protocol version
            > HELLO x
            (error) ERR Protocol version is not an integer or out of range
            > HELLO SETNAME foo
            (error) ERR Protocol version is not an integer or out of range
            > HELLO 2 SETNAME
            (error) ERR Syntax error in HELLO option 'SETNAME'
            > HELLO 2 setname foo
            \#(map)
            > HELLO 2 SETNAME "a b"
            (error) ERR Client names cannot contain spaces, newlines or special characters.
            > HELLO 2 AUTH u
            (error) ERR Syntax error in HELLO option 'AUTH'
            > HELLO 2 FOO
            (error) ERR Syntax error in HELLO option 'FOO'
            """#)
        // Redis knows a password; here access was decided before the command was read.
        let engine = TestEngine()
        #expect(run(engine, "HELLO 2 AUTH default p") == run(engine, "AUTH default p"))
        #expect(run(engine, "AUTH default p").contains("access is by token"))
    }

    @Test func goodbye() {
        expectTranscript(
            """
            > SELECT 0
            OK
            > SELECT 00
            (error) ERR value is not an integer or out of range
            > SELECT x
            (error) ERR value is not an integer or out of range
            > SELECT 99999999999
            (error) ERR value is out of range, value must between -2147483648 and 2147483647
            > SELECT
            (error) ERR wrong number of arguments for 'select' command
            > SELECT -1
            (error) ERR DB index is out of range: Redwing has one database, 0; start another server for \
            another
            > SELECT 1
            (error) ERR DB index is out of range: Redwing has one database, 0; start another server for \
            another
            > QUIT
            OK
            > QUIT x
            OK
            > RESET
            RESET
            > RESET x
            (error) ERR wrong number of arguments for 'reset' command
            """)
    }

    @Test("Wrong arity names the command, underscores too") func arity() {
        #expect(
            run(TestEngine(), "BITFIELD_RO")
                == "(error) ERR wrong number of arguments for 'bitfield_ro' command")
    }
}
