import Bytes
import Engine
import Synchronization

/// Where a subscriber stands: the last message, and the topic that it was seen for.
struct EventPosition: Hashable, Comparable {
    var sequence: UInt64
    var topic: Int

    static func < (a: EventPosition, b: EventPosition) -> Bool {
        (a.sequence, a.topic) < (b.sequence, b.topic)
    }
}

/// A subscriber that notes what it gets.
final class EventClient: Subscriber {
    struct Event: Hashable {
        var position: EventPosition
        var text: String
    }

    struct Gap {
        var topic: Int
        var after: UInt64
        var before: UInt64

        func covers(_ position: EventPosition) -> Bool {
            topic == position.topic && position.sequence < before
                && (after < position.sequence || after == position.sequence)
        }
    }

    private let state = Mutex<(events: [Event], gaps: [Gap])>(([], []))

    func receive(_ message: Message, topic: Int) {
        let event = Event(
            position: EventPosition(sequence: message.sequence, topic: topic),
            text: "\(message.subject.string) \(message.content.string)")
        state.withLock { $0.events.append(event) }
    }

    func missed(topic: Int, after: UInt64?, before: UInt64) {
        state.withLock { $0.gaps.append(Gap(topic: topic, after: after ?? 0, before: before)) }
    }

    var events: [Event] { state.withLock { $0.events } }
    var gaps: [Gap] { state.withLock { $0.gaps } }
    var count: Int { state.withLock { $0.events.count } }
}
