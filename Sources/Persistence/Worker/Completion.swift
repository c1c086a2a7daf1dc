#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A result that one thread gives, once, and others wait for.
///
/// `@unchecked Sendable`: `value` is only touched under `lock`.
final class Completion<Value: Sendable>: @unchecked Sendable {
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let given: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value?

    init() {
        lock = .allocate(capacity: 1)
        given = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        given.initialize(to: pthread_cond_t())
        pthread_mutex_init(lock, nil)
        pthread_cond_init(given, nil)
    }

    deinit {
        pthread_cond_destroy(given)
        pthread_mutex_destroy(lock)
        given.deallocate()
        lock.deallocate()
    }

    /// Gives the result; a second one is ignored.
    func complete(_ result: Value) {
        pthread_mutex_lock(lock)
        if value == nil { value = result }
        pthread_cond_broadcast(given)
        pthread_mutex_unlock(lock)
    }

    /// The result; nil as long as there is none.
    var result: Value? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return value
    }

    /// Waits for the result.
    func wait() -> Value {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            if let value { return value }
            pthread_cond_wait(given, lock)
        }
    }
}
