import Bytes
import Engine

/// A reply as RESP2 carries it.
indirect enum Value: Hashable {
    case null
    case nullArray
    case integer(Int64)
    case bulk([UInt8])
    case status(String)
    case error(String)
    case array([Value])

    static func text(_ text: String) -> Value { .bulk(Array(text.utf8)) }

    static let ok = Value.status("OK")

    /// The elements of an array.
    var elements: [Value]? {
        if case .array(let values) = self { values } else { nil }
    }

    var isError: Bool {
        if case .error = self { true } else { false }
    }

    /// The bytes of a bulk string.
    var bytes: [UInt8]? {
        if case .bulk(let bytes) = self { bytes } else { nil }
    }
}

extension Value: CustomStringConvertible {
    var description: String {
        switch self {
        case .null: return "(nil)"
        case .nullArray: return "(nil array)"
        case .integer(let number): return "(integer) \(number)"
        case .bulk(let bytes): return quoted(bytes)
        case .status(let text): return text
        case .error(let text): return "(error) \(text)"
        case .array(let values):
            let shown = values.prefix(60).map(\.description).joined(separator: ", ")
            return "[" + shown + (values.count > 60 ? ", … \(values.count) in all]" : "]")
        }
    }
}

extension Value {
    /// Reads the next value from a reply's tape; doubles become bulk strings and maps flat arrays.
    init(_ reader: inout ReplyReader) {
        switch reader.next() {
        case .null: self = .null
        case .nullArray: self = .nullArray
        case .integer(let number): self = .integer(number)
        case .double(let number):
            var text = ByteBuffer()
            text.append(double: number)
            self = .bulk(text.view.array)
        case .bytes(let bytes): self = .bulk(bytes.array)
        case .status(let text): self = .status(text.string)
        case .error(let text):
            // A line end would end the reply: RESP2 carries spaces for it.
            let line = text.buffer.map { $0 == 10 || $0 == 13 ? 32 : $0 }
            self = .error(String(decoding: line, as: UTF8.self))
        case .array(let count): self = .array((0..<count).map { _ in Value(&reader) })
        case .map(let count): self = .array((0..<2 * count).map { _ in Value(&reader) })
        }
    }
}

/// A byte string in quotes with redis-cli's escapes, abbreviated where it is long.
func quoted(_ bytes: [UInt8]) -> String {
    var text = "\""
    for byte in bytes.prefix(100) {
        switch byte {
        case UInt8(ascii: "\""): text += "\\\""
        case UInt8(ascii: "\\"): text += "\\\\"
        case 10: text += "\\n"
        case 13: text += "\\r"
        case 9: text += "\\t"
        case 32..<127: text.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let hex = String(byte, radix: 16)
            text += "\\x" + (hex.count < 2 ? "0" : "") + hex
        }
    }
    return text + (bytes.count > 100 ? "\" (\(bytes.count) bytes)" : "\"")
}

/// A command, its name first.
typealias Words = [[UInt8]]

/// A command as one would type it to redis-cli.
func commandLine(_ words: Words) -> String {
    let shown = words.prefix(80).map { word in
        let isPlain =
            !word.isEmpty && word.count < 60 && word.allSatisfy { 33...126 ~= $0 && $0 != 34 && $0 != 39 }
        return isPlain ? String(decoding: word, as: UTF8.self) : quoted(word)
    }
    return shown.joined(separator: " ") + (words.count > 80 ? " … \(words.count) words" : "")
}

/// The words of a command written with spaces between them.
func words(_ line: String) -> Words { line.split(separator: " ").map { Array($0.utf8) } }
