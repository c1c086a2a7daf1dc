import Testing

@testable import Bytes

@Suite struct IntegerBytesTests {
    @Test(
        arguments: [
            ("0", 0), ("1", 1), ("-1", -1), ("10", 10), ("123456789", 123_456_789),
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("-9223372036854775807", .min + 1),
        ] as [(String, Int64)])
    func readsStrictIntegers(_ text: String, _ expected: Int64) {
        #expect(text.bytes.withByteView { parseInt64($0) } == expected)
    }

    @Test(arguments: [
        "", "-", "+1", " 1", "1 ", "01", "-01", "00", "-0", "1.0", "1e3", "0x10", "--1", "1-", "/", ":", "a",
        "9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999",
        "100000000000000000000", "-100000000000000000000", "1\0",
    ])
    func refusesWhatIsNoStrictInteger(_ text: String) {
        #expect(text.bytes.withByteView { parseInt64($0) } == nil)
    }

    @Test(
        arguments: [
            ("0", 0), ("007", 7), ("18446744073709551615", .max), ("0000000000000000000000000001", 1),
            ("", nil), ("-1", nil), ("+1", nil), ("18446744073709551616", nil), ("1 ", nil),
            ("99999999999999999999", nil),
        ] as [(String, UInt64?)])
    func readsUnsigned(_ text: String, _ expected: UInt64?) {
        #expect(text.bytes.withByteView { parseUInt64($0) } == expected)
    }

    @Test(
        arguments: [("0", 0), ("42", 42), ("007", nil), ("", nil), ("18446744073709551615", .max)]
            as [(String, UInt64?)])
    func readsStrictUnsigned(_ text: String, _ expected: UInt64?) {
        #expect(text.bytes.withByteView { parseUInt64Strict($0) } == expected)
    }

    @Test func printsDecimal() {
        var values: [UInt64] = [0, .max, UInt64(Int64.max), UInt64(Int64.max) + 1]
        var power: UInt64 = 1
        for _ in 0..<19 {
            power *= 10
            values += [power - 1, power, power + 1]
        }
        for value in values {
            #expect(written { $0.append(decimal: value) } == String(value))
            #expect(decimalDigitCount(value) == String(value).count)
            let signed = Int64(bitPattern: value)
            #expect(written { $0.append(decimal: signed) } == String(signed))
            #expect(written { $0.append(decimal: Int(0 &- signed)) } == String(0 &- signed))
        }
    }

    @Test(
        arguments: [
            (0, 1, "0"), (255, 1, "ff"), (255, 4, "00ff"), (.max, 1, "ffffffffffffffff"),
            (16, 16, "0000000000000010"),
        ] as [(UInt64, Int, String)])
    func printsHexadecimal(_ value: UInt64, _ width: Int, _ expected: String) {
        #expect(written { $0.append(hex: value, width: width) } == expected)
    }

    @Test func roundTrips() {
        var random = SeededRandom("Integer round trip")
        for _ in 0..<2000 {
            let value = Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random)
            let text = writtenBytes { $0.append(decimal: value) }
            #expect(text.withByteView { parseInt64($0) } == value, "seed \(random.seed)")
        }
    }
}
