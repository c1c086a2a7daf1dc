internal import Synchronization

/// What a connection is doing, as far as its time-outs differ.
enum Phase: UInt64 {
    /// Nothing of a request has arrived, as far as known.
    case idle
    /// Bytes have arrived, but not yet a whole request line.
    case partial
    /// The request line is there, the rest of the header is not.
    case header
    /// The body is arriving.
    case body
    /// The response is being made or sent.
    case responding
    /// Refused in mid-body: what still arrives is thrown away for a moment, so that the client gets to read
    /// the refusal.
    case lingering
    /// A stream is sent, or waits for something to send.
    case streaming

    /// Whether a graceful stop waits for this.
    var isActive: Bool { self != .idle && self != .partial }
}

/// A phase and when it must be over, in one atomic word: written by the connection's thread, without a lock,
/// and read by the housekeeper. Times are milliseconds of the monotonic clock.
struct Deadline: ~Copyable {
    /// The latest time there is.
    static let never = UInt64.max >> 3

    private let word: Atomic<UInt64>

    init(phase: Phase, at time: UInt64) {
        word = Atomic(Self.pack(phase, time))
    }

    private static func pack(_ phase: Phase, _ time: UInt64) -> UInt64 { time << 3 | phase.rawValue }

    func set(_ phase: Phase, at time: UInt64) { word.store(Self.pack(phase, time), ordering: .relaxed) }

    /// What was last written.
    func read() -> (phase: Phase, time: UInt64) {
        let value = word.load(ordering: .relaxed)
        return (Phase(rawValue: value & 7) ?? .idle, value >> 3)
    }

    /// Replaces what `read` returned, unless the connection has moved on since.
    func replace(_ old: (phase: Phase, time: UInt64), by phase: Phase, at time: UInt64) {
        _ = word.compareExchange(
            expected: Self.pack(old.phase, old.time), desired: Self.pack(phase, time), ordering: .relaxed)
    }
}
