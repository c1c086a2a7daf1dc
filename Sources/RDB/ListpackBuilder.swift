internal import Bytes

/// Builds a listpack; `Listpack` describes the format.
struct ListpackBuilder: ~Copyable {
    private var bytes = ByteBuffer()
    private var elements = 0
    /// The digits of a score.
    private var digits = ByteBuffer()

    init() { clear() }

    /// Removes all elements.
    mutating func clear() {
        bytes.clear(keeping: 1 << 20)
        bytes.append(upTo: Listpack.headerSize) { room in
            for index in 0..<Listpack.headerSize { room[index] = 0 }
            return Listpack.headerSize
        }
        elements = 0
    }

    var count: Int { elements }

    /// How many bytes the finished listpack takes.
    var size: Int { bytes.count + 1 }

    /// Appends `text`, as an integer where it is one.
    mutating func append(_ text: ByteView) {
        if text.count <= 20, let value = parseInt64(text) { return append(value) }
        let start = bytes.count
        if text.count < 64 {
            bytes.append(0x80 | UInt8(text.count))
        } else if text.count < 4096 {
            bytes.append(0xe0 | UInt8(text.count >> 8))
            bytes.append(UInt8(truncatingIfNeeded: text.count))
        } else {
            bytes.append(0xf0)
            append(UInt64(text.count), bytes: 4)
        }
        bytes.append(text)
        finishElement(start)
    }

    /// Appends an integer.
    mutating func append(_ value: Int64) {
        let start = bytes.count
        let bits = UInt64(bitPattern: value)
        switch value {
        case 0...127: bytes.append(UInt8(value))
        case -4096...4095:
            bytes.append(0xc0 | UInt8(truncatingIfNeeded: bits >> 8 & 0x1f))
            bytes.append(UInt8(truncatingIfNeeded: bits))
        case -0x8000...0x7fff: append(0xf1, bits, bytes: 2)
        case -0x80_0000...0x7f_ffff: append(0xf2, bits, bytes: 3)
        case -0x8000_0000...0x7fff_ffff: append(0xf3, bits, bytes: 4)
        default: append(0xf4, bits, bytes: 8)
        }
        finishElement(start)
    }

    /// Appends a score, as Redis prints it.
    mutating func append(score: Double) {
        digits.truncate(to: 0)
        digits.append(double: score)
        var text = ByteBuffer()
        swap(&text, &digits)
        append(text.view)
        swap(&text, &digits)
    }

    private mutating func append(_ encoding: UInt8, _ bits: UInt64, bytes count: Int) {
        bytes.append(encoding)
        append(bits, bytes: count)
    }

    private mutating func append(_ bits: UInt64, bytes count: Int) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(index * 8))) }
    }

    /// Appends how long the element is, to be read from its end.
    private mutating func finishElement(_ start: Int) {
        let size = bytes.count - start
        let count = Listpack.backLengthSize(size)
        for index in stride(from: count - 1, through: 0, by: -1) {
            let seven = UInt8(truncatingIfNeeded: size >> (index * 7)) & 0x7f
            bytes.append(index == count - 1 ? seven : seven | 0x80)
        }
        elements += 1
    }

    /// Calls `body` with the finished listpack. More elements may follow.
    mutating func withListpack<R>(_ body: (ByteView) throws -> R) rethrows -> R {
        bytes.append(0xff)
        let size = UInt32(bytes.count)
        let count = UInt16(min(elements, 0xffff))
        bytes.withMutableBytes { all in
            let raw = UnsafeMutableRawBufferPointer(all)
            raw.storeBytes(of: size.littleEndian, toByteOffset: 0, as: UInt32.self)
            raw.storeBytes(of: count.littleEndian, toByteOffset: 4, as: UInt16.self)
        }
        defer { bytes.truncate(to: bytes.count - 1) }
        return try body(bytes.view)
    }

    /// How many bytes appending `text` takes at most: what decides whether a list's node is full.
    static func sizeBound(_ text: ByteView) -> Int {
        let size = text.count + (text.count < 64 ? 1 : text.count < 4096 ? 2 : 5)
        return size + Listpack.backLengthSize(size)
    }
}
