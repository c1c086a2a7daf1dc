import Bytes
import TestSupport
import Testing

@testable import Engine

@Suite(.keyspaces) struct TransactionTests {
    private func id(_ engine: some CommandEngine, _ name: StaticString) -> CommandID {
        guard let id = engine.find(ByteView(name)) else { preconditionFailure("no command \(name)") }
        return id
    }

    @Test func repliesStandOneAfterTheOther() {
        let engine = TestEngine()
        var transaction = Transaction()
        transaction.add(id(engine, "SET"), ByteView("a"), ByteView("1"))
        transaction.add(id(engine, "INCR"), ByteView("a"))
        transaction.add(id(engine, "LPUSH"), ByteView("a"), ByteView("x"))
        transaction.add(id(engine, "GET"), ByteView("a"))
        var reply = Reply()
        let outcome = engine.execute(transaction, into: &reply)
        #expect(outcome.failed && outcome.created == 1)
        var reader = reply.reader
        if case .status(let text) = reader.next() {
            #expect(text.string == "OK")
        } else {
            Issue.record("SET")
        }
        if case .integer(let value) = reader.next() { #expect(value == 2) } else { Issue.record("INCR") }
        if case .error(let text) = reader.next() {
            #expect(text.string.hasPrefix("WRONGTYPE"))
        } else {
            Issue.record("LPUSH")
        }
        if case .bytes(let text) = reader.next() { #expect(text.string == "2") } else { Issue.record("GET") }
        #expect(reader.isAtEnd)
    }

    @Test func stopsAtTheFirstErrorWhereToldTo() {
        let engine = TestEngine()
        var transaction = Transaction()
        transaction.stopsAtError = true
        transaction.add(id(engine, "SET"), ByteView("a"), ByteView("x"))
        transaction.add(id(engine, "INCR"), ByteView("a"))
        transaction.add(id(engine, "SET"), ByteView("a"), ByteView("y"))
        var reply = Reply()
        #expect(engine.execute(transaction, into: &reply).failed)
        #expect(run(engine, "GET a") == "\"x\"")
    }

    @Test func wrongArityIsAnErrorOfItsStep() {
        let engine = TestEngine()
        var transaction = Transaction()
        transaction.add(id(engine, "GET"))
        var reply = Reply()
        #expect(engine.execute(transaction, into: &reply).failed)
        var reader = reply.reader
        guard case .error(let text) = reader.next() else {
            Issue.record("no error")
            return
        }
        #expect(text.string == "ERR wrong number of arguments for 'get' command")
    }

    enum Condition: CaseIterable { case any, current, stale, none }

    /// Every condition on a present and on a missing resource, by RFC 9110's rules.
    @Test(arguments: Condition.allCases, [true, false])
    func preconditions(condition: Condition, present: Bool) {
        let engine = TestEngine()
        if present { _ = run(engine, "SET k v") }
        let version = outcome(engine, "GET k").version
        let versions: Precondition.Versions =
            switch condition {
            case .any: .any
            case .current: .of([version &+ 9, version])
            case .stale: .of([version &- 1])
            case .none: .of([])
            }
        let matches = present && (condition == .any || condition == .current)
        for isMatch in [true, false] {
            var transaction = Transaction()
            transaction.add(id(engine, "APPEND"), ByteView("log"), ByteView("x"))
            transaction.precondition = Precondition(
                key: ByteView("k"), ifMatch: isMatch ? versions : nil, ifNoneMatch: isMatch ? nil : versions)
            transaction.probe(id(engine, "EXISTS"), ByteView("k"))
            var reply = Reply()
            let outcome = engine.execute(transaction, into: &reply)
            #expect(outcome.preconditionFailed == (isMatch != matches))
            var reader = reply.reader
            #expect(reader.isAtEnd == outcome.preconditionFailed)
            if !reader.isAtEnd { reader.skip() }
            #expect(reader.isAtEnd)
        }
    }

    /// Executes `SET done yes` under conditions; whether it was, and the indices of those that do not hold.
    private func execute(
        _ engine: some CommandEngine, requiring conditions: [(key: StaticString, state: KeyCondition.State)]
    ) -> (done: Bool, reply: String) {
        _ = run(engine, "DEL done")
        var transaction = Transaction()
        for condition in conditions { transaction.require(ByteView(condition.key), condition.state) }
        transaction.add(id(engine, "SET"), ByteView("done"), ByteView("yes"))
        var reply = Reply()
        let outcome = engine.execute(transaction, into: &reply)
        let done = run(engine, "EXISTS done") == "(integer) 1"
        #expect(done != outcome.preconditionFailed)
        return (done, printed(reply))
    }

    @Test func conditionsOnSeveralKeys() {
        let engine = TestEngine()
        _ = run(engine, "SET a 1")
        _ = run(engine, "SET b 1")
        let a = outcome(engine, "GET a").version
        let b = outcome(engine, "GET b").version
        let held = execute(engine, requiring: [("a", .version(a)), ("none", .absent), ("b", .version(b))])
        #expect(held.done && held.reply == "OK")
        let present = execute(engine, requiring: [("a", .version(a)), ("b", .absent)])
        #expect(present.reply == "[(integer) 1]")
        let stale = execute(
            engine,
            requiring: [("b", .version(b &+ 1)), ("a", .version(a)), ("none", .version(0)), ("a", .absent)])
        #expect(stale.reply == "[(integer) 0, (integer) 2, (integer) 3]")
        let impossible = execute(
            engine, requiring: [("none", .absent), ("a", .impossible), ("none", .impossible)])
        #expect(impossible.reply == "[(integer) 1, (integer) 2]")
    }

    @Test func conditionsOnOneKeyTwice() {
        let engine = TestEngine()
        _ = run(engine, "SET a 1")
        let version = outcome(engine, "GET a").version
        #expect(execute(engine, requiring: [("a", .version(version)), ("a", .version(version))]).done)
        let contradiction = execute(engine, requiring: [("a", .version(version)), ("a", .absent)])
        #expect(contradiction.reply == "[(integer) 1]")
    }

    @Test func aConditionSeesWhatAWriteToldAndWhatChangedSince() {
        let engine = TestEngine()
        let told = outcome(engine, "SET a 1").version
        #expect(execute(engine, requiring: [("a", .version(told))]).done)
        _ = run(engine, "APPEND a 2")
        #expect(execute(engine, requiring: [("a", .version(told))]).reply == "[(integer) 0]")
        let later = outcome(engine, "GET a").version
        _ = run(engine, "DEL a")
        #expect(execute(engine, requiring: [("a", .version(later))]).reply == "[(integer) 0]")
        #expect(execute(engine, requiring: [("a", .absent)]).done)
        // There again with the same value: not the one that was told.
        _ = run(engine, "SET a 1")
        #expect(execute(engine, requiring: [("a", .version(later))]).reply == "[(integer) 0]")
    }

    @Test func whatHasExpiredIsAbsent() {
        let engine = TestEngine()
        // Nothing but the transaction itself looks at the key.
        _ = run(engine, "DEBUG SET-ACTIVE-EXPIRE 0")
        let version = outcome(engine, "SET a 1 PX 20").version
        let deadline = Clock.milliseconds() + 21
        waitUntil { Clock.milliseconds() > deadline }
        #expect(execute(engine, requiring: [("a", .version(version))]).reply == "[(integer) 0]")
        #expect(execute(engine, requiring: [("a", .absent)]).done)
    }

    @Test func conditionsWithoutCommands() {
        let engine = TestEngine()
        var transaction = Transaction()
        transaction.require(ByteView("a"), .absent)
        var reply = Reply()
        #expect(!engine.execute(transaction, into: &reply).preconditionFailed)
        #expect(printed(reply) == "(no reply)")
        transaction.clear()
        transaction.require(ByteView("a"), .impossible)
        #expect(engine.execute(transaction, into: &reply).preconditionFailed)
        #expect(printed(reply) == "[(integer) 0]")
    }

    @Test func clearForgetsConditions() {
        let engine = TestEngine()
        var transaction = Transaction()
        transaction.require(ByteView("a"), .impossible)
        transaction.clear()
        transaction.add(id(engine, "PING"))
        var reply = Reply()
        #expect(!engine.execute(transaction, into: &reply).preconditionFailed)
    }

    /// What Redis discards a transaction for, and what it queues.
    @Test(arguments: [
        ("GET", "ERR wrong number of arguments for 'get' command"),
        ("GET a b", "ERR wrong number of arguments for 'get' command"),
        ("NOSUCH a", "ERR unknown command 'NOSUCH'"),
        ("OBJECT", "ERR wrong number of arguments for 'object' command"),
        ("OBJECT FOO k", "ERR unknown subcommand 'FOO'. Try OBJECT HELP."),
        ("config foo", "ERR unknown subcommand 'foo'. Try CONFIG HELP."),
        ("CONFIG GET", "ERR wrong number of arguments for 'config|get' command"),
        ("config resetstat x", "ERR wrong number of arguments for 'config|resetstat' command"),
        ("CONFIG SET a", "ERR wrong number of arguments for 'config|set' command"),
        ("CLIENT SETINFO x", "ERR wrong number of arguments for 'client|setinfo' command"),
        ("CLIENT ID 1", "ERR wrong number of arguments for 'client|id' command"),
        ("OBJECT ENCODING", "ERR wrong number of arguments for 'object|encoding' command"),
        ("OBJECT HELP x", "ERR wrong number of arguments for 'object|help' command"),
        ("MEMORY USAGE", "ERR wrong number of arguments for 'memory|usage' command"),
        ("COMMAND COUNT x", "ERR wrong number of arguments for 'command|count' command"),
        ("COMMAND GETKEYS", "ERR wrong number of arguments for 'command|getkeys' command"),
        ("CONFIG GET a", nil), ("COMMAND LIST x", nil), ("COMMAND INFO", nil), ("OBJECT HELP", nil),
        ("OBJECT encoding k", nil), ("COMMAND", nil), ("SET a b WRONG", nil),
        ("INCR a", nil),
    ])
    func whatDiscardsATransaction(line: String, error: String?) {
        let engine = TestEngine()
        withViews(splitCommandLine(line)) { views in
            var transaction = Transaction()
            transaction.add(id(engine, "SET"), ByteView("a"), ByteView("x"))
            if let command = engine.find(views[0]) {
                transaction.command(command)
            } else {
                transaction.unknownCommand(views[0])
            }
            for view in views.dropFirst() { transaction.argument(view) }
            var reply = Reply()
            #expect(engine.rejects(transaction, into: &reply) == (error != nil))
            #expect(printed(reply).hasPrefix(error.map { "(error) " + $0 } ?? "(no reply)"))
        }
    }

    @Test func clearForgetsEverything() {
        let engine = TestEngine()
        var transaction = Transaction()
        transaction.add(id(engine, "SET"), ByteView("a"), ByteView("1"))
        transaction.precondition = Precondition(key: ByteView("a"), ifMatch: .any)
        transaction.clear()
        #expect(transaction.count == 0)
        transaction.add(id(engine, "GET"), ByteView("a"))
        var reply = Reply()
        #expect(!engine.execute(transaction, into: &reply).preconditionFailed)
    }

    @Test func aCommandWithoutKeysAndOneWithAllKeysRunTogether() {
        let engine = TestEngine()
        var transaction = Transaction()
        transaction.add(id(engine, "PING"))
        transaction.add(id(engine, "SET"), ByteView("a"), ByteView("1"))
        transaction.add(id(engine, "DBSIZE"))
        var reply = Reply()
        #expect(!engine.execute(transaction, into: &reply).failed)
    }
}
