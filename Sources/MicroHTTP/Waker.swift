internal import CEpoll
internal import Synchronization

/// Wakes one connection that waits for something: a stream without data, or a request that is parked.
///
/// It sleeps and is woken by turns. No wake-up is lost: a connection falls asleep only if nobody has woken it since it
/// last looked (`state`).
///
/// Unchecked Sendable: `suspended` is constant; the rest is atomic, or belongs to `Sleepers`, under its lock.
public final class Waker: @unchecked Sendable {
    /// Whether the connection sleeps.
    enum State: UInt8, AtomicRepresentable {
        /// It is awake, and will look at what there is before it sleeps.
        case awake
        /// It is suspended.
        case asleep
        /// It was woken, or is to look once more.
        case woken
    }

    let state = Atomic(State.awake)
    /// Whether it is to look once more.
    var isWoken: Bool { state.load(ordering: .acquiring) == .woken }
    /// The client has hung up.
    let isHungUp = Atomic(false)
    let suspended: Suspended
    private let waiting: WaitingConnections
    /// Who is told what happens.
    let sleeper: Sleeper
    /// When it is to be woken, in milliseconds of the monotonic clock; `Deadline.never`: not by the clock.
    let alarm: UInt64
    /// Whether `Sleepers` has it: the connection's thread's.
    var isWatched = false
    /// Its place in the heap of `Sleepers`.
    var position = -1

    init(_ sleeper: Sleeper, _ suspended: Suspended, _ waiting: WaitingConnections, alarm: UInt64) {
        self.sleeper = sleeper
        self.suspended = suspended
        self.waiting = waiting
        self.alarm = alarm
    }

    /// Has the connection go on: the stream is read again, the parked request is handled again. From any thread, also
    /// before the connection has begun to wait; not after `closed`, `abandoned` or the answer. O(1), and
    /// cheap where the connection does not sleep. However many connections of one daemon are woken, its thread is
    /// woken once.
    public func wake() {
        switch state.exchange(.woken, ordering: .acquiringAndReleasing) {
        case .asleep: waiting.wake(suspended)
        case .awake: if case .parked = sleeper { waiting.signal(suspended) }
        case .woken: break
        }
    }

    /// Whether the client is still there, as far as its end of the connection was heard of: asks the system. As long
    /// as `wake` may be called.
    public var isConnected: Bool {
        if isHungUp.load(ordering: .relaxed) { return false }
        return !cepoll_is_hung_up(suspended.connection.descriptor)
    }
}

/// Who sleeps.
enum Sleeper {
    case stream(any BodyStream)
    case parked(any ParkedWork)

    /// The server is about to stop.
    func finish() {
        switch self {
        case .stream(let stream): stream.finish()
        case .parked(let work): work.finish()
        }
    }
}
