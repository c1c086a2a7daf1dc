import Bytes
import Engine
import Synchronization

/// What is published, in order: channel and payload.
final class EventRecorder: Subscriber, Sendable {
    struct Event: Hashable, CustomStringConvertible {
        var channel: [UInt8]
        var payload: [UInt8]

        var description: String { "\(commandLine([channel])) \(commandLine([payload]))" }
    }

    private let received = Mutex<[Event]>([])

    func receive(_ message: Message, topic: Int) {
        let event = Event(channel: message.subject.array, payload: message.content.array)
        received.withLock { $0.append(event) }
    }

    func missed(topic: Int, after: UInt64?, before: UInt64) {}

    /// What has been published since this was last asked.
    func take() -> [Event] {
        received.withLock { received in
            defer { received = [] }
            return received
        }
    }
}
