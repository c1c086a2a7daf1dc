/// The time-outs of `HTTPOptions` in milliseconds, and the deadlines that follow from them.
struct Timeouts {
    let idle: UInt64
    let header: UInt64
    let body: UInt64
    let bytesPerSecond: UInt64
    /// How often the housekeeper looks.
    let tick: UInt64
    /// How long a refused client may go on sending.
    let linger: UInt64 = 2000

    init(_ options: HTTPOptions) {
        idle = Self.milliseconds(options.idleTimeout)
        header = Self.milliseconds(options.headerTimeout)
        body = Self.milliseconds(options.bodyTimeout)
        bytesPerSecond = UInt64(clamping: max(1, options.minimumRate))
        tick = min(max(min(idle, header, body) / 4, 10), 500)
    }

    /// When a body that began at `start` and of which `received` bytes have come must have progressed: it may
    /// not stand still for long, and has to keep up with the minimum rate on the whole.
    func bodyDeadline(start: UInt64, now: UInt64, received: Int) -> UInt64 {
        let worth = UInt64(clamping: received).multipliedReportingOverflow(by: 1000)
        let earned = worth.overflow ? UInt64.max >> 8 : worth.partialValue / bytesPerSecond
        return min(now, start + earned) + body
    }

    private static func milliseconds(_ seconds: Double) -> UInt64 {
        // Also for what is not a number.
        guard seconds > 0.001 else { return 1 }
        // A year is as good as never, and far from overflow.
        return UInt64(min(seconds, 31_536_000) * 1000)
    }
}
