internal import CSimdjson

/// Why a body is no command, or no array of commands.
struct CommandSyntaxError: Error, CustomStringConvertible {
    /// A sentence without a full stop.
    let reason: StaticString
    /// Where: a byte offset into the body.
    let offset: Int

    init(_ reason: StaticString, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    init(_ error: csimdjson_error, at offset: Int) {
        self.init(CommandSyntaxError.reason(error), at: offset)
    }

    /// The sentence for a client, such as `malformed number at byte 7`.
    var description: String { "\(reason) at byte \(offset)" }

    private static func reason(_ error: csimdjson_error) -> StaticString {
        switch error {
        case CSIMDJSON_NO_MEMORY: "there is no memory to read the body"
        case CSIMDJSON_TOO_LONG: "the body is longer than 4 GiB"
        case CSIMDJSON_EMPTY: "the body is empty"
        case CSIMDJSON_INVALID_UTF8: "invalid UTF-8"
        case CSIMDJSON_CONTROL_CHARACTER: "unescaped control character in a string"
        case CSIMDJSON_UNCLOSED_STRING: "the body ends inside a string"
        case CSIMDJSON_CUT: "the body ends too early"
        case CSIMDJSON_NO_COMMANDS: "expected an array of commands"
        case CSIMDJSON_NO_COMMAND: "expected a command, which is an array"
        case CSIMDJSON_EMPTY_COMMAND: "a command must have a name"
        case CSIMDJSON_NAME: "the name of a command must be a string"
        case CSIMDJSON_NULL: "null cannot be an argument"
        case CSIMDJSON_ARRAY: "an array cannot be an argument"
        case CSIMDJSON_OBJECT: "an object cannot be an argument, except {\"base64\":\"…\"}"
        case CSIMDJSON_NUMBER: "malformed number"
        case CSIMDJSON_SEPARATOR: "expected ',' or ']'"
        case CSIMDJSON_TRAILING: "unexpected bytes after the array"
        default: "expected a string, a number or a boolean"
        }
    }
}
