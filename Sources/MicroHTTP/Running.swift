#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif
internal import CMicrohttpd

/// The threads of a started server.
///
/// Unchecked Sendable: kept under `HTTPServer`'s lock.
struct Running: @unchecked Sendable {
    private let daemons: [OpaquePointer]
    private let thread: pthread_t
    private let orders: (read: Int32, write: Int32)

    init(_ core: ServerCore, _ options: HTTPOptions, _ listening: ListeningSocket) throws(HTTPServerError) {
        ignoreBrokenPipes()
        // Signals are the main program's business: threads inherit what is blocked when they start.
        let mask = blockSignals()
        defer { restoreSignals(mask) }
        var started: [OpaquePointer] = []
        var ends: [Int32] = [-1, -1]
        do throws(HTTPServerError) {
            guard pipe(&ends) == 0 else { throw .system(operation: "pipe", code: errno) }
            try setNonBlocking(ends[0])
            for _ in 0..<max(1, options.threads) {
                // The registry keeps the limit; libmicrohttpd counts a connection a little longer.
                guard
                    let daemon = startDaemon(
                        core, connectionLimit: core.maxConnections + 1024,
                        connectionMemory: max(options.connectionMemory, 4 << 10))
                else { throw .system(operation: "starting libmicrohttpd", code: errno) }
                core.waiting.paused[started.count].begin(daemon)
                started.append(daemon)
            }
            try setNonBlocking(listening.descriptor)
            let housekeeper = Housekeeper(core: core, listening: listening, daemons: started, wake: ends[0])
            thread = try startThread(housekeeper)
        } catch {
            started.forEach { MHD_stop_daemon($0) }
            ends.filter { $0 >= 0 }.forEach { close($0) }
            throw error
        }
        daemons = started
        orders = (ends[0], ends[1])
    }

    func stop(graceMilliseconds: UInt64) {
        var grace = graceMilliseconds
        write(orders.write, &grace, MemoryLayout<UInt64>.size)
        pthread_join(thread, nil)
        daemons.forEach { MHD_stop_daemon($0) }
        close(orders.read)
        close(orders.write)
    }
}

private func startThread(_ housekeeper: Housekeeper) throws(HTTPServerError) -> pthread_t {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(housekeeper)
    let code = pthread_create(
        &thread, nil,
        { context in
            guard let context else { return nil }
            Unmanaged<Housekeeper>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, context.toOpaque())
    guard code == 0 else {
        context.release()
        throw .system(operation: "pthread_create", code: code)
    }
    return thread
}

/// A write to a connection that the client has closed is an error to handle, not the end of the process.
private func ignoreBrokenPipes() {
    // A program that has its own handler keeps it.
    if let handler = signal(SIGPIPE, SIG_IGN) { signal(SIGPIPE, handler) }
}

private func blockSignals() -> sigset_t {
    var blocked = sigset_t()
    var before = sigset_t()
    sigemptyset(&blocked)
    for number in [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGCHLD, SIGPIPE] {
        sigaddset(&blocked, number)
    }
    pthread_sigmask(SIG_BLOCK, &blocked, &before)
    return before
}

private func restoreSignals(_ mask: sigset_t) {
    var mask = mask
    pthread_sigmask(SIG_SETMASK, &mask, nil)
}
