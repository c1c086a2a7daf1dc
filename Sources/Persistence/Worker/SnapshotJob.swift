internal import Engine

/// A snapshot that is being written, step by step, and what it is for.
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

    let kind: Kind
    let memory: MemorySnapshot
    let file: SnapshotFile<Files>
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

    /// A fraction of a millisecond of work or so; false at the end.
    func step() -> Bool { memory.step({ file.add($0) }, unlocked: file.flushIfFull) }

    /// What is told of it.
    func attempt(size: Int, failure: FileError? = nil) -> PersistenceStatus.Attempt {
        var attempt = PersistenceStatus.Attempt()
        attempt.time = Clock.milliseconds()
        attempt.duration = Int(monotonicMilliseconds() - start)
        attempt.size = size
        attempt.keys = memory.keys
        attempt.failure = failure?.description
        return attempt
    }
}
