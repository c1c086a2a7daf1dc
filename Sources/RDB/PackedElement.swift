internal import Bytes

/// An element of a listpack, ziplist or intset, which store what looks like an integer as one.
enum PackedElement {
    case bytes(ByteView)
    case integer(Int64)

    /// The element as text: itself, or the digits written to `digits`, whose contents are replaced. Valid
    /// until `digits` or what holds the element changes.
    func text(_ digits: inout ByteBuffer) -> ByteView {
        switch self {
        case .bytes(let bytes): return bytes
        case .integer(let value):
            digits.truncate(to: 0)
            digits.append(decimal: value)
            return digits.view
        }
    }

    /// The element as a score, or nil where it is none.
    var score: Double? {
        switch self {
        case .integer(let value): return Double(value)
        case .bytes(let bytes): return parseScoreBound(bytes)
        }
    }

    /// The element as an integer, or nil.
    var integer: Int64? {
        switch self {
        case .integer(let value): return value
        case .bytes(let bytes): return parseInt64(bytes)
        }
    }
}

/// Walks the elements of a packed encoding, checking every length against the blob's end.
protocol PackedWalker {
    /// How many elements there should be; never more than the blob has room for.
    var expectedCount: Int { get }
    /// The next element, or nil at the end, which has then been checked.
    mutating func next() throws(PackedError) -> PackedElement?
}

extension ByteView {
    /// The little-endian integer at `offset`; traps out of bounds.
    func load<T: FixedWidthInteger>(at offset: Int, as type: T.Type) -> T {
        let bytes = self[offset..<offset + MemoryLayout<T>.size]
        return T(littleEndian: UnsafeRawPointer(bytes.pointer).loadUnaligned(as: T.self))
    }

    /// The big-endian integer at `offset`; traps out of bounds.
    func loadBigEndian<T: FixedWidthInteger>(at offset: Int, as type: T.Type) -> T {
        load(at: offset, as: type).byteSwapped
    }

    /// The signed little-endian integer of 24 bits at `offset`; traps out of bounds.
    func loadInt24(at offset: Int) -> Int64 {
        let low = UInt32(load(at: offset, as: UInt16.self)) | UInt32(self[offset + 2]) << 16
        return Int64(Int32(bitPattern: low << 8) >> 8)
    }
}
