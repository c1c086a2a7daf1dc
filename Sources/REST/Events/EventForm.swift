internal import Bytes
internal import Engine

/// How the messages of a stream are written.
struct EventForm: Sendable {
    /// Whose conventions it follows.
    enum Style: Hashable, Sendable {
        /// `id`, `event`, and one JSON object as `data`.
        case json
        /// `id`, `event`, and the message itself as `data`.
        case raw
        /// The Upstash protocol's lines.
        case upstash
    }

    let style: Style
    let boot: UInt32
    let topics: [Topic]
    /// Whether one message may be of several topics, so that an id has to tell for which of them it came.
    let hasOverlap: Bool
    /// What tells the forms of the topics' messages apart, by the topic's index: who has the same number shares bytes.
    private let numbers: [UInt64]

    init(_ style: Style, boot: UInt32, topics: [Topic]) {
        self.style = style
        self.boot = boot
        self.topics = topics
        let hasPattern = topics.contains { if case .pattern = $0 { true } else { false } }
        let keyGlobs = topics.count { if case .keys = $0 { true } else { false } }
        let hasOverlap = keyGlobs > 1 || (hasPattern && topics.count - keyGlobs > 1)
        self.hasOverlap = hasOverlap
        numbers = topics.enumerated().map { index, topic in
            // Swift's hash has a random key of 128 bits: nobody can look for two globs of one number.
            var hasher = Hasher()
            hasher.combine(style)
            hasher.combine(hasOverlap ? index : -1)
            switch topic {
            case .channel: hasher.combine(0)
            case .pattern, .keys: hasher.combine(topic)
            case .monitor: hasher.combine(1)
            }
            return UInt64(bitPattern: Int64(hasher.finalize()))
        }
    }

    /// The message as it is sent to subscribers of the topic with that index; shared by all streams that write it in
    /// the same way. Only under the lock under which messages are delivered.
    func frame(_ message: Message, topic: Int) -> Unmanaged<Frame> {
        message.frame(numbers[topic]) { message in
            var buffer = ByteBuffer(capacity: message.subject.count + message.content.count + 112)
            append(message, topic: topic, to: &buffer)
            return Frame(buffer)
        }
    }

    /// As `frame(_:topic:)`, of several messages, one after the other.
    func frame(_ run: MessageRun, topic: Int) -> Unmanaged<Frame> {
        run.frame(numbers[topic]) { messages in
            var buffer = ByteBuffer(capacity: messages.reduce(0) { $0 + $1.size + 112 })
            for message in messages { append(message, topic: topic, to: &buffer) }
            return Frame(buffer)
        }
    }

    /// Appends the message as it is sent to subscribers of the topic with that index.
    func append(_ message: Message, topic: Int, to buffer: inout ByteBuffer) {
        if style == .upstash { return appendUpstash(message, topics[topic], to: &buffer) }
        buffer.append(eventID: id(message.sequence, topic))
        buffer.append("event: ")
        switch message.kind {
        case .keyEvent: buffer.append(message.content)
        case .published:
            if case .pattern = topics[topic] { buffer.append("p") }
            buffer.append("message")
        case .command: buffer.append("monitor")
        }
        buffer.append("\n")
        buffer.beginEventData()
        if style == .json {
            appendJSON(message, topics[topic], to: &buffer)
        } else {
            buffer.append(eventData: message.kind == .keyEvent ? message.subject : message.content)
        }
        buffer.endEvent()
    }

    /// The id of a message that comes for the topic with that index.
    func id(_ sequence: UInt64, _ topic: Int) -> EventID {
        EventID(boot: boot, sequence: sequence, topic: hasOverlap ? topic : nil)
    }

    private func appendJSON(_ message: Message, _ topic: Topic, to buffer: inout ByteBuffer) {
        buffer.append("{")
        switch topic {
        case .pattern(let glob), .keys(let glob):
            buffer.append("\"pattern\":")
            glob.withByteView { buffer.appendJSONString($0) }
            buffer.append(",")
        case .channel, .monitor: break
        }
        switch message.kind {
        case .published:
            buffer.append("\"channel\":")
            buffer.appendJSONString(message.subject)
            buffer.append(",\"message\":")
        case .keyEvent:
            buffer.append("\"key\":")
            buffer.appendJSONString(message.subject)
            buffer.append(",\"event\":")
        case .command: buffer.append("\"command\":")
        }
        buffer.appendJSONString(message.content)
        buffer.append("}")
    }

    private func appendUpstash(_ message: Message, _ topic: Topic, to buffer: inout ByteBuffer) {
        buffer.beginEventData()
        switch topic {
        case .channel:
            buffer.append("message,")
            buffer.append(eventData: message.subject)
            buffer.append(",")
        case .pattern(let glob):
            buffer.append("pmessage,")
            glob.withByteView { buffer.append(eventData: $0) }
            buffer.append(",")
            buffer.append(eventData: message.subject)
            buffer.append(",")
        case .keys, .monitor: break
        }
        buffer.append(eventData: message.content)
        buffer.endEvent()
    }

    // MARK: What is not a message

    /// What a stream begins with: that the subscription holds from here on, and after which message.
    func opening(after position: EventID) -> Frame {
        var buffer = ByteBuffer(capacity: 256)
        guard style == .upstash else {
            buffer.append("retry: 1000\n")
            buffer.append(eventID: position)
            buffer.append("event: subscribe\n")
            buffer.beginEventData()
            appendTopics(to: &buffer)
            buffer.endEvent()
            return Frame(buffer)
        }
        for topic in topics {
            buffer.beginEventData()
            switch topic {
            case .channel(let name):
                buffer.append("subscribe,")
                name.withByteView { buffer.append(eventData: $0) }
                buffer.append(",1")
            case .pattern(let glob), .keys(let glob):
                buffer.append("psubscribe,")
                glob.withByteView { buffer.append(eventData: $0) }
                buffer.append(",1")
            case .monitor: buffer.append("\"OK\"")
            }
            buffer.endEvent()
        }
        return Frame(buffer)
    }

    private func appendTopics(to buffer: inout ByteBuffer) {
        var names: (channels: [[UInt8]], patterns: [[UInt8]], keys: [[UInt8]]) = ([], [], [])
        for topic in topics {
            switch topic {
            case .channel(let name): names.channels.append(name)
            case .pattern(let glob): names.patterns.append(glob)
            case .keys(let glob): names.keys.append(glob)
            case .monitor: break
            }
        }
        buffer.append("{\"channels\":")
        buffer.append(jsonStrings: names.channels)
        buffer.append(",\"patterns\":")
        buffer.append(jsonStrings: names.patterns)
        buffer.append(",\"keys\":")
        buffer.append(jsonStrings: names.keys)
        buffer.append("}")
    }

    /// Tells of a gap. It has no id: whoever loses the connection before the next message is told again.
    func gap(_ gap: EventGap) -> Frame {
        var buffer = ByteBuffer(capacity: 192)
        buffer.append("event: gap\n")
        buffer.beginEventData()
        if style == .upstash {
            // No commas: Upstash's client takes what it gets apart at those, and lets this pass.
            if let count = gap.count { buffer.append(decimal: count) } else { buffer.append("unknown") }
            buffer.endEvent()
            return Frame(buffer)
        }
        buffer.append("{\"reason\":\"")
        buffer.append(gap.reason.rawValue)
        buffer.append("\"")
        switch gap.topic {
        case .channel(let name): buffer.append(member: "channel", name)
        case .pattern(let glob): buffer.append(member: "pattern", glob)
        case .keys(let glob): buffer.append(member: "keys", glob)
        case .monitor, nil: break
        }
        buffer.append(",\"count\":")
        if let count = gap.count { buffer.append(decimal: count) } else { buffer.append("null") }
        buffer.append(",\"after\":")
        append(id: gap.after, to: &buffer)
        buffer.append(",\"before\":")
        append(id: gap.before, to: &buffer)
        buffer.append("}")
        buffer.endEvent()
        return Frame(buffer)
    }

    private func append(id sequence: UInt64?, to buffer: inout ByteBuffer) {
        guard let sequence else { return buffer.append("null") }
        buffer.append("\"")
        EventID(boot: boot, sequence: sequence).append(to: &buffer)
        buffer.append("\"")
    }

    /// A comment, which readers pass over. A line alone: an empty line after it would be an event to some of them.
    static func comment(_ text: StaticString) -> Frame {
        var buffer = ByteBuffer()
        buffer.append(": ")
        buffer.append(text)
        buffer.append("\n")
        return Frame(buffer)
    }

    static let heartbeat = comment("heartbeat")
    static let stopping = comment("the server is stopping")
    static let tooSlow = comment("closed: messages come faster than you read them")
}

extension ByteBuffer {
    fileprivate mutating func append(jsonStrings names: [[UInt8]]) {
        append("[")
        for (index, name) in names.enumerated() {
            if index > 0 { append(",") }
            name.withByteView { appendJSONString($0) }
        }
        append("]")
    }

    fileprivate mutating func append(member name: StaticString, _ value: [UInt8]) {
        append(",\"")
        append(name)
        append("\":")
        value.withByteView { appendJSONString($0) }
    }
}
