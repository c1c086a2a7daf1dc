import Testing

@testable import redwing

struct ByteSizeTests {
    @Test(arguments: [
        ("1", 1), ("1048576", 1 << 20), ("10b", 10), ("512kb", 512 << 10), ("3k", 3 << 10), ("64mb", 64 << 20),
        ("64MB", 64 << 20), ("2m", 2 << 20), ("1g", 1 << 30), ("1gb", 1 << 30),
        ("8589934591gb", 8_589_934_591 << 30),
    ])
    func reads(_ text: String, _ bytes: Int) {
        #expect(ByteSize(argument: text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "0", "0mb", "-1", "+1", "mb", "1 mb", "1.5mb", "1tb", "1mbb", "0x10", "１mb", "8589934592gb",
        "9223372036854775808",
    ])
    func refuses(_ text: String) {
        #expect(ByteSize(argument: text) == nil)
    }

    @Test func describesItself() {
        #expect(ByteSize(64 << 20).description == "64mb")
        #expect(ByteSize(1000).description == "1000")
    }
}
