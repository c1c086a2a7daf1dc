internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Commands that were given to an engine whose data is elsewhere, until they are answered.
///
/// Unchecked Sendable: `reply` and `outcome` are the engine's until `complete`, and of whoever began it from then on.
public final class RemoteExecution: @unchecked Sendable {
    /// How several commands belong together.
    public enum Form: Sendable {
        /// Each on its own, in order for those of the same key.
        case each
        /// All or none, with nothing between them.
        case atomic
    }

    private struct State {
        var isDone = false
        var wake: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let done: UnsafeMutablePointer<sem_t>
    /// The commands' replies, in their order.
    public var reply = Reply()
    /// What else is known.
    public var outcome = Outcome()

    /// One that is not answered yet.
    package init() {
        done = .allocate(capacity: 1)
        sem_init(done, 0, 0)
    }

    deinit {
        sem_destroy(done)
        done.deallocate()
    }

    /// Whether it is answered.
    public var isDone: Bool { state.withLock { $0.isDone } }

    /// Has `wake` called once it is answered, which may be at once; from any thread.
    public func attach(wake: @escaping @Sendable () -> Void) {
        let isDone = state.withLock { state in
            if !state.isDone { state.wake = wake }
            return state.isDone
        }
        if isDone { wake() }
    }

    /// Has nobody called any more: whoever was to be is gone when this returns.
    public func detach() { state.withLock { $0.wake = nil } }

    /// Tells that it is answered; once.
    package func complete() {
        state.withLock { state in
            state.isDone = true
            state.wake?()
            state.wake = nil
        }
        sem_post(done)
    }

    /// Blocks until it is answered; once at most.
    public func wait() { while sem_wait(done) != 0, errno == EINTR {} }
}
