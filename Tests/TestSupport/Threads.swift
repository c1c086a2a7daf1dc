#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Runs the body on `count` threads of its own and waits for all; the bodies are bounded, so that only a
/// deadlock keeps it waiting.
public func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    final class Job: Sendable {
        let index: Int
        let body: @Sendable (Int) -> Void
        init(_ index: Int, _ body: @escaping @Sendable (Int) -> Void) {
            self.index = index
            self.body = body
        }
    }
    let threads = (0..<count).map { index in
        var thread = pthread_t()
        let job = Unmanaged.passRetained(Job(index, body)).toOpaque()
        let failed = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let job = Unmanaged<Job>.fromOpaque(argument).takeRetainedValue()
                job.body(job.index)
                return nil
            }, job)
        precondition(failed == 0, "no thread")
        return thread
    }
    for thread in threads { pthread_join(thread, nil) }
}
