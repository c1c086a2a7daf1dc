import Testing

@testable import Persistence

@Suite struct SnapshotPaceTests {
    /// Makes a step at `now`, and tells how long the rest after it is.
    private func rest(_ pace: inout SnapshotPace, took: Int64, used: Int64 = 300) -> Int64 {
        pace.stepEnded(at: 1_000_000, took: took, used: used)
        #expect(pace.rest(at: 2_000_000) == 0)
        return pace.rest(at: 1_000_000)
    }

    @Test func itBeginsWithRestsWhichBecomeShorterUntilThereAreNone() {
        var pace = SnapshotPace()
        #expect(pace.rest(at: 0) == 0)
        var last = rest(&pace, took: 300)
        #expect((600...900).contains(last))
        var steps = 1
        while last > 0, steps < 1000 {
            let next = rest(&pace, took: 300)
            #expect(next < last)
            last = next
            steps += 1
        }
        #expect((50...250).contains(steps))
        #expect(rest(&pace, took: 390) == 0)
    }

    @Test func aStepThatWasKeptWaitingMakesRestsLonger() {
        var pace = SnapshotPace()
        while rest(&pace, took: 300) > 0 {}
        var last: Int64 = 0
        for _ in 0..<10 {
            let next = rest(&pace, took: 2300)
            #expect(next > last || next == 300 * SnapshotPace.mostRest / 100)
            last = next
        }
        #expect(last == 300 * SnapshotPace.mostRest / 100)
        #expect(rest(&pace, took: 300) < last)
    }
}
