internal import Bytes
internal import Engine

/// Replies in version 2 of Redis's protocol (the RESP specification, redis.io/docs/reference/protocol-spec).
enum RESP2 {
    /// Appends one reply with all it holds. Recursion is as deep as a command nests its reply.
    static func append(_ reader: inout ReplyReader, to buffer: inout ByteBuffer) {
        switch reader.next() {
        case .null: buffer.append("$-1\r\n")
        case .nullArray: buffer.append("*-1\r\n")
        case .integer(let value): number(UInt8(ascii: ":"), value, &buffer)
        case .double(let value):
            var text = ByteBuffer()
            text.append(double: value)
            bulk(text.view, &buffer)
        case .bytes(let value): bulk(value, &buffer)
        case .status(let text): line(UInt8(ascii: "+"), text, &buffer)
        case .error(let text): line(UInt8(ascii: "-"), text, &buffer)
        case .array(let count): array(count, &reader, &buffer)
        case .map(let count): array(2 * count, &reader, &buffer)
        }
    }

    private static func array(_ count: Int, _ reader: inout ReplyReader, _ buffer: inout ByteBuffer) {
        number(UInt8(ascii: "*"), Int64(count), &buffer)
        for _ in 0..<count { append(&reader, to: &buffer) }
    }

    private static func number(_ type: UInt8, _ value: Int64, _ buffer: inout ByteBuffer) {
        buffer.append(type)
        buffer.append(decimal: value)
        buffer.append("\r\n")
    }

    private static func bulk(_ bytes: ByteView, _ buffer: inout ByteBuffer) {
        number(UInt8(ascii: "$"), Int64(bytes.count), &buffer)
        buffer.append(bytes)
        buffer.append("\r\n")
    }

    /// A line ends at the first CR or LF: those of the text become spaces, as in Redis.
    private static func line(_ type: UInt8, _ text: ByteView, _ buffer: inout ByteBuffer) {
        buffer.append(type)
        buffer.append(upTo: text.count) { room in
            for index in 0..<text.count {
                let byte = text[index]
                room[index] = byte == 0x0D || byte == 0x0A ? 0x20 : byte
            }
            return text.count
        }
        buffer.append("\r\n")
    }
}
