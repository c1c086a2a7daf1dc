import Bytes
import TestSupport
import Testing

@testable import Engine

// What redis-server 7.0.15 answered.

@Suite(.keyspaces) struct DebugCommandsTests {
    @Test func errors() {
        expectTranscript(
            #"""
            > DEBUG SLEEP 0
            OK
            > DEBUG SLEEP abc
            OK
            > DEBUG SLEEP -1
            OK
            > DEBUG SLEEP
            (error) ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG HELP.
            > DEBUG SLEEP 1 2
            (error) ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG HELP.
            > DEBUG SET-ACTIVE-EXPIRE 0
            OK
            > DEBUG SET-ACTIVE-EXPIRE 1
            OK
            > DEBUG SET-ACTIVE-EXPIRE
            (error) ERR unknown subcommand or wrong number of arguments for 'SET-ACTIVE-EXPIRE'. Try DEBUG HELP.
            > DEBUG OBJECT none
            (error) ERR no such key
            > DEBUG OBJECT
            (error) ERR unknown subcommand or wrong number of arguments for 'OBJECT'. Try DEBUG HELP.
            > DEBUG OBJECT z x
            (error) ERR unknown subcommand or wrong number of arguments for 'OBJECT'. Try DEBUG HELP.
            > DEBUG JMAP
            (error) ERR unknown subcommand or wrong number of arguments for 'JMAP'. Try DEBUG HELP.
            > DEBUG HELP x
            (error) ERR unknown subcommand or wrong number of arguments for 'HELP'. Try DEBUG HELP.
            > DEBUG
            (error) ERR wrong number of arguments for 'debug' command
            """#)
    }

    @Test func object() {
        let engine = TestEngine()
        _ = run(engine, "ZADD z 1 a")
        let text = run(engine, "DEBUG OBJECT z")
        #expect(text.hasPrefix("Value at:0x0 refcount:1 encoding:listpack serializedlength:"))
        #expect(text.hasSuffix(" lru_seconds_idle:0"))
    }

    @Test func sleeps() {
        let engine = TestEngine()
        let clock = ContinuousClock()
        let time = clock.measure { #expect(run(engine, "DEBUG SLEEP 0.05") == "OK") }
        #expect(time >= .milliseconds(50))
    }

    @Test func help() {
        #expect(run(TestEngine(), "debug help").hasPrefix("[DEBUG <subcommand>"))
    }

    @Test func notAllowed() {
        var settings = Settings()
        settings.debugCommand = false
        let engine = TestEngine(settings: settings)
        let refused = run(engine, "DEBUG SLEEP 0")
        #expect(refused.hasPrefix("(error) ERR DEBUG command not allowed."))
        #expect(refused.contains("--enable-debug-command"))
        #expect(run(engine, "CONFIG GET enable-debug-command") == #"["enable-debug-command", "no"]"#)
    }
}
