import Bytes
import Testing

@testable import Engine

struct IntegerSetTests {
    @Test func isAsWideAsTheWidest() {
        var set = IntegerSet()
        #expect(set.insert(1) && set.width == 2)
        #expect(set.insert(40_000) && set.width == 4)
        #expect(set.insert(-40_000) && !set.insert(1))
        #expect(set.insert(.min) && set.width == 8)
        #expect((0..<set.count).map { set[$0] } == [.min, -40_000, 1, 40_000])
        #expect(set.remove(.min) && set.width == 8)
        #expect(!set.remove(2) && !set.contains(.min) && set.contains(40_000))
        set.release()
    }

    @Test func aSharedSetIsCopiedBeforeAChange() {
        var set = IntegerSet()
        for i in 0..<100 { _ = set.insert(Int64(i)) }
        var other = set.share()
        #expect(other.remove(50) && other.insert(1000))
        #expect(set.count == 100 && set.contains(50) && !set.contains(1000))
        _ = set.remove(0)
        #expect(other.contains(0))
        set.release()
        #expect(other.count == 100)
        other.release()
        #expect(other.count == 0)
    }

    @Test(arguments: [0, 7, -7, 1234567890, Int64.max, Int64.min])
    func decimals(value: Int64) {
        #expect(withDecimal(value) { $0.string } == "\(value)")
    }
}
