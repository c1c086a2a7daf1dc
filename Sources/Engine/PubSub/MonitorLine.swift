internal import Bytes

extension ByteBuffer {
    /// Appends a command as Redis's MONITOR shows it: `1721284005.242090 [0 0.0.0.0:0] "GET" "k"`. Clients have no
    /// address here. O(bytes of the arguments).
    /// - Parameter microseconds: Unix time.
    mutating func append(
        monitored name: StaticString, _ arguments: borrowing Arguments, at microseconds: Int64
    ) {
        append(decimal: microseconds / 1_000_000)
        append(UInt8(ascii: "."))
        var digit: Int64 = 100_000
        while digit > 0 {
            append(UInt8(ascii: "0") + UInt8(microseconds / digit % 10))
            digit /= 10
        }
        append(" [0 0.0.0.0:0] ")
        append(quoted: ByteView(name))
        // A name and a password follow AUTH.
        let isHello = ByteView(name) == ByteView("HELLO")
        var secrets = 0
        for index in 0..<arguments.count {
            append(UInt8(ascii: " "))
            append(quoted: secrets > 0 ? ByteView("(redacted)") : arguments[index])
            secrets -= 1
            if isHello, secrets <= 0, arguments.matches(index, "AUTH") { secrets = 2 }
        }
    }

    /// Appends a text in double quotes, escaped as Redis's `sdscatrepr` does.
    private mutating func append(quoted text: ByteView) {
        append(UInt8(ascii: "\""))
        for byte in text.buffer {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 7: append("\\a")
            case 8: append("\\b")
            case 9: append("\\t")
            case 10: append("\\n")
            case 13: append("\\r")
            case 32..<127: append(byte)
            default:
                append("\\x")
                append(hexDigit(byte >> 4))
                append(hexDigit(byte & 15))
            }
        }
        append(UInt8(ascii: "\""))
    }

    private func hexDigit(_ value: UInt8) -> UInt8 { value + UInt8(ascii: value < 10 ? "0" : "W") }
}
