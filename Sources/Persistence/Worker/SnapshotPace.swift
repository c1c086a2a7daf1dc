/// How much of a core a snapshot takes: all of one while cores are free, a quarter while others need them.
///
/// A snapshot is made in short steps. A step that took longer than the processor time it used was kept waiting,
/// nearly always for a core: then requests wait for this thread as well, each time for as long as the system
/// lets it run. For a second the pace is slower then, long enough that trying again is not what requests notice.
///
/// All times are in microseconds.
struct SnapshotPace {
    /// Delay that is no sign of anything, of a step; an interrupt takes as long.
    static let unnoticed: Int64 = 100
    static let slowPeriod: Int64 = 1_000_000
    /// Rest after a step, in multiples of what the step took of the processor.
    static let restFactor: Int64 = 3

    private var slowUntil: Int64 = 0
    private var restUntil: Int64 = 0

    /// Takes note of a step that ended at `now`.
    /// - Parameters:
    ///   - took: its time by the clock.
    ///   - used: its processor time.
    mutating func stepEnded(at now: Int64, took: Int64, used: Int64) {
        if took - used > max(SnapshotPace.unnoticed, used / 4) { slowUntil = now + SnapshotPace.slowPeriod }
        restUntil = now < slowUntil ? now + SnapshotPace.restFactor * used : now
    }

    /// How long no step is due; 0: one is.
    func rest(at now: Int64) -> Int64 { max(0, restUntil - now) }
}
