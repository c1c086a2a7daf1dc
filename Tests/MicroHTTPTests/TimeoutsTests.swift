import Testing

@testable import MicroHTTP

@Suite struct TimeoutsTests {
    private var timeouts: Timeouts {
        var options = HTTPOptions()
        options.bodyTimeout = 10
        options.minimumRate = 1000
        return Timeouts(options)
    }

    @Test(arguments: [
        // start, now, received, deadline
        (UInt64(5000), UInt64(5000), 0, UInt64(15_000)),
        // A byte a second earns next to nothing.
        (5000, 9000, 4, 15_004),
        // A fast body may stand still for no longer than the time-out.
        (5000, 6000, 60_000_000, 16_000),
        // A slow but steady one goes on.
        (0, 60_000, 60_000, 70_000),
        (0, 60_000, 30_000, 40_000),
        (0, 100, .max, 10_100),
    ])
    func aBodyHasToMove(start: UInt64, now: UInt64, received: Int, deadline: UInt64) {
        #expect(timeouts.bodyDeadline(start: start, now: now, received: received) == deadline)
    }

    @Test(arguments: [0, -1, .infinity, .nan, 1e300, 1e-300]) func takesAnyNumber(seconds: Double) {
        var options = HTTPOptions()
        options.idleTimeout = seconds
        options.headerTimeout = seconds
        options.bodyTimeout = seconds
        options.minimumRate = -5
        let timeouts = Timeouts(options)
        #expect(timeouts.tick >= 10 && timeouts.idle >= 1 && timeouts.bytesPerSecond == 1)
    }
}
