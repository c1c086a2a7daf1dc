internal import Bytes
internal import Engine

// Commands as they are sent: arrays of bulk strings.
extension ByteBuffer {
    mutating func append(command name: ByteView, _ arguments: borrowing Arguments) {
        begin(command: name, arguments: arguments.count)
        for index in 0..<arguments.count { append(bulk: arguments[index]) }
    }

    mutating func append(command words: StaticString...) {
        append(UInt8(ascii: "*"))
        append(decimal: words.count)
        append("\r\n")
        for word in words { append(bulk: ByteView(word)) }
    }

    /// Begins a command; so many arguments follow.
    mutating func begin(command name: ByteView, arguments count: Int) {
        append(UInt8(ascii: "*"))
        append(decimal: count + 1)
        append("\r\n")
        append(bulk: name)
    }

    mutating func append(bulk bytes: ByteView) {
        append(UInt8(ascii: "$"))
        append(decimal: bytes.count)
        append("\r\n")
        append(bytes)
        append("\r\n")
    }
}
