import Engine
import Synchronization
import TestSupport
import Testing

/// Threads that publish while others come, go, and come back: who is subscribed gets every message once, in one order
/// for all; who comes back gets what it has missed, or is told of it.
@Suite("Events", .keyspaces)
struct EventGuaranteeTests {
    /// Messages of each publisher; `REDWING_ROUNDS` publishes more.
    private let rounds = environment("REDWING_ROUNDS") ?? 2000
    private let seed = firstSeed(7)

    private static let topics: [Topic] = [
        topic("c0"), .pattern(Array("c*".utf8)), .keys(Array("key:*".utf8)), topic("c3"),
        .pattern(Array("c[23]".utf8)), .pattern(Array("__key*:*".utf8)),
    ]

    private static func topic(_ channel: String) -> Topic { .channel(Array(channel.utf8)) }

    private func engine(_ change: (inout ReplayLimits) -> Void) -> TestEngine {
        var limits = ReplayLimits()
        change(&limits)
        return TestEngine(pubSub: PubSub(limits: limits))
    }

    /// Publishes in every way, and changes keys, until all was said.
    private func publish(_ client: EngineClient, thread: Int, _ said: borrowing Atomic<Int>) {
        var random = SeededGenerator(seed: UInt64(seed * 100 + thread))
        for round in 0..<rounds {
            let lines = [
                "PUBLISH c\(random.below(5)) \(thread):\(round)", "SET key:\(thread) \(round)",
                "SPUBLISH c\(random.below(5)) \(thread):\(round)s",
            ]
            let mode = random.pick([EngineClient.Mode.oneByOne, .pipeline, .transaction])
            client.execute(lines.map { words($0) }, as: mode)
            said.add(1, ordering: .releasing)
        }
    }

    @Test func everySubscriberGetsEveryMessageInOneOrder() {
        let engine = engine { _ in }
        let client = EngineClient(engine)
        let subscribers = (0..<4).map { _ in EventClient() }
        let subscriptions = subscribers.map { engine.pubSub.subscribe($0, to: Self.topics) }
        let channels = EventClient()
        let all = engine.pubSub.subscribe(channels, to: (0..<5).map { Self.topic("c\($0)") })
        let said = Atomic(0)
        onThreads(3) { publish(client, thread: $0, said) }
        for subscription in subscriptions + [all] { engine.pubSub.unsubscribe(subscription) }
        let first = subscribers[0].events
        #expect(first.map(\.position) == first.map(\.position).sorted())
        #expect(Set(first.map(\.position)).count == first.count)
        for subscriber in subscribers.dropFirst() { #expect(subscriber.events == first) }
        // Each publisher's own messages are all there, in its order.
        for thread in 0..<3 {
            let own = channels.events.compactMap { event -> Int? in
                let text = event.text.split(separator: " ")[1].split(separator: ":")
                guard Int(text[0]) == thread, !text[1].hasSuffix("s") else { return nil }
                return Int(text[1])
            }
            #expect(own == Array(0..<rounds))
        }
    }

    /// Subscribes, gets some, is cut off anywhere, comes back, until all was said; answers what it has seen.
    private func storm(
        _ hub: PubSub, _ generator: SeededGenerator, from start: UInt64, until said: borrowing Atomic<Int>
    ) -> (events: [EventClient.Event], gaps: [EventClient.Gap], connections: Int) {
        var random = generator
        var seen: [EventClient.Event] = []
        var gaps: [EventClient.Gap] = []
        var position = EventPosition(sequence: start, topic: .max)
        var connections = 0
        var isOver = false
        while !isOver {
            isOver = said.load(ordering: .acquiring) == 3 * rounds
            let client = EventClient()
            let subscription = hub.subscribe(
                client, to: Self.topics, after: position.sequence, through: position.topic)
            connections += 1
            let wanted = random.below(30)
            while !isOver, client.count < wanted, said.load(ordering: .acquiring) < 3 * rounds {}
            hub.unsubscribe(subscription)
            // What was on its way is lost, from any point on.
            let events = client.events
            let kept = isOver ? events.count : random.below(events.count + 1)
            seen += events.prefix(kept)
            if let last = seen.last { position = last.position }
            // A gap comes before the first message: it was read, or will come again.
            gaps += client.gaps
            // Away for a while.
            if random.chance(50) {
                let back = said.load(ordering: .relaxed) + random.below(20)
                while said.load(ordering: .relaxed) < min(back, 3 * rounds) {}
            }
        }
        return (seen, gaps, connections)
    }

    @Test("Reconnect storms lose and double nothing", arguments: [ReplayLimits().messages, 20])
    func storms(_ messages: Int) {
        let isSmall = messages < 100
        let engine = engine {
            $0.messages = isSmall ? messages : 1 << 20
            $0.bytes = 1 << 30
        }
        engine.pubSub.setNotified([.keyspace, .keyevent, .all])
        let client = EngineClient(engine)
        let steady = EventClient()
        let subscription = engine.pubSub.subscribe(steady, to: Self.topics)
        let said = Atomic(0)
        let results = Mutex<[(events: [EventClient.Event], gaps: [EventClient.Gap], connections: Int)]>([])
        onThreads(6) { thread in
            if thread < 3 { return publish(client, thread: thread, said) }
            let result = storm(
                engine.pubSub, SeededGenerator(seed: UInt64(seed * 200 + thread)), from: subscription.start,
                until: said)
            results.withLock { $0.append(result) }
        }
        let truth = steady.events
        for result in results.withLock({ $0 }) {
            #expect(result.connections > 10, "seed \(seed)")
            let positions = result.events.map(\.position)
            #expect(zip(positions, positions.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed)")
            if !isSmall {
                #expect(result.gaps.isEmpty, "seed \(seed)")
                #expect(result.events == truth, "seed \(seed)")
                continue
            }
            let seen = Set(result.events)
            #expect(seen.isSubset(of: truth), "seed \(seed)")
            let silent = truth.filter { event in
                !seen.contains(event) && !result.gaps.contains { $0.covers(event.position) }
            }
            #expect(silent.isEmpty, "seed \(seed): \(silent.count) of \(truth.count) are silently missing")
        }
    }
}
