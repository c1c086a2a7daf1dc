import Testing

@testable import Bytes

@Suite struct LongDoubleTests {
    // As redis-server 7.0.15 answers INCRBYFLOAT on x86-64.
    @Test(arguments: [
        ("5.0e3", "200", "5200"), ("0", "-0", "0"), ("-0", "-0", "0"), ("10.5", "0.1", "10.6"),
        ("3", "1.1", "4.1"),
        ("0x10", "1", "17"), ("-1", "1", "0"), ("1e-20", "0", "0"), ("-1e-20", "0", "0"),
        ("0", "1e-17", "0.00000000000000001"),
        ("1.5", "-1.5", "0"), ("100", "0.10000", "100.1"), ("1e18", "1", "1000000000000000001"),
        ("-2.5", "1", "-1.5"),
        ("9223372036854775807", "1", "9223372036854775808"),
    ])
    func increments(_ value: String, _ by: String, _ expected: String) throws {
        #expect(try increment(value, by) == expected)
    }

    @Test(
        arguments: [
            ("abc", "1", .valueNotAFloat), ("1", "abc", .incrementNotAFloat), ("", "1", .valueNotAFloat),
            (" 1", "1", .valueNotAFloat), ("1 ", "1", .valueNotAFloat), ("1\0", "1", .valueNotAFloat),
            ("nan", "1", .valueNotAFloat), ("1", "nan", .incrementNotAFloat),
            ("1e5000", "1", .valueNotAFloat),
            ("1e-5000", "1", .valueNotAFloat), ("1", "", .incrementNotAFloat),
            ("inf", "1", .nanOrInfinity), ("1", "inf", .nanOrInfinity), ("inf", "-inf", .nanOrInfinity),
            ("1e4932", "1e4932", .nanOrInfinity), ("abc", "inf", .valueNotAFloat),
        ] as [(String, String, FloatIncrementError)])
    func refuses(_ value: String, _ by: String, _ expected: FloatIncrementError) {
        #expect(throws: expected) { try increment(value, by) }
    }

    @Test func longTexts() throws {
        let longest = String(repeating: "0", count: LongDouble.maxTextLength - 2) + "7"
        #expect(try increment(longest, "1") == "8")
        #expect(throws: FloatIncrementError.valueNotAFloat) { try increment("0" + longest, "1") }
        let huge = try increment("1e4932", "0")
        #expect(
            huge.count == 4933 && huge.hasPrefix("1000000000000000000006018949387963891323837774254533114"))
    }

    @Test func finite() {
        #expect(LongDouble(ByteView("1"))?.isFinite == true)
        #expect(LongDouble(ByteView("-inf"))?.isFinite == false)
    }

    private func increment(_ value: String, _ by: String) throws -> String {
        var buffer = ByteBuffer()
        try value.bytes.withByteView { value throws(FloatIncrementError) in
            try by.bytes.withByteView { by throws(FloatIncrementError) in
                try buffer.append(incrementing: value, by: by)
            }
        }
        return buffer.view.string
    }
}
