internal import Engine
internal import Logging
internal import Synchronization

/// The worker's thread: all that it knows, and the loop. What it does is in the extensions.
final class WorkerLoop<Files: FileSystem> {
    /// Why nothing is appended.
    enum Failure {
        /// A write failed; it is tried again at that time, with that pause after it.
        case write(retryAt: Int64, pause: Int)
        /// A sync failed: only new files help.
        case sync
    }

    let options: PersistenceOptions
    let files: Files
    let engine: MemoryEngine
    let logger: Logger
    let events: PersistenceEvents
    let control: WorkerControl
    var settings: WorkerControl.Settings

    // MARK: Appending

    let journal: Journal?
    /// The journal, or what else wakes the worker.
    let alarm: Journal
    var appendOnly: AppendOnlyFile<Files>?
    /// What was taken from the journal and is not in the file.
    var batch = CommandBatch()
    /// The tickets of the last effects taken, written, and synced.
    var taken: UInt64 = 0
    var written: UInt64 = 0
    var durable: UInt64 = 0
    var lastWrite: Int64 = 0
    var lastSync: Int64 = 0
    var failure: Failure?
    /// How many effects lately waited for one sync.
    var expectedEffects: UInt64 = 0

    // MARK: Snapshots and rewrites

    /// The snapshot or rewrite under way.
    var job: SnapshotJob<Files>?
    /// What is being done for it on another thread; there is something as long as there is a job.
    struct Aside {
        /// Goes on with the job where it is done.
        let goOn: () -> Void
        /// Waits until it is done.
        let wait: () -> Void
    }
    var aside: Aside?
    /// False when a reload has failed: what is in memory must not get into the files.
    var isWhole = true
    var wantsSnapshot = false
    var wantsRewrite = false
    var works: [WorkerControl.Work] = []
    var lastSave = monotonicMilliseconds()
    var saveBackoff: Backoff
    var rewriteBackoff: Backoff
    /// Whether writes are refused because the last snapshot failed.
    var refusesUntilSaved = false
    /// The size of the append-only file after the last rewrite, or when it was loaded.
    var sizeAfterRewrite = 0

    init(
        _ options: PersistenceOptions, _ files: Files, _ engine: MemoryEngine, logger: Logger,
        events: PersistenceEvents, _ control: WorkerControl
    ) {
        self.options = options
        self.files = files
        self.engine = engine
        self.logger = logger
        self.events = events
        self.control = control
        journal = engine.journal
        let (settings, alarm) = control.state.withLock { ($0.settings, $0.alarm) }
        self.settings = settings
        self.alarm = alarm ?? Journal(gate: WriteGate())
        saveBackoff = Backoff(options.timing.backoff)
        rewriteBackoff = Backoff(options.timing.backoff)
    }

    /// Loads, works until it is told to stop, and leaves everything on disk.
    func run() {
        guard load() else { return }
        while takeRequests() {
            let now = monotonicMilliseconds()
            if isDrainDue(now) { drain(now) }
            syncIfDue(now)
            if let aside { aside.goOn() } else { startDueJob(now) }
            guard isWhole else { return close() }
            rest()
        }
        finish()
    }

    /// Takes over what others ask for; false where that is to stop.
    private func takeRequests() -> Bool {
        control.state.withLock { state in
            settings = state.settings
            wantsSnapshot = state.wantsSnapshot
            wantsRewrite = state.wantsRewrite
            works += state.works
            state.works = []
            return !state.wantsStop
        }
    }

    /// Waits until there is something to do.
    private func rest() {
        let now = monotonicMilliseconds()
        if failure != nil {
            // The journal does not wait while it holds something, and nobody takes it.
            return pause(milliseconds: options.timing.nap)
        }
        var timeout = 1000
        if appendOnly?.hasUnsynced == true, syncsEachSecond(now) {
            timeout = max(1, min(timeout, Int(lastSync - now) + options.timing.syncPeriod))
        }
        guard alarm.wait(milliseconds: timeout) else { return stateSync() }
        if settings.syncPolicy == .always {
            gather()
        } else {
            pause(milliseconds: options.timing.nap - Int(monotonicMilliseconds() - lastWrite))
        }
    }

    // MARK: Work that is due

    private func startDueJob(_ now: Int64) {
        if !works.isEmpty { return perform(works.removeFirst()) }
        if wantsSnapshot {
            control.state.withLock { state in
                state.wantsSnapshot = false
                state.status.snapshotStart = Clock.milliseconds()
            }
            return beginSnapshot(.background)
        }
        if case .sync? = failure {
            if rewriteBackoff.allows(at: now) { beginRewrite() }
            return
        }
        if wantsRewrite {
            control.state.withLock { state in
                state.wantsRewrite = false
                state.status.rewriteStart = Clock.milliseconds()
            }
            return beginRewrite()
        }
        if isSnapshotDue(now) { return beginSnapshot(.background) }
        if failure == nil, isRewriteDue(now) { beginRewrite() }
    }

    private func isSnapshotDue(_ now: Int64) -> Bool {
        guard saveBackoff.allows(at: now) else { return false }
        if refusesUntilSaved { return true }
        let changes = engine.changes &- control.state.withLock { $0.changesAtSave }
        return settings.savePoints.contains {
            $0.isDue(milliseconds: Int(now - lastSave), changes: changes)
        }
    }

    private func isRewriteDue(_ now: Int64) -> Bool {
        guard let appendOnly, rewriteBackoff.allows(at: now) else { return false }
        return settings.rewrite.isDue(size: appendOnly.size, base: sizeAfterRewrite)
    }

    private func perform(_ work: WorkerControl.Work) {
        switch work {
        case .save(let completion): beginSnapshot(.awaited(completion))
        case .reload(let completion):
            let refusal = reload()
            control.finish(.reload(completion), refusal)
        }
    }
}
