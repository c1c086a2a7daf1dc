internal import Engine
internal import Synchronization

/// What the worker's thread shares with the threads that ask something of it.
final class WorkerControl: Sendable {
    /// How far the worker is.
    enum Phase: Sendable {
        case idle, loading, running, failed, stopped
    }

    /// What somebody waits for.
    enum Work: Sendable {
        case save(Completion<PersistenceRefusal?>)
        case reload(Completion<PersistenceRefusal?>)

        func complete(_ refusal: PersistenceRefusal?) {
            switch self {
            case .save(let completion), .reload(let completion): completion.complete(refusal)
            }
        }
    }

    /// What may change while the server runs.
    struct Settings: Sendable {
        var syncPolicy: SyncPolicy
        var savePoints: [SavePoint]
        var rewrite: RewritePolicy
        /// Until when replies may still wait for the disk although the policy is not `always` any more: what was
        /// under way when it was changed. In `monotonicMilliseconds`.
        var awaitedUntil: Int64 = 0
    }

    struct State: Sendable {
        var phase = Phase.idle
        var status = PersistenceStatus()
        var settings: Settings
        /// `MemoryEngine.changes` when the data was last saved.
        var changesAtSave: UInt64 = 0
        var engine: MemoryEngine?
        /// What wakes the worker: its journal, or one that nobody appends to.
        var alarm: Journal?
        /// What is to be begun, and has not been.
        var wantsSnapshot = false
        var wantsRewrite = false
        var wantsStop = false
        var works: [Work] = []
        /// How many of these have not been answered.
        var unanswered = 0
    }

    /// What clients are told when a reload has failed.
    static var unloaded: String {
        "DEBUG RELOAD has failed: only a part of the data is in memory, and all of it on disk; restart the server"
    }

    let state: Mutex<State>
    let progress = LoadingProgress()
    /// Completed when the data is loaded, or can't be.
    let loaded = Completion<LoadError?>()
    /// Completed when the worker has ended.
    let ended = Completion<Bool>()

    init(_ options: PersistenceOptions) {
        let settings = Settings(
            syncPolicy: options.syncPolicy, savePoints: options.savePoints,
            rewrite: RewritePolicy(
                percentage: options.rewritePercentage, minimumSize: options.rewriteMinimumSize))
        var state = State(settings: settings)
        state.status.directory = options.directory
        state.status.isAppendOnly = options.isAppendOnly
        state.status.syncPolicy = options.syncPolicy.rawValue
        state.status.lastSave = Clock.milliseconds() / 1000
        self.state = Mutex(state)
    }

    /// Changes the state, then wakes the worker.
    func request<E>(_ change: (inout State) throws(E) -> Void) throws(E) {
        let result: Result<Journal?, E> = state.withLock { state in
            do throws(E) {
                try change(&state)
                return .success(state.alarm)
            } catch {
                return .failure(error)
            }
        }
        // Not under the lock: the journal has its own.
        try result.get()?.wake()
    }

    /// Answers whoever waits for `work`.
    func finish(_ work: Work, _ refusal: PersistenceRefusal?) {
        state.withLock { $0.unanswered -= 1 }
        work.complete(refusal)
    }

    func update(_ change: (inout PersistenceStatus) -> Void) { state.withLock { change(&$0.status) } }

    /// How things are.
    var status: PersistenceStatus {
        let (status, engine, base) = state.withLock { ($0.status, $0.engine, $0.changesAtSave) }
        var result = status
        if let engine { result.changesSinceSave = engine.changes &- base }
        if status.isLoading {
            result.loadingTotal = progress.total.load(ordering: .relaxed)
            result.loaded = progress.done.load(ordering: .relaxed)
        }
        return result
    }
}
