#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import CMicrohttpd
internal import Synchronization

/// An HTTP/1.1 server over libmicrohttpd: `threads` daemons of one epoll thread each, and one thread that
/// accepts connections and watches over time-outs.
public final class HTTPServer<Handler: HTTPHandler>: Sendable {
    /// The port it listens on.
    public let port: UInt16
    /// How many connections it takes: `HTTPOptions.maxConnections`, or fewer where the process may not open
    /// as many files.
    public let connectionLimit: Int

    private let core: HandlerCore<Handler>
    private let running: Mutex<Running?>

    /// Starts serving; when it returns, connections are accepted.
    public init(_ options: HTTPOptions, handler: Handler) throws(HTTPServerError) {
        let listening = try ListeningSocket(
            address: options.bindAddress, port: options.port, backlog: options.backlog)
        port = listening.port
        connectionLimit = raiseOpenFileLimit(
            for: max(1, options.maxConnections), beside: options.otherFiles)
        do throws(HTTPServerError) {
            core = HandlerCore(options, maxConnections: connectionLimit, try Sleepers(), handler: handler)
            running = Mutex(try Running(core, options, listening))
        } catch {
            close(listening.descriptor)
            throw error
        }
    }

    /// How many connections are open. Waits for a lock that is held for the time of a sweep at most.
    public var connectionCount: Int { core.registry.withLock { $0.registry.count } }

    /// How many responses are held back and requests put off, or are about to be.
    public var waitingCount: Int { core.waiting.count }

    /// Sends the responses that wait for `ticket` or an earlier one (`HTTPResponse.hold`), and lets those go from
    /// now on that would. Cheaper for many at once than one by one; where nothing waits, next to nothing. From
    /// any thread.
    public func release(upTo ticket: UInt64) { core.waiting.release(upTo: ticket) }

    /// Begins, or ends, to answer `HTTPRefusal.notStored` at once in place of responses that wait for a ticket not
    /// released yet. From any thread.
    public func setFailing(_ failing: Bool) { core.waiting.setFailing(failing) }

    /// Has the requests handled again that were put off (`HTTPResponse.postpone`), also those being handled just
    /// now. From any thread.
    public func resumePostponed() { core.waiting.resumePostponed() }

    /// Stops: accepts no more, lets requests under way finish for up to `grace` seconds while idle
    /// connections are closed, then closes the rest, also those that wait. Returns when all is over; a second call does nothing.
    /// A handler must not call it: it waits for the handlers.
    public func stop(grace: Double = 10) {
        running.withLock { state in
            state?.stop(graceMilliseconds: grace > 0 ? UInt64(min(grace, 86_400) * 1000) : 0)
            state = nil
        }
    }

    // Without it the daemons would outlive what their callbacks point to.
    deinit { stop(grace: 0) }
}
