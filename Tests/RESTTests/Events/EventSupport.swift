import Bytes
@testable import Engine
import MicroHTTP

@testable import REST

extension Frame {
    /// The bytes as text.
    var text: String { bytes.string }

    /// A frame of that text.
    static func of(_ text: String) -> Frame {
        var buffer = ByteBuffer()
        buffer.append(text)
        return Frame(buffer)
    }
}

extension Topic {
    static func named(channel name: String) -> Topic { .channel(Array(name.utf8)) }
    static func named(pattern glob: String) -> Topic { .pattern(Array(glob.utf8)) }
    static func named(keys glob: String) -> Topic { .keys(Array(glob.utf8)) }
}

extension EventForm {
    /// A form of the run 5f3a9c01.
    static func of(_ style: Style, _ topics: Topic...) -> EventForm {
        EventForm(style, boot: 0x5f3a_9c01, topics: topics)
    }
}

extension EventQueue {
    /// Queues a message's frame, which the queue retains.
    mutating func append(_ frame: Frame, _ sequence: UInt64) -> Effect {
        withExtendedLifetime(frame) { append(Unmanaged.passUnretained(frame), sequence) }
    }

    /// Reads all there is.
    mutating func readAll(room: Int = 64 << 10) -> (text: String, isOver: Bool) {
        var text = ""
        while true {
            var step = Step.idle
            var bytes: [UInt8] = []
            withUnsafeTemporaryAllocation(byteCount: room, alignment: 1) { buffer in
                step = read(into: buffer)
                if case .bytes(let count) = step { bytes = Array(buffer[..<count]) }
            }
            switch step {
            case .bytes: text += String(decoding: bytes, as: UTF8.self)
            case .idle: return (text, false)
            case .end: return (text, true)
            }
        }
    }
}

/// A server's half: an engine, and what its streams need.
final class EventBench {
    let engine = MemoryEngine()
    let streams: EventStreams
    let boot: UInt32 = 0x5f3a_9c01

    init(_ options: EventOptions = EventOptions()) { streams = EventStreams(options) }

    deinit { streams.stop() }

    /// Executes a command; the reply as a number, where it is one.
    @discardableResult
    func run(_ words: String...) -> Int64? { run(words.map { Array($0.utf8) }) }

    /// Executes a command of any bytes.
    @discardableResult
    func run(_ bytes: [[UInt8]]) -> Int64? {
        var transaction = Transaction()
        var reply = Reply()
        var arena = ByteArena()
        transaction.command(bytes[0].withByteView { engine.find($0) } ?? .unknown)
        for word in bytes.dropFirst() {
            transaction.argument(word.withByteView { arena.copy($0) })
        }
        _ = engine.executeSingle(transaction, into: &reply)
        var reader = reply.reader
        if case .integer(let value) = reader.next() { return value }
        return nil
    }

    /// Publishes on a channel in one transaction: subscribers take the messages together.
    func publishTogether(_ channel: String, _ payloads: [String]) {
        var transaction = Transaction()
        var reply = Reply()
        var arena = ByteArena()
        for payload in payloads {
            transaction.command(Array("PUBLISH".utf8).withByteView { engine.find($0) } ?? .unknown)
            for word in [channel, payload] {
                transaction.argument(Array(word.utf8).withByteView { arena.copy($0) })
            }
        }
        engine.execute(transaction, into: &reply)
    }

    func start(_ style: EventForm.Style, _ topics: Topic..., after id: String? = nil) -> EventStream {
        let resume = id.map { id in
            ResumePoint(Array(id.utf8).withByteView { EventID($0) }, boot: boot)
        }
        return EventStream.start(
            EventForm(style, boot: boot, topics: topics), engine.pubSub, streams, after: resume)
    }
}

extension EventStream {
    /// Reads all there is.
    func readAll() -> (text: String, isOver: Bool) {
        var text = ""
        while true {
            var bytes: [UInt8] = []
            let step = withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 1) {
                (room) -> BodyStreamStep in
                let step = read(into: room)
                if case .bytes(let count) = step { bytes = Array(room[..<count]) }
                return step
            }
            switch step {
            case .bytes: text += String(decoding: bytes, as: UTF8.self)
            case .idle: return (text, false)
            case .end, .broken: return (text, true)
            }
        }
    }

    /// The events that can be read: their names, ids and data.
    func events() -> [ReadEvent] { ReadEvent.parse(readAll().text) }
}

/// One event as a client reads it.
struct ReadEvent: Equatable, CustomStringConvertible {
    var id: String?
    var event = "message"
    var data = ""

    var description: String { "\(id ?? "-") \(event) \(data)" }

    /// Reads a stream's text (HTML standard, section 9.2.6).
    static func parse(_ text: String) -> [ReadEvent] {
        var events: [ReadEvent] = []
        var current = ReadEvent()
        var data: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                current.data = data.joined(separator: "\n")
                if !data.isEmpty { events.append(current) }
                current = ReadEvent(id: current.id)
                data = []
            } else if line.hasPrefix("id: ") {
                current.id = String(line.dropFirst(4))
            } else if line.hasPrefix("event: ") {
                current.event = String(line.dropFirst(7))
            } else if line.hasPrefix("data: ") {
                data.append(line.dropFirst(6))
            }
        }
        return events
    }
}
