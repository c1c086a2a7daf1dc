/// When the append-only file is rewritten by itself: Redis's `auto-aof-rewrite-percentage` and `-min-size`.
struct RewritePolicy: Sendable {
    /// How much larger than after the last rewrite it must be; 0: never.
    var percentage: Int
    /// The size below which it is left alone, in bytes.
    var minimumSize: Int

    /// Whether a file of `size` bytes, which had `base` after the last rewrite or when it was loaded, is due.
    func isDue(size: Int, base: Int) -> Bool {
        guard percentage > 0, size > minimumSize else { return false }
        // In floating point nothing overflows.
        return Double(size) >= Double(max(base, 1)) * (1 + Double(percentage) / 100)
    }
}

/// Pauses that double with every failure in a row, so that what fails is not tried all the time (as Redis's
/// `aofRewriteLimited`).
struct Backoff: Sendable {
    /// The first pause and the longest, in milliseconds.
    let pauses: ClosedRange<Int>
    private var pause = 0
    private var until: Int64 = 0

    init(_ pauses: ClosedRange<Int>) { self.pauses = pauses }

    /// Whether the pause is over.
    func allows(at now: Int64) -> Bool { now >= until }

    /// It failed: the next pause begins.
    /// - Returns: the pause, in milliseconds.
    @discardableResult
    mutating func fail(at now: Int64) -> Int {
        pause = pause == 0 ? pauses.lowerBound : min(pause * 2, pauses.upperBound)
        until = now + Int64(pause)
        return pause
    }

    /// It succeeded.
    mutating func succeed() {
        pause = 0
        until = 0
    }
}
