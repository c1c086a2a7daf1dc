internal import Bytes

/// Walks a ziplist, which Redis before 7.0 wrote: size in bytes and offset of the last element (32 bits
/// each), number of elements (16; 65535 is "count them"), the elements, 0xFF. (The comment at the head of
/// Redis's ziplist.c describes it.)
struct Ziplist: PackedWalker {
    private let bytes: ByteView
    private var offset = 10
    private var walked = 0
    private var previous = 0

    init(_ bytes: ByteView) throws(PackedError) {
        guard bytes.count >= 11, Int(bytes.load(at: 0, as: UInt32.self)) == bytes.count,
            bytes[bytes.count - 1] == 0xff
        else { throw PackedError("a ziplist whose header is wrong") }
        self.bytes = bytes
        guard announced == nil || announced! <= bytes.count / 2 else {
            throw PackedError("a ziplist with fewer elements than it says")
        }
    }

    private var announced: Int? {
        let count = Int(bytes.load(at: 8, as: UInt16.self))
        return count == 0xffff ? nil : count
    }

    var expectedCount: Int { announced ?? 0xffff }

    mutating func next() throws(PackedError) -> PackedElement? {
        let rest = bytes[offset..<bytes.count - 1]
        guard let first = rest.buffer.first else {
            if let announced, announced != walked {
                throw PackedError("a ziplist with another number of elements than it says")
            }
            return nil
        }
        var head = 1
        var back = Int(first)
        if first == 254 {
            guard rest.count >= 5 else { throw PackedError("a ziplist element past the end") }
            head = 5
            back = Int(rest.load(at: 1, as: UInt32.self))
        }
        guard first != 255, back == previous else {
            throw PackedError("a ziplist element whose previous length is wrong")
        }
        let (element, size) = try Self.element(rest.dropFirst(head))
        previous = head + size
        offset += previous
        walked += 1
        return element
    }

    private static func element(_ rest: ByteView) throws(PackedError) -> (PackedElement, Int) {
        func need(_ count: Int) throws(PackedError) {
            if count > rest.count { throw PackedError("a ziplist element past the end") }
        }
        func text(_ header: Int, _ length: Int) throws(PackedError) -> (PackedElement, Int) {
            try need(header + length)
            return (.bytes(rest[header..<header + length]), header + length)
        }
        try need(1)
        let first = rest[0]
        switch first {
        case 0x00...0x3f: return try text(1, Int(first))
        case 0x40...0x7f:
            try need(2)
            return try text(2, Int(first & 0x3f) << 8 | Int(rest[1]))
        case 0x80:
            try need(5)
            return try text(5, Int(rest.loadBigEndian(at: 1, as: UInt32.self)))
        case 0xc0:
            try need(3)
            return (.integer(Int64(rest.load(at: 1, as: Int16.self))), 3)
        case 0xd0:
            try need(5)
            return (.integer(Int64(rest.load(at: 1, as: Int32.self))), 5)
        case 0xe0:
            try need(9)
            return (.integer(rest.load(at: 1, as: Int64.self)), 9)
        case 0xf0:
            try need(4)
            return (.integer(rest.loadInt24(at: 1)), 4)
        case 0xfe:
            try need(2)
            return (.integer(Int64(Int8(bitPattern: rest[1]))), 2)
        case 0xf1...0xfd: return (.integer(Int64(first & 0x0f) - 1), 1)
        default: throw PackedError("a ziplist element of an unknown encoding")
        }
    }
}
