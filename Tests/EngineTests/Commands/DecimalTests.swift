import Bytes
import Testing

@testable import Engine

struct DecimalTests {
    @Test(
        "Numbers as text",
        arguments: [0, 1, -1, 9, 10, -10, 99, 100, 1_234_567_890, .max, .min, .min + 1] as [Int64])
    func decimal(value: Int64) {
        withDecimal(value) { #expect($0.string == String(value)) }
        withDecimal(value, unsigned: true) { #expect($0.string == String(UInt64(bitPattern: value))) }
    }
}
