internal import Bytes

// Numbers in keys are big-endian, so that their order is that of the bytes; in values, lengths take as many bytes as
// they need (LEB128: seven bits a byte, the lowest first).

extension ByteBuffer {
    /// Appends eight bytes, the highest first.
    mutating func append(bigEndian value: UInt64) {
        append(upTo: 8) {
            UnsafeMutableRawPointer($0.baseAddress.unsafelyUnwrapped)
                .storeBytes(of: value.bigEndian, as: UInt64.self)
            return 8
        }
    }

    /// Appends four bytes, the highest first.
    mutating func append(bigEndian value: UInt32) {
        append(upTo: 4) {
            UnsafeMutableRawPointer($0.baseAddress.unsafelyUnwrapped)
                .storeBytes(of: value.bigEndian, as: UInt32.self)
            return 4
        }
    }

    /// Appends an instant so that the order of the bytes is that of time, also before 1970.
    mutating func append(instant: Int64) { append(bigEndian: UInt64(bitPattern: instant) ^ 1 << 63) }

    /// Appends a number that is not negative in one to ten bytes.
    mutating func append(length value: Int) {
        var left = UInt64(value)
        while left > 0x7F {
            append(UInt8(truncatingIfNeeded: left) | 0x80)
            left >>= 7
        }
        append(UInt8(truncatingIfNeeded: left))
    }
}

extension ByteView {
    /// Eight bytes from `offset` on, the highest first. They are there.
    func bigEndian(at offset: Int) -> UInt64 {
        UInt64(
            bigEndian: UnsafeRawPointer(self[offset..<offset + 8].pointer).loadUnaligned(as: UInt64.self))
    }

    /// As `bigEndian(at:)`, of four bytes.
    func bigEndian32(at offset: Int) -> UInt32 {
        UInt32(
            bigEndian: UnsafeRawPointer(self[offset..<offset + 4].pointer).loadUnaligned(as: UInt32.self))
    }

    /// An instant, as `append(instant:)` has written it. It is there.
    func instant(at offset: Int) -> Int64 { Int64(bitPattern: bigEndian(at: offset) ^ 1 << 63) }
}

/// Reads a record from its start; nil past its end, or where a number is too large.
struct RecordReader {
    let bytes: ByteView
    private(set) var offset = 0

    init(_ bytes: ByteView) { self.bytes = bytes }

    var rest: ByteView { bytes.dropFirst(offset) }

    mutating func byte() -> UInt8? {
        guard offset < bytes.count else { return nil }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func bigEndian() -> UInt64? {
        guard bytes.count - offset >= 8 else { return nil }
        defer { offset += 8 }
        return bytes.bigEndian(at: offset)
    }

    mutating func bigEndian32() -> UInt32? {
        guard bytes.count - offset >= 4 else { return nil }
        defer { offset += 4 }
        return bytes.bigEndian32(at: offset)
    }

    mutating func instant() -> Int64? {
        guard bytes.count - offset >= 8 else { return nil }
        defer { offset += 8 }
        return bytes.instant(at: offset)
    }

    /// So many bytes; nil where fewer are left.
    mutating func bytes(_ count: Int) -> ByteView? {
        guard count <= bytes.count - offset else { return nil }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    mutating func length() -> Int? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard let byte = byte() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return Int(value) }
        }
        return nil
    }
}
