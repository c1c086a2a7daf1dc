import Bytes
import Engine
import TestSupport
import Testing

/// Which replies wait for the disk, and for how much of it.
@Suite struct TicketTests {
    private let engine = journalledEngine(awaitsWrites: true)

    private var last: UInt64 { engine.journal?.last ?? 0 }

    @Test func aWriteWaitsForItself() {
        #expect(reply(engine, "SET a 1").ticket == 1)
        #expect(reply(engine, "INCR a").ticket == 2)
        #expect(last == 2)
    }

    @Test func aReadWaitsForTheLastWriteOfItsKeys() {
        let first = reply(engine, "SET a 1").ticket
        let second = reply(engine, "SET b 1").ticket
        #expect(reply(engine, "GET a").ticket == first)
        #expect(reply(engine, "MGET a b").ticket == second)
        #expect(reply(engine, "GET other").ticket == 0)
        // A missing key was removed by somebody, too.
        let third = reply(engine, "DEL a").ticket
        #expect(third == second + 1)
        #expect(reply(engine, "GET a").ticket == third)
        engine.journal?.markDurable(second)
        #expect(reply(engine, "GET b").ticket == 0)
        #expect(reply(engine, "GET a").ticket == third)
        engine.journal?.markDurable(third)
        #expect(reply(engine, "GET a").ticket == 0)
    }

    @Test func aWriteThatChangesNothingWaitsAsAReadDoes() {
        let first = reply(engine, "SADD s a").ticket
        _ = reply(engine, "SET other 1")
        #expect(reply(engine, "SADD s a").ticket == first)
        #expect(reply(engine, "INCR s").ticket == first)
    }

    @Test func aReadOfTheWholeKeyspaceWaitsForAll() {
        _ = reply(engine, "SET a 1")
        let second = reply(engine, "SET b 1").ticket
        #expect(reply(engine, "DBSIZE").ticket == second)
        #expect(reply(engine, "KEYS *").ticket == second)
        #expect(reply(engine, "PING").ticket == 0)
    }

    @Test func everyReadWaitsForFLUSHALL() {
        _ = reply(engine, "SET a 1")
        let flushed = reply(engine, "FLUSHALL").ticket
        #expect(flushed == last)
        #expect(reply(engine, "GET a").ticket == flushed)
        #expect(reply(engine, "GET never").ticket == flushed)
        engine.journal?.markDurable(flushed)
        #expect(reply(engine, "GET never").ticket == 0)
    }

    @Test func aTransactionHasOneTicketForAllItsKeys() {
        let ticket = runTogether(engine, ["SET a 1", "SET b 1"], asTransaction: true).ticket
        #expect(ticket == last)
        #expect(reply(engine, "GET a").ticket == ticket)
        #expect(reply(engine, "GET b").ticket == ticket)
        _ = reply(engine, "SET c 1")
        #expect(runTogether(engine, ["GET a", "GET b"], asTransaction: true).ticket == ticket)
    }

    @Test func aConditionThatFailsShowsWhatWasWritten() {
        let written = reply(engine, "SET a 1").ticket
        let ticket = withViews([Array("a".utf8), Array("b".utf8)]) { views in
            guard let set = engine.find(ByteView("SET")) else { preconditionFailure("no SET") }
            var transaction = Transaction()
            transaction.require(views[0], .absent)
            transaction.add(set, views[1], views[0])
            var reply = Reply()
            #expect(engine.execute(transaction, into: &reply).preconditionFailed)
            return reply.ticket
        }
        #expect(ticket == written)
    }

    @Test func aPipelineWaitsForTheLastOfItsWindows() {
        let lines = (0..<100).map { "SET k\($0) v" }
        let reply = runTogether(engine, lines, asTransaction: false)
        #expect(reply.ticket == last)
        #expect(last > 1)
    }

    @Test func whoFindsAKeyExpiredWaitsForItsExpiryAndNotForItsRemoval() {
        let written = reply(engine, "SET k v PX 1").ticket
        let end = Clock.milliseconds() + 3
        waitUntil { Clock.milliseconds() > end }
        #expect(reply(engine, "GET k").ticket == written)
        #expect(last == written + 1)
        #expect(takeEffects(engine).last == "DEL k")
        #expect(reply(engine, "KEYS *").ticket == written)
        engine.journal?.markDurable(written)
        #expect(reply(engine, "GET k").ticket == 0)
        #expect(reply(engine, "DBSIZE").ticket == 0)
        // Who writes in its place waits for both.
        #expect(reply(engine, "SET k v NX").ticket == written + 2)
    }

    @Test func nobodyWaitsWhereThePolicyDoesNotAskForIt() {
        let engine = journalledEngine()
        #expect(reply(engine, "SET a 1").ticket == 0)
        #expect(reply(engine, "GET a").ticket == 0)
        #expect(engine.journal?.last == 1)
        engine.journal?.setAwaited(true)
        // What was written before is not waited for.
        #expect(reply(engine, "GET a").ticket == 0)
        #expect(reply(engine, "SET a 2").ticket == 2)
    }

    @Test func takingGivesTheTicketOfTheLastEffect() {
        _ = reply(engine, "SET a 1")
        _ = reply(engine, "SET a 2")
        var batch = CommandBatch()
        let first = engine.journal?.take(&batch)
        #expect(first == 2)
        let count = batch.commandCount
        #expect(count == 2)
        batch.clear()
        let second = engine.journal?.take(&batch)
        #expect(second == 2)
        let isEmpty = batch.isEmpty
        #expect(isEmpty)
    }
}
