internal import Bytes

/// Walks a listpack: the size in bytes (32 bits), the number of elements (16; 65535 is "count them"), the
/// elements, 0xFF. (Antirez, "Listpack specification", github.com/antirez/listpack.)
struct Listpack: PackedWalker {
    private let bytes: ByteView
    private var offset = 6
    private var walked = 0

    static let headerSize = 6

    init(_ bytes: ByteView) throws(PackedError) {
        guard bytes.count >= Self.headerSize + 1, Int(bytes.load(at: 0, as: UInt32.self)) == bytes.count,
            bytes[bytes.count - 1] == 0xff
        else { throw PackedError("a listpack whose header is wrong") }
        self.bytes = bytes
        // An element takes two bytes at least.
        guard announced == nil || announced! <= bytes.count / 2 else {
            throw PackedError("a listpack with fewer elements than it says")
        }
    }

    private var announced: Int? {
        let count = Int(bytes.load(at: 4, as: UInt16.self))
        return count == 0xffff ? nil : count
    }

    var expectedCount: Int { announced ?? 0xffff }

    mutating func next() throws(PackedError) -> PackedElement? {
        // All but the terminator; the entry's own bytes and its back length must end before it.
        let rest = bytes[offset..<bytes.count - 1]
        guard let first = rest.buffer.first else {
            if let announced, announced != walked {
                throw PackedError("a listpack with another number of elements than it says")
            }
            return nil
        }
        let (element, size) = try Self.element(rest, first)
        let back = Self.backLengthSize(size)
        guard back <= rest.count - size, Self.backLength(rest[size..<size + back]) == size else {
            throw PackedError("a listpack element whose back length is wrong")
        }
        offset += size + back
        walked += 1
        return element
    }

    private static func element(
        _ rest: ByteView, _ first: UInt8
    ) throws(PackedError) -> (PackedElement, Int) {
        func need(_ count: Int) throws(PackedError) {
            if count > rest.count { throw PackedError("a listpack element past the end") }
        }
        func text(_ header: Int, _ length: Int) throws(PackedError) -> (PackedElement, Int) {
            try need(header + length)
            return (.bytes(rest[header..<header + length]), header + length)
        }
        if first < 0x80 { return (.integer(Int64(first)), 1) }
        if first < 0xc0 { return try text(1, Int(first & 0x3f)) }
        if first < 0xe0 {
            try need(2)
            let bits = UInt16(first & 0x1f) << 8 | UInt16(rest[1])
            return (.integer(Int64(Int16(bitPattern: bits << 3) >> 3)), 2)
        }
        if first < 0xf0 {
            try need(2)
            return try text(2, Int(first & 0x0f) << 8 | Int(rest[1]))
        }
        switch first {
        case 0xf0:
            try need(5)
            return try text(5, Int(rest.load(at: 1, as: UInt32.self)))
        case 0xf1:
            try need(3)
            return (.integer(Int64(rest.load(at: 1, as: Int16.self))), 3)
        case 0xf2:
            try need(4)
            return (.integer(rest.loadInt24(at: 1)), 4)
        case 0xf3:
            try need(5)
            return (.integer(Int64(rest.load(at: 1, as: Int32.self))), 5)
        case 0xf4:
            try need(9)
            return (.integer(rest.load(at: 1, as: Int64.self)), 9)
        default: throw PackedError("a listpack element of an unknown encoding")
        }
    }

    /// How many bytes the back length of an element of `size` bytes takes.
    static func backLengthSize(_ size: Int) -> Int {
        if size <= 127 { return 1 }
        if size < 16383 { return 2 }
        if size < 2_097_151 { return 3 }
        return size < 268_435_455 ? 4 : 5
    }

    /// Seven bits a byte, the highest first; all but the first byte have the top bit set.
    private static func backLength(_ bytes: ByteView) -> Int? {
        var size = 0
        for (index, byte) in bytes.buffer.enumerated() {
            if (byte & 0x80 != 0) != (index > 0) { return nil }
            size = size << 7 | Int(byte & 0x7f)
        }
        return size
    }
}
