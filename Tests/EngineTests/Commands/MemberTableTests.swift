import Bytes
import Testing

@testable import Engine

@Suite struct MemberTableTests {
    private func contents(_ table: borrowing MemberTable) -> [String] {
        var result: [String] = []
        table.forEach { member, score in result.append("\(member.string)=\(score)") }
        return result
    }

    @Test func mergesByName() {
        var table = MemberTable()
        for (name, score) in [("b", 2.0), ("a", 1.0), ("b", 5.0), ("", 7.0), ("", 1.0)] {
            Array(name.utf8).withByteView { table.merge($0, score) { $0 += score } }
        }
        #expect(contents(table) == ["b=7.0", "a=1.0", "=8.0"])
        table.sort()
        #expect(contents(table) == ["a=1.0", "b=7.0", "=8.0"])
    }

    @Test func keepsManyApart() {
        var table = MemberTable()
        for round in 0..<3 {
            for n in 0..<5000 {
                Array("member\(n)".utf8).withByteView { table.merge($0, Double(n)) { $0 += 1 } }
            }
            #expect(table.count == 5000, "round \(round)")
        }
        table.sort()
        let all = contents(table)
        #expect(all.first == "member0=2.0")
        #expect(all.last == "member4999=5001.0")
    }

    @Test func sortsByScoreThenName() {
        var table = MemberTable()
        for (name, score) in [("b", 1.0), ("aa", 1.0), ("a", 1.0), ("z", -0.0), ("y", 0.0), ("i", .infinity)]
        {
            Array(name.utf8).withByteView { table.append($0, score) }
        }
        table.sort()
        #expect(contents(table) == ["y=0.0", "z=-0.0", "a=1.0", "aa=1.0", "b=1.0", "i=inf"])
    }
}
