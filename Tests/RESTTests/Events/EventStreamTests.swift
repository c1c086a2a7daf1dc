import Bytes
import Engine
import Testing

@testable import REST

@Suite struct EventStreamTests {
    private let news = Topic.named(channel: "news")

    private func hello(_ number: Int) -> String { "{\"channel\":\"news\",\"message\":\"\(number)\"}" }

    /// Publishes numbers on `news`, one by one or at once.
    private func publish(_ numbers: ClosedRange<Int>, _ bench: EventBench, together: Bool = false) {
        if together { return bench.publishTogether("news", numbers.map { "\($0)" }) }
        for number in numbers { bench.run("PUBLISH", "news", "\(number)") }
    }

    @Test(arguments: [false, true])
    func messagesComeInOrderFromTheSubscriptionOn(together: Bool) {
        let bench = EventBench()
        publish(1...3, bench, together: together)
        let stream = bench.start(.json, news)
        publish(4...6, bench, together: together)
        let events = stream.events()
        #expect(events.map(\.event) == ["subscribe", "message", "message", "message"])
        #expect(events.dropFirst().map(\.data) == (4...6).map(hello))
        #expect(events.map(\.id) == (3...6).map { "5f3a9c01-\($0)" })
        stream.closed()
        #expect(bench.run("PUBLISH", "news", "x") == 0)
        #expect(bench.streams.count == 0)
    }

    @Test(arguments: [false, true])
    func whoComesBackGetsWhatWasMissed(together: Bool) {
        let bench = EventBench()
        let first = bench.start(.json, news)
        publish(1...3, bench, together: together)
        let last = first.events().last?.id
        first.closed()
        publish(4...6, bench, together: together)
        let second = bench.start(.json, news, after: last)
        publish(7...8, bench, together: together)
        let events = second.events()
        #expect(events.map(\.event) == ["subscribe"] + Array(repeating: "message", count: 5))
        #expect(events[0].id == last)
        #expect(events.dropFirst().map(\.data) == (4...8).map(hello))
        second.closed()
    }

    @Test func anIdThatWasNotGivenOutYetLosesNothing() {
        let bench = EventBench()
        publish(1...3, bench)
        let stream = bench.start(.json, news, after: "5f3a9c01-8")
        let events = stream.events()
        #expect(events.map(\.event) == ["gap", "subscribe"] || events.map(\.event) == ["subscribe", "gap"])
        #expect(events.first { $0.event == "subscribe" }?.id == "5f3a9c01-3")
        stream.closed()
    }

    /// What is written down in many forms would take many times its size before it is known who has room.
    @Test func aLargeMessageIsWrittenWhenItIsRead() {
        let bench = EventBench()
        let patterns = (0..<4).map { Topic.named(pattern: String(repeating: "?", count: 4 - $0) + "*") }
        let stream = bench.start(.json, patterns[0], patterns[1], patterns[2], patterns[3])
        let text = String(repeating: "x", count: 300 << 10)
        bench.run("PUBLISH", "news", text)
        // The first takes the room that there is; the others are a gap.
        let events = stream.events()
        #expect(events.map(\.event).prefix(2) == ["subscribe", "pmessage"])
        #expect(events[1].data.utf8.count > 300 << 10)
        bench.run("PUBLISH", "news", "small")
        #expect(stream.events().filter { $0.event == "pmessage" }.count == 4)
        stream.closed()
    }

    @Test func whoHasSeenNothingYetComesBackToo() {
        let bench = EventBench()
        publish(1...3, bench)
        let first = bench.start(.json, news)
        let opening = first.events()
        first.closed()
        publish(4...5, bench)
        let second = bench.start(.json, news, after: opening.last?.id)
        #expect(second.events().dropFirst().map(\.data) == (4...5).map(hello))
        second.closed()
    }

    @Test func aMessageOfTwoTopicsIsNeitherLostNorDoubled() {
        let bench = EventBench()
        let topics = (Topic.named(channel: "news"), Topic.named(pattern: "n*"))
        let first = bench.start(.json, topics.0, topics.1)
        publish(1...2, bench)
        let all = first.events()
        #expect(all.map(\.event) == ["subscribe", "message", "pmessage", "message", "pmessage"])
        first.closed()
        for seen in 0..<all.count {
            let again = bench.start(.json, topics.0, topics.1, after: all[seen].id)
            #expect(Array(again.events().dropFirst()) == Array(all.dropFirst(seen + 1)), "after \(all[seen])")
            again.closed()
        }
    }

    @Test func whatIsForgottenIsAGap() {
        let bench = EventBench()
        let first = bench.start(.json, news)
        let id = first.events().last?.id
        first.closed()
        publish(1...1200, bench)
        let second = bench.start(.json, news, after: id)
        let events = second.events()
        #expect(events[1].event == "gap")
        #expect(
            events[1].data == "{\"reason\":\"forgotten\",\"channel\":\"news\",\"count\":null,"
                + "\"after\":\"5f3a9c01-0\",\"before\":\"5f3a9c01-201\"}")
        #expect(events.dropFirst(2).map(\.data) == (201...1200).map(hello))
        second.closed()
    }

    @Test(arguments: ["00000000-2", "nonsense", "5f3a9c01-9999"])
    func anIdOfAnotherRunIsAGap(_ id: String) {
        let bench = EventBench()
        publish(1...3, bench)
        let stream = bench.start(.json, news, .named(channel: "b"), after: id)
        publish(4...4, bench)
        let events = stream.events()
        let gaps = events.filter { $0.event == "gap" }
        #expect(gaps.count == 1)
        #expect(gaps.first?.data.contains("\"reason\":\"unknown\"") == true)
        #expect(events.last?.data == hello(4))
        #expect(events.count == 3)
        stream.closed()
    }

    @Test func aReplayDoesNotCountAsSlowness() {
        var options = EventOptions()
        options.clientBuffer = 1000
        let bench = EventBench(options)
        let first = bench.start(.json, news)
        let id = first.events().last?.id
        first.closed()
        publish(1...500, bench)
        let second = bench.start(.json, news, after: id)
        publish(501...502, bench)
        #expect(second.events().dropFirst().map(\.data) == (1...502).map(hello))
        second.closed()
    }

    @Test(arguments: [false, true])
    func aSlowReaderIsToldOfItsGap(together: Bool) {
        var options = EventOptions()
        options.clientBuffer = 1000
        let bench = EventBench(options)
        let stream = bench.start(.json, news)
        publish(1...500, bench, together: together)
        let events = stream.events()
        #expect(events.last?.event == "gap")
        let messages = events.filter { $0.event == "message" }.map(\.data)
        #expect(messages == (1...messages.count).map(hello))
        #expect(events.last?.data.contains("\"count\":\(500 - messages.count),") == true)
        publish(501...501, bench, together: together)
        #expect(stream.events().map(\.data) == [hello(501)])
        stream.closed()
    }

    @Test(arguments: [false, true])
    func aSlowReaderMayBeClosed(together: Bool) {
        var options = EventOptions()
        options.clientBuffer = 1000
        options.overflow = .close
        let bench = EventBench(options)
        let stream = bench.start(.json, news)
        publish(1...100, bench, together: together)
        #expect(bench.run("PUBLISH", "news", "x") == 0)
        let (text, isOver) = stream.readAll()
        #expect(isOver)
        #expect(text.hasSuffix(EventForm.tooSlow.text))
        stream.closed()
        #expect(bench.streams.count == 0)
    }

    @Test func heartbeatsComeByThemselves() {
        var options = EventOptions()
        options.heartbeat = 0.1
        let bench = EventBench(options)
        let stream = bench.start(.json, news)
        #expect(stream.events().count == 1)
        var text = ""
        while text.isEmpty { text = stream.readAll().text }
        #expect(text == ": heartbeat\n")
        stream.closed()
    }

    @Test func aStopEndsTheStream() {
        let bench = EventBench()
        let stream = bench.start(.json, news)
        publish(1...1, bench)
        stream.finish()
        publish(2...2, bench)
        let (text, isOver) = stream.readAll()
        #expect(isOver)
        #expect(text.hasSuffix(hello(1) + "\n\n" + EventForm.stopping.text))
        stream.closed()
    }

    @Test func streamsLeaveInAnyOrder() {
        let bench = EventBench()
        let streams = (0..<20).map { _ in bench.start(.json, news) }
        #expect(bench.run("PUBLISH", "news", "x") == 20)
        for index in [19, 0, 7, 8, 1, 18] { streams[index].closed() }
        #expect(bench.streams.count == 14)
        #expect(bench.run("PUBLISH", "news", "x") == 14)
        for (index, stream) in streams.enumerated() where ![19, 0, 7, 8, 1, 18].contains(index) {
            stream.closed()
        }
        #expect(bench.streams.count == 0)
    }
}
