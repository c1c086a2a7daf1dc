import Testing

@testable import Bytes

@Suite struct CRC64Tests {
    @Test func theKnownVector() {
        #expect(crc64(ByteView("123456789")) == 0xe9c6_d914_c4b8_d9ca)
        #expect(crc64(.empty) == 0)
    }

    @Test func piecesAndAnyLengthAgreeWithBitByBit() {
        var random = SeededRandom("CRC-64")
        for count in 0..<70 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var expected: UInt64 = 0
            for byte in bytes {
                expected ^= UInt64(byte)
                for _ in 0..<8 {
                    expected = expected & 1 == 1 ? expected >> 1 ^ 0x95AC_9329_AC4B_C9B5 : expected >> 1
                }
            }
            let split = count / 3
            bytes.withByteView {
                #expect(crc64($0) == expected)
                #expect(crc64($0[split..<count], continuing: crc64($0[0..<split])) == expected)
            }
        }
    }
}
