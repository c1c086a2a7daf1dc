#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A thread that is waited for.
///
/// `@unchecked Sendable`: the system's handle is constant.
final class Thread: @unchecked Sendable {
    private let handle: pthread_t

    /// Starts it. Traps where the system has no thread left.
    init(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var handle = pthread_t()
        let failed = pthread_create(
            &handle, nil,
            { argument in
                Unmanaged<Box>.fromOpaque(argument.unsafelyUnwrapped).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(Box(body)).toOpaque())
        precondition(failed == 0, "cannot start a thread")
        self.handle = handle
    }

    /// Waits for its end; once.
    func join() { pthread_join(handle, nil) }
}
