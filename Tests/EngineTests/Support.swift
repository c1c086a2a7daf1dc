import Bytes
import Engine
import TestSupport
import Testing

// Command lines and replies as text, so that a test reads like a session of redis-cli:
//
//     > RPUSH l a 1
//     (integer) 2
//     > LRANGE l 0 -1
//     ["a", "1"]
//
// Replies are printed as RESP2 would carry them: strings (and doubles) quoted with the escapes of
// redis-cli, statuses bare, arrays (and maps, flat) in brackets on one line, `(nil)`, `(nil array)`,
// `(error) ERR …`.

/// Executes a command line and prints the reply.
func run(_ engine: some CommandEngine, _ line: String) -> String {
    let words = splitCommandLine(line)
    return run(engine, words)
}

/// Executes a command, its name first, and prints the reply.
func run(_ engine: some CommandEngine, _ words: [[UInt8]]) -> String {
    withViews(words) { views in
        guard let name = views.first else { return "(no command)" }
        var reply = Reply()
        guard let command = engine.find(name) else {
            views.withUnsafeBufferPointer { reply.unknownCommand(Arguments($0)) }
            return printed(reply)
        }
        views.withUnsafeBufferPointer { buffer in
            _ = engine.execute(command, Arguments(UnsafeBufferPointer(rebasing: buffer[1...])), into: &reply)
        }
        return printed(reply)
    }
}

/// Executes a command line and tells what else is known of it.
func outcome(_ engine: some CommandEngine, _ line: String) -> Outcome {
    withViews(splitCommandLine(line)) { views in
        guard let command = engine.find(views[0]) else { preconditionFailure("no command in '\(line)'") }
        var reply = Reply()
        return views.withUnsafeBufferPointer { buffer in
            engine.execute(command, Arguments(UnsafeBufferPointer(rebasing: buffer[1...])), into: &reply)
        }
    }
}

/// Waits for what another thread or the clock brings about; fails after a minute.
func waitUntil(sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool) {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
        if ContinuousClock.now > deadline {
            Issue.record("waited in vain", sourceLocation: sourceLocation)
            return
        }
    }
}

/// Executes the lines of a transcript that begin with `> ` on a fresh engine and compares each reply with
/// the line below it.
func expectTranscript(
    _ transcript: String, on engine: some CommandEngine = TestEngine(),
    sourceLocation: SourceLocation = #_sourceLocation
) {
    var command: Substring?
    for line in transcript.split(separator: "\n") {
        if line.hasPrefix("> ") {
            command = line.dropFirst(2)
        } else if let asked = command {
            #expect(run(engine, String(asked)) == line, "\(asked)", sourceLocation: sourceLocation)
            command = nil
        }
    }
}

/// The reply's first value as text.
func printed(_ reply: borrowing Reply) -> String {
    var reader = reply.reader
    if reader.isAtEnd { return "(no reply)" }
    return printed(&reader)
}

/// Every value of a reply as text.
func printedAll(_ reply: borrowing Reply) -> [String] {
    var reader = reply.reader
    var values: [String] = []
    while !reader.isAtEnd { values.append(printed(&reader)) }
    return values
}

/// The next value of a reply as text.
func printed(_ reader: inout ReplyReader) -> String {
    switch reader.next() {
    case .null: return "(nil)"
    case .nullArray: return "(nil array)"
    case .integer(let value): return "(integer) \(value)"
    case .double(let value):
        var text = ByteBuffer()
        text.append(double: value)
        return quoted(text.view)
    case .bytes(let value): return quoted(value)
    case .status(let text): return text.string
    case .error(let text): return "(error) \(text.string)"
    case .array(let count):
        return "[" + (0..<count).map { _ in printed(&reader) }.joined(separator: ", ") + "]"
    case .map(let count):
        return "[" + (0..<2 * count).map { _ in printed(&reader) }.joined(separator: ", ") + "]"
    }
}

/// As redis-cli quotes a string.
private func quoted(_ bytes: ByteView) -> String {
    var text = "\""
    for byte in bytes.buffer {
        switch byte {
        case UInt8(ascii: "\""): text += "\\\""
        case UInt8(ascii: "\\"): text += "\\\\"
        case 10: text += "\\n"
        case 13: text += "\\r"
        case 9: text += "\\t"
        case 7: text += "\\a"
        case 8: text += "\\b"
        case 32..<127: text.unicodeScalars.append(Unicode.Scalar(byte))
        default:
            let hex = String(byte, radix: 16)
            text += "\\x" + (hex.count < 2 ? "0" : "") + hex
        }
    }
    return text + "\""
}

/// The words of a command line: separated by spaces, or in double quotes with `\"`, `\\`, `\n`, `\r`,
/// `\t` and `\xHH`.
func splitCommandLine(_ line: String) -> [[UInt8]] {
    var words: [[UInt8]] = []
    var word: [UInt8]?
    var inQuotes = false
    let bytes = Array(line.utf8)
    var i = 0
    while i < bytes.count {
        let byte = bytes[i]
        i += 1
        if inQuotes {
            if byte == UInt8(ascii: "\"") {
                inQuotes = false
            } else if byte == UInt8(ascii: "\\"), i < bytes.count {
                let escaped = bytes[i]
                i += 1
                switch escaped {
                case UInt8(ascii: "n"): word?.append(10)
                case UInt8(ascii: "r"): word?.append(13)
                case UInt8(ascii: "t"): word?.append(9)
                case UInt8(ascii: "x"):
                    let digits = String(decoding: bytes[i..<min(i + 2, bytes.count)], as: UTF8.self)
                    word?.append(UInt8(digits, radix: 16) ?? 0)
                    i += 2
                default: word?.append(escaped)
                }
            } else {
                word?.append(byte)
            }
        } else if byte == UInt8(ascii: "\"") {
            inQuotes = true
            word = word ?? []
        } else if byte == UInt8(ascii: " ") {
            if let done = word { words.append(done) }
            word = nil
        } else {
            word = (word ?? []) + [byte]
        }
    }
    if let done = word { words.append(done) }
    return words
}
