internal import Engine
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A thread that executes chunks of commands in the order in which it is given them, and the bounded queue before
/// it: there are so many chunks, and who wants to fill one waits until one is free.
///
/// `@unchecked Sendable`: `waiting`, `free`, `isBusy`, `isEnding` and `failure` are only touched under `lock`; a chunk
/// belongs to whoever has taken it out of them.
final class LoadingLane: @unchecked Sendable {
    typealias Chunk = UnsafeMutablePointer<CommandChunk>

    /// Chunks on their way, at most.
    private static let depth = 4

    private let engine: any LoadableEngine
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    /// There is a chunk to execute, or the end has come.
    private let filled: UnsafeMutablePointer<pthread_cond_t>
    /// A chunk was executed.
    private let emptied: UnsafeMutablePointer<pthread_cond_t>
    private var waiting: [Chunk] = []
    private var free: [Chunk] = []
    private var isBusy = false
    private var isEnding = false
    private var failure: ReplayFailure?
    private let failed = Atomic<Bool>(false)
    private var thread: Thread?

    /// Starts the thread.
    init(_ engine: any LoadableEngine) {
        self.engine = engine
        lock = .allocate(capacity: 1)
        filled = .allocate(capacity: 1)
        emptied = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(filled, nil)
        pthread_cond_init(emptied, nil)
        for _ in 0..<LoadingLane.depth {
            let chunk = Chunk.allocate(capacity: 1)
            chunk.initialize(to: CommandChunk())
            free.append(chunk)
        }
        thread = Thread { [self] in run() }
        precondition(thread != nil, "cannot start a thread that loads")
    }

    deinit {
        for chunk in free + waiting {
            chunk.deinitialize(count: 1)
            chunk.deallocate()
        }
        pthread_cond_destroy(filled)
        pthread_cond_destroy(emptied)
        pthread_mutex_destroy(lock)
        filled.deallocate()
        emptied.deallocate()
        lock.deallocate()
    }

    /// Whether a command has failed; nothing is executed any more then.
    var hasFailed: Bool { failed.load(ordering: .relaxed) }

    /// An empty chunk, the caller's until it gives it back by `submit`; waits until there is one.
    func take() -> Chunk {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            if let chunk = free.popLast() { return chunk }
            pthread_cond_wait(emptied, lock)
        }
    }

    /// Has a chunk executed.
    func submit(_ chunk: Chunk) {
        pthread_mutex_lock(lock)
        waiting.append(chunk)
        pthread_mutex_unlock(lock)
        pthread_cond_signal(filled)
    }

    /// Waits until everything was executed.
    /// - Returns: the first failure there was, if any.
    func drain() -> ReplayFailure? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while isBusy || !waiting.isEmpty { pthread_cond_wait(emptied, lock) }
        return failure
    }

    /// Ends the thread, after what it was given.
    func end() {
        pthread_mutex_lock(lock)
        isEnding = true
        pthread_mutex_unlock(lock)
        pthread_cond_signal(filled)
        thread?.join()
    }

    private func run() {
        var replay = ChunkReplay(engine)
        while let chunk = next() {
            var found: ReplayFailure?
            if !hasFailed { found = replay.run(chunk.pointee) }
            chunk.pointee.clear()
            pthread_mutex_lock(lock)
            if let found {
                failure = found
                failed.store(true, ordering: .relaxed)
            }
            free.append(chunk)
            isBusy = false
            pthread_mutex_unlock(lock)
            // One waits at most: the thread that reads.
            pthread_cond_signal(emptied)
        }
    }

    private func next() -> Chunk? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while waiting.isEmpty {
            if isEnding { return nil }
            pthread_cond_wait(filled, lock)
        }
        isBusy = true
        return waiting.removeFirst()
    }
}
