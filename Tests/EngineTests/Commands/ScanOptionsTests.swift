import Bytes
import Testing

@testable import Engine

struct ScanOptionsTests {
    @Test(
        "Cursors as strtoul reads them",
        arguments: [
            ("0", 0), ("", 0), ("+7", 7), ("007", 7), ("18446744073709551615", .max), ("-1", .max),
            ("18446744073709551616", nil), ("x", nil), ("1x", nil), (" 1", nil), ("1 ", nil), ("+", nil),
            ("-", nil), ("--1", nil),
        ] as [(String, UInt64?)])
    func cursors(text: String, value: UInt64?) {
        Array(text.utf8).withByteView { #expect((try? ScanOptions.cursor($0)) == value) }
    }
}
