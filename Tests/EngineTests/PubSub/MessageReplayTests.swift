import Bytes
import TestSupport
import Testing

@testable import Engine

/// What those who come back get, and what they are told is missing.
@Suite(.keyspaces) struct MessageReplayTests {
    private func publish(_ engine: some CommandEngine, _ channel: String, _ payloads: [String]) {
        for payload in payloads { _ = run(engine, ["PUBLISH", channel, payload].map { Array($0.utf8) }) }
    }

    private func numbers(_ range: ClosedRange<Int>) -> [String] { range.map(String.init) }

    @Test func whoComesBackGetsWhatItHasMissedOnce() {
        let engine = engine()
        let (before, subscription) = engine.pubSub.record(channel("a"))
        publish(engine, "a", numbers(1...3))
        engine.pubSub.unsubscribe(subscription)
        publish(engine, "a", numbers(4...6))
        let (after, _) = engine.pubSub.record(channel("a"), after: before.position)
        publish(engine, "a", ["7"])
        #expect(before.contents == numbers(1...3))
        #expect(after.contents == numbers(4...7))
        #expect(after.gaps == [])
    }

    @Test func whoComesWithoutAPositionGetsWhatComes() {
        let engine = engine()
        publish(engine, "a", ["1"])
        let (recorder, subscription) = engine.pubSub.record(channel("a"))
        #expect(recorder.contents == [] && recorder.gaps == [])
        publish(engine, "a", ["2"])
        #expect(engine.pubSub.record(channel("a"), after: subscription.start).recorder.contents == ["2"])
    }

    @Test func topicsAreReplayedTogetherInOneOrder() {
        let engine = engine()
        for index in 0..<9 { publish(engine, ["a", "b", "xa"][index % 3], ["\(index)"]) }
        let (recorder, _) = engine.pubSub.record(
            pattern("x*"), channel("b"), channel("a"), pattern("?"), after: 3)
        #expect(
            recorder.received.map { "\($0.content) \($0.topic)" } == [
                "3 2", "3 3", "4 1", "4 3", "5 0", "6 2", "6 3", "7 1", "7 3", "8 0",
            ])
        #expect(recorder.gaps == [])
    }

    @Test func ofTheLastMessageTheTopicsBehindComeAgain() {
        let engine = engine()
        publish(engine, "a", ["1", "2"])
        let (recorder, _) = engine.pubSub.record(
            pattern("?"), channel("a"), pattern("a*"), after: 1, through: 0)
        #expect(recorder.received.map { "\($0.content) \($0.topic)" } == ["1 1", "1 2", "2 0", "2 1", "2 2"])
        #expect(recorder.gaps == [])
    }

    @Test(arguments: [1, 10, 999])
    func aRingIsBoundedByMessages(_ limit: Int) {
        let engine = engine { $0.messages = limit }
        publish(engine, "a", numbers(1...1000))
        publish(engine, "b", ["b"])
        let all = engine.pubSub.record(channel("a"), after: 0).recorder
        #expect(all.contents == numbers(1001 - limit...1000))
        #expect(all.gaps == [Recorder.Gap(topic: 0, after: 0, before: UInt64(1001 - limit))])
        // The first of which all is there, and the last of which it is not.
        #expect(engine.pubSub.record(channel("a"), after: UInt64(1000 - limit)).recorder.gaps == [])
        #expect(engine.pubSub.record(channel("a"), after: UInt64(999 - limit)).recorder.gaps.count == 1)
        #expect(engine.pubSub.record(channel("b"), after: 0).recorder.gaps == [])
    }

    @Test func aRingIsBoundedByBytes() {
        let engine = engine { $0.bytes = 10_000 }
        let payload = String(repeating: "x", count: 900)
        publish(engine, "a", (0..<100).map { "\($0)" + payload })
        let (recorder, _) = engine.pubSub.record(channel("a"), after: 0)
        #expect((7...11).contains(recorder.received.count))
        #expect(recorder.received.last?.sequence == 100)
        #expect(
            recorder.gaps == [Recorder.Gap(topic: 0, after: 0, before: 101 - UInt64(recorder.received.count))]
        )
        // One that does not fit at all is a gap for whoever was away, and is delivered to who is there.
        let (there, _) = engine.pubSub.record(channel("a"))
        publish(engine, "a", [String(repeating: "y", count: 20_000), "after"])
        #expect(there.contents.map(\.count) == [20_000, 5])
        let (away, _) = engine.pubSub.record(channel("a"), after: 100)
        #expect(away.contents == ["after"])
        #expect(away.gaps == [Recorder.Gap(topic: 0, after: 100, before: 102)])
    }

    @Test func allRingsTogetherAreBounded() {
        let engine = engine { $0.totalBytes = 200_000 }
        for index in 0..<5000 { publish(engine, "c\(index)", [String(repeating: "x", count: 100)]) }
        #expect(engine.pubSub.keptBytes <= 200_000)
        #expect(engine.pubSub.keptBytes > 150_000)
        // The oldest went first, and with them their channels; that they did is remembered.
        #expect(engine.pubSub.record(channel("c0"), after: 0).recorder.gaps.count == 1)
        #expect(engine.pubSub.record(channel("c4999"), after: 0).recorder.received.count == 1)
        #expect(engine.pubSub.record(channel("c0"), after: 5000).recorder.gaps == [])
        let (all, _) = engine.pubSub.record(pattern("c*"), after: 0)
        #expect(all.gaps.count == 1)
        #expect(all.received.map(\.sequence) == Array(5001 - UInt64(all.received.count)...5000))
        #expect(all.received.count > 200)
    }

    @Test func aBusyChannelDropsItsOwnMessagesFirst() {
        let engine = engine {
            $0.bytes = 20_000
            $0.totalBytes = 40_000
        }
        publish(engine, "quiet", ["1"])
        publish(engine, "busy", numbers(1...2000))
        #expect(engine.pubSub.record(channel("quiet"), after: 0).recorder.contents == ["1"])
    }

    @Test func nothingIsKeptWhereNothingIsToBe() {
        let engine = engine { $0.messages = 0 }
        let (there, _) = engine.pubSub.record(channel("a"))
        publish(engine, "a", ["1"])
        publish(engine, "b", ["2"])
        #expect(there.contents == ["1"])
        #expect(engine.pubSub.keptBytes == 0)
        for topic in [channel("a"), channel("b"), pattern("*")] {
            let (away, _) = engine.pubSub.record(topic, after: 0)
            #expect(away.contents == [] && away.gaps.count == 1)
        }
    }

    @Test(arguments: [2, 1000, UInt64.max - 1, UInt64.max])
    func anotherRunsPositionIsAGap(_ position: UInt64) {
        let engine = engine()
        publish(engine, "a", ["1"])
        let (recorder, _) = engine.pubSub.record(channel("a"), pattern("*"), after: position)
        publish(engine, "a", ["2"])
        #expect(recorder.contents == ["2", "2"])
        #expect(
            recorder.gaps == [
                Recorder.Gap(topic: 0, after: nil, before: 2), Recorder.Gap(topic: 1, after: nil, before: 2),
            ])
    }

    @Test func commandsAreNotKept() {
        let engine = engine()
        let (_, subscription) = engine.pubSub.record(.monitor)
        publish(engine, "a", ["1"])
        let (recorder, _) = engine.pubSub.record(.monitor, after: subscription.start)
        #expect(recorder.gaps.count == 1 && recorder.received == [])
    }

    @Test func theSequenceOfAGapIsReported() {
        let engine = engine { $0.messages = 2 }
        publish(engine, "a", numbers(1...5))
        #expect(
            engine.pubSub.record(channel("a"), after: 1).recorder.gaps
                == [Recorder.Gap(topic: 0, after: 1, before: 4)])
    }
}
