internal import CLongDouble

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// C's `long double`, the type in which Redis computes INCRBYFLOAT and HINCRBYFLOAT.
///
/// 80 bits on x86-64 and 128 on arm64, so the last of the 17 printed decimals may differ between the
/// two, as they do in Redis.
public struct LongDouble {
    private var storage: rw_long_double

    /// The longest text read or printed is one byte shorter (Redis's MAX_LONG_DOUBLE_CHARS).
    public static var maxTextLength: Int { 5 * 1024 }

    /// The number that the whole of `text` spells, as Redis's `string2ld` reads it: what `strtold` takes
    /// (also infinities and hexadecimal floats), but not an empty text, surrounding space, NaN, what
    /// overflows or underflows, or a text of 5 KiB or more. O(count).
    public init?(_ text: ByteView) {
        guard text.count < Self.maxTextLength else { return nil }
        let parsed = withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) {
            copy -> rw_long_double? in
            let start = copy.baseAddress.unsafelyUnwrapped
            memcpy(start, text.pointer, text.count)
            start[text.count] = 0
            var result = rw_long_double()
            return rw_parse_long_double(start, text.count, &result) == 1 ? result : nil
        }
        guard let parsed else { return nil }
        storage = parsed
    }

    private init(_ storage: rw_long_double) { self.storage = storage }

    /// Whether the number is neither an infinity nor NaN.
    public var isFinite: Bool { rw_is_finite_long_double(storage) == 1 }

    /// The sum; infinite where it overflows, NaN for infinities of opposite signs.
    public static func + (a: LongDouble, b: LongDouble) -> LongDouble {
        LongDouble(rw_add_long_double(a.storage, b.storage))
    }

    fileprivate func write(into free: UnsafeMutableBufferPointer<UInt8>) -> Int {
        free.withMemoryRebound(to: CChar.self) {
            rw_format_long_double(storage, $0.baseAddress.unsafelyUnwrapped, $0.count)
        }
    }
}

/// Why a floating-point increment has no result.
public enum FloatIncrementError: Error, Equatable {
    /// The stored value is not a number.
    case valueNotAFloat
    /// The increment is not a number.
    case incrementNotAFloat
    /// The sum is infinite or NaN: Redis's "increment would produce NaN or Infinity".
    case nanOrInfinity
}

extension ByteBuffer {
    /// Appends a finite `value` without an exponent: 17 decimals, less trailing zeros (Redis's
    /// LD_STR_HUMAN). At most 5 KiB.
    public mutating func append(human value: LongDouble) {
        precondition(value.isFinite, "only finite numbers have a human form")
        append(upTo: LongDouble.maxTextLength) { value.write(into: $0) }
    }

    /// Appends the text of `value + increment`, both texts, as INCRBYFLOAT and HINCRBYFLOAT compute it.
    /// Nothing is appended on an error.
    ///
    /// HINCRBYFLOAT refuses an infinite increment before it looks at the value: check that with
    /// `LongDouble(increment)?.isFinite` first.
    public mutating func append(
        incrementing value: ByteView, by increment: ByteView
    ) throws(FloatIncrementError) {
        guard let value = LongDouble(value) else { throw .valueNotAFloat }
        guard let increment = LongDouble(increment) else { throw .incrementNotAFloat }
        let sum = value + increment
        guard sum.isFinite else { throw .nanOrInfinity }
        append(human: sum)
    }
}
