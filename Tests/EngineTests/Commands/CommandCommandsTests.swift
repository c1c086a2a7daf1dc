import Bytes
import TestSupport
import Testing

@testable import Engine

// What redis-server 7.0.15 answered.

@Suite(.keyspaces) struct CommandCommandsTests {
    @Test func errorsAndLists() {
        expectTranscript(
            #"""
            > COMMAND FOO
            (error) ERR unknown subcommand 'FOO'. Try COMMAND HELP.
            > COMMAND COUNT x
            (error) ERR wrong number of arguments for 'command|count' command
            > COMMAND LIST FOO
            (error) ERR syntax error
            > COMMAND LIST FILTERBY FOO bar
            (error) ERR syntax error
            > COMMAND LIST FILTERBY PATTERN
            (error) ERR syntax error
            > COMMAND LIST FILTERBY MODULE x
            []
            > COMMAND LIST FILTERBY ACLCAT nonexistent
            []
            > COMMAND LIST FILTERBY PATTERN zscor*
            ["zscore"]
            > COMMAND LIST FILTERBY PATTERN CONFIG|GE*
            ["config|get"]
            > COMMAND DOCS nonexistent
            []
            > COMMAND GETKEYS GET a
            ["a"]
            > COMMAND GETKEYS mset a 1 b 2
            ["a", "b"]
            > COMMAND GETKEYS ZUNIONSTORE d 2 a b
            ["d", "a", "b"]
            > COMMAND GETKEYS MEMORY USAGE k
            ["k"]
            > COMMAND GETKEYS GET
            (error) ERR wrong number of arguments for 'command|getkeys' command
            > COMMAND GETKEYS PING x
            (error) ERR The command has no key arguments
            > COMMAND GETKEYS FOO x
            (error) ERR Invalid command specified
            > COMMAND GETKEYS GET a b
            (error) ERR Invalid number of arguments specified for command
            > COMMAND GETKEYS ZUNION 0 a
            (error) ERR Invalid arguments specified for command
            > COMMAND GETKEYS ZUNION 2 a
            (error) ERR Invalid arguments specified for command
            > COMMAND HELP x
            (error) ERR wrong number of arguments for 'command|help' command
            > COMMAND INFO nonexistent
            [(nil)]
            """#)
    }

    @Test func count() {
        let engine = TestEngine()
        #expect(run(engine, "COMMAND COUNT") == "(integer) \(engine.commands.count)")
    }

    @Test(arguments: [
        (
            "zscore",
            #"["zscore", (integer) 3, [readonly, fast], (integer) 1, (integer) 1, (integer) 1, [@read, @sortedset, @fast], [], [["flags", [RO], "begin_search", ["type", "index", "spec", ["index", (integer) 1]], "find_keys", ["type", "range", "spec", ["lastkey", (integer) 0, "keystep", (integer) 1, "limit", (integer) 0]]]], []]"#
        ),
        (
            "ZUNIONSTORE",
            #"["zunionstore", (integer) -4, [write, denyoom, movablekeys], (integer) 1, (integer) 1, (integer) 1, [@write, @sortedset, @slow], [], [["flags", [OW], "begin_search", ["type", "index", "spec", ["index", (integer) 1]], "find_keys", ["type", "range", "spec", ["lastkey", (integer) 0, "keystep", (integer) 1, "limit", (integer) 0]]], ["flags", [RO], "begin_search", ["type", "index", "spec", ["index", (integer) 2]], "find_keys", ["type", "keynum", "spec", ["keynumidx", (integer) 0, "firstkey", (integer) 1, "keystep", (integer) 1]]]], []]"#
        ),
        (
            "echo",
            #"["echo", (integer) 2, [loading, fast], (integer) 0, (integer) 0, (integer) 0, [@fast, @connection], [], [], []]"#
        ),
        (
            "config|get",
            #"["config|get", (integer) -3, [admin, loading], (integer) 0, (integer) 0, (integer) 0, [@admin, @slow, @dangerous], [], [], []]"#
        ),
    ])
    func info(name: String, expected: String) {
        #expect(run(TestEngine(), "COMMAND INFO \(name)") == "[\(expected)]")
    }

    @Test func documentation() {
        let engine = TestEngine()
        #expect(
            run(engine, "COMMAND DOCS zcard")
                == #"["zcard", ["summary", "Get the number of members in a sorted set", "since", "1.2.0", "group", "sorted-set", "complexity", "O(1)", "syntax", "key"]]"#
        )
        #expect(run(engine, "COMMAND DOCS config").contains(#""subcommands", ["config|get", "#))
    }

    /// The whole list is well formed, and tells each command once.
    @Test(arguments: ["COMMAND", "COMMAND INFO", "COMMAND DOCS", "COMMAND LIST"])
    func everything(line: String) {
        let engine = TestEngine()
        let text = run(engine, line)
        for command in engine.commands { #expect(text.contains("\"\(command.name.lowercased)\"")) }
    }

    @Test func categories() {
        let engine = TestEngine()
        let sorted = run(engine, "COMMAND LIST FILTERBY ACLCAT SortedSet")
        #expect(sorted.contains(#""zadd""#) && !sorted.contains(#""get""#))
        let connection = run(engine, "COMMAND LIST FILTERBY ACLCAT connection")
        #expect(connection.hasPrefix(#"["echo", "hello", "ping", "quit", "reset", "select", "client", "#))
    }
}
