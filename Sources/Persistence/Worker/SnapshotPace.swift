/// How much of a core a snapshot takes: all of one while cores are free, and less as soon as others need them.
///
/// A snapshot is made in short steps, with rests between them. A step that took longer than the processor time it
/// used was kept waiting, nearly always for a core: then requests wait for this thread as well, each time for as
/// long as the system lets it run. Rests become twice as long by that, and a fiftieth shorter by each other
/// step: it is felt for where cores are short, never run into. It begins with long rests.
///
/// All times are in microseconds.
struct SnapshotPace {
    /// Delay that is no sign of anything, of a step; an interrupt takes as long.
    static let unnoticed: Int64 = 100
    /// A rest is as much longer than what the step took of the processor; in percent.
    static let mostRest: Int64 = 800
    private static let firstRest: Int64 = 300
    /// Below this there is none: a sleep costs more.
    private static let leastRest: Int64 = 20

    private var restPercent = SnapshotPace.firstRest
    private var restUntil: Int64 = 0

    /// Takes note of a step that ended at `now`.
    /// - Parameters:
    ///   - took: its time by the clock.
    ///   - used: its processor time.
    mutating func stepEnded(at now: Int64, took: Int64, used: Int64) {
        if took - used > max(SnapshotPace.unnoticed, used / 4) {
            restPercent = min(max(restPercent, SnapshotPace.leastRest) * 2, SnapshotPace.mostRest)
        } else {
            restPercent -= (restPercent + 49) / 50
        }
        restUntil = restPercent < SnapshotPace.leastRest ? now : now + used * restPercent / 100
    }

    /// How long no step is due; 0: one is.
    func rest(at now: Int64) -> Int64 { max(0, restUntil - now) }
}
