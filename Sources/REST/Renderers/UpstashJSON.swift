internal import Bytes
internal import Engine

/// Replies as the Upstash protocol has them: RESP2's types in JSON. Nil is null, integers are numbers, doubles
/// strings, maps flat arrays.
struct UpstashJSON {
    /// Whether every string is written in base64.
    let base64: Bool

    /// Appends one reply in its envelope: `{"result":…}` or `{"error":"…"}`.
    @inline(__always)
    func append(entry reader: inout ReplyReader, to buffer: inout ByteBuffer) {
        switch reader.next() {
        case .bytes(let value):
            buffer.append("{\"result\":")
            string(value, &buffer)
        case .integer(let value):
            buffer.append("{\"result\":")
            buffer.append(decimal: value)
        case .status(let text) where text == ByteView("OK"):
            // Clients expect this one plain, also in base64.
            buffer.append("{\"result\":\"OK\"")
        case .error(let text):
            buffer.append("{\"error\":")
            buffer.appendJSONString(replacingInvalid: text)
        case let value:
            buffer.append("{\"result\":")
            append(value, &reader, to: &buffer)
        }
        buffer.append(UInt8(ascii: "}"))
    }

    /// Appends a value, whose children `reader` stands at. Recursion is as deep as a command nests its reply.
    private func append(_ value: ReplyValue, _ reader: inout ReplyReader, to buffer: inout ByteBuffer) {
        switch value {
        case .null, .nullArray: buffer.append("null")
        case .integer(let number): buffer.append(decimal: number)
        case .double(let number): double(number, &buffer)
        case .bytes(let text), .status(let text): string(text, &buffer)
        case .error(let text): buffer.appendJSONString(replacingInvalid: text)
        case .array(let count): append(count, &reader, to: &buffer)
        case .map(let count): append(2 * count, &reader, to: &buffer)
        }
    }

    private func append(_ count: Int, _ reader: inout ReplyReader, to buffer: inout ByteBuffer) {
        buffer.append(UInt8(ascii: "["))
        for index in 0..<count {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            append(reader.next(), &reader, to: &buffer)
        }
        buffer.append(UInt8(ascii: "]"))
    }

    @inline(__always)
    private func string(_ bytes: ByteView, _ buffer: inout ByteBuffer) {
        if base64 {
            buffer.append(UInt8(ascii: "\""))
            buffer.append(base64: bytes)
            buffer.append(UInt8(ascii: "\""))
        } else {
            buffer.appendJSONString(replacingInvalid: bytes)
        }
    }

    private func double(_ value: Double, _ buffer: inout ByteBuffer) {
        guard base64 else {
            buffer.append(UInt8(ascii: "\""))
            buffer.append(double: value)
            buffer.append(UInt8(ascii: "\""))
            return
        }
        var text = ByteBuffer()
        text.append(double: value)
        string(text.view, &buffer)
    }
}
