internal import Bytes

/// Walks an intset: the size of an integer and their number (32 bits each), then the integers, sorted. All
/// little-endian. (Redis's intset.h.)
struct Intset: PackedWalker {
    private let bytes: ByteView
    private let width: Int
    private var offset = Self.headerSize
    private var previous: Int64?

    static let headerSize = 8

    init(_ bytes: ByteView) throws(PackedError) {
        guard bytes.count >= Self.headerSize else { throw PackedError("an intset without a header") }
        width = Int(bytes.load(at: 0, as: UInt32.self))
        let count = Int(bytes.load(at: 4, as: UInt32.self))
        guard [2, 4, 8].contains(width), count == (bytes.count - Self.headerSize) / width,
            bytes.count == Self.headerSize + count * width
        else { throw PackedError("an intset whose header is wrong") }
        self.bytes = bytes
    }

    var expectedCount: Int { (bytes.count - Self.headerSize) / width }

    mutating func next() throws(PackedError) -> PackedElement? {
        guard offset < bytes.count else { return nil }
        let value: Int64 =
            switch width {
            case 2: Int64(bytes.load(at: offset, as: Int16.self))
            case 4: Int64(bytes.load(at: offset, as: Int32.self))
            default: bytes.load(at: offset, as: Int64.self)
            }
        if let previous, previous >= value { throw PackedError("an intset that is not in order") }
        previous = value
        offset += width
        return .integer(value)
    }
}
