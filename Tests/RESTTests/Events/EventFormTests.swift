import Bytes
import Engine
import Testing

@testable import REST

@Suite struct EventFormTests {
    /// What a subscriber of one topic gets of what is published or done.
    private func sent(
        _ style: EventForm.Style, _ topic: Topic, _ act: (EventBench) -> Void
    ) -> String {
        let bench = EventBench()
        let stream = bench.start(style, topic)
        _ = stream.readAll()
        act(bench)
        let text = stream.readAll().text
        stream.closed()
        return text.replacing("5f3a9c01-", with: "B-")
    }

    @Test func json() {
        #expect(
            sent(.json, .named(channel: "news")) { $0.run("PUBLISH", "news", "hello") }
                == "id: B-1\nevent: message\ndata: {\"channel\":\"news\",\"message\":\"hello\"}\n\n")
        #expect(
            sent(.json, .named(pattern: "n*")) { $0.run("PUBLISH", "news", "a\r\nb\"") }
                == "id: B-1\nevent: pmessage\n"
                + "data: {\"pattern\":\"n*\",\"channel\":\"news\",\"message\":\"a\\r\\nb\\\"\"}\n\n")
    }

    @Test func jsonOfBytes() {
        let bench = EventBench()
        let stream = bench.start(.json, .channel([0xFF]))
        _ = stream.readAll()
        bench.run([Array("PUBLISH".utf8), [0xFF], [0xFF]])
        #expect(
            stream.events().map(\.data) == [#"{"channel":{"base64":"/w=="},"message":{"base64":"/w=="}}"#])
        stream.closed()
    }

    @Test(arguments: [
        ("hello", "data: hello"), ("", "data: "), (" a ", "data:  a "), ("a\nb", "data: a\ndata: b"),
        ("a\r\nb", "data: a\ndata: b"), ("a\rb\n", "data: a\ndata: b\ndata: "),
        ("\n\r\r\n", "data: \ndata: \ndata: \ndata: "), ("ü🍓\u{2028}", "data: ü🍓\u{2028}"),
        ("data: x\n\nid: 7", "data: data: x\ndata: \ndata: id: 7"),
    ])
    func rawLineBreaks(_ message: String, _ data: String) {
        #expect(
            sent(.raw, .named(channel: "c")) { $0.run("PUBLISH", "c", message) }
                == "id: B-1\nevent: message\n\(data)\n\n")
        #expect(
            sent(.upstash, .named(channel: "c")) { $0.run("PUBLISH", "c", message) }
                == "data: message,c,\(data.dropFirst(6))\n\n")
    }

    @Test func upstash() {
        #expect(
            sent(.upstash, .named(channel: "chat")) { $0.run("PUBLISH", "chat", "hello") }
                == "data: message,chat,hello\n\n")
        #expect(
            sent(.upstash, .named(pattern: "p*")) { $0.run("PUBLISH", "pchat", "a,b") }
                == "data: pmessage,p*,pchat,a,b\n\n")
        let line = sent(.upstash, .monitor) { $0.run("SET", "k", "v") }
        #expect(line.hasPrefix("data: ") && line.hasSuffix("] \"SET\" \"k\" \"v\"\n\n"), "\(line)")
    }

    @Test func openings() {
        let id = EventID(boot: 0x5f3a_9c01, sequence: 7)
        #expect(
            EventForm.of(
                .json, .named(channel: "a"), .named(channel: "b"), .named(pattern: "p"), .named(keys: "k")
            ).opening(after: id).text
                == "retry: 1000\nid: 5f3a9c01-7\nevent: subscribe\n"
                + "data: {\"channels\":[\"a\",\"b\"],\"patterns\":[\"p\"],\"keys\":[\"k\"]}\n\n")
        #expect(
            EventForm.of(.upstash, .named(channel: "chat")).opening(after: id).text
                == "data: subscribe,chat,1\n\n")
        #expect(
            EventForm.of(.upstash, .named(pattern: "p*")).opening(after: id).text
                == "data: psubscribe,p*,1\n\n")
        #expect(EventForm.of(.upstash, .monitor).opening(after: id).text == "data: \"OK\"\n\n")
    }

    @Test func gaps() {
        let gap = EventGap(
            reason: .forgotten, topic: .named(keys: "u*"), count: nil, after: 3, before: 9)
        #expect(
            EventForm.of(.json, .named(keys: "u*")).gap(gap).text
                == "event: gap\ndata: {\"reason\":\"forgotten\",\"keys\":\"u*\",\"count\":null,"
                + "\"after\":\"5f3a9c01-3\",\"before\":\"5f3a9c01-9\"}\n\n")
        let lost = EventGap(reason: .overflow, topic: nil, count: 12, after: nil, before: 9)
        #expect(EventForm.of(.upstash, .monitor).gap(lost).text == "event: gap\ndata: 12\n\n")
    }

    @Test func idsCountTopicsOnlyWhereAMessageMayBeOfSeveral() {
        let (a, b) = (Topic.named(channel: "a"), Topic.named(channel: "b"))
        let (p, k, l) = (Topic.named(pattern: "p"), Topic.named(keys: "k"), Topic.named(keys: "l"))
        #expect(!EventForm.of(.json, a, b).hasOverlap)
        #expect(!EventForm.of(.json, p).hasOverlap)
        #expect(!EventForm.of(.json, p, k).hasOverlap)
        #expect(EventForm.of(.json, a, p).hasOverlap)
        #expect(EventForm.of(.json, p, .named(pattern: "q")).hasOverlap)
        #expect(EventForm.of(.json, k, l).hasOverlap)
    }

    @Test func whoWantsTheSameSharesIt() {
        let bench = EventBench()
        let recorder = FrameRecorder([
            .of(.json, .named(channel: "c")), .of(.json, .named(channel: "c"), .named(channel: "d")),
            .of(.raw, .named(channel: "c")), .of(.json, .named(pattern: "c*")),
            .of(.json, .named(pattern: "?")), .of(.json, .named(pattern: "c*")),
        ])
        let subscription = bench.engine.pubSub.subscribe(recorder, to: [.named(channel: "c")])
        bench.run("PUBLISH", "c", "x")
        bench.engine.pubSub.unsubscribe(subscription)
        let frames = recorder.frames
        #expect(frames.count == 6)
        #expect(frames[0] === frames[1])
        #expect(frames[3] === frames[5])
        #expect(Set(frames.map { ObjectIdentifier($0) }).count == 4)
    }
}

/// Writes each message in several forms.
private final class FrameRecorder: Subscriber, @unchecked Sendable {
    private let forms: [EventForm]
    // Written under the lock of the one `PubSub`, read by the thread that published.
    private(set) var frames: [Frame] = []

    init(_ forms: [EventForm]) { self.forms = forms }

    func receive(_ message: Message, topic: Int) {
        frames = forms.map { $0.frame(message, topic: 0).takeUnretainedValue() }
    }

    func missed(topic: Int, after: UInt64?, before: UInt64) {}
}
