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
        /// One, which waits where it finds nothing.
        case waiting
    }

    private struct State {
        var isDone = false
        var wake: (@Sendable () -> Void)?
        var cancel: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    private let done: UnsafeMutablePointer<sem_t>
    /// The commands' replies, in their order.
    public var reply = Reply()
    /// What else is known.
    public var outcome = Outcome()
    /// Finds the version in the reply, where it was asked for.
    package var findVersion: (@Sendable (ReplyReader) -> UInt64)?

    /// One that is not answered yet.
    package init() {
        done = .allocate(capacity: 1)
        sem_init(done, 0, 0)
    }

    deinit {
        sem_destroy(done)
        done.deallocate()
    }

    /// What else is known, with the version. O(the value), the first time.
    public func concludedOutcome() -> Outcome {
        if let findVersion {
            outcome.version = findVersion(reply.reader)
            self.findVersion = nil
        }
        return outcome
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

    /// Sets what `cancel` is to do.
    package func onCancel(_ cancel: @escaping @Sendable () -> Void) { state.withLock { $0.cancel = cancel } }

    /// Has it answered soon, though what it waits for has not come; nothing where it does not wait. From any thread.
    public func cancel() { state.withLock { $0.isDone ? nil : $0.cancel }?() }

    /// Tells that it is answered; once.
    package func complete() {
        state.withLock { state in
            state.isDone = true
            state.wake?()
            state.wake = nil
            state.cancel = nil
        }
        sem_post(done)
    }

    /// Blocks until it is answered; once at most.
    public func wait() { while sem_wait(done) != 0, errno == EINTR {} }
}
