/// Why a text is no JSON document, and where.
public struct JSONError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Equatable, Sendable {
        /// The text is empty or nothing but space.
        case empty
        /// The text ends inside a value.
        case unexpectedEnd
        /// Another byte than one that may stand here; what may is `expected`.
        case unexpectedByte(UInt8, expected: String)
        /// A number that RFC 8259 does not allow, such as `01`, `1.` or `+1`.
        case malformedNumber
        /// A control character inside a string, where it must be escaped.
        case controlCharacter(UInt8)
        /// A `\` followed by something that is no escape.
        case malformedEscape
        /// Half of a surrogate pair, which stands for no character.
        case loneSurrogate
        /// Bytes that are not valid UTF-8.
        case invalidUTF8
        /// An object names this member (decoded) twice.
        case duplicateMember([UInt8])
        /// More containers inside each other than this limit.
        case nestedTooDeep(limit: Int)
        /// Something other than space follows the document.
        case trailingBytes
        /// The text is longer than `JSONDocument.maxLength`.
        case tooLong
    }

    /// What is wrong.
    public let reason: Reason

    /// Where: a byte offset from the start of the text. For a duplicate member with escapes in its name,
    /// where its object begins.
    public let offset: Int

    /// A sentence without a full stop, such as `malformed number at byte 7`.
    public var description: String { "\(sentence) at byte \(offset)" }

    private var sentence: String {
        switch reason {
        case .empty: "the JSON document is empty"
        case .unexpectedEnd: "the JSON document ends too early"
        case .unexpectedByte(let byte, let expected): "expected \(expected) but found \(named(byte))"
        case .malformedNumber: "malformed number"
        case .controlCharacter(let byte): "unescaped control character (\(named(byte))) in a string"
        case .malformedEscape: "malformed escape in a string"
        case .loneSurrogate: "lone surrogate in a string"
        case .invalidUTF8: "invalid UTF-8"
        case .duplicateMember(let name):
            "duplicate member \"\(String(decoding: name.prefix(200), as: UTF8.self))\""
        case .nestedTooDeep(let limit): "nested deeper than \(limit)"
        case .trailingBytes: "unexpected bytes after the JSON document"
        case .tooLong: "the JSON document is longer than \(JSONDocument.maxLength) bytes"
        }
    }

    private func named(_ byte: UInt8) -> String {
        if byte > 0x20 && byte < 0x7F { return "'\(Character(UnicodeScalar(byte)))'" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "byte 0x" + (byte < 16 ? "0" : "") + digits
    }
}
