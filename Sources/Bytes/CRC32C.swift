internal import CCRC32C

/// A running CRC-32C (the Castagnoli polynomial; RFC 3720, appendix B.4): it finds every change of up to 32
/// bits in a row, and other damage with a chance of 1 − 2⁻³². No protection against intent.
public struct CRC32C: Sendable {
    /// The checksum of the bytes so far; 0 of none. That of "123456789" is 0xE3069283.
    public private(set) var value: UInt32

    /// The checksum of no bytes, or `value` to go on with.
    public init(_ value: UInt32 = 0) { self.value = value }

    /// Takes in further bytes: by the processor's instruction where it has one, else by tables. O(count).
    public mutating func update(_ bytes: ByteView) {
        value = rw_crc32c(value, bytes.pointer, bytes.count)
    }

    /// The checksum of `bytes`. O(count).
    public static func checksum(_ bytes: ByteView) -> UInt32 {
        var crc = CRC32C()
        crc.update(bytes)
        return crc.value
    }

    /// As `checksum`, by the tables in any case; for tests.
    static func checksumByTables(_ bytes: ByteView) -> UInt32 {
        rw_crc32c_table(0, bytes.pointer, bytes.count)
    }
}
