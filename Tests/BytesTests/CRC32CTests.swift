import Testing

@testable import Bytes

@Suite struct CRC32CTests {
    // RFC 3720, appendix B.4, and the usual check value.
    @Test func vectors() {
        #expect(CRC32C.checksum(ByteView("123456789")) == 0xE306_9283)
        #expect(CRC32C.checksum(.empty) == 0)
        #expect([UInt8](repeating: 0, count: 32).withByteView(CRC32C.checksum) == 0x8A91_36AA)
        #expect([UInt8](repeating: 0xFF, count: 32).withByteView(CRC32C.checksum) == 0x62A8_AB43)
        #expect((0..<32).map { UInt8($0) }.withByteView(CRC32C.checksum) == 0x46DD_794E)
    }

    @Test func tablesAgreeAndPartsMakeTheWhole() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
        bytes.withByteView { bytes in
            for start in 0..<9 {
                for end in start..<bytes.count {
                    let part = bytes[start..<end]
                    #expect(CRC32C.checksum(part) == CRC32C.checksumByTables(part))
                }
            }
            for cut in 0..<bytes.count {
                var crc = CRC32C()
                crc.update(bytes[0..<cut])
                crc = CRC32C(crc.value)
                crc.update(bytes[cut..<bytes.count])
                #expect(crc.value == CRC32C.checksum(bytes))
            }
        }
    }
}
