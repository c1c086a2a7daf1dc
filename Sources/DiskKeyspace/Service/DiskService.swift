public import Engine
public import Logging
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// Keeps what a disk engine has written: syncs RocksDB's log, tells who waits for that, and removes in the background what
/// has expired and what belongs to no key any more.
///
/// The order is `makeJournal` (for the engine's `init`), `start`, `stop`.
public final class DiskService: PersistenceService {
    let directory: DiskDirectory
    private let snapshots: SnapshotPlace
    let events: PersistenceEvents
    let logger: Logger
    let state: Mutex<State>

    struct State {
        var policy: SyncPolicy
        /// Until when writes are synced whatever the policy, since somebody may wait for them: milliseconds of the
        /// monotonic clock.
        var awaitedUntil = Int64.min
        var engine: DiskEngine?
        var journal: Journal?
        var wantsStop = false
        var threads: [Thread] = []
        var failure: String?
        var syncs = 0
        var wantsSnapshot = false
        /// Since when a snapshot is being made, in Unix milliseconds.
        var snapshotStart: Int64?
        var lastSnapshot: PersistenceStatus.Attempt?
        /// When, in Unix seconds, and after how many changes, the last snapshot was made, or the server started.
        var lastSave: Int64 = 0
        var changesAtSave: UInt64 = 0
    }

    /// - Parameters:
    ///   - directory: the engine's.
    ///   - policy: when writes are made durable.
    ///   - events: who is told.
    public init(
        directory: DiskDirectory, policy: SyncPolicy, logger: Logger,
        events: PersistenceEvents = PersistenceEvents()
    ) {
        self.directory = directory
        snapshots = SnapshotPlace(directory)
        self.events = events
        self.logger = logger
        state = Mutex(State(policy: policy))
    }

    /// What counts the engine's writes.
    public func makeJournal(_ gate: WriteGate) -> Journal {
        state.withLock { state in
            let journal = Journal(gate: gate, awaitsWrites: state.policy == .always)
            state.journal = journal
            return journal
        }
    }

    /// Begins to keep what the engine writes, which has the journal that `makeJournal` made.
    package func start(_ engine: DiskEngine) {
        let journal = state.withLock { state in
            state.engine = engine
            state.lastSave = Clock.milliseconds() / 1000
            state.changesAtSave = engine.changes
            return state.journal
        }
        guard let journal else { preconditionFailure("the engine has no journal") }
        let threads = [
            Thread { [self] in syncLoop(engine, journal) },
            Thread { [self] in chores(engine) },
        ].compactMap(\.self)
        precondition(threads.count == 2, "cannot start the threads that keep the data")
        state.withLock { $0.threads = threads }
    }

    /// Makes everything durable and ends. Called when no more commands come.
    public func stop() {
        let (threads, journal) = state.withLock { state in
            state.wantsStop = true
            defer {
                state.threads = []
                state.engine = nil
            }
            return (state.threads, state.journal)
        }
        journal?.wake()
        for thread in threads { thread.join() }
    }

    var settings: (policy: SyncPolicy, awaitedUntil: Int64, wantsStop: Bool) {
        state.withLock { ($0.policy, $0.awaitedUntil, $0.wantsStop) }
    }

    /// Sleeps, but not past the wish to stop, or another policy.
    func rest(milliseconds: Int, under policy: SyncPolicy) {
        let end = Clock.tick() + Int64(milliseconds)
        while Clock.tick() < end {
            let now = settings
            if now.wantsStop || now.policy != policy { return }
            usleep(10_000)
        }
    }

    // MARK: In the background

    private func chores(_ engine: DiskEngine) {
        while !settings.wantsStop {
            if state.withLock({ $0.wantsSnapshot }) { _ = makeSnapshot() }
            let expired = chore("what has expired", engine) { table throws(StorageFailure) in
                try table.reclaimExpired(budget: 64, now: Clock.milliseconds())
            }
            let swept = chore("what is no more", engine) { table throws(StorageFailure) in
                try table.sweep(budget: 16)
            }
            if expired == nil || swept == nil {
                rest(milliseconds: 5000, under: settings.policy)
            } else if expired == true, swept == true {
                rest(milliseconds: 100, under: settings.policy)
            }
        }
    }

    /// Does a round of removing, where the disk takes it.
    /// - Returns: whether nothing is left; nil: some of it can't be removed for now.
    private func chore(
        _ what: StaticString, _ engine: DiskEngine, _ body: (DiskTable) throws(StorageFailure) -> Bool
    ) -> Bool? {
        do throws(StorageFailure) {
            return try engine.table.database.whileOpen { () throws(StorageFailure) -> Bool in
                guard engine.table.database.isOpen, !engine.gate.isShut(.failing) else { return true }
                return try body(engine.table)
            }
        } catch {
            logger.error("\(what) can't all be removed for now: \(error.message)")
            return nil
        }
    }

    // MARK: Snapshots

    /// Notes that one is being made, unless another is.
    private func beginSnapshot() throws(PersistenceRefusal) {
        try state.withLock { (state) throws(PersistenceRefusal) in
            if state.engine == nil || state.wantsStop {
                throw PersistenceRefusal("ERR the server is stopping")
            }
            if state.snapshotStart != nil {
                throw PersistenceRefusal("ERR Background save already in progress")
            }
            state.snapshotStart = Clock.milliseconds()
        }
    }

    /// Makes the checkpoint that was begun.
    /// - Returns: why it failed.
    private func makeSnapshot() -> String? {
        guard let engine = state.withLock({ $0.engine }) else { return "the server is stopping" }
        let changes = engine.changes
        let start = Clock.milliseconds()
        var attempt = PersistenceStatus.Attempt()
        do throws(DiskFailure) {
            attempt.keys = engine.keyCount
            attempt.size = try engine.makeSnapshot(snapshots)
        } catch {
            attempt.failure = error.description
            logger.error("the snapshot can't be made: \(error)")
        }
        attempt.time = Clock.milliseconds()
        attempt.duration = Int(attempt.time - start)
        return state.withLock { state in
            state.wantsSnapshot = false
            state.snapshotStart = nil
            state.lastSnapshot = attempt
            if attempt.failure == nil {
                state.lastSave = attempt.time / 1000
                state.changesAtSave = changes
            }
            return attempt.failure
        }
    }

    // MARK: PersistenceService

    /// How things are.
    public var status: PersistenceStatus {
        state.withLock { state in
            var status = PersistenceStatus()
            status.directory = directory.path
            status.lastSave = state.lastSave
            status.changesSinceSave = (state.engine?.changes ?? 0) &- state.changesAtSave
            status.snapshotStart = state.snapshotStart
            status.lastSnapshot = state.lastSnapshot
            status.syncPolicy = state.policy.rawValue
            status.writeFailure = state.failure
            status.syncs = state.syncs
            return status
        }
    }

    /// The newest snapshot, wherever it comes from; nil: there is none yet.
    public func openSnapshot() -> SnapshotBody? {
        snapshots.isTaken ? .made(DiskExport(snapshots)) : nil
    }

    /// Has a checkpoint made in the background.
    public func startSnapshot() throws(PersistenceRefusal) {
        try beginSnapshot()
        state.withLock { $0.wantsSnapshot = true }
    }

    /// Refuses: there is no append-only file.
    public func startRewrite() throws(PersistenceRefusal) {
        throw PersistenceRefusal(
            "ERR there is no append-only file to rewrite: RocksDB keeps a log of its own, and compacts its files by itself"
        )
    }

    /// Makes a checkpoint.
    public func saveAndWait() throws(PersistenceRefusal) {
        try beginSnapshot()
        if let failure = makeSnapshot() { throw PersistenceRefusal("ERR \(failure)") }
    }

    /// Does nothing: nothing is in memory that would not be in the database.
    public func reloadAndWait() throws(PersistenceRefusal) {}

    /// The value of an option, by Redis's name for it.
    public func option(_ name: StaticString) -> String? {
        switch "\(name)" {
        case "appendfsync": settings.policy.rawValue
        case "appendonly": "no"
        case "dir": directory.path
        case "save": ""
        default: nil
        }
    }

    /// Checks a value for an option, by Redis's name for it, and takes it where `applies`.
    /// - Returns: what is wrong with it; nil: nothing.
    public func setOption(_ name: StaticString, _ value: String, applies: Bool) -> String? {
        guard "\(name)" == "appendfsync" else { return "can't set immutable config" }
        guard let policy = SyncPolicy(rawValue: value.lowercased()) else {
            return "argument(s) must be one of the following: everysec, always, no"
        }
        if !applies { return nil }
        let journal = state.withLock { state in
            if state.policy == .always, policy != .always { state.awaitedUntil = Clock.tick() + 5000 }
            state.policy = policy
            return state.journal
        }
        journal?.setAwaited(policy == .always)
        journal?.wake()
        return nil
    }
}
