import Engine
import Persistence
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A line on the terminal that says how far loading is, and is rewritten a few times a second; where the standard
/// error stream is no terminal there is none.
final class ProgressLine: Sendable {
    private let progress = LoadingProgress()
    private let isOver = Atomic<Bool>(false)

    /// Runs `body` and shows how far it is meanwhile.
    static func show<R>(_ body: (LoadingProgress) throws -> R) rethrows -> R {
        let line = ProgressLine()
        guard isatty(STDERR_FILENO) == 1 else { return try body(line.progress) }
        guard let thread = Thread({ line.run() }) else { return try body(line.progress) }
        defer {
            line.isOver.store(true, ordering: .releasing)
            thread.join()
        }
        return try body(line.progress)
    }

    private func run() {
        let start = milliseconds()
        var wasShown = false
        while !isOver.load(ordering: .acquiring) {
            usleep(100_000)
            let total = progress.total.load(ordering: .relaxed)
            if total == 0 || milliseconds() - start < 500 { continue }
            rewrite(
                ProgressLine.text(
                    done: progress.done.load(ordering: .relaxed), total: total,
                    items: progress.items.load(ordering: .relaxed), milliseconds: milliseconds() - start))
            wasShown = true
        }
        if wasShown { rewrite("") }
    }

    /// `42 %  1200000 keys and commands  85 MB/s`.
    static func text(done: Int, total: Int, items: Int, milliseconds: Int) -> String {
        let percent = total == 0 ? 100 : min(done, total) * 100 / total
        let speed = milliseconds == 0 ? 0 : done / 1000 / milliseconds
        return "\(percent) %  \(items) keys and commands  \(speed) MB/s"
    }

    /// Rewrites the line.
    private func rewrite(_ text: String) {
        // To the line's start, and erase it (ECMA-48: EL).
        let line = "\r\u{1B}[K" + text
        _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    }

    private func milliseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int(now.tv_sec) * 1000 + Int(now.tv_nsec) / 1_000_000
    }
}
