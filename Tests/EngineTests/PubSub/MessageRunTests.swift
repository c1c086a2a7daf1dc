import Bytes
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// Which messages subscribers take together.
@Suite(.keyspaces) struct MessageRunTests {
    /// Notes what comes together: each message as `channel payload`.
    private final class RunRecorder: Subscriber {
        private let state = Mutex<[[String]]>([])

        func receive(_ message: Message, topic: Int) { note([message]) }
        func receive(_ run: MessageRun, topic: Int) { note(run.messages) }
        func missed(topic: Int, after: UInt64?, before: UInt64) {}

        private func note(_ messages: [Message]) {
            state.withLock { $0.append(messages.map { "\($0.subject.string) \($0.content.string)" }) }
        }

        func take() -> [[String]] {
            state.withLock { runs in
                defer { runs = [] }
                return runs
            }
        }
    }

    private let engine = TestEngine()

    private func record(_ topics: Topic...) -> RunRecorder {
        let recorder = RunRecorder()
        _ = engine.pubSub.subscribe(recorder, to: topics)
        return recorder
    }

    /// Publishes in one transaction; each line is a channel and a payload.
    private func publish(_ lines: [String]) {
        let words = lines.map { ["PUBLISH"] + $0.split(separator: " ").map(String.init) }
        withViews(words.joined().map { Array($0.utf8) }) { views in
            var transaction = Transaction()
            for first in stride(from: 0, to: views.count, by: 3) {
                transaction.command(engine.find(views[first]) ?? .unknown)
                transaction.argument(views[first + 1])
                transaction.argument(views[first + 2])
            }
            var reply = Reply()
            engine.execute(transaction, into: &reply)
        }
    }

    @Test func whatFollowsOneAnotherComesTogether() {
        let recorder = record(channel("a"), channel("b"))
        publish(["a 1", "a 2", "x 0", "a 3", "b 4", "a 5"])
        #expect(recorder.take() == [["a 1", "a 2", "a 3"], ["b 4"], ["a 5"]])
        publish(["a 6"])
        #expect(recorder.take() == [["a 6"]])
    }

    @Test func aPatternTakesWhatNoChannelTakes() {
        let pattern = record(pattern("a*"))
        publish(["a1 1", "a2 2", "b 3", "a1 4"])
        #expect(pattern.take() == [["a1 1", "a2 2", "a1 4"]])
        let both = record(channel("a2"), Engine.Topic.pattern(Array("a2".utf8)))
        publish(["a1 5", "a2 6", "a2 7", "a1 8"])
        #expect(pattern.take() == [["a1 5"], ["a2 6"], ["a2 7"], ["a1 8"]])
        #expect(both.take() == [["a2 6"], ["a2 6"], ["a2 7"], ["a2 7"]])
    }

    @Test func largeMessagesComeAlone() {
        let recorder = record(channel("a"))
        let large = String(repeating: "x", count: 20_000)
        publish(["a 1", "a \(large)", "a 2", "a 3"])
        #expect(recorder.take() == [["a 1"], ["a \(large)"], ["a 2", "a 3"]])
    }
}
