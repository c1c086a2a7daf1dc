#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

extension ByteBuffer {
    /// Appends `bytes` as a JSON string, or as `{"base64":"…"}` where they are not valid UTF-8.
    ///
    /// Only what RFC 8259 requires is escaped: quote, backslash and control characters. One pass copies
    /// and checks eight bytes at a time; anything but plain ASCII goes on in `finishJSONString`. O(count).
    @inlinable
    public mutating func appendJSONString(_ bytes: ByteView) { appendJSONString(bytes, replaces: false) }

    /// Appends `bytes` as a JSON string, in which U+FFFD stands for what is not valid UTF-8: one for each
    /// maximal subpart of a sequence (Unicode 15, section 3.9), as most decoders have it. O(count).
    @inlinable
    public mutating func appendJSONString(replacingInvalid bytes: ByteView) {
        appendJSONString(bytes, replaces: true)
    }

    @inlinable @inline(__always)
    mutating func appendJSONString(_ bytes: ByteView, replaces: Bool) {
        let n = bytes.count
        // A contents length is at most Int.max, and far below it for any real allocation.
        reserve(n &+ 2)
        let source = UnsafeRawPointer(bytes.pointer)
        let start = length
        let out = UnsafeMutableRawPointer(base.unsafelyUnwrapped + start)
        out.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
        var i = 0
        while i &+ 8 <= n {
            let word = source.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            if needsJSONAttention(word) { return finishJSONString(bytes, from: i, replaces: replaces) }
            out.storeBytes(of: word, toByteOffset: i &+ 1, as: UInt64.self)
            i &+= 8
        }
        while i < n {
            let byte = source.load(fromByteOffset: i, as: UInt8.self)
            if needsJSONAttention(byte) { return finishJSONString(bytes, from: i, replaces: replaces) }
            out.storeBytes(of: byte, toByteOffset: i &+ 1, as: UInt8.self)
            i &+= 1
        }
        out.storeBytes(of: UInt8(ascii: "\""), toByteOffset: n &+ 1, as: UInt8.self)
        length = start &+ n &+ 2
    }

    /// Goes on with a string of which the opening quote and the first `copied` bytes are written past
    /// the contents (reserved, not yet counted).
    @usableFromInline @inline(never)
    mutating func finishJSONString(_ bytes: ByteView, from copied: Int, replaces: Bool) {
        let start = length
        let source = bytes.pointer
        length = start + 1 + copied
        var i = copied
        while i < bytes.count {
            let run = i
            var invalid = false
            scan: while i < bytes.count {
                while i &+ 8 <= bytes.count {
                    let word = UnsafeRawPointer(source).loadUnaligned(fromByteOffset: i, as: UInt64.self)
                    if needsJSONAttention(word) { break }
                    i &+= 8
                }
                // Text of another script is a run of multi-byte sequences: stay here while they last.
                while i < bytes.count {
                    let byte = source[i]
                    if byte >= 0x80 {
                        let sequence = utf8SequenceLength(source + i, count: bytes.count &- i)
                        if sequence == 0 {
                            invalid = true
                            break scan
                        }
                        i &+= sequence
                    } else if needsJSONAttention(byte) {
                        break scan
                    } else {
                        i &+= 1
                        if i & 7 == 0 { break }
                    }
                }
            }
            if invalid, replaces {
                append(bytes[run..<i])
                append("\u{FFFD}")
                i &+= utf8InvalidLength(source + i, count: bytes.count &- i)
                continue
            }
            if invalid {
                length = start
                return appendBase64Object(bytes)
            }
            append(bytes[run..<i])
            if i < bytes.count {
                appendJSONEscape(source[i])
                i &+= 1
            }
        }
        append(UInt8(ascii: "\""))
    }

    /// Appends `{"base64":"…"}`, the form that a byte string takes where JSON has no string for it.
    public mutating func appendBase64Object(_ bytes: ByteView) {
        append("{\"base64\":\"")
        append(base64: bytes)
        append("\"}")
    }

    /// Appends the escape of a quote, a backslash or a control character.
    private mutating func appendJSONEscape(_ byte: UInt8) {
        // In one go: text of nothing but control characters is six times as long in JSON.
        append(upTo: 6) { room in
            room[0] = UInt8(ascii: "\\")
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): room[1] = byte
            case 0x08: room[1] = UInt8(ascii: "b")
            case 0x09: room[1] = UInt8(ascii: "t")
            case 0x0A: room[1] = UInt8(ascii: "n")
            case 0x0C: room[1] = UInt8(ascii: "f")
            case 0x0D: room[1] = UInt8(ascii: "r")
            default:
                room[1] = UInt8(ascii: "u")
                room[2] = UInt8(ascii: "0")
                room[3] = UInt8(ascii: "0")
                room[4] = hexDigit(byte >> 4)
                room[5] = hexDigit(byte & 15)
                return 6
            }
            return 2
        }
    }

    /// Appends `value` as a JSON number, exact to 64 bits.
    @inlinable
    public mutating func appendJSON(_ value: Int64) { append(decimal: value) }

    /// Appends `value` as a JSON number, exact to 64 bits.
    @inlinable
    public mutating func appendJSON(_ value: UInt64) { append(decimal: value) }

    /// Appends `value` as a JSON number.
    @inlinable
    public mutating func appendJSON(_ value: Int) { append(decimal: value) }

    /// Appends `true` or `false`.
    @inlinable
    public mutating func appendJSON(_ value: Bool) {
        if value { append("true") } else { append("false") }
    }

    /// Appends `value` as a JSON number in Redis's print; infinities (and NaN), for which JSON has no
    /// number, as the strings `"inf"`, `"-inf"`, `"nan"`.
    public mutating func appendJSON(_ value: Double) {
        if value.isFinite { return append(double: value) }
        append(UInt8(ascii: "\""))
        append(double: value)
        append(UInt8(ascii: "\""))
    }
}

/// Whether one of the eight bytes is not ASCII, or a control character, a quote or a backslash.
///
/// Per byte, with the high bit as the answer: `x - 0x20` borrows under 0x20, and `(x ^ c) - 1` borrows
/// where x is c. A borrow may spill into a byte above one that really answers, never elsewhere, so the
/// whole is right.
@inlinable @inline(__always)
func needsJSONAttention(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = (word ^ (ones &* 0x22)) &- ones
    let backslashes = (word ^ (ones &* 0x5C)) &- ones
    let controls = word &- (ones &* 0x20)
    return (word | quotes | backslashes | controls) & (ones &* 0x80) != 0
}

/// As for a word, for one byte.
@inlinable @inline(__always)
func needsJSONAttention(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == 0x22 || byte == 0x5C || byte >= 0x80
}
