#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// What a thread's box is released as: the C callback that does it cannot be generic.
private class AnyBox {}

/// One value per thread, made at the thread's first use and destroyed when the thread ends.
///
/// `@unchecked Sendable`: the key is an integer that pthread hands out, and a value is only ever reached from
/// the thread it belongs to. The owner must outlive the threads that use it.
final class PerThread<Value: ~Copyable>: @unchecked Sendable {
    private let key: pthread_key_t

    init() {
        var key = pthread_key_t()
        let failed = pthread_key_create(&key) { raw in
            Unmanaged<AnyBox>.fromOpaque(raw!).release()
        }
        precondition(failed == 0, "too many thread-specific keys")
        self.key = key
    }

    deinit { pthread_key_delete(key) }

    private final class Box: AnyBox {
        let pointer: UnsafeMutablePointer<Value>
        init(_ value: consuming Value) {
            pointer = .allocate(capacity: 1)
            pointer.initialize(to: value)
        }
        deinit {
            pointer.deinitialize(count: 1)
            pointer.deallocate()
        }
    }

    /// The thread's value, made by `make` if it has none yet.
    @inline(__always)
    func value(_ make: () -> Value) -> UnsafeMutablePointer<Value> {
        if let raw = pthread_getspecific(key) {
            return Unmanaged<Box>.fromOpaque(raw)._withUnsafeGuaranteedRef { $0.pointer }
        }
        let box = Box(make())
        pthread_setspecific(key, Unmanaged.passRetained(box).toOpaque())
        return box.pointer
    }
}
