import Bytes
import Testing

@testable import REST

/// Seconds with decimals as milliseconds.
@Suite struct MillisecondsTests {
    @Test(
        arguments: [
            ("60", 60_000), ("0.001", 1), ("0.0001", 1), ("0.0010001", 2), ("1.5", 1500),
            ("4102444800.123", 4_102_444_800_123),
            ("4102444800.250", 4_102_444_800_250), ("1e1", 10_000), ("007", 7000),
            ("999999999999999", 999_999_999_999_999_000),
            ("9100000000000000", 9_100_000_000_000_000_000), ("1.", 1000),
        ] as [(String, Int64)])
    func reads(_ text: String, _ expected: Int64) throws {
        #expect(
            try Array(text.utf8).withByteView { view throws(Problem) in try milliseconds(view, "It") }
                == expected)
    }

    @Test(arguments: [
        "0", "0.0", "-1", "", ".", "a", "1a", "nan", "inf", "-inf", "1e300", "9300000000000000", "1 ",
    ])
    func refuses(_ text: String) {
        #expect(throws: Problem.self) {
            try Array(text.utf8).withByteView { view throws(Problem) in try milliseconds(view, "It") }
        }
    }
}
