/// Whether `text` holds a `%`; where not, it is its own decoded form and needs no copy. O(count).
@inlinable
public func needsPercentDecoding(_ text: ByteView) -> Bool { text.firstIndex(of: UInt8(ascii: "%")) != nil }

extension ByteBuffer {
    /// Appends the bytes that the percent-encoded path segment or query component stands for; false,
    /// with nothing appended, where a `%` is not followed by two hexadecimal digits. O(count).
    ///
    /// A `+` stays a `+`, and `%00` and bytes that are no UTF-8 are decoded like any other (RFC 3986,
    /// section 2.1).
    public mutating func append(percentDecoding text: ByteView) -> Bool {
        let start = count
        var from = 0
        while let at = text.firstIndex(of: UInt8(ascii: "%"), from: from) {
            guard text.count - at > 2, let high = hexValue(text[at + 1]), let low = hexValue(text[at + 2])
            else {
                truncate(to: start)
                return false
            }
            append(text[from..<at])
            append(high << 4 | low)
            from = at + 3
        }
        append(text[from..<text.count])
        return true
    }

    /// Appends `bytes` so that it can stand as a path segment or in a query: all but RFC 3986's
    /// unreserved characters as `%XX`. O(count).
    public mutating func append(percentEncoding bytes: ByteView) {
        reserve(bytes.count)
        for byte in bytes.buffer {
            if isUnreserved(byte) {
                append(byte)
            } else {
                append(UInt8(ascii: "%"))
                append(asciiUppercased(hexDigit(byte >> 4)))
                append(asciiUppercased(hexDigit(byte & 15)))
            }
        }
    }
}

/// Whether `byte` is of RFC 3986's unreserved characters: a letter, a digit, or one of `-._~`.
private func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        true
    default: false
    }
}
