#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A thread of the system's, which somebody waits for.
package struct Thread: Sendable {
    private let handle: pthread_t

    /// Starts one that runs `body`; nil where the system has none left.
    package init?(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var handle = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let failed = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        if failed != 0 {
            box.release()
            return nil
        }
        self.handle = handle
    }

    /// Starts one that nobody waits for; false where the system has none left.
    package static func detached(_ body: @escaping @Sendable () -> Void) -> Bool {
        guard let thread = Thread(body) else { return false }
        pthread_detach(thread.handle)
        return true
    }

    /// Waits for its end; once.
    package func join() { pthread_join(handle, nil) }
}
