internal import Bytes

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A string inside a leaf's heap: one length byte (under 128), or two (up to `inlineLimit`), and the bytes;
/// or the byte 0xFF and the address of a block that holds a longer one.
///
/// The block is `[count: UInt32][unused: UInt32][length: Int][bytes]`; the packed string owns one count.
enum PackedString {
    /// The longest string that is kept in the leaf itself.
    @inline(__always) static var inlineLimit: Int { 512 }
    private static var blockHeader: Int { 16 }
    private static var blockMark: UInt8 { 0xFF }

    /// How many bytes of heap a string takes.
    @inline(__always)
    static func size(of bytes: ByteView) -> Int {
        bytes.count < 128 ? bytes.count &+ 1 : bytes.count <= inlineLimit ? bytes.count &+ 2 : 9
    }

    /// Writes a string at `place`, which has room for `size(of:)` bytes.
    @inline(__always)
    static func write(_ bytes: ByteView, to place: UnsafeMutableRawPointer) {
        if bytes.count < 128 {
            place.storeBytes(of: UInt8(truncatingIfNeeded: bytes.count), as: UInt8.self)
            memcpy(place + 1, bytes.pointer, bytes.count)
        } else if bytes.count <= inlineLimit {
            place.storeBytes(of: UInt8(truncatingIfNeeded: bytes.count >> 8) | 0x80, as: UInt8.self)
            place.storeBytes(of: UInt8(truncatingIfNeeded: bytes.count), toByteOffset: 1, as: UInt8.self)
            memcpy(place + 2, bytes.pointer, bytes.count)
        } else {
            writeBlock(bytes, to: place)
        }
    }

    @inline(never)
    private static func writeBlock(_ bytes: ByteView, to place: UnsafeMutableRawPointer) {
        let block = Block.allocate(blockHeader + bytes.count)
        block.storeBytes(of: bytes.count, toByteOffset: 8, as: Int.self)
        memcpy(block + blockHeader, bytes.pointer, bytes.count)
        place.storeBytes(of: blockMark, as: UInt8.self)
        place.storeBytes(of: block, toByteOffset: 1, as: UnsafeMutableRawPointer.self)
    }

    /// The string at `place`; valid while its leaf is not changed.
    @inline(__always)
    static func read(_ place: UnsafeRawPointer) -> ByteView {
        let first = place.load(as: UInt8.self)
        if first < 128 {
            return ByteView((place + 1).assumingMemoryBound(to: UInt8.self), count: Int(first))
        }
        return readLong(place, first)
    }

    @inline(never)
    private static func readLong(_ place: UnsafeRawPointer, _ first: UInt8) -> ByteView {
        if let block = block(at: place) {
            let length = block.load(fromByteOffset: 8, as: Int.self)
            return ByteView((block + blockHeader).assumingMemoryBound(to: UInt8.self), count: length)
        }
        let count = Int(first & 0x7F) << 8 | Int(place.load(fromByteOffset: 1, as: UInt8.self))
        return ByteView((place + 2).assumingMemoryBound(to: UInt8.self), count: count)
    }

    /// How many bytes of heap the string at `place` takes.
    @inline(__always)
    static func size(at place: UnsafeRawPointer) -> Int {
        let first = place.load(as: UInt8.self)
        if first < 128 { return Int(first) &+ 1 }
        if first == blockMark { return 9 }
        return (Int(first & 0x7F) << 8 | Int(place.load(fromByteOffset: 1, as: UInt8.self))) &+ 2
    }

    /// The block of a string that is not in the leaf itself.
    @inline(__always)
    static func block(at place: UnsafeRawPointer) -> UnsafeMutableRawPointer? {
        guard place.load(as: UInt8.self) == blockMark else { return nil }
        return place.loadUnaligned(fromByteOffset: 1, as: UnsafeMutableRawPointer.self)
    }
}
