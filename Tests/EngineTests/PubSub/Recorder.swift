import Bytes
import Engine
import TestSupport
import Synchronization

/// A subscriber that notes what it gets.
final class Recorder: Subscriber {
    struct Received: Equatable {
        var sequence: UInt64
        var topic: Int
        var subject: String
        var content: String
    }

    struct Gap: Equatable {
        var topic: Int
        var after: UInt64?
        var before: UInt64
    }

    private let state = Mutex<(received: [Received], gaps: [Gap])>(([], []))

    func receive(_ message: Message, topic: Int) {
        let received = Received(
            sequence: message.sequence, topic: topic, subject: message.subject.string,
            content: message.content.string)
        state.withLock { $0.received.append(received) }
    }

    func missed(topic: Int, after: UInt64?, before: UInt64) {
        state.withLock { $0.gaps.append(Gap(topic: topic, after: after, before: before)) }
    }

    var received: [Received] { state.withLock { $0.received } }
    var gaps: [Gap] { state.withLock { $0.gaps } }
    var contents: [String] { received.map(\.content) }
    /// Each as `subject content`.
    var lines: [String] { received.map { "\($0.subject) \($0.content)" } }
    /// The sequence number of the last message.
    var position: UInt64 { received.last?.sequence ?? 0 }
}

func channel(_ name: String) -> Topic { .channel(Array(name.utf8)) }
func pattern(_ glob: String) -> Topic { .pattern(Array(glob.utf8)) }
func keys(_ glob: String) -> Topic { .keys(Array(glob.utf8)) }

extension PubSub {
    /// A recorder of these topics.
    func record(
        _ topics: Topic..., after position: UInt64? = nil, through topic: Int = .max
    ) -> (recorder: Recorder, subscription: Subscription) {
        let recorder = Recorder()
        return (recorder, subscribe(recorder, to: topics, after: position, through: topic))
    }
}

/// An engine that keeps so much for those who come back.
func engine(_ change: (inout ReplayLimits) -> Void = { _ in }) -> TestEngine {
    var limits = ReplayLimits()
    change(&limits)
    return TestEngine(pubSub: PubSub(limits: limits))
}
