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
    private let directory: String
    private let events: PersistenceEvents
    private let logger: Logger
    private let state: Mutex<State>

    private struct State {
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
        var lastSync: Int64 = 0
    }

    /// - Parameters:
    ///   - directory: where the database is.
    ///   - policy: when writes are made durable.
    ///   - events: who is told.
    public init(
        directory: String, policy: SyncPolicy, logger: Logger, events: PersistenceEvents = PersistenceEvents()
    ) {
        self.directory = directory
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
            state.lastSync = Clock.milliseconds() / 1000
            return state.journal
        }
        guard let journal else { preconditionFailure("the engine has no journal") }
        let threads = [
            Thread { [self] in syncLoop(engine, journal) },
            Thread { [self] in sweepLoop(engine) },
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

    private var settings: (policy: SyncPolicy, awaitedUntil: Int64, wantsStop: Bool) {
        state.withLock { ($0.policy, $0.awaitedUntil, $0.wantsStop) }
    }

    // MARK: Syncing

    /// Under `always` each sync serves all that were written while the one before it was on its way.
    private func syncLoop(_ engine: DiskEngine, _ journal: Journal) {
        var durable: UInt64 = 0
        var pause = 0
        while true {
            let (policy, awaitedUntil, wantsStop) = settings
            if wantsStop {
                _ = sync(engine, journal, upTo: journal.last)
                return
            }
            if policy == .no, Clock.tick() > awaitedUntil {
                rest(milliseconds: DiskService.period, under: policy)
                continue
            }
            if journal.wait(after: durable, milliseconds: 1000) == durable { continue }
            if policy != .always { rest(milliseconds: DiskService.period, under: policy) }
            let ticket = journal.last
            if sync(engine, journal, upTo: ticket) {
                durable = ticket
                pause = 0
            } else {
                pause = min(max(2 * pause, 100), 5000)
                rest(milliseconds: pause, under: policy)
            }
        }
    }

    /// Between syncs under `everysec`, in milliseconds.
    private static let period = 1000

    private func sync(_ engine: DiskEngine, _ journal: Journal, upTo ticket: UInt64) -> Bool {
        do throws(RocksError) {
            try engine.table.database.syncLog()
        } catch {
            failed(engine, error)
            return false
        }
        journal.markDurable(ticket)
        events.durable(ticket)
        let wasFailing = state.withLock { state in
            defer { state.failure = nil }
            state.syncs += 1
            state.lastSync = Clock.milliseconds() / 1000
            return state.failure != nil
        }
        if wasFailing {
            engine.gate.open(.failing)
            events.failing(false)
            logger.notice("the disk takes writes again")
        }
        return true
    }

    private func failed(_ engine: DiskEngine, _ error: RocksError) {
        let isNew = state.withLock { state in
            defer { state.failure = error.message }
            return state.failure == nil
        }
        engine.gate.shut(
            failing: "The disk does not take what is written (\(error.message)): see to \(directory).")
        if !isNew { return }
        events.failing(true)
        logger.critical(
            "the log can't be synced (\(error)); writes are refused until it can: see to \(directory)")
    }

    /// Sleeps, but not past the wish to stop, or another policy.
    private func rest(milliseconds: Int, under policy: SyncPolicy) {
        let end = Clock.tick() + Int64(milliseconds)
        while Clock.tick() < end {
            let now = settings
            if now.wantsStop || now.policy != policy { return }
            usleep(10_000)
        }
    }

    // MARK: Sweeping

    private func sweepLoop(_ engine: DiskEngine) {
        while !settings.wantsStop {
            var isDone = false
            do throws(StorageFailure) {
                let expired = try engine.table.reclaimExpired(budget: 64, now: Clock.milliseconds())
                isDone = try engine.table.sweep(budget: 16) && expired
            } catch {
                logger.error("what has expired can't be removed for now: \(error.message)")
                rest(milliseconds: 5000, under: settings.policy)
            }
            if isDone { rest(milliseconds: 100, under: settings.policy) }
        }
    }

    // MARK: PersistenceService

    /// How things are.
    public var status: PersistenceStatus {
        state.withLock { state in
            var status = PersistenceStatus()
            status.directory = directory
            status.lastSave = state.lastSync
            status.syncPolicy = state.policy.rawValue
            status.writeFailure = state.failure
            status.syncs = state.syncs
            return status
        }
    }

    /// Refuses: the database itself is on disk.
    public func startSnapshot() throws(PersistenceRefusal) { throw .noSnapshots }

    /// Refuses: there is no append-only file.
    public func startRewrite() throws(PersistenceRefusal) {
        throw PersistenceRefusal(
            "ERR there is no append-only file to rewrite: RocksDB keeps a log of its own, and compacts its files by itself"
        )
    }

    /// Refuses: the database itself is on disk.
    public func saveAndWait() throws(PersistenceRefusal) { throw .noSnapshots }

    /// Does nothing: nothing is in memory that would not be in the database.
    public func reloadAndWait() throws(PersistenceRefusal) {}

    /// The value of an option, by Redis's name for it.
    public func option(_ name: StaticString) -> String? {
        switch "\(name)" {
        case "appendfsync": settings.policy.rawValue
        case "appendonly": "no"
        case "dir": directory
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

extension PersistenceRefusal {
    fileprivate static let noSnapshots = PersistenceRefusal(
        "ERR the disk engine keeps every write by itself, and has no snapshots yet")
}
