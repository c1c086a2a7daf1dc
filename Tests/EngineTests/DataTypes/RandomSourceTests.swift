import Testing

@testable import Engine

struct RandomSourceTests {
    @Test(arguments: [1, 2, 3, 10, 1000, 1 << 40, Int.max])
    func staysBelowTheBound(bound: Int) {
        for _ in 0..<1000 { #expect((0..<bound).contains(RandomSource.next(below: bound))) }
    }

    @Test func isEven() {
        var counts = Array(repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[RandomSource.next(below: 7)] += 1 }
        #expect(chiSquare(counts) < 50)
    }

    @Test func doesNotRepeat() {
        let drawn = Set((0..<10_000).map { _ in RandomSource.next() })
        #expect(drawn.count == 10_000)
    }
}
