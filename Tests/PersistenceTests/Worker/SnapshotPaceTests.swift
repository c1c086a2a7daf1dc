import Testing

@testable import Persistence

@Suite struct SnapshotPaceTests {
    /// Steps of 300 µs, `others` percent of a core used beside them, for five windows from `now` on; whether there
    /// were rests at the end.
    private func rests(_ pace: inout SnapshotPace, from now: inout Int64, _ time: inout Int64, others: Int64)
        -> Bool
    {
        var last: Int64 = 0
        let end = now + 5 * SnapshotPace.window
        while now < end {
            now += 300
            time += 3 * others
            pace.stepEnded(at: now, used: 300, others: time)
            last = pace.rest(at: now)
            #expect(last == 0 || last == 300 * SnapshotPace.restFactor)
            #expect(pace.rest(at: now + last) == 0)
            now += last
            time += last * others / 100
        }
        return last > 0
    }

    @Test func itRestsWhileRequestsAreServed() {
        var pace = SnapshotPace()
        var now: Int64 = 1_000_000_000
        var time: Int64 = 500_000
        #expect(pace.rest(at: now) == 0)
        #expect(rests(&pace, from: &now, &time, others: 60))
        #expect(!rests(&pace, from: &now, &time, others: 2))
        #expect(rests(&pace, from: &now, &time, others: 30))
    }

    @Test func itBeginsWithRests() {
        var pace = SnapshotPace()
        pace.stepEnded(at: 1_000_000_000, used: 300, others: 0)
        #expect(pace.rest(at: 1_000_000_000) == 300 * SnapshotPace.restFactor)
    }
}
