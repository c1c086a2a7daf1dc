internal import Bytes

// Loops over the bits of a string, a 64-bit word at a time. Bit 0 is the most significant bit of the first
// byte, as in Redis.

extension ByteView {
    /// The bit at `index`, which is within the string.
    func bit(_ index: Int) -> Int { Int(self[index >> 3] >> UInt8(7 - index & 7)) & 1 }

    /// How many bits are set. O(count).
    var bitCount: Int {
        var sum = 0
        var offset = 0
        while offset + 8 <= count {
            sum += word(at: offset).nonzeroBitCount
            offset += 8
        }
        while offset < count {
            sum += pointer[offset].nonzeroBitCount
            offset += 1
        }
        return sum
    }

    /// How many of the bits in `range` are set; the range is within the string.
    func bitCount(in range: Range<Int>) -> Int {
        let whole = wholeBytes(of: range)
        var sum = self[whole].bitCount
        for index in range.lowerBound..<min(whole.lowerBound << 3, range.upperBound) { sum += bit(index) }
        for index in tail(of: range, after: whole) { sum += bit(index) }
        return sum
    }

    /// The first bit in `range` that is `wanted` (0 or 1), nil where there is none; the range is within the
    /// string.
    func firstBit(_ wanted: Int, in range: Range<Int>) -> Int? {
        let whole = wholeBytes(of: range)
        for index in range.lowerBound..<min(whole.lowerBound << 3, range.upperBound)
        where bit(index) == wanted {
            return index
        }
        if let found = firstBit(wanted, inBytes: whole) { return found }
        for index in tail(of: range, after: whole) where bit(index) == wanted { return index }
        return nil
    }

    private func firstBit(_ wanted: Int, inBytes range: Range<Int>) -> Int? {
        let bytes = self[range]
        let skipped: UInt64 = wanted == 1 ? 0 : .max
        var offset = 0
        while offset + 8 <= bytes.count {
            let differing = UInt64(bigEndian: bytes.word(at: offset)) ^ skipped
            if differing != 0 { return (range.lowerBound + offset) << 3 + differing.leadingZeroBitCount }
            offset += 8
        }
        while offset < bytes.count {
            let differing = bytes[offset] ^ UInt8(truncatingIfNeeded: skipped)
            if differing != 0 { return (range.lowerBound + offset) << 3 + differing.leadingZeroBitCount }
            offset += 1
        }
        return nil
    }

    /// The bytes that lie in the bit range as a whole; where there are none, an empty range that starts past
    /// the range's first byte.
    private func wholeBytes(of range: Range<Int>) -> Range<Int> {
        let first = (range.lowerBound + 7) >> 3
        return first..<max(first, range.upperBound >> 3)
    }

    /// What of the bit range follows its whole bytes.
    private func tail(of range: Range<Int>, after whole: Range<Int>) -> Range<Int> {
        min(whole.upperBound << 3, range.upperBound)..<range.upperBound
    }

    /// The 8 bytes at `offset`, in the machine's order. The caller has checked that they are there.
    @inline(__always)
    private func word(at offset: Int) -> UInt64 {
        UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}
