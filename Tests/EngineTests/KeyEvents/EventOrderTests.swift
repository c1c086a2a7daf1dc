import Bytes
import TestSupport
import Testing

@testable import Engine

/// When events are raised, and when not.
@Suite(.keyspaces) struct EventOrderTests {
    private func id(_ engine: some CommandEngine, _ name: StaticString) -> CommandID {
        guard let id = engine.find(ByteView(name)) else { preconditionFailure("no command \(name)") }
        return id
    }

    @Test(arguments: [false, true]) func manyCommandsTogether(asTransaction: Bool) {
        let engine = lazyEngine()
        let listener = EventListener.all(engine)
        _ = runTogether(engine, ["SET a 1", "LPUSH a x", "DEL a", "GET a"], asTransaction: asTransaction)
        #expect(listener.take() == ["new a", "set a", "del a", "keymiss a"])
    }

    @Test func aTransactionMayTurnThemOn() {
        let engine = lazyEngine()
        let listener = EventListener.all(engine, "")
        _ = runTogether(
            engine, ["SET a 1", "CONFIG SET notify-keyspace-events E$", "SET a 2", "DEL a"],
            asTransaction: true)
        #expect(listener.take() == ["set a"])
    }

    @Test func nothingWithoutKorE() {
        let engine = lazyEngine()
        let listener = EventListener.all(engine, "Amn")
        _ = run(engine, "SET a 1")
        #expect(listener.take() == [])
        #expect(engine.pubSub.wantedEvents.isEmpty)
    }

    /// Whether a key is there is a request's own question.
    @Test func conditionsMissNoKeys() {
        let engine = lazyEngine()
        let listener = EventListener.all(engine)
        var transaction = Transaction()
        transaction.add(id(engine, "PING"))
        transaction.require(ByteView("a"), .present)
        var reply = Reply()
        #expect(engine.execute(transaction, into: &reply).preconditionFailed)
        transaction.clear()
        transaction.add(id(engine, "GET"), ByteView("a"))
        transaction.precondition = Precondition(key: ByteView("a"), ifMatch: .any)
        transaction.probe(id(engine, "GET"), ByteView("a"))
        #expect(engine.execute(transaction, into: &reply).preconditionFailed)
        #expect(listener.take() == [])
    }

    @Test func replayingTellsNothing() {
        let engine = lazyEngine()
        let listener = EventListener.all(engine)
        var transaction = Transaction()
        transaction.add(id(engine, "SET"), ByteView("a"), ByteView("1"))
        transaction.add(id(engine, "DEL"), ByteView("a"))
        var reply = Reply()
        var step = 0
        while step < transaction.count { step = engine.replaySome(of: transaction, from: step, into: &reply) }
        #expect(listener.take() == [])
    }

    @Test func replacingAValueMakesNoKey() {
        let engine = lazyEngine()
        _ = run(engine, "SADD s a b")
        #expect(outcome(engine, "SUNIONSTORE d s").created == 1)
        #expect(outcome(engine, "SUNIONSTORE d s").created == 0)
        _ = run(engine, "SET d 1 EX 100")
        #expect(outcome(engine, "SUNIONSTORE d s").created == 0)
        #expect(run(engine, "TTL d") == "(integer) -1")
        #expect(run(engine, "SCARD d") == "(integer) 2")
    }
}
