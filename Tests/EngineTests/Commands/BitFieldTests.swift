import Bytes
import Testing

@testable import Engine

/// Fields of every width at every offset of a byte.
struct BitFieldTests {
    @Test("What is written is read, and nothing else changes", arguments: 1...64)
    func roundTrip(width: Int) throws {
        for offset in 0..<9 {
            for background: UInt8 in [0x00, 0xFF, 0xA5] {
                try check(width, offset, background)
            }
        }
    }

    private func check(_ width: Int, _ offset: Int, _ background: UInt8) throws {
        let field = try Array("i\(width)".utf8).withByteView { (text) throws in try BitField(text) }
        for value in [0, -1, 1, Int64.min >> Int64(64 - width), Int64.max >> Int64(64 - width)] {
            // One bit holds 0 and -1.
            let stored = width == 1 ? -(value & 1) : value
            var bytes = [UInt8](repeating: background, count: 10)
            bytes.withUnsafeMutableBufferPointer { field.write(value, $0, at: offset) }
            bytes.withUnsafeBufferPointer { #expect(field.read($0, at: offset) == stored) }
            for bit in 0..<80 where bit < offset || bit >= offset + width {
                let mask: UInt8 = 0x80 >> UInt8(bit % 8)
                #expect(bytes[bit / 8] & mask == background & mask)
            }
        }
    }
}
