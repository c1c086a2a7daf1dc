import Testing

@testable import Persistence

@Suite struct SnapshotPaceTests {
    @Test func aStepThatWasNotKeptWaitingIsFollowedByTheNext() {
        var pace = SnapshotPace()
        #expect(pace.rest(at: 0) == 0)
        pace.stepEnded(at: 1000, took: 300, used: 300)
        #expect(pace.rest(at: 1000) == 0)
        pace.stepEnded(at: 1400, took: 390, used: 300)
        #expect(pace.rest(at: 1400) == 0)
    }

    @Test func aStepThatWasKeptWaitingIsFollowedByRests() {
        var pace = SnapshotPace()
        pace.stepEnded(at: 5000, took: 2300, used: 300)
        #expect(pace.rest(at: 5000) == 900)
        #expect(pace.rest(at: 5700) == 200)
        #expect(pace.rest(at: 5900) == 0)
        // Later steps are not kept waiting because of the rests: the pace stays for a second.
        pace.stepEnded(at: 6200, took: 300, used: 300)
        #expect(pace.rest(at: 6200) == 900)
        let over = 5000 + SnapshotPace.slowPeriod
        pace.stepEnded(at: over, took: 300, used: 300)
        #expect(pace.rest(at: over) == 0)
    }
}
