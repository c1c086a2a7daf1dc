import Bytes
import TestSupport
import Testing

@testable import Engine

/// Who gets what, in which order.
@Suite(.keyspaces) struct PubSubTests {
    private let engine = TestEngine()
    private var hub: PubSub { engine.pubSub }

    @discardableResult
    private func publish(_ channel: String, _ payload: String) -> String {
        run(engine, ["PUBLISH", channel, payload].map { Array($0.utf8) })
    }

    @Test func channelsAndPatternsGetTheirMessages() {
        let (a, _) = hub.record(channel("a"))
        let (both, _) = hub.record(channel("b"), pattern("?"))
        #expect(publish("a", "1") == "(integer) 2")
        #expect(publish("b", "2") == "(integer) 2")
        #expect(publish("cc", "3") == "(integer) 0")
        #expect(a.lines == ["a 1"])
        #expect(both.received.map { [$0.topic] } == [[1], [0], [1]])
        #expect(both.lines == ["a 1", "b 2", "b 2"])
        #expect(both.received[1].sequence == both.received[2].sequence)
    }

    @Test func aSubscriberGetsAMessageForEachTopicInTheirOrder() {
        let (first, _) = hub.record(pattern("n*"), channel("news"), pattern("*s"))
        let (second, _) = hub.record(pattern("*s"), pattern("n*"), channel("news"))
        let (third, _) = hub.record(channel("news"))
        #expect(publish("news", "x") == "(integer) 7")
        #expect(first.received.map(\.topic) == [0, 1, 2])
        #expect(second.received.map(\.topic) == [0, 1, 2])
        #expect(third.received.map(\.topic) == [0])
    }

    @Test func aTopicNamedTwiceIsOne() {
        let (recorder, subscription) = hub.record(channel("a"), channel("a"), pattern("a"), pattern("a"))
        #expect(publish("a", "1") == "(integer) 2")
        #expect(recorder.received.map(\.topic) == [0, 2])
        hub.unsubscribe(subscription)
        #expect(publish("a", "2") == "(integer) 0")
        #expect(recorder.contents == ["1", "1"])
    }

    @Test func unsubscribingEndsItAndNothingElse() {
        let subscribers = (0..<5).map { _ in hub.record(channel("a"), pattern("a*"), channel("b")) }
        hub.unsubscribe(subscribers[1].subscription)
        hub.unsubscribe(subscribers[1].subscription)
        hub.unsubscribe(subscribers[4].subscription)
        #expect(publish("a", "1") == "(integer) 6")
        hub.unsubscribe(subscribers[0].subscription)
        #expect(publish("b", "2") == "(integer) 2")
        #expect(
            subscribers.map(\.recorder.contents) == [["1", "1"], [], ["1", "1", "2"], ["1", "1", "2"], []])
    }

    @Test func aSubscriberIsLetGoOf() {
        weak var recorder: Recorder?
        var subscription: Subscription?
        do {
            let (made, its) = hub.record(channel("a"), pattern("*"), .monitor)
            (recorder, subscription) = (made, its)
        }
        #expect(recorder != nil)
        if let subscription { hub.unsubscribe(subscription) }
        #expect(recorder == nil)
    }

    @Test func shardMessagesPassPatternsBy() {
        let (named, _) = hub.record(channel("a"))
        let (globbed, subscription) = hub.record(pattern("*"))
        #expect(run(engine, "SPUBLISH a 1") == "(integer) 1")
        #expect(named.contents == ["1"])
        #expect(globbed.contents == [])
        hub.unsubscribe(subscription)
        publish("a", "2")
        #expect(hub.record(pattern("*"), after: 0).recorder.contents == ["2"])
        #expect(hub.record(channel("a"), after: 0).recorder.contents == ["1", "2"])
    }

    @Test func namesAndPayloadsAreBytes() {
        let recorder = Recorder()
        _ = hub.subscribe(recorder, to: [.channel([0, 255, 10]), .channel([])])
        let bytes: [[UInt8]] = [Array("PUBLISH".utf8), [0, 255, 10], [13, 10, 0]]
        #expect(run(engine, bytes) == "(integer) 1")
        #expect(run(engine, "PUBLISH \"\" \"\"") == "(integer) 1")
        #expect(recorder.contents == ["\r\n\0", ""])
    }

    @Test func aTransactionsMessagesComeAfterItInItsOrder() throws {
        let (recorder, _) = hub.record(channel("a"), keys("*"))
        let replies = runTogether(
            engine, ["PUBLISH a 1", "SET k v", "PUBLISH a 2", "GET k"], asTransaction: true)
        #expect(replies.values == ["(integer) 1", "OK", "(integer) 1", "\"v\""])
        #expect(recorder.contents.filter { $0.count == 1 } == ["1", "2"])
    }

    @Test func framesAreSharedWhileAMessageIsDelivered() {
        final class Framer: Subscriber {
            nonisolated(unsafe) var frames: [Frame] = []
            func receive(_ message: Message, topic: Int) {
                frames.append(message.frame(7) { Frame(copy($0.content)) }.takeUnretainedValue())
            }
            func missed(topic: Int, after: UInt64?, before: UInt64) {}
            private func copy(_ text: ByteView) -> ByteBuffer {
                var buffer = ByteBuffer()
                buffer.append(text)
                return buffer
            }
        }
        let framers = [Framer(), Framer()]
        let subscriptions = framers.map { hub.subscribe($0, to: [channel("a")]) }
        publish("a", "1")
        #expect(framers[0].frames[0] === framers[1].frames[0])
        #expect(framers[0].frames[0].bytes.string == "1")
        subscriptions.forEach(hub.unsubscribe)
    }

    @Test func countsTellOfWhoListens() {
        let (_, first) = hub.record(channel("a"), channel("b"), pattern("x*"))
        let (_, second) = hub.record(channel("a"), pattern("x*"), pattern("y*"))
        publish("nobody", "1")
        #expect(hub.counts == (2, 2))
        func active(_ glob: StaticString? = nil) -> [String] {
            hub.activeChannels(matching: glob.map { ByteView($0) })
                .map { "\(String(decoding: $0.name, as: UTF8.self)) \($0.subscribers)" }.sorted()
        }
        #expect(active() == ["a 2", "b 1"])
        #expect(active("[b-z]") == ["b 1"])
        #expect(hub.subscribers(of: ByteView("a")) == 2)
        hub.unsubscribe(first)
        #expect(active() == ["a 1"])
        #expect(hub.counts == (1, 2))
        hub.unsubscribe(second)
        #expect(hub.counts == (0, 0))
        #expect(active() == [])
    }
}
