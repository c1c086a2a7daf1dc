internal import Bytes

extension ByteBuffer {
    /// Appends what the inside of a JSON string stands for (RFC 8259, section 7), at most as long as `text`.
    /// The text is valid UTF-8 and ends before the closing quote, so a backslash is never its last byte but
    /// where it is malformed. O(count).
    ///
    /// - Returns: nil, or what is wrong and where in `text`.
    mutating func append(unescaping text: ByteView) -> (reason: StaticString, offset: Int)? {
        var failure: (reason: StaticString, offset: Int)?
        append(upTo: text.count) { room in
            var unescaping = Unescaping(text: text, room: room)
            failure = unescaping.run()
            return unescaping.made
        }
        return failure
    }
}

/// One string on its way. Invariant: `made` <= `at` <= `text.count` = `room.count`: each escape is longer than what
/// it stands for.
private struct Unescaping {
    let text: ByteView
    let room: UnsafeMutableBufferPointer<UInt8>
    var at = 0
    var made = 0

    init(text: ByteView, room: UnsafeMutableBufferPointer<UInt8>) {
        self.text = text
        self.room = room
    }

    mutating func run() -> (reason: StaticString, offset: Int)? {
        while at < text.count {
            while text.count &- at >= 8 {
                let word = UnsafeRawPointer(text.pointer + at).loadUnaligned(as: UInt64.self)
                // The classic test for a zero byte; it may take a byte after a backslash for one, too.
                let zeros = word ^ 0x5C5C_5C5C_5C5C_5C5C
                if (zeros &- 0x0101_0101_0101_0101) & ~zeros & 0x8080_8080_8080_8080 != 0 { break }
                UnsafeMutableRawPointer(room.baseAddress.unsafelyUnwrapped + made)
                    .storeBytes(of: word, as: UInt64.self)
                at &+= 8
                made &+= 8
            }
            if at == text.count { return nil }
            let byte = text.pointer[at]
            if byte != UInt8(ascii: "\\") {
                add(byte)
                at &+= 1
                continue
            }
            let start = at
            at += 2
            guard at <= text.count else { return ("malformed escape in a string", start) }
            switch text[start + 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): add(text[start + 1])
            case UInt8(ascii: "b"): add(0x08)
            case UInt8(ascii: "f"): add(0x0C)
            case UInt8(ascii: "n"): add(0x0A)
            case UInt8(ascii: "r"): add(0x0D)
            case UInt8(ascii: "t"): add(0x09)
            case UInt8(ascii: "u"):
                guard var code = hexadecimal() else { return ("malformed escape in a string", start) }
                if code & 0xF800 == 0xD800 {
                    guard code < 0xDC00, text.dropFirst(at).starts(with: ByteView("\\u")) else {
                        return ("lone surrogate in a string", start)
                    }
                    at += 2
                    guard let low = hexadecimal() else { return ("malformed escape in a string", at - 2) }
                    guard low & 0xFC00 == 0xDC00 else { return ("lone surrogate in a string", start) }
                    code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
                }
                add(scalar: code)
            default: return ("malformed escape in a string", start)
            }
        }
        return nil
    }

    private mutating func add(_ byte: UInt8) {
        room[made] = byte
        made &+= 1
    }

    /// UTF-8 of a code that is no surrogate and at most U+10FFFF.
    private mutating func add(scalar code: UInt32) {
        let tail = { (shift: UInt32) in 0x80 | UInt8(truncatingIfNeeded: code >> shift & 0x3F) }
        switch code {
        case ..<0x80:
            add(UInt8(code))
        case ..<0x800:
            add(0xC0 | UInt8(code >> 6))
            add(tail(0))
        case ..<0x10000:
            add(0xE0 | UInt8(code >> 12))
            add(tail(6))
            add(tail(0))
        default:
            add(0xF0 | UInt8(code >> 18))
            add(tail(12))
            add(tail(6))
            add(tail(0))
        }
    }

    /// The value of the four hexadecimal digits at hand, or nil.
    private mutating func hexadecimal() -> UInt32? {
        guard text.count - at >= 4 else { return nil }
        var code: UInt32 = 0
        for index in at..<at + 4 {
            let digit: UInt8
            switch text[index] {
            case let byte where byte &- UInt8(ascii: "0") < 10: digit = byte & 15
            case let byte where (byte | 0x20) &- UInt8(ascii: "a") < 6: digit = byte & 15 + 9
            default: return nil
            }
            code = code << 4 | UInt32(digit)
        }
        at += 4
        return code
    }
}

/// The offset of the first byte that makes `text` invalid UTF-8, or nil. O(count).
func firstInvalidUTF8(_ text: ByteView) -> Int? {
    var start = 0
    while start < text.count {
        // A block ends before the first byte of a sequence, where there is one near.
        var end = min(start + 4096, text.count)
        if end < text.count {
            for _ in 0..<3 where text[end] & 0xC0 == 0x80 { end -= 1 }
        }
        if !isValidUTF8(text[start..<end]) { break }
        start = end
    }
    var source = text.dropFirst(start).buffer.makeIterator()
    var parser = Unicode.UTF8.ForwardParser()
    while true {
        switch parser.parseScalar(from: &source) {
        case .valid(let scalar): start += scalar.count
        case .error: return start
        case .emptyInput: return nil
        }
    }
}
