#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import Synchronization

/// What every connection of a server shares. `HandlerCore` adds the handler: C callbacks can't be generic, so
/// they call through this class's table of methods.
///
/// Unchecked Sendable: everything is immutable, atomic or under the registry's lock; `Registry` holds
/// connections, whose own rules `Connection` states.
class ServerCore: @unchecked Sendable {
    let timeouts: Timeouts
    let maxBody: Int
    let maxConnections: Int
    let maxConnectionsPerAddress: Int
    let registry: Mutex<RegistryBox>
    let waiting: WaitingConnections
    let sleepers: Sleepers

    private let clock: Atomic<UInt64>
    private let stopping = Atomic(false)

    init(_ options: HTTPOptions, maxConnections: Int, _ sleepers: Sleepers) {
        self.sleepers = sleepers
        timeouts = Timeouts(options)
        maxBody = max(0, options.maxBody)
        self.maxConnections = maxConnections
        maxConnectionsPerAddress = options.maxConnectionsPerAddress
        registry = Mutex(RegistryBox(registry: Registry(workers: max(1, options.threads))))
        waiting = WaitingConnections(workers: max(1, options.threads))
        clock = Atomic(monotonicMilliseconds())
    }

    /// Milliseconds of the monotonic clock as the housekeeper last read it: exact enough for time-outs, and
    /// cheaper than asking the system for each request.
    var now: UInt64 { clock.load(ordering: .relaxed) }

    /// Reads the clock; the housekeeper's.
    func updateClock() { clock.store(monotonicMilliseconds(), ordering: .relaxed) }

    /// When to look again at a connection that has just become idle.
    var idleCheck: UInt64 { now + min(timeouts.header, timeouts.idle) }

    /// Whether responses are to close their connections.
    var isStopping: Bool { stopping.load(ordering: .relaxed) }

    /// Lets connections end with their present request.
    func beginStopping() { stopping.store(true, ordering: .relaxed) }

    // Overridden by HandlerCore.
    func announce(_ request: HTTPRequest) {}
    func admit(_ request: HTTPRequest, _ response: inout HTTPResponse) -> Bool { true }
    func handle(_ request: HTTPRequest, _ response: inout HTTPResponse) {}
    func describe(_ refusal: HTTPRefusal, _ request: HTTPRequest, _ response: inout HTTPResponse) {}
}

/// A core with its handler.
///
/// Unchecked Sendable as its superclass is; the handler is Sendable itself.
final class HandlerCore<Handler: HTTPHandler>: ServerCore, @unchecked Sendable {
    private let handler: Handler

    init(_ options: HTTPOptions, maxConnections: Int, _ sleepers: Sleepers, handler: Handler) {
        self.handler = handler
        super.init(options, maxConnections: maxConnections, sleepers)
    }

    override func announce(_ request: HTTPRequest) { handler.announce(request) }

    override func admit(_ request: HTTPRequest, _ response: inout HTTPResponse) -> Bool {
        handler.admit(request, &response)
    }

    override func handle(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        handler.handle(request, &response)
    }

    override func describe(_ refusal: HTTPRefusal, _ request: HTTPRequest, _ response: inout HTTPResponse) {
        response.reset()
        response.status = refusal.status
        handler.describe(refusal, request, &response)
    }
}

/// Carries the registry into and out of its lock.
///
/// Unchecked Sendable: connections cross threads only as `Connection` allows.
struct RegistryBox: @unchecked Sendable {
    var registry: Registry
}

func monotonicMicroseconds() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
}

func monotonicMilliseconds() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return UInt64(now.tv_sec) * 1000 + UInt64(now.tv_nsec) / 1_000_000
}
