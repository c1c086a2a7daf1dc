internal import CEpoll
internal import CMicrohttpd
internal import Synchronization

/// The connections of one daemon whose responses are expected within a moment: not suspended, which costs several system
/// calls each, but called again by libmicrohttpd in each of its rounds. In place of going round in vain its thread
/// naps, in the access handler of one of them, until there is something for any connection of the daemon.
///
/// No wake-up is lost: `signals` is raised before `isNapping` is read, and read again after `isNapping` is set.
///
/// Unchecked Sendable: what is not atomic or constant is the daemon's thread's alone.
final class PausedConnections: @unchecked Sendable {
    /// For how long a connection is paused before it is suspended, in microseconds: a round trip to another server
    /// that is near.
    static let patience: UInt64 = 2000
    /// More are suspended: each is called in each round.
    private static let limit = 256

    /// Interrupts a nap; -1 where the system has none left.
    private let event = cepoll_event()
    /// The daemon's epoll instance; -1 while it is not known.
    private let rounds = Atomic<Int32>(-1)
    /// How often something was told that may concern a paused connection.
    private let signals = Atomic<UInt64>(0)
    private let isNapping = Atomic(false)

    private var count = 0
    /// What `signals` was before the paused connections were last called.
    private var seen: UInt64 = 0
    /// How many of them are still to be called before the thread naps again.
    private var left = 0

    deinit { if event >= 0 { cepoll_close(event) } }

    /// Connections may be paused from now on.
    func begin(_ daemon: OpaquePointer) {
        if event >= 0 { rounds.store(cmicrohttpd_epoll(daemon), ordering: .releasing) }
    }

    /// Tells that what a paused connection waits for may be there. From any thread; cheap where none naps.
    func signal() {
        signals.add(1, ordering: .sequentiallyConsistent)
        if isNapping.load(ordering: .sequentiallyConsistent),
            isNapping.exchange(false, ordering: .sequentiallyConsistent)
        {
            cepoll_signal(event)
        }
    }

    // MARK: The daemon's thread

    /// Notes that a connection is paused; false where it is to be suspended.
    func enter() -> Bool {
        guard count < Self.limit, rounds.load(ordering: .relaxed) >= 0 else { return false }
        if count == 0 { seen = signals.load(ordering: .sequentiallyConsistent) }
        count += 1
        return true
    }

    /// Notes that one is not any more.
    func leave() {
        count -= 1
        if left > 0 { left -= 1 }
    }

    /// Called for a paused connection that is to wait on: naps, for so many microseconds at most, if all others were
    /// called since something happened.
    func rest(_ microseconds: UInt64) {
        if left > 0 {
            left -= 1
            return
        }
        isNapping.store(true, ordering: .sequentiallyConsistent)
        var isSignalled = false
        if signals.load(ordering: .sequentiallyConsistent) == seen {
            isSignalled = cepoll_nap(rounds.load(ordering: .relaxed), event, Int64(microseconds) * 1000)
        }
        if !isNapping.exchange(false, ordering: .sequentiallyConsistent) || isSignalled {
            cepoll_clear(event)
        }
        seen = signals.load(ordering: .sequentiallyConsistent)
        left = count - 1
    }
}
