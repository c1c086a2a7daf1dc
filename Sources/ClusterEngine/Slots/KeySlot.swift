internal import Bytes

/// Which of the 16,384 slots of a Redis Cluster a key lies in (the Redis Cluster specification, "Key distribution model").
enum KeySlot {
    static let count = 16_384

    /// CRC16 (XMODEM: polynomial 0x1021, from 0) of the hash tag, or of the whole key where it has none, modulo 16,384.
    /// O(length).
    static func of(_ key: ByteView) -> Int {
        var crc: UInt16 = 0
        for byte in tag(of: key).buffer { crc = crc << 8 ^ table[Int(crc >> 8 ^ UInt16(byte))] }
        return Int(crc) & (count - 1)
    }

    /// What is between the first `{` and the next `}`, unless that is nothing: keys with the same tag lie together.
    private static func tag(of key: ByteView) -> ByteView {
        guard let open = key.firstIndex(of: UInt8(ascii: "{")),
            let close = key.firstIndex(of: UInt8(ascii: "}"), from: open + 1), close > open + 1
        else { return key }
        return key[open + 1..<close]
    }

    private static let table: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte) << 8) { crc, _ in crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
    }
}
