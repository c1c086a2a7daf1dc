internal import Bytes

/// Walks a zipmap, the small hash of Redis before 2.6: the number of pairs (one byte; 254 and more is
/// "count them"), then field and value in turn, 0xFF. A value's length is followed by how many unused
/// bytes come after it. (The comment at the head of Redis's zipmap.c.)
struct Zipmap: PackedWalker {
    private let bytes: ByteView
    private var offset = 1
    private var walked = 0

    init(_ bytes: ByteView) throws(PackedError) {
        guard bytes.count >= 2, bytes[bytes.count - 1] == 0xff else {
            throw PackedError("a zipmap without an end")
        }
        self.bytes = bytes
    }

    /// Fields and values.
    var expectedCount: Int { min(Int(bytes[0]) * 2, bytes.count) }

    mutating func next() throws(PackedError) -> PackedElement? {
        let rest = bytes[offset..<bytes.count - 1]
        let isValue = walked % 2 == 1
        guard let first = rest.buffer.first else {
            if isValue || bytes[0] < 254 && Int(bytes[0]) * 2 != walked {
                throw PackedError("a zipmap with another number of pairs than it says")
            }
            return nil
        }
        var head = 1
        var length = Int(first)
        if first == 254 {
            guard rest.count >= 5 else { throw PackedError("a zipmap length past the end") }
            head = 5
            length = Int(rest.load(at: 1, as: UInt32.self))
        }
        guard first != 255 else { throw PackedError("a zipmap that ends before its end") }
        var unused = 0
        if isValue {
            guard rest.count > head else { throw PackedError("a zipmap value past the end") }
            unused = Int(rest[head])
            head += 1
        }
        guard head + length + unused <= rest.count else { throw PackedError("a zipmap element past the end") }
        offset += head + length + unused
        walked += 1
        return .bytes(rest[head..<head + length])
    }
}
