internal import Bytes
internal import Engine

/// What is subscribed to at a node.
struct SubscribedName: Hashable {
    enum Kind {
        case channel, pattern
        /// A channel of Redis 7's sharded kind.
        case shard
    }

    var kind: Kind
    var text: [UInt8]

    init(_ kind: Kind, _ text: [UInt8]) {
        self.kind = kind
        self.text = text
    }

    /// The pattern of the channels of the events of the keys that a glob matches.
    init(keys glob: [UInt8]) { self.init(.pattern, Array("__keyspace@0__:".utf8) + glob) }

    /// Whether these are, as far as the name says, channels of the nodes' notifications: each node tells of its own keys only.
    var isOfKeyEvents: Bool { text.starts(with: Array("__key".utf8)) }

    /// Whether some may be.
    var mayBeOfKeyEvents: Bool {
        if kind != .pattern || isOfKeyEvents { return isOfKeyEvents }
        guard let first = text.first else { return false }
        return first == UInt8(ascii: "_")
            || [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "[")].contains(first)
    }

    /// What it may be subscribed to for.
    var topics: [Topic] {
        guard kind == .pattern else { return [.channel(text)] }
        let prefix = SubscribedName(keys: []).text
        guard text.starts(with: prefix) else { return [.pattern(text)] }
        return [.pattern(text), .keys(Array(text.dropFirst(prefix.count)))]
    }

    var subscribing: StaticString {
        switch kind {
        case .channel: "SUBSCRIBE"
        case .pattern: "PSUBSCRIBE"
        case .shard: "SSUBSCRIBE"
        }
    }

    var unsubscribing: StaticString {
        switch kind {
        case .channel: "UNSUBSCRIBE"
        case .pattern: "PUNSUBSCRIBE"
        case .shard: "SUNSUBSCRIBE"
        }
    }
}

/// A connection to a node that messages come from, and what is subscribed to on it.
final class Listener {
    /// What the node tells.
    enum Push {
        case message(channel: ByteView, payload: ByteView, isSharded: Bool)
        /// One that a pattern has matched.
        case matched(pattern: ByteView, channel: ByteView, payload: ByteView)
        case subscribed
        /// It has ended a subscription: the slot is moving away.
        case ended(channel: ByteView)
        case refused(ByteView)
        case other

        init(_ reply: borrowing Reply) {
            self = .other
            var reader = reply.reader
            switch reader.next() {
            case .error(let text): self = .refused(text)
            case .array(let count) where count >= 2:
                var parts: [ByteView] = []
                for _ in 0..<count { if case .bytes(let part) = reader.next() { parts.append(part) } }
                guard let kind = parts.first?.string else { return }
                switch (kind, parts.count) {
                case ("message", 3): self = .message(channel: parts[1], payload: parts[2], isSharded: false)
                case ("smessage", 3): self = .message(channel: parts[1], payload: parts[2], isSharded: true)
                case ("pmessage", 4):
                    self = .matched(pattern: parts[1], channel: parts[2], payload: parts[3])
                case ("subscribe", _), ("psubscribe", _), ("ssubscribe", _): self = .subscribed
                case ("sunsubscribe", 2): self = .ended(channel: parts[1])
                default: break
                }
            default: break
            }
        }
    }

    let connection: NodeConnection
    /// Each with whether the node has confirmed it.
    private(set) var names: [SubscribedName: Bool] = [:]
    /// Confirmed patterns, in the order of that.
    private var patterns: [[UInt8]] = []
    /// Asked for, and not confirmed yet.
    private var asked: [SubscribedName] = []
    private(set) var heard: Int64
    private var pinged: Int64 = 0

    init(_ connection: NodeConnection, _ now: Int64) {
        self.connection = connection
        heard = now
        connection.listens = true
    }

    func isConfirmed(_ name: SubscribedName) -> Bool { names[name] == true }

    func subscribe(_ name: SubscribedName) {
        guard names[name] == nil else { return }
        names[name] = false
        asked.append(name)
        send(name.subscribing, name.text)
    }

    func unsubscribe(_ name: SubscribedName) {
        forget(name)
        send(name.unsubscribing, name.text)
    }

    /// It is not subscribed to any more.
    func forget(_ name: SubscribedName) {
        names[name] = nil
        if name.kind == .pattern { patterns.removeAll { $0 == name.text } }
    }

    private func send(_ command: StaticString, _ name: [UInt8]) {
        var text = ByteBuffer()
        text.begin(command: ByteView(command), arguments: 1)
        name.withByteView { text.append(bulk: $0) }
        connection.sendUnanswered(text.view)
    }

    /// Notes that the node lives.
    func hear(_ now: Int64) { heard = now }

    /// Asks for a sign of life, now and then.
    /// - Returns: whether something was sent.
    func ping(_ now: Int64, every period: Int64) -> Bool {
        guard connection.isConnected, now - max(heard, pinged) >= period else { return false }
        pinged = now
        var text = ByteBuffer()
        text.append(command: "PING")
        connection.sendUnanswered(text.view)
        return true
    }

    /// The oldest of what was asked for is answered.
    /// - Parameter isConfirmed: false where it is refused.
    func answered(_ isConfirmed: Bool) -> SubscribedName? {
        guard !asked.isEmpty else { return nil }
        let name = asked.removeFirst()
        // It may have been unsubscribed from meanwhile.
        guard names[name] == false else { return nil }
        if !isConfirmed {
            names[name] = nil
            return name
        }
        names[name] = true
        if name.kind == .pattern { patterns.append(name.text) }
        return name
    }

    /// How often the node sends a message of that channel by it. O(patterns).
    func count(of channel: ByteView) -> Int {
        let name = channel.array
        let byName = [SubscribedName(.channel, name), SubscribedName(.shard, name)].count(where: isConfirmed)
        return byName
            + patterns.count { pattern in pattern.withByteView { globMatches(pattern: $0, text: channel) } }
    }

    /// Whether a message that came for that pattern, or by its channel's own name where it is nil, is the one to be taken:
    /// the node sends one for each that matches.
    func takes(_ channel: ByteView, by pattern: ByteView?) -> Bool {
        for candidate in patterns {
            let matches = candidate.withByteView { globMatches(pattern: $0, text: channel) }
            if matches { return pattern.map { $0 == candidate } ?? false }
        }
        return pattern == nil
    }
}

extension ByteView {
    fileprivate static func == (left: ByteView, right: [UInt8]) -> Bool { right.withByteView { left == $0 } }
}
