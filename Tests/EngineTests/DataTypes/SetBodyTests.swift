import Bytes
import TestSupport
import Testing

@testable import Engine

struct SetBodyTests {
    @Test(arguments: [(1, 20, false), (2, 400, false), (3, 8000, false), (4, 300, true), (5, 5000, true)])
    func behavesAsASet(seed: UInt64, kinds: Int, integers: Bool) {
        var random = SeededGenerator(seed)
        var body = SetBody()
        var model: Set<Text> = []
        for step in 0..<12_000 {
            func draw() -> Text {
                if !integers { return random.name(of: kinds) }
                let n = Int64.random(in: 0..<Int64(kinds), using: &random)
                return text("\(n % 3 == 0 ? n : n % 3 == 1 ? -n * 1000 : n << 40)")
            }
            let member = draw()
            if Int.random(in: 0..<10, using: &random) < (step < 8000 ? 7 : 2) {
                #expect(body.add(member) == model.insert(member).inserted)
            } else {
                #expect(body.delete(member) == (model.remove(member) != nil))
            }
            let other = draw()
            #expect(body.has(other) == model.contains(other))
            #expect(body.count == model.count)
            if step % 1000 == 0 {
                #expect(body.checkInvariants() == nil)
                let contents = body.contents
                #expect(contents.count == model.count && Set(contents) == model)
            }
        }
        for member in model { #expect(body.delete(member) == true) }
        #expect(body.count == 0 && body.memoryUsage == 0)
        body.release()
    }

    @Test func convertsWhereRedisDoes() {
        var body = SetBody()
        for i in 0..<512 {
            #expect(body.add(text("\(i)")) == true)
            #expect("\(body.encoding)" == "intset")
        }
        #expect(body.add(text("7")) == false)
        let lowered = EncodingLimits { $0.setMaxIntsetEntries = 5 }
        #expect(body.add(text("7"), lowered) == false)
        #expect("\(body.encoding)" == "intset", "only a new member converts")
        #expect(body.add(text("512")) == true)
        #expect("\(body.encoding)" == "hashtable")
        for i in 1...512 { _ = body.delete(text("\(i)")) }
        #expect("\(body.encoding)" == "hashtable")
        body.release()

        _ = body.add(text("1"))
        #expect(body.add(text("01")) == true)
        #expect("\(body.encoding)" == "hashtable")
        #expect(Set(body.contents) == [text("1"), text("01")])
        body.release()
    }

    @Test func integersAscendAndOnlyTheStrictFormCounts() {
        var body = SetBody()
        let limits: [Int64] = [.max, .min, 0, -1, 32_767, 32_768, -32_768, -32_769, 2_147_483_648]
        for value in limits { #expect(body.add(text("\(value)")) == true) }
        #expect(body.contents == limits.sorted().map { text("\($0)") })
        for spelling in ["+1", "00", "-0", " 1", "1 ", "", "9223372036854775808"] {
            #expect(!body.has(text(spelling)))
            #expect(body.delete(text(spelling)) == false)
        }
        #expect("\(body.encoding)" == "intset")
        body.release()
    }

    @Test(arguments: [600, 5000])
    func scanReturnsWhatStays(stableCount: Int) {
        var body = SetBody()
        for i in 0..<stableCount { _ = body.add(text("s\(i)")) }
        var seen: Set<Text> = []
        var cursor: UInt64 = 0
        var round = 0
        repeat {
            cursor = body.scan(from: cursor, count: 7) { seen.insert($0.array) }
            for i in 0..<100 {
                let member = text("t\((round % 40) * 100 + i)")
                if round % 80 < 40 { _ = body.add(member) } else { _ = body.delete(member) }
            }
            round += 1
        } while cursor != 0
        #expect((0..<stableCount).allSatisfy { seen.contains(text("s\($0)")) })
        body.release()
    }

    @Test(arguments: [(30, true), (30, false), (3000, false)])
    func randomIsUniform(members: Int, integers: Bool) {
        var body = SetBody()
        for i in 0..<members { _ = body.add(text(integers ? "\(i)" : "x\(i)")) }
        var counts = Array(repeating: 0, count: members)
        for _ in 0..<members * 50 {
            body.random { counts[Int((integers ? $0 : $0.dropFirst(1)).string)!] += 1 }
        }
        let degrees = Double(members - 1)
        #expect(chiSquare(counts) < degrees + 8 * (2 * degrees).squareRoot())
        body.release()
    }
}
