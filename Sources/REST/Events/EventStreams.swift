internal import Engine
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// All streams of events, and the thread that gives those a sign of life which have nothing to send.
final class EventStreams: Sendable {
    let options: EventOptions
    private let all = Mutex<[EventStream]>([])
    private let beats = Atomic<UInt64>(0)
    private let state = Mutex(State.idle)

    private enum State {
        case idle, running, stopped
    }

    /// How often the thread looks, in milliseconds.
    private static let period = 100

    init(_ options: EventOptions) { self.options = options }

    /// How often the thread has looked: a clock that costs nothing to read.
    var beat: UInt64 { beats.load(ordering: .relaxed) }

    /// How many streams there are.
    var count: Int { all.withLock { $0.count } }

    /// Keeps a stream until `remove`.
    func add(_ stream: EventStream) {
        all.withLock { all in
            stream.position = all.count
            all.append(stream)
        }
        let starts = state.withLock { state in
            guard state == .idle else { return false }
            state = .running
            return true
        }
        if !starts { return }
        precondition(Thread.detached { [self] in run() }, "cannot start the heartbeats' thread")
    }

    /// Lets go of a stream. O(1).
    func remove(_ stream: EventStream) {
        all.withLock { all in
            let position = stream.position
            guard position < all.count, all[position] === stream, let last = all.popLast() else { return }
            if last !== stream {
                all[position] = last
                last.position = position
            }
        }
    }

    /// Ends the thread.
    func stop() { state.withLock { $0 = .stopped } }

    private func run() {
        // At least one: a stream that was read in this very beat has been quiet for less.
        let quiet = UInt64(max(1, (options.heartbeat * 1000 / Double(EventStreams.period)).rounded(.up)))
        while state.withLock({ $0 != .stopped }) {
            usleep(UInt32(EventStreams.period) * 1000)
            let beat = beats.wrappingAdd(1, ordering: .relaxed).newValue
            // All that are due in one go: waking one connection or many costs about the same.
            guard options.heartbeat > 0, beat >= quiet, beat % EventStreams.stride(quiet) == 0 else {
                continue
            }
            all.withLock { all in
                for stream in all { stream.heartbeat(since: beat - quiet) }
            }
        }
    }

    /// Every how many beats streams are looked at: a late heartbeat does no harm, and looking at many takes time.
    private static func stride(_ quiet: UInt64) -> UInt64 { max(1, quiet / 8) }
}
