import Bytes
import TestSupport
import Testing

@testable import Engine

struct SortedSetBodyTests {
    /// Scores by member, ordered on demand.
    private struct Model {
        var scores: [Text: Double] = [:]

        var ordered: [Scored] {
            scores.map { Scored(member: $0.key, score: $0.value) }
                .sorted { $0.score != $1.score ? $0.score < $1.score : precedes($0.member, $1.member) }
        }
    }

    @Test(arguments: [(1, 40, 1000), (2, 400, 7), (3, 3000, 1_000_000), (4, 3000, 3), (5, 6000, 1)])
    func behavesAsAnOrderedArray(seed: UInt64, kinds: Int, scores: Int) {
        var random = SeededGenerator(seed)
        var body = SortedSetBody()
        var model = Model()
        for step in 0..<10_000 {
            let member = random.name(of: kinds)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<(step < 7000 ? 8 : 2):
                let score = Double(Int.random(in: 0..<scores, using: &random) - scores / 2) / 4
                #expect(body.put(member, score) == (model.scores.updateValue(score, forKey: member) == nil))
            case 8 where step % 20 == 0 && model.scores.count > 20:
                let start = Int.random(in: 0..<model.scores.count - 10, using: &random)
                let gone = model.ordered[start..<start + 10]
                body.remove(start..<start + 10)
                for item in gone { model.scores[item.member] = nil }
            default:
                #expect(body.delete(member) == (model.scores.removeValue(forKey: member) != nil))
            }
            #expect(body.count == model.scores.count)
            let other = random.name(of: kinds)
            #expect(body.score(other) == model.scores[other])
            if step % 500 == 0 { check(body, model, &random) }
        }
        check(body, model, &random)
        body.remove(0..<body.count)
        #expect(body.count == 0 && body.memoryUsage == 0)
        body.release()
    }

    private func check(_ body: SortedSetBody, _ model: Model, _ random: inout SeededGenerator) {
        let ordered = model.ordered
        #expect(body.checkInvariants() == nil)
        #expect(body.range() == ordered)
        #expect(body.range(reverse: true) == ordered.reversed())
        guard let item = ordered.randomElement(using: &random) else { return }
        #expect(body.rank(item.member) == ordered.firstIndex(of: item))
        for score in [item.score, item.score + 0.125, -.infinity, .infinity] {
            #expect(body.rank(ofScore: score, orEqual: false) == ordered.count { $0.score < score })
            #expect(body.rank(ofScore: score, orEqual: true) == ordered.count { $0.score <= score })
        }
        let start = Int.random(in: 0..<ordered.count, using: &random)
        let range = start..<min(ordered.count, start + 300)
        #expect(body.range(range) == Array(ordered[range]))
        #expect(body.range(range, reverse: true) == ordered[range].reversed())
    }

    @Test(arguments: [5, 127, 128, 129, 5000])
    func ranksByNameAmongEqualScores(count: Int) {
        var body = SortedSetBody()
        var random = SeededGenerator(9)
        var members: Set<Text> = []
        while members.count < count { members.insert(random.name(of: 10 * count)) }
        for member in members { _ = body.put(member, 3.5) }
        let ordered = members.sorted(by: precedes)
        #expect(body.range().map(\.member) == ordered)
        for probe in Array(ordered.prefix(50)) + (0..<50).map({ _ in random.name(of: 10 * count) }) + [
            [], [0xFF, 0xFF],
        ] {
            let below = ordered.count { precedes($0, probe) }
            let present = members.contains(probe) ? 1 : 0
            #expect(probe.withByteView { body.rank(ofMember: $0, orEqual: false) } == below)
            #expect(probe.withByteView { body.rank(ofMember: $0, orEqual: true) } == below + present)
        }
        body.release()
    }

    @Test func convertsWhereRedisDoes() {
        var body = SortedSetBody()
        for i in 0..<128 { _ = body.put(text("\(i)"), 1) }
        #expect("\(body.encoding)" == "listpack")
        #expect(body.put(text("5"), 2) == false)
        #expect("\(body.encoding)" == "listpack")
        let lowered = EncodingLimits { $0.zsetMaxListpackEntries = 5 }
        #expect(body.put(text("5"), 3, lowered) == false)
        #expect("\(body.encoding)" == "listpack", "only a new member converts")
        #expect(body.put(text("x"), 1) == true)
        #expect("\(body.encoding)" == "skiplist")
        body.remove(1..<129)
        #expect(body.count == 1 && "\(body.encoding)" == "skiplist")
        body.release()

        _ = body.put(Text(repeating: 1, count: 64), 1)
        #expect("\(body.encoding)" == "listpack")
        _ = body.put(Text(repeating: 1, count: 65), 1)
        #expect("\(body.encoding)" == "skiplist")
        #expect(body.count == 2)
        body.release()
    }

    @Test func zeroesAreEqualAndPrintAsRedisPrintsThem() {
        var body = SortedSetBody()
        _ = body.put(text("a"), -0.0)
        // Redis's listpack keeps integers, and -0 is one.
        #expect(body.score(text("a"))?.sign == .plus)
        body.release()

        let always = EncodingLimits { $0.zsetMaxListpackEntries = 0 }
        _ = body.put(text("b"), 0.0, always)
        _ = body.put(text("a"), -0.0, always)
        _ = body.put(text("c"), -0.0, always)
        #expect(body.range().map(\.member) == [text("a"), text("b"), text("c")])
        #expect(body.range().map(\.score.sign) == [.minus, .plus, .minus])
        #expect(body.rank(ofScore: 0, orEqual: false) == 0 && body.rank(ofScore: -0.0, orEqual: true) == 3)
        #expect(body.score(text("a"))?.sign == .minus)
        // An equal score is no change.
        #expect(body.put(text("a"), 0.0, always) == false)
        #expect(body.score(text("a"))?.sign == .minus)
        #expect(body.delete(text("a")) && body.delete(text("b")) && body.delete(text("c")))
        body.release()
    }

    @Test func infinitiesAndTheSmallestNumbersAreInOrder() {
        var body = SortedSetBody()
        let scores: [Double] = [
            -.infinity, -Double.greatestFiniteMagnitude, -1, -Double.leastNonzeroMagnitude, 0,
            .leastNonzeroMagnitude, 1, .greatestFiniteMagnitude, .infinity,
        ]
        for (i, score) in scores.enumerated().reversed() { _ = body.put(text("\(i)"), score) }
        #expect(body.range().map(\.score) == scores)
        body.release()
    }

    @Test(arguments: [600, 70_000])
    func longMembersAreKept(length: Int) {
        var body = SortedSetBody()
        for i in 0..<300 { _ = body.put(Text(repeating: UInt8(i % 251), count: length + i), Double(i % 7)) }
        #expect(body.checkInvariants() == nil)
        #expect(body.score(Text(repeating: 5, count: length + 5)) == 5)
        #expect(body.rank(Text(repeating: 0, count: length)) == 0)
        body.remove(100..<200)
        #expect(body.count == 200)
        #expect(body.checkInvariants() == nil)
        body.release()
    }
}
