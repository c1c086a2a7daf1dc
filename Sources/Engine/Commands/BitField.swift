internal import Bytes

/// An integer of 1 to 64 bits at any bit of a string: BITFIELD's `i16`, `u8` …
struct BitField {
    let isSigned: Bool
    let width: Int

    /// `i1` … `i64`, `u1` … `u63`.
    /// - Throws: `.bitfieldType`.
    init(_ text: ByteView) throws(CommandError) {
        guard text.count > 1, let width = parseInt64(text.dropFirst(1)) else { throw .bitfieldType }
        switch text[0] {
        case UInt8(ascii: "i") where width >= 1 && width <= 64: isSigned = true
        case UInt8(ascii: "u") where width >= 1 && width <= 63: isSigned = false
        default: throw .bitfieldType
        }
        self.width = Int(width)
    }

    /// The field at a bit offset; bits past the end of the string are zero.
    func read(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int64 {
        // Nine bytes hold every field; all but the last bits of the first eight make one word.
        let first = offset >> 3
        var word: UInt64 = 0
        for i in first..<first + 8 { word = word << 8 | UInt64(i < bytes.count ? bytes[i] : 0) }
        let skipped = offset & 7
        if skipped > 0 {
            let next = first + 8 < bytes.count ? bytes[first + 8] : 0
            word = word << UInt64(skipped) | UInt64(next) >> UInt64(8 - skipped)
        }
        let unused = UInt64(64 - width)
        return isSigned ? Int64(bitPattern: word) >> Int64(unused) : Int64(bitPattern: word >> unused)
    }

    /// Stores the low bits of `value`; the field lies within the string.
    func write(_ value: Int64, _ bytes: UnsafeMutableBufferPointer<UInt8>, at offset: Int) {
        for i in 0..<width {
            let bit = UInt8(truncatingIfNeeded: value >> Int64(width - 1 - i)) & 1
            let index = offset + i
            let shift = UInt8(7 - index & 7)
            bytes[index >> 3] = bytes[index >> 3] & ~(1 << shift) | bit << shift
        }
    }

    /// What to do with a value that does not fit.
    enum Overflow {
        case wrap, saturate, fail
    }

    /// `value + increment` as the field holds it; nil where it does not fit and the mode is `.fail`.
    func sum(_ value: Int64, _ increment: Int64, _ mode: Overflow) -> Int64? {
        let sum = WideSum(value, increment)
        if fits(sum) { return sum.low }
        switch mode {
        case .fail: return nil
        case .saturate: return sum.isNegative ? minimum : maximum
        case .wrap:
            let unused = UInt64(64 - width)
            let bits = UInt64(bitPattern: sum.low) << unused
            return isSigned ? Int64(bitPattern: bits) >> Int64(unused) : Int64(bitPattern: bits >> unused)
        }
    }

    /// What SET stores: as `sum`, but an unsigned field takes the value's bits as an unsigned number, so that
    /// a negative one is too large and not too small. Redis also takes those negative numbers for too large
    /// whose distance to the field's maximum overflows 64 bits.
    func fitted(_ value: Int64, _ mode: Overflow) -> Int64? {
        if mode == .saturate && width < 64 && value < (isSigned ? maximum - .max : 0) { return maximum }
        return sum(value, 0, mode)
    }

    private var maximum: Int64 { isSigned ? .max >> Int64(64 - width) : .max >> Int64(63 - width) }
    private var minimum: Int64 { isSigned ? .min >> Int64(64 - width) : 0 }

    private func fits(_ sum: WideSum) -> Bool {
        !sum.overflows && sum.low >= minimum && sum.low <= maximum
    }

    /// The sum of two 64-bit integers with the sign that it has without bounds.
    private struct WideSum {
        /// The low 64 bits.
        let low: Int64
        let overflows: Bool
        let isNegative: Bool

        init(_ a: Int64, _ b: Int64) {
            (low, overflows) = a.addingReportingOverflow(b)
            // Two numbers overflow only where both have the same sign, which is then the sum's.
            isNegative = overflows ? a < 0 : low < 0
        }
    }
}
