import Bytes
import Testing

@testable import Engine

@Suite struct ByteRunsTests {
    @Test func runsKeepTheirOrder() {
        var runs = ByteRuns()
        var empty = runs.isEmpty
        #expect(empty)
        let texts: [StaticString] = ["one", "", "three", "three", "\u{0}"]
        for text in texts { runs.append(ByteView(text)) }
        empty = runs.isEmpty
        #expect(!empty)
        let count = runs.count
        #expect(count == texts.count)
        for (i, text) in texts.enumerated() {
            let equal = runs[i] == ByteView(text)
            #expect(equal)
        }
    }

    @Test func aSetTakesEachMemberOnce() {
        var set = ByteSet()
        for round in 0..<2 {
            for i in 0..<5000 {
                let member = Array(String(i).utf8)
                let inserted = member.withByteView { set.insert($0) }
                #expect(inserted == (round == 0))
            }
        }
        let count = set.count
        #expect(count == 5000)
        for i in 0..<5000 {
            let member = set.members[i].string
            #expect(member == String(i))
        }
        let before = set.contains(.empty)
        let first = set.insert(.empty)
        let after = set.contains(.empty)
        let second = set.insert(.empty)
        #expect([before, first, after, second] == [false, true, true, false])
    }
}
