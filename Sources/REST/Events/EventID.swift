internal import Bytes

/// The id of an event: `<run>-<number>`, of which the number is the message's place in the order of all messages of
/// that run of the server. Where several topics of a stream may match one message, `.<topic>` follows: up to which of
/// them the message has come.
struct EventID: Equatable {
    /// The run's token, the same as in ETags.
    var boot: UInt32
    /// The message's place; 0: before all.
    var sequence: UInt64
    /// The index of the stream's topic that the message has come for; nil: for all.
    var topic: Int?

    init(boot: UInt32, sequence: UInt64, topic: Int? = nil) {
        self.boot = boot
        self.sequence = sequence
        self.topic = topic
    }

    /// Reads an id; nil for what is none, as another server's.
    init?(_ text: ByteView) {
        guard text.count > 9, text[8] == UInt8(ascii: "-") else { return nil }
        var boot: UInt32 = 0
        for byte in text[0..<8].buffer {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): boot = boot << 4 | UInt32(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): boot = boot << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        let rest = text.dropFirst(9)
        let dot = rest.firstIndex(of: UInt8(ascii: "."))
        guard let sequence = parseUInt64Strict(rest[0..<(dot ?? rest.count)]) else { return nil }
        var topic: Int?
        if let dot {
            guard let index = parseUInt64Strict(rest.dropFirst(dot + 1)), index < 1 << 32 else { return nil }
            topic = Int(index)
        }
        self.init(boot: boot, sequence: sequence, topic: topic)
    }

    /// Appends the id's text.
    func append(to buffer: inout ByteBuffer) {
        buffer.append(hex: UInt64(boot), width: 8)
        buffer.append(UInt8(ascii: "-"))
        buffer.append(decimal: sequence)
        if let topic {
            buffer.append(UInt8(ascii: "."))
            buffer.append(decimal: topic)
        }
    }
}
