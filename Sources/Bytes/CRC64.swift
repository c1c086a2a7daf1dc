/// The CRC-64 "Jones" of `bytes`, which ends every RDB file and DUMP payload.
///
/// Polynomial 0xAD93D23594C935A9, reflected, neither begun nor ended with ones (Jones, "Improved CRC
/// polynomials", 2002; as Redis uses it). Slicing by 16 (Kounavis and Berry, "A systematic approach to
/// building high performance software-based CRC generators", 2005). O(count), over 1 GB/s.
///
/// - Parameter crc: the checksum of the bytes before these, to go on from.
public func crc64(_ bytes: ByteView, continuing crc: UInt64 = 0) -> UInt64 {
    let tables = crc64Tables
    let source = UnsafeRawPointer(bytes.pointer)
    let whole = bytes.count & ~15
    var crc = crc
    var i = 0
    while i < whole {
        let a = crc ^ UInt64(littleEndian: source.loadUnaligned(fromByteOffset: i, as: UInt64.self))
        let b = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: i &+ 8, as: UInt64.self))
        crc = slice(a, tables + 8 &* 256) ^ slice(b, tables)
        i &+= 16
    }
    while i < bytes.count {
        crc = tables[Int(truncatingIfNeeded: (crc ^ UInt64(bytes.pointer[i])) & 0xff)] ^ crc &>> 8
        i &+= 1
    }
    return crc
}

/// The contribution of eight bytes, the first of which is followed by seven more of them: its table is the
/// last of the eight.
@inline(__always)
private func slice(_ word: UInt64, _ tables: UnsafePointer<UInt64>) -> UInt64 {
    @inline(__always)
    func entry(_ byte: UInt64) -> UInt64 {
        let value = Int(truncatingIfNeeded: word &>> (byte &* 8) & 0xff)
        return tables[(7 &- Int(truncatingIfNeeded: byte)) &* 256 &+ value]
    }
    return entry(0) ^ entry(1) ^ entry(2) ^ entry(3) ^ entry(4) ^ entry(5) ^ entry(6) ^ entry(7)
}

/// Sixteen tables of 256: entry `b` of table `n` is the checksum of byte `b` and `n` zeros after it.
/// Made once and never freed or changed, which is why threads may share it.
private nonisolated(unsafe) let crc64Tables: UnsafePointer<UInt64> = {
    let tables = UnsafeMutablePointer<UInt64>.allocate(capacity: 16 * 256)
    for byte in 0..<256 {
        var crc = UInt64(byte)
        // The polynomial with its bits in reverse.
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x95AC_9329_AC4B_C9B5 : crc >> 1 }
        tables[byte] = crc
    }
    for index in 256..<16 * 256 {
        let shorter = tables[index - 256]
        tables[index] = tables[Int(shorter & 0xff)] ^ shorter >> 8
    }
    return UnsafePointer(tables)
}()
