public import Engine
internal import Synchronization

public import Logging

/// Keeps an engine's data on disk: loads it at the start, appends what commands change, writes snapshots and rewrites
/// the append-only file. One thread of its own does all of that, and owns all files, but for what
/// a `Chore` does to those that nobody appends to.
///
/// The order is `open`, `makeJournal` (for the engine's `init`), `start`, `stop`.
///
/// `@unchecked Sendable`: `lock` is written by `open` and `stop` alone, which one thread calls; the rest is constant
/// and Sendable.
public final class PersistenceWorker<Files: FileSystem>: PersistenceService, @unchecked Sendable {
    let options: PersistenceOptions
    private let files: Files
    private let logger: Logger
    private let events: PersistenceEvents
    let control: WorkerControl
    private var lock: DirectoryLock<Files>?

    /// A worker that has not begun.
    public init(
        _ options: PersistenceOptions, _ files: Files, logger: Logger,
        events: PersistenceEvents = PersistenceEvents()
    ) {
        self.options = options
        self.files = files
        self.logger = logger
        self.events = events
        control = WorkerControl(options)
    }

    /// What the engine's effects go to; nil where there is no append-only file.
    public func makeJournal(_ gate: WriteGate) -> Journal? {
        guard options.isAppendOnly else { return nil }
        let awaited = control.state.withLock { $0.settings.syncPolicy == .always }
        return Journal(gate: gate, limit: options.queueLimit, awaitsWrites: awaited)
    }

    /// Makes the directory where it is missing, locks it, removes what an interrupted rewrite or snapshot has left over,
    /// and reads the manifest.
    public func open() throws(PersistenceError) {
        let directory = DirectoryPreparation(options: options, files: files)
        lock = try directory.open()
        do throws(PersistenceError) {
            try directory.clean()
        } catch {
            lock = nil
            throw error
        }
    }

    /// Shuts the engine's gate, and begins to load on the worker's thread; the gate is opened when that is done.
    /// `engine` has the journal that `makeJournal` made.
    public func start(_ engine: MemoryEngine) {
        precondition(lock != nil, "the directory is not open")
        engine.gate.shut(.loading)
        control.state.withLock { state in
            state.phase = .loading
            state.engine = engine
            state.alarm = engine.journal ?? Journal(gate: WriteGate())
            state.status.isLoading = true
            state.status.loadingStart = Clock.milliseconds() / 1000
        }
        let (options, files, logger, events, control) = (options, files, logger, events, control)
        let hasStarted = Thread.detached {
            WorkerLoop(options, files, engine, logger: logger, events: events, control).run()
            control.ended.complete(true)
        }
        precondition(hasStarted, "cannot start the persistence thread")
    }

    /// Waits until the data is loaded, or throws why it can't be; the gate then stays shut.
    public func waitUntilLoaded() throws(LoadError) {
        if let error = control.loaded.wait() { throw error }
    }

    /// Puts on disk what is not there yet, makes a snapshot where that is configured and something has changed, closes all
    /// files and lets the directory go. Called when no more commands come.
    public func stop() {
        let hasBegun = control.state.withLock { $0.phase != .idle && $0.phase != .stopped }
        if hasBegun {
            // Loading changes no file, so it need not come to its end.
            control.progress.stop()
            control.request { $0.wantsStop = true }
            _ = control.ended.wait()
        }
        control.state.withLock { state in
            state.phase = .stopped
            state.engine = nil
        }
        control.loaded.complete(LoadError("the server has stopped"))
        lock = nil
    }

    // MARK: PersistenceService

    /// How things are. O(1).
    public var status: PersistenceStatus { control.status }

    /// Has a snapshot made, now or when the rewrite under way is over.
    public func startSnapshot() throws(PersistenceRefusal) {
        try control.request { (state) throws(PersistenceRefusal) in
            try state.checkIsRunning()
            guard !state.isSaving else { throw .saving }
            state.wantsSnapshot = true
            if state.status.rewriteStart == nil { state.status.snapshotStart = Clock.milliseconds() }
        }
    }

    /// The snapshot file.
    public func openSnapshot() -> SnapshotBody? { .stored(options.snapshotPath) }

    /// Has the append-only file rewritten, now or when the snapshot under way is written.
    public func startRewrite() throws(PersistenceRefusal) {
        try control.request { (state) throws(PersistenceRefusal) in
            try state.checkIsRunning()
            guard state.status.isAppendOnly else {
                throw PersistenceRefusal("ERR there is no append-only file; start with --appendonly yes")
            }
            guard state.status.rewriteStart == nil, !state.wantsRewrite else {
                throw PersistenceRefusal("ERR Background append only file rewriting already in progress")
            }
            state.wantsRewrite = true
            if state.status.snapshotStart == nil { state.status.rewriteStart = Clock.milliseconds() }
        }
    }

    /// Makes a snapshot and waits for it.
    public func saveAndWait() throws(PersistenceRefusal) {
        let completion = Completion<PersistenceRefusal?>()
        try control.request { (state) throws(PersistenceRefusal) in
            try state.checkIsRunning()
            guard !state.isSaving else { throw .saving }
            state.unanswered += 1
            state.works.append(.save(completion))
        }
        if let refusal = completion.wait() { throw refusal }
    }

    /// Makes a snapshot, empties the keyspace and loads the snapshot; commands answer LOADING meanwhile. The append-only
    /// file goes on as it is.
    public func reloadAndWait() throws(PersistenceRefusal) {
        let completion = Completion<PersistenceRefusal?>()
        try control.request { (state) throws(PersistenceRefusal) in
            try state.checkIsRunning()
            guard !state.isSaving else { throw .saving }
            state.unanswered += 1
            state.works.append(.reload(completion))
        }
        if let refusal = completion.wait() { throw refusal }
    }
}

extension WorkerControl.State {
    /// Whether a snapshot is being made, or will be.
    var isSaving: Bool { status.snapshotStart != nil || wantsSnapshot || unanswered > 0 }

    /// Whether the data has been loaded once.
    private var isLoaded: Bool { !status.isLoading }

    func checkIsRunning() throws(PersistenceRefusal) {
        switch phase {
        case .running:
            if wantsStop { throw .stopping }
        case .failed where isLoaded: throw PersistenceRefusal("LOADING \(WorkerControl.unloaded)")
        case .idle, .loading, .failed:
            throw PersistenceRefusal("LOADING Redwing is loading the dataset in memory")
        case .stopped: throw .stopping
        }
    }
}

extension PersistenceRefusal {
    static var saving: PersistenceRefusal { PersistenceRefusal("ERR Background save already in progress") }
    static var stopping: PersistenceRefusal { PersistenceRefusal("ERR the server is stopping") }
}
