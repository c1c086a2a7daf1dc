@usableFromInline
let base64Alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/// The six bits that each byte stands for; 0x80 where it is not of the alphabet.
private let base64Values: [UInt8] = {
    var values = [UInt8](repeating: 0x80, count: 256)
    for i in 0..<64 { values[Int(base64Alphabet.utf8Start[i])] = UInt8(i) }
    return values
}()

extension ByteBuffer {
    /// Appends `bytes` in base64: the standard alphabet, padded (RFC 4648, section 4). O(count).
    public mutating func append(base64 bytes: ByteView) {
        let (rounded, overflow) = bytes.count.addingReportingOverflow(2)
        let (size, over) = (rounded / 3).multipliedReportingOverflow(by: 4)
        precondition(!overflow && !over, "base64 size overflows")
        if size == 0 { return }
        append(upTo: size) { out in
            encodeBase64(bytes, into: out.baseAddress.unsafelyUnwrapped)
            return size
        }
    }

    /// Appends what the base64 `text` encodes; false, with nothing appended, where it is malformed.
    ///
    /// Strict: the standard alphabet, padding required, no line breaks, and the unused bits of the last
    /// digit zero, so that every byte string has exactly one text (RFC 4648, section 3.5). O(count).
    public mutating func append(decodingBase64 text: ByteView) -> Bool {
        if text.isEmpty { return true }
        if text.count % 4 != 0 { return false }
        var size = 0
        append(upTo: text.count / 4 * 3) { out in
            size = decodeBase64(text, into: out.baseAddress.unsafelyUnwrapped) ?? -1
            return max(size, 0)
        }
        return size >= 0
    }
}

/// Writes the text of `bytes`, four bytes for each three begun, to `out`.
private func encodeBase64(_ bytes: ByteView, into out: UnsafeMutablePointer<UInt8>) {
    let alphabet = base64Alphabet.utf8Start
    let source = bytes.pointer
    var from = 0
    var to = 0
    while from &+ 3 <= bytes.count {
        let group = Int(source[from]) << 16 | Int(source[from &+ 1]) << 8 | Int(source[from &+ 2])
        out[to] = alphabet[group >> 18]
        out[to &+ 1] = alphabet[group >> 12 & 63]
        out[to &+ 2] = alphabet[group >> 6 & 63]
        out[to &+ 3] = alphabet[group & 63]
        from &+= 3
        to &+= 4
    }
    if from == bytes.count { return }
    let two = from &+ 2 == bytes.count
    let group = Int(source[from]) << 16 | (two ? Int(source[from &+ 1]) << 8 : 0)
    out[to] = alphabet[group >> 18]
    out[to &+ 1] = alphabet[group >> 12 & 63]
    out[to &+ 2] = two ? alphabet[group >> 6 & 63] : UInt8(ascii: "=")
    out[to &+ 3] = UInt8(ascii: "=")
}

/// Decodes `text`, a positive multiple of four long, to `out`; how many bytes it came to, or nil.
private func decodeBase64(_ text: ByteView, into out: UnsafeMutablePointer<UInt8>) -> Int? {
    base64Values.withUnsafeBufferPointer { table -> Int? in
        let values = table.baseAddress.unsafelyUnwrapped
        let source = text.pointer
        let last = text.count - 4
        var to = 0
        var seen: UInt8 = 0
        for from in stride(from: 0, to: last, by: 4) {
            let (a, b) = (values[Int(source[from])], values[Int(source[from &+ 1])])
            let (c, d) = (values[Int(source[from &+ 2])], values[Int(source[from &+ 3])])
            seen |= a | b | c | d
            out[to] = a << 2 | b >> 4
            out[to &+ 1] = b << 4 | c >> 2
            out[to &+ 2] = c << 6 | d
            to &+= 3
        }
        let pad = UInt8(ascii: "=")
        let padding = source[last + 3] != pad ? 0 : source[last + 2] != pad ? 1 : 2
        let (a, b) = (values[Int(source[last])], values[Int(source[last + 1])])
        let c = padding == 2 ? 0 : values[Int(source[last + 2])]
        let d = padding >= 1 ? 0 : values[Int(source[last + 3])]
        let unused = padding == 2 ? b & 15 : padding == 1 ? c & 3 : 0
        if (seen | a | b | c | d) & 0x80 != 0 || unused != 0 { return nil }
        out[to] = a << 2 | b >> 4
        if padding < 2 { out[to + 1] = b << 4 | c >> 2 }
        if padding < 1 { out[to + 2] = c << 6 | d }
        return to + 3 - padding
    }
}
