import Testing

@testable import Engine

struct ItemLayoutTests {
    @Test func scoreKeysOrderAsScoresDo() {
        let scores: [Double] = [
            -.infinity, -1e300, -2, -1, -1e-300, -.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1, 1.5,
            .infinity,
        ]
        for (a, b) in zip(scores, scores.dropFirst()) {
            #expect(ScoreKey.comparable(a) < ScoreKey.comparable(b))
        }
        for score in scores { #expect(ScoreKey.score(ScoreKey.stored(score)) == score) }
    }

    @Test func theZeroesCompareEqualAndKeepTheirSign() {
        #expect(ScoreKey.comparable(-0.0) == ScoreKey.comparable(0.0))
        #expect(ScoreKey.score(ScoreKey.stored(-0.0)).sign == .minus)
        #expect(ScoreKey.score(ScoreKey.stored(0.0)).sign == .plus)
    }

    @Test func slotsAreAsNarrowAsCanBe() {
        #expect(ScoreIndex.slotWidth == 12 && ScoredMembers.slotWidth == 10)
        #expect(HashFields.slotWidth == 6 && ListItems.slotWidth == 2)
    }
}
