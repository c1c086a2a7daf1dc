import Bytes
import Testing

@testable import Engine

/// Messages of changes that are not durable yet (`appendfsync always`).
@Suite struct WaitingEventsTests {
    private let engine = journalledEngine(awaitsWrites: true)
    private var hub: PubSub { engine.pubSub }

    private func publishTogether(_ payload: String, with command: String) -> UInt64 {
        runTogether(engine, [command, "PUBLISH a \(payload)"], asTransaction: true).ticket
    }

    @Test func aLonePublishGoesAtOnce() {
        let (recorder, _) = hub.record(channel("a"))
        #expect(reply(engine, "PUBLISH a 1").ticket == 0)
        #expect(recorder.contents == ["1"])
    }

    @Test func whatTellsOfAChangeWaitsForIt() {
        let (recorder, _) = hub.record(channel("a"))
        let first = publishTogether("1", with: "SET k 1")
        let second = publishTogether("2", with: "SET k 2")
        #expect(recorder.contents == [])
        hub.release(upTo: first)
        #expect(recorder.contents == ["1"])
        // Who comes meanwhile gets it when it comes, and not twice.
        let (late, _) = hub.record(channel("a"), after: recorder.position)
        hub.release(upTo: second)
        #expect(recorder.contents == ["1", "2"])
        #expect(late.contents == ["2"])
    }

    @Test func theOrderOfAChannelStays() {
        let (a, _) = hub.record(channel("a"))
        let (b, _) = hub.record(channel("b"))
        let ticket = publishTogether("1", with: "SET k 1")
        _ = reply(engine, "PUBLISH a 2")
        _ = reply(engine, "PUBLISH b 1")
        #expect(a.contents == [])
        #expect(b.contents == ["1"])
        hub.release(upTo: ticket)
        #expect(a.contents == ["1", "2"])
        _ = reply(engine, "PUBLISH a 3")
        #expect(a.contents == ["1", "2", "3"])
    }

    @Test func ticketsMayComeOutOfOrder() {
        let (recorder, _) = hub.record(channel("a"), channel("b"))
        func deliver(_ channel: StaticString, _ ticket: UInt64) {
            var outbox = EventOutbox()
            outbox.append(channel: ByteView(channel), payload: ByteView("x"), isSharded: false)
            hub.deliver(&outbox, after: ticket)
        }
        deliver("a", 6)
        deliver("b", 5)
        hub.release(upTo: 5)
        #expect(recorder.received.map(\.subject) == ["b"])
        deliver("b", 4)
        #expect(recorder.received.map(\.subject) == ["b", "b"])
        hub.release(upTo: 6)
        #expect(recorder.received.map(\.subject) == ["b", "b", "a"])
    }

    @Test func keyEventsWaitAndKeepTheirOrder() {
        let (recorder, _) = hub.record(keys("*"))
        func raise(_ event: StaticString, _ ticket: UInt64) {
            var outbox = EventOutbox()
            outbox.append(.string, event, ByteView("k"))
            hub.deliver(&outbox, after: ticket)
        }
        raise("set", 1)
        raise("append", 0)
        #expect(recorder.contents == [])
        hub.release(upTo: 1)
        #expect(recorder.contents == ["set", "append"])
    }

    @Test func whatWaitsIsBounded() {
        var limits = ReplayLimits()
        limits.totalBytes = 1000
        let engine = MemoryEngine(
            pubSub: PubSub(limits: limits), journal: { Journal(gate: $0, awaitsWrites: true) })
        let (recorder, _) = engine.pubSub.record(channel("a"))
        _ = runTogether(engine, ["SET k 1", "PUBLISH a 0"], asTransaction: true)
        var taken = 1
        while reply(engine, "PUBLISH a \(taken)").values == ["(integer) 1"] { taken += 1 }
        #expect((5...50).contains(taken))
        #expect(reply(engine, "SPUBLISH b 1").values[0].hasPrefix("(error) BUSY "))
        #expect(recorder.contents == [])
        engine.pubSub.release(upTo: 1)
        #expect(recorder.contents == (0..<taken).map(String.init))
        #expect(reply(engine, "PUBLISH a x").values == ["(integer) 1"])
    }
}
