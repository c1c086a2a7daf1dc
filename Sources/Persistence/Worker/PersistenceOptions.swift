public import Engine

/// What is kept on disk, where, and how safely: Redis's options by Redis's names.
public struct PersistenceOptions: Sendable {
    /// `dir`: where the snapshot and the directory of the append-only file are.
    public var directory = "./data"
    /// `dbfilename`.
    public var snapshotName = "dump.rdb"
    /// `appenddirname`.
    public var appendOnlyDirectoryName = "appendonlydir"
    /// `appendonly`.
    public var isAppendOnly = true
    /// `appendfsync`.
    public var syncPolicy = SyncPolicy.everySecond
    /// `save`: when a snapshot is made by itself; none: also not at a clean stop.
    public var savePoints = SavePoint.redisDefaults
    /// `auto-aof-rewrite-percentage`: how much larger than after the last rewrite the append-only file is when
    /// it is rewritten by itself; 0: never.
    public var rewritePercentage = 100
    /// `auto-aof-rewrite-min-size`, in bytes: below it there is no rewrite by itself.
    public var rewriteMinimumSize = 64 << 20
    /// How many bytes of effects may wait for the disk before writes must wait.
    public var queueLimit = 64 << 20
    /// Which database of a file of Redis's is loaded; nil: 0, and others are refused.
    public var database: Int?
    /// Threads that load.
    public var loadingThreads = 1

    /// How long the worker waits for what; tests are less patient.
    var timing = WorkerTiming()

    /// Path of the snapshot.
    public var snapshotPath: String { "\(directory)/\(snapshotName)" }
    /// Path of the append-only file's directory.
    public var appendOnlyDirectory: String { "\(directory)/\(appendOnlyDirectoryName)" }

    /// The defaults.
    public init() {}
}

/// The worker's pauses, in milliseconds.
struct WorkerTiming: Sendable {
    /// Between writes of the append-only file, unless they are awaited.
    var nap = 10
    /// Between syncs under `everysec`.
    var syncPeriod = 1000
    /// Between tries of a write that failed: the first pause, and the longest.
    var retry = 100...1000
    /// After a snapshot or rewrite that failed: the first pause, and the longest.
    var backoff = 4000...3_600_000
}
