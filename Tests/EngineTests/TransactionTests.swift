import Bytes
import Testing

@testable import Engine

@Suite struct TransactionTests {
    private func id(_ engine: MemoryEngine, _ name: StaticString) -> CommandID {
        guard let id = engine.find(ByteView(name)) else { preconditionFailure("no command \(name)") }
        return id
    }

    @Test func repliesStandOneAfterTheOther() {
        let engine = MemoryEngine()
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
        let engine = MemoryEngine()
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
        let engine = MemoryEngine()
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
        let engine = MemoryEngine()
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

    @Test func clearForgetsEverything() {
        let engine = MemoryEngine()
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
        let engine = MemoryEngine()
        var transaction = Transaction()
        transaction.add(id(engine, "PING"))
        transaction.add(id(engine, "SET"), ByteView("a"), ByteView("1"))
        transaction.add(id(engine, "DBSIZE"))
        var reply = Reply()
        #expect(!engine.execute(transaction, into: &reply).failed)
    }
}
