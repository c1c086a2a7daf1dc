#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// SIGTERM and SIGINT, received by waiting for them instead of by a handler.
public struct StopSignals {
    private var set = sigset_t()

    /// Blocks the signals in this thread and all it starts from now on: call it before any other thread runs.
    public init() {
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Ends `wait`, from another thread, as if SIGTERM had come.
    public static func raise() { kill(getpid(), SIGTERM) }

    /// Waits for one of them; returns its name.
    public func wait() -> String {
        var set = set
        var signal: Int32 = 0
        // sigwait fails only for a set that holds no valid signal.
        while sigwait(&set, &signal) != 0 {}
        return signal == SIGINT ? "SIGINT" : "SIGTERM"
    }
}
