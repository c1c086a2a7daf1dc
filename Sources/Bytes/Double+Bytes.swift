internal import CLongDouble

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// The double that the whole of `text` spells, or nil. O(count).
///
/// As Redis reads a score (`getDoubleFromObject`): what `strtod` takes, so also hexadecimal floats and
/// `inf`, `+inf`, `-infinity` in any case; but not an empty text, surrounding space, NaN, or a number
/// that overflows to infinity or underflows to zero.
public func parseDouble(_ text: ByteView) -> Double? {
    if let simple = parseSimpleDecimal(text) { return simple }
    guard let first = text.buffer.first, !isSpace(first) else { return nil }
    let (value, consumed, outOfRange) = standardParse(text)
    if consumed != text.count || value.isNaN { return nil }
    if outOfRange && (value.isInfinite || value == 0) { return nil }
    return value
}

/// The double that bounds a score range, or nil.
///
/// Redis reads these more loosely than scores (`zslParseRange`): leading space and an empty text (zero)
/// are taken, what overflows is infinite, and a NUL ends the text. The `(` of an exclusive bound is the
/// caller's.
public func parseScoreBound(_ text: ByteView) -> Double? {
    let ended = text.firstIndex(of: 0).map { text[0..<$0] } ?? text
    if let simple = parseSimpleDecimal(ended) { return simple }
    let (value, consumed, _) = standardParse(ended)
    return consumed != ended.count || value.isNaN ? nil : value
}

/// `-?digits(.digits)?` of at most 15 digits, or nil for anything else. Both the digits and the power of
/// ten are then exact doubles, so their quotient is correctly rounded (Clinger's fast path).
private func parseSimpleDecimal(_ text: ByteView) -> Double? {
    if text.isEmpty || text.count > 17 { return nil }
    let negative = text.pointer[0] == UInt8(ascii: "-")
    var digits: UInt64 = 0
    var digitCount = 0
    var point: Int?
    for i in (negative ? 1 : 0)..<text.count {
        let digit = text.pointer[i] &- UInt8(ascii: "0")
        if digit <= 9 {
            digits = digits &* 10 &+ UInt64(digit)
            digitCount += 1
        } else if text.pointer[i] == UInt8(ascii: "."), point == nil {
            point = digitCount
        } else {
            return nil
        }
    }
    if digitCount == 0 || digitCount > 15 { return nil }
    var value = Double(digits)
    if let point {
        var scale = 1.0
        for _ in point..<digitCount { scale *= 10 }
        value /= scale
    }
    return negative ? -value : value
}

/// `strtod` on a NUL-terminated copy (on the stack for up to a kilobyte): the value, how many bytes it
/// took, and whether it reported ERANGE. An embedded NUL ends what is read.
private func standardParse(_ text: ByteView) -> (value: Double, consumed: Int, outOfRange: Bool) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { copy in
        let start = copy.baseAddress.unsafelyUnwrapped
        memcpy(start, text.pointer, text.count)
        start[text.count] = 0
        var end: UnsafeMutablePointer<CChar>?
        errno = 0
        let value = strtod(start, &end)
        return (value, end.unsafelyUnwrapped - start, errno == ERANGE)
    }
}

private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 9 < 5 }

extension ByteBuffer {
    /// Appends `value` as Redis 7.0 prints a score: C's `%.17g`, infinities as `inf` and `-inf`.
    public mutating func append(double value: Double) {
        // Below 1e17 `%.17g` prints a whole number as its digits; the range is kept to where the
        // conversion is exact. Minus zero has its sign printed.
        if value.magnitude < 9_007_199_254_740_992, value == value.rounded(.towardZero) {
            if value == 0 && value.sign == .minus { append(UInt8(ascii: "-")) }
            append(decimal: Int64(value))
        } else if value.magnitude < 10_000_000, value * 1024 == (value * 1024).rounded(.towardZero) {
            appendBinaryFraction(value)
        } else if value.isNaN {
            append("nan")
        } else {
            append(upTo: 32) { free in
                free.withMemoryRebound(to: CChar.self) {
                    Int(rw_format_double(value, $0.baseAddress.unsafelyUnwrapped))
                }
            }
        }
    }

    /// Appends a fraction of at most ten bits and seven digits before the point. Its decimals are then
    /// exact in ten digits (1/1024 is 9765625 / 10^10), so all within the 17 of `%.17g`.
    private mutating func appendBinaryFraction(_ value: Double) {
        if value < 0 { append(UInt8(ascii: "-")) }
        let scaled = UInt64(value.magnitude * 1024)
        append(decimal: scaled >> 10)
        append(UInt8(ascii: "."))
        var decimals = (scaled & 1023) * 9_765_625
        var digits = 10
        while decimals % 10 == 0 {
            decimals /= 10
            digits -= 1
        }
        for _ in decimalDigitCount(decimals)..<digits { append(UInt8(ascii: "0")) }
        append(decimal: decimals)
    }
}
