internal import Engine
internal import Synchronization

/// A snapshot that is being written, on a thread of its own, and what it is for.
final class SnapshotJob<Files: FileSystem> {
    enum Kind {
        /// For the snapshot file: by BGSAVE, or because a save point is due.
        case background
        /// For the snapshot file, and somebody waits for it.
        case awaited(Completion<PersistenceRefusal?>)
        /// For the snapshot file, before it is loaded again or the server ends.
        case last
        /// For the append-only file's base, with the increment begun at the cut.
        case base
        /// For a base with a new increment, which is not in use before: what there was can't be written on.
        /// Everything up to the ticket is in the base.
        case freshBase(AppendOnlyFile<Files>.Prepared, upTo: UInt64)
    }

    /// How writing has ended.
    enum Ending {
        /// The file is whole, on disk and under its name; its bytes.
        case written(Int)
        /// There is no file.
        case failed(FileError)
        case cancelled
    }

    let kind: Kind
    private let memory: MemorySnapshot
    private let file: SnapshotFile<Files>
    private let isCancelled = Atomic(false)
    /// Number of changes at the cut.
    let changes: UInt64
    /// Unix time, and monotonic time, of the start in milliseconds.
    let time = Clock.milliseconds()
    private let start = monotonicMilliseconds()

    init(
        _ kind: Kind, _ memory: MemorySnapshot, _ file: SnapshotFile<Files>, changes: UInt64,
        residentMemory: Int
    ) {
        self.kind = kind
        self.memory = memory
        self.file = file
        self.changes = changes
        file.begin(memory, memory: residentMemory)
    }

    var isRewrite: Bool {
        switch kind {
        case .background, .awaited, .last: false
        case .base, .freshBase: true
        }
    }

    /// Whether somebody waits for it.
    var isAwaited: Bool {
        switch kind {
        case .awaited, .last: true
        case .background, .base, .freshBase: false
        }
    }

    /// Has `write` end soon, unless it is about to end anyway. From any thread.
    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Writes the file, and gives it the name `path`. Where nobody waits for it, the thread leaves the processor to
    /// those that serve requests: it runs when they don't, and rests while there is much to do.
    func write(to path: String) -> Ending {
        if !isAwaited { leaveProcessorToOthers() }
        var pace = SnapshotPace()
        var used = threadMicroseconds()
        while memory.step({ file.add($0) }, unlocked: file.flushIfFull) {
            if let failure = file.failure { return discard(.failed(failure)) }
            if isCancelled.load(ordering: .relaxed) { return discard(.cancelled) }
            if isAwaited { continue }
            let now = threadMicroseconds()
            pace.stepEnded(at: monotonicMicroseconds(), used: now - used, others: processMicroseconds() - now)
            used = now
            pause(microseconds: pace.rest(at: monotonicMicroseconds()))
        }
        do throws(FileError) {
            return .written(try file.finish(as: path))
        } catch {
            return .failed(error)
        }
    }

    private func discard(_ ending: Ending) -> Ending {
        memory.abandon()
        file.discard()
        return ending
    }

    /// What is told of it, once it has ended.
    func attempt(size: Int? = nil, failure: FileError? = nil) -> PersistenceStatus.Attempt {
        var attempt = PersistenceStatus.Attempt()
        attempt.time = Clock.milliseconds()
        attempt.duration = Int(monotonicMilliseconds() - start)
        attempt.size = size ?? file.count
        attempt.keys = memory.keys
        attempt.failure = failure?.description
        return attempt
    }
}
