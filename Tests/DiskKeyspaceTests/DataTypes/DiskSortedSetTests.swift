import Bytes
import Engine
import TestSupport
import Testing

@testable import DiskKeyspace

@Suite struct DiskSortedSetTests {
    struct Member: Equatable {
        var score: Double
        var name: String

        func precedes(_ other: Member) -> Bool {
            score != other.score
                ? score < other.score : Array(name.utf8).lexicographicallyPrecedes(Array(other.name.utf8))
        }
    }

    private func members(_ set: DiskSortedSet, _ range: Range<Int>, reverse: Bool = false) -> [Member] {
        var members: [Member] = []
        set.forEach(range, reverse: reverse) {
            members.append(Member(score: $1, name: $0.string))
            return true
        }
        return members
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func isAsASortedArray(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let fixture = try DiskFixture(spanWidth: seed % 2 == 0 ? 4 : 64)
        var scores: [String: Double] = [:]
        let choices: [Double] = [-.infinity, -1.5, -0.0, 0.0, 1e-300, 1, 2, 3, 1e300, .infinity]
        for _ in 0..<40 {
            try fixture.run { keyspace in
                let set = try with("z") { try keyspace.sortedSet($0, .create)! }
                for _ in 0..<40 {
                    let name = "m\(random.below(400))"
                    with(name) {
                        if random.below(4) == 0 {
                            #expect(set.remove($0) == (scores.removeValue(forKey: name) != nil))
                        } else {
                            let score = choices[random.below(choices.count)]
                            #expect(set.set($0, score) == (scores[name] == nil))
                            scores[name] = score
                        }
                    }
                }
            }
            if random.below(8) == 0 { try fixture.reopen() }
            var model = scores.map { Member(score: $0.value, name: $0.key) }.sorted { $0.precedes($1) }
            try fixture.run { keyspace in
                guard let set = try with("z", { try keyspace.sortedSet($0, .write) }) else {
                    #expect(model.isEmpty)
                    return
                }
                #expect(set.open.spans.checkInvariants(count: model.count) == nil)
                #expect(members(set, 0..<model.count) == model)
                for _ in 0..<5 {
                    let start = random.below(model.count)
                    let end = start + random.below(model.count - start + 1)
                    #expect(members(set, start..<end) == Array(model[start..<end]))
                    #expect(members(set, start..<end, reverse: true) == model[start..<end].reversed())
                    with(model[start].name) {
                        #expect(set.rank(of: $0) == start)
                        #expect(set.score(of: $0) == model[start].score)
                    }
                    let score = choices[random.below(choices.count)]
                    #expect(set.rank(ofScore: score, orEqual: false) == model.count { $0.score < score })
                    #expect(set.rank(ofScore: score, orEqual: true) == model.count { $0.score <= score })
                }
                if random.below(5) == 0 {
                    let start = random.below(model.count)
                    let end = start + random.below(model.count - start + 1)
                    set.remove(start..<end)
                    for member in model[start..<end] { scores[member.name] = nil }
                    model.removeSubrange(start..<end)
                    #expect(members(set, 0..<model.count) == model)
                    #expect(set.open.spans.checkInvariants(count: model.count) == nil)
                }
            }
        }
    }

    @Test func namesOfEqualScores() throws {
        let fixture = try DiskFixture(spanWidth: 4)
        try fixture.run { keyspace in
            let set = try with("z") { try keyspace.sortedSet($0, .create)! }
            for number in 0..<50 { with("m\(number + 10)") { _ = set.set($0, 5) } }
            with("m20") { #expect(set.rank(ofMember: $0, orEqual: false) == 10) }
            with("m20") { #expect(set.rank(ofMember: $0, orEqual: true) == 11) }
            with("m2") { #expect(set.rank(ofMember: $0, orEqual: true) == 10) }
            with("a") { #expect(set.rank(ofMember: $0, orEqual: true) == 0) }
            with("z") { #expect(set.rank(ofMember: $0, orEqual: false) == 50) }
        }
    }

    @Test func minusZeroStaysInALargeOneOnly() throws {
        let fixture = try DiskFixture()
        try fixture.run { keyspace in
            let small = try with("small") { try keyspace.sortedSet($0, .create)! }
            with("m") { _ = small.set($0, -0.0) }
            #expect(members(small, 0..<1)[0].score.sign == .plus)
            let large = try with("large") { try keyspace.sortedSet($0, .create)! }
            for number in 0..<200 { with("\(number)") { _ = large.set($0, 1) } }
            with("m") { _ = large.set($0, -0.0) }
            with("n") { _ = large.set($0, 0.0) }
            #expect(members(large, 0..<2).map(\.score.sign) == [.minus, .plus])
            #expect(with("m") { large.score(of: $0)?.sign } == .minus)
        }
    }

    @Test func twoHundredThousandMembers() throws {
        let fixture = try DiskFixture()
        let count = 200_000
        // 7919 is prime to the count: each score comes once.
        func score(_ number: Int) -> Int { number * 7919 % count }
        for start in stride(from: 0, to: count, by: 20_000) {
            try fixture.run { keyspace in
                let set = try with("z") { try keyspace.sortedSet($0, .create)! }
                for number in start..<start + 20_000 {
                    with("member:\(number)") { _ = set.set($0, Double(score(number))) }
                }
            }
        }
        try fixture.reopen()
        try fixture.run { keyspace in
            let set = try with("z") { try keyspace.sortedSet($0, .write)! }
            #expect(set.count == count)
            for number in stride(from: 0, to: count, by: 4999) {
                with("member:\(number)") { #expect(set.rank(of: $0) == score(number)) }
                let rank = score(number)
                #expect(
                    members(set, rank..<rank + 1) == [Member(score: Double(rank), name: "member:\(number)")])
            }
            set.remove(1000..<150_000)
            #expect(set.count == 51_000)
            #expect(members(set, 999..<1001).map(\.score) == [999, 150_000])
            #expect(set.open.spans.checkInvariants(count: set.count) == nil)
        }
    }

    /// Popping from either end leaves the bounds of the scores behind it: nothing that is there may be missed.
    @Test(arguments: [1, 2, 3] as [UInt64]) func endsFollowWhatIsPopped(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let fixture = try DiskFixture(spanWidth: 8)
        var model: [Member] = []
        for round in 0..<60 {
            try fixture.run { keyspace in
                let set = try with("z") { try keyspace.sortedSet($0, .create)! }
                for step in 0..<10 {
                    let member = Member(
                        score: Double(random.below(seed == 1 ? 3 : 1000)), name: "\(round).\(step)")
                    with(member.name) { _ = set.set($0, member.score) }
                    model.append(member)
                }
                model.sort { $0.precedes($1) }
                let count = random.below(min(model.count, 13))
                let start = random.below(2) == 0 ? 0 : model.count - count
                set.remove(start..<start + count)
                model.removeSubrange(start..<start + count)
                #expect(set.open.spans.checkInvariants(count: model.count) == nil)
                #expect(members(set, 0..<model.count) == model)
            }
            if round % 9 == 0 { try fixture.reopen() }
        }
    }
}
