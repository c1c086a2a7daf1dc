import Bytes
import TestSupport
import Testing

@testable import Engine

struct SortedSetScanTests {
    /// How many calls a whole scan takes, and what it returned.
    private func scanAll(_ body: SortedSetBody, count: Int) -> (calls: Int, found: [Scored]) {
        var found: [Scored] = []
        var cursor: UInt64 = 0
        var calls = 0
        repeat {
            cursor = body.scan(from: cursor, count: count) {
                found.append(Scored(member: $0.array, score: $1))
            }
            calls += 1
        } while cursor != 0
        return (calls, found)
    }

    @Test(arguments: [(10, 1), (128, 5), (129, 5), (5000, 1), (5000, 40), (5000, 5000)])
    func returnsEveryMemberOnce(members: Int, scores: Int) {
        var body = SortedSetBody()
        for i in 0..<members { _ = body.put(text("member \(i)"), Double(i % scores)) }
        let (calls, found) = scanAll(body, count: 10)
        let ordered = found.sorted {
            ($0.score, $0.member.lexicographicallyPrecedes($1.member) ? 0 : 1) < ($1.score, 1)
        }
        #expect(found.count == members)
        #expect(Set(found.map(\.member)).count == members)
        #expect(Set(ordered.map(\.member)) == Set(body.range().map(\.member)))
        if members <= 128 { #expect(calls == 1) }
        body.release()
    }

    @Test func tiesAreWalkedFewTimes() {
        var body = SortedSetBody()
        for i in 0..<30_000 { _ = body.put(text("\(i)"), 7) }
        let (calls, found) = scanAll(body, count: 1)
        #expect(calls <= 66)
        #expect(found.count == 30_000)
        body.release()
    }

    @Test(arguments: [21, 22])
    func returnsWhatStaysThoughScoresChange(seed: UInt64) {
        var random = SeededGenerator(seed)
        var body = SortedSetBody()
        for i in 0..<2000 { _ = body.put(text("stable \(i)"), Double(i)) }
        var seen: Set<Text> = []
        var cursor: UInt64 = 0
        var round = 0
        repeat {
            cursor = body.scan(from: cursor, count: 10) { member, _ in seen.insert(member.array) }
            for _ in 0..<50 {
                let i = Int.random(in: 0..<2000, using: &random)
                _ = body.put(text("stable \(i)"), Double.random(in: 0..<100, using: &random).rounded())
                let other = text("other \(Int.random(in: 0..<3000, using: &random))")
                if round % 60 < 30 { _ = body.put(other, 5) } else { _ = body.delete(other) }
            }
            round += 1
        } while cursor != 0
        #expect((0..<2000).allSatisfy { seen.contains(text("stable \($0)")) })
        #expect(body.checkInvariants() == nil)
        body.release()
    }
}
