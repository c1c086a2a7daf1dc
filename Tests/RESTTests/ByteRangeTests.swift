import Bytes
import Testing

@testable import REST

@Suite struct ByteRangeTests {
    @Test(
        arguments: [
            ("bytes 0-4/*", 0, 4), ("bytes 6-6/*", 6, 6),
            ("bytes 0-999999999999999999/*", 0, 999_999_999_999_999_999),
        ] as [(String, Int64, Int64)])
    func placements(_ header: String, _ first: Int64, _ last: Int64) {
        let found = Array(header.utf8).withByteView { ByteRange.placement($0) }
        #expect(found?.first == first)
        #expect(found?.last == last)
    }

    @Test(arguments: [
        "", "bytes", "bytes 0-4", "bytes 0-4/5", "bytes */5", "bytes 5-4/*", "bytes -4/*", "bytes 4-/*",
        "bytes=0-4/*", "Bytes 0-4/*", "bytes 0-4/**", "bytes a-b/*", "bytes 0-9999999999999999999/*",
    ])
    func noPlacements(_ header: String) {
        #expect(Array(header.utf8).withByteView { ByteRange.placement($0) } == nil)
    }

    @Test(
        arguments: [
            ("bytes=0-4", 0..<5), ("bytes=-2", 8..<10), ("bytes=9-", 9..<10), ("bytes=3-999", 3..<10),
            ("bytes=-99", 0..<10),
            ("bytes=10-", nil), ("bytes=-0", nil), ("bytes= 1-2 ", 1..<3),
        ] as [(String, Range<Int64>?)])
    func resolves(_ header: String, _ expected: Range<Int64>?) throws {
        let range = try #require(Array(header.utf8).withByteView { ByteRange($0) })
        #expect(range.resolve(count: 10) == expected)
    }

    @Test func nothingOfNothing() {
        #expect(ByteRange.from(0, through: nil).resolve(count: 0) == nil)
        #expect(ByteRange.last(1).resolve(count: 0) == nil)
    }
}
