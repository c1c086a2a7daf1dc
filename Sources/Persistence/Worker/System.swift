#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Time that never goes back, in milliseconds.
func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

/// The same in microseconds.
func monotonicMicroseconds() -> Int64 { microseconds(of: CLOCK_MONOTONIC) }

/// Processor time of this thread, in microseconds.
func threadMicroseconds() -> Int64 { microseconds(of: CLOCK_THREAD_CPUTIME_ID) }

/// Processor time of all threads of this process, in microseconds.
func processMicroseconds() -> Int64 { microseconds(of: CLOCK_PROCESS_CPUTIME_ID) }

private func microseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
}

/// Has the system prefer other threads to the calling one for the rest of its life (each has its own priority on Linux).
func leaveProcessorToOthers() { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }

/// Sleeps; the system adds some dozen microseconds.
func pause(microseconds: Int64) {
    if microseconds > 0 { usleep(UInt32(min(microseconds, 1_000_000))) }
}

/// Sleeps.
func pause(milliseconds: Int) {
    if milliseconds > 0 { usleep(UInt32(min(milliseconds, 60_000)) * 1000) }
}

/// This process's number.
func processNumber() -> Int { Int(getpid()) }
