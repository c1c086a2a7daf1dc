import Bytes
import Engine
import Synchronization
import TestSupport
import Testing

/// What is published of key events, each as `event key`.
final class EventListener: Subscriber, Sendable {
    private let events = Mutex<[String]>([])
    private static let prefix = "__keyevent@0__:"

    func receive(_ message: Message, topic: Int) {
        let event = message.subject.dropFirst(EventListener.prefix.utf8.count).string
        events.withLock { $0.append("\(event) \(message.content.string)") }
    }

    func missed(topic: Int, after: UInt64?, before: UInt64) {}

    /// The events since this was last asked.
    func take() -> [String] {
        events.withLock { events in
            defer { events = [] }
            return events
        }
    }

    /// The listener of all events of an engine, which publishes them from now on; it is held by the engine.
    static func all(_ engine: some CommandEngine, _ letters: String = "AEmn") -> EventListener {
        let listener = EventListener()
        _ = engine.pubSub.subscribe(listener, to: [.pattern(Array("\(prefix)*".utf8))])
        #expect(run(engine, "CONFIG SET notify-keyspace-events \"\(letters)\"") == "OK")
        return listener
    }
}

/// An engine that reclaims nothing by itself.
func lazyEngine() -> TestEngine {
    var settings = Settings()
    settings.activeExpire = false
    return TestEngine(settings: settings)
}

/// Executes a session on an engine: a line that begins with `> ` is a command, the line below it, which may be
/// missing, its events with commas between them. A `WAIT` waits until what expires soon has expired.
func expectEvents(
    _ session: String, on engine: some CommandEngine = lazyEngine(),
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let listener = EventListener.all(engine)
    var asked: (command: String, events: [String])?
    func check(_ expected: String) {
        guard let (command, events) = asked else { return }
        #expect(
            events.joined(separator: ", ") == expected, "\(command)", sourceLocation: sourceLocation)
        asked = nil
    }
    for line in session.split(separator: "\n") {
        guard line.hasPrefix("> ") else {
            check(String(line))
            continue
        }
        check("")
        let command = String(line.dropFirst(2))
        if command == "WAIT" {
            let start = Clock.milliseconds()
            waitUntil(sourceLocation: sourceLocation) { Clock.milliseconds() > start + 5 }
            continue
        }
        let reply = run(engine, command)
        #expect(!reply.hasPrefix("(error)"), "\(command): \(reply)", sourceLocation: sourceLocation)
        asked = (command, listener.take())
    }
    check("")
}
