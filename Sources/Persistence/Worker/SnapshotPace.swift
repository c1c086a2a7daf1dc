/// How much of a core a snapshot takes: all of one while nothing else goes on, an eighth while requests are served.
///
/// A snapshot is made in short steps. While the process's other threads use more than a tenth of a core, each step
/// is followed by a rest. (Whether this thread itself is kept waiting for a core says nothing: the system may leave
/// it on one of its own, and those that serve requests and those that send them on another.)
///
/// All times are in microseconds.
struct SnapshotPace {
    /// Rest after a step, in multiples of the step's processor time.
    static let restFactor: Int64 = 7
    /// How long the other threads are watched before it is decided anew: some ticks of the system's clock.
    static let window: Int64 = 20_000

    private var isBusy = true
    private var restUntil: Int64 = 0
    private var windowStart: Int64 = 0
    private var othersAtStart: Int64 = 0

    /// Takes note of a step that ended at `now`.
    /// - Parameters:
    ///   - used: its processor time.
    ///   - others: processor time of all other threads since the process began.
    mutating func stepEnded(at now: Int64, used: Int64, others: Int64) {
        let watched = now - windowStart
        if watched >= SnapshotPace.window {
            // What was before this snapshot says nothing.
            if watched < 10 * SnapshotPace.window { isBusy = (others - othersAtStart) * 10 > watched }
            windowStart = now
            othersAtStart = others
        }
        restUntil = isBusy ? now + SnapshotPace.restFactor * used : now
    }

    /// How long no step is due; 0: one is.
    func rest(at now: Int64) -> Int64 { max(0, restUntil - now) }
}
