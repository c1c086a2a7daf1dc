/// The 64-bit integer that `text` spells in Redis's strict form, or nil. O(count).
///
/// As Redis's `string2ll`: an optional `-`, then digits without a leading zero (except `0` itself); no
/// `+`, no `-0`, no spaces. A text that parses is therefore the one text that prints its value, which is
/// what lets a string be kept as an integer.
@inlinable
public func parseInt64(_ text: ByteView) -> Int64? {
    var rest = text
    var negative = false
    if rest.count > 1, rest.pointer[0] == UInt8(ascii: "-") {
        negative = true
        rest = rest.dropFirst(1)
    }
    guard let magnitude = parseUInt64Strict(rest) else { return nil }
    if !negative { return Int64(exactly: magnitude) }
    if magnitude == 0 || magnitude > Int64.min.magnitude { return nil }
    return Int64(truncatingIfNeeded: 0 &- magnitude)
}

/// The unsigned integer that `text` spells as decimal digits alone; leading zeros are allowed, a sign
/// is not. For query parameters and cursors. Nil where it is empty, something else, or over 64 bits.
@inlinable
public func parseUInt64(_ text: ByteView) -> UInt64? {
    if text.isEmpty { return nil }
    var value: UInt64 = 0
    // Nineteen digits can't overflow: only what is longer is checked.
    let safe = min(text.count, 19)
    var i = 0
    while i < safe {
        let digit = text.pointer[i] &- UInt8(ascii: "0")
        if digit > 9 { return nil }
        value = value &* 10 &+ UInt64(digit)
        i &+= 1
    }
    while i < text.count {
        let digit = text.pointer[i] &- UInt8(ascii: "0")
        if digit > 9 { return nil }
        let (scaled, over) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = scaled.addingReportingOverflow(UInt64(digit))
        if over || carry { return nil }
        value = sum
        i &+= 1
    }
    return value
}

/// As `parseUInt64`, but without leading zeros: the one text that prints its value.
@inlinable
public func parseUInt64Strict(_ text: ByteView) -> UInt64? {
    if text.count > 20 { return nil }
    if text.count > 1, text.pointer[0] == UInt8(ascii: "0") { return nil }
    return parseUInt64(text)
}

/// How many decimal digits `value` prints as: 1 for 0, 20 at most.
@inlinable
public func decimalDigitCount(_ value: UInt64) -> Int {
    var rest = value
    var digits = 1
    while true {
        if rest < 10 { return digits }
        if rest < 100 { return digits &+ 1 }
        if rest < 1000 { return digits &+ 2 }
        if rest < 10000 { return digits &+ 3 }
        rest /= 10000
        digits &+= 4
    }
}

@usableFromInline
let digitPairs: StaticString = """
    0001020304050607080910111213141516171819\
    2021222324252627282930313233343536373839\
    4041424344454647484950515253545556575859\
    6061626364656667686970717273747576777879\
    8081828384858687888990919293949596979899
    """

extension ByteBuffer {
    /// Appends `value` in decimal.
    @inlinable
    public mutating func append(decimal value: UInt64) {
        let digits = decimalDigitCount(value)
        reserve(digits)
        writeDigits(of: value, endingAt: digits)
        length &+= digits
    }

    /// Appends `value` in decimal, with a `-` where it is negative.
    @inlinable
    public mutating func append(decimal value: Int64) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude)
    }

    /// Appends `value` in decimal, with a `-` where it is negative.
    @inlinable
    public mutating func append(decimal value: Int) { append(decimal: Int64(value)) }

    /// Appends `value` in lower-case hexadecimal, without leading zeros unless `width` asks for them.
    ///
    /// - Parameter width: the least number of digits, at most 16.
    public mutating func append(hex value: UInt64, width: Int = 1) {
        precondition(width >= 1 && width <= 16, "a 64-bit number has 1 to 16 hexadecimal digits")
        let digits = max(width, (64 - value.leadingZeroBitCount + 3) / 4)
        append(upTo: digits) { room in
            var rest = value
            for position in stride(from: digits - 1, through: 0, by: -1) {
                room[position] = hexDigit(UInt8(truncatingIfNeeded: rest) & 15)
                rest >>= 4
            }
            return digits
        }
    }

    /// Writes the decimal digits of `value` so that the last lies at `end - 1` past the contents. The
    /// caller has reserved `end` bytes and counted the digits.
    @inlinable
    mutating func writeDigits(of value: UInt64, endingAt end: Int) {
        let out = base.unsafelyUnwrapped + length
        let pairs = digitPairs.utf8Start
        var rest = value
        var at = end
        while rest >= 100 {
            let pair = Int(truncatingIfNeeded: rest % 100) &* 2
            rest /= 100
            at &-= 2
            out[at] = pairs[pair]
            out[at &+ 1] = pairs[pair &+ 1]
        }
        if rest >= 10 {
            let pair = Int(truncatingIfNeeded: rest) &* 2
            out[at &- 2] = pairs[pair]
            out[at &- 1] = pairs[pair &+ 1]
        } else {
            out[at &- 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest)
        }
    }
}

/// The lower-case hexadecimal digit of `value`, which is under 16.
@inlinable
func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &- 10 &+ value
}

/// The value of a hexadecimal digit of either case, or nil.
@inlinable
func hexValue(_ digit: UInt8) -> UInt8? {
    let decimal = digit &- UInt8(ascii: "0")
    if decimal < 10 { return decimal }
    let letter = (digit | 0x20) &- UInt8(ascii: "a")
    return letter < 6 ? letter &+ 10 : nil
}
