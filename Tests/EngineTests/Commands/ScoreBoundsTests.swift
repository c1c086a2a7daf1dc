import Bytes
import Testing

@testable import Engine

@Suite struct ScoreBoundsTests {
    @Test(arguments: [
        (0, -1, 5, false, 0..<5), (1, 2, 5, false, 1..<3), (-2, -1, 5, false, 3..<5), (3, 1, 5, false, 0..<0),
        (9, 20, 5, false, 0..<0), (-100, 100, 5, false, 0..<5), (-100, -90, 5, false, 0..<0),
        (0, 1, 5, true, 3..<5), (1, 1, 5, true, 3..<4), (0, 0, 0, true, 0..<0),
        (Int64.min, Int64.max, 5, false, 0..<5), (Int64.max, Int64.min, 5, false, 0..<0),
    ])
    func ranks(start: Int64, stop: Int64, count: Int, reverse: Bool, expected: Range<Int>) {
        #expect(RankRange(start: start, stop: stop).ranks(count: count, reverse: reverse) == expected)
    }
}
