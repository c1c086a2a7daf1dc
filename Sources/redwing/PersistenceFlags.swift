import ArgumentParser
import Engine
import Persistence
import Server

/// Redis's options for snapshots and the append-only file, by Redis's names.
struct PersistenceFlags: ParsableArguments {
    @Option(
        help: """
            Where the data is served from: memory, with files that keep it; disk, for more data than fits memory; or \
            cluster, a Redis Cluster, for more than fits the machine.
            """)
    var engine = EngineKind.memory

    @Option(help: "With --engine disk: memory for what is read and what is about to be written.")
    var diskCache = ByteSize(256 << 20)

    @Option(help: "The directory for the snapshot and the append-only file; it is made where it is missing.")
    var dir = "./data"

    @Option(help: "Whether every change is appended to a file: yes or no.")
    var appendonly = YesNo.yes

    @Option(
        help: """
            When changes are made durable: always (before they are answered), everysec (within a second or so), \
            no (when the system likes).
            """)
    var appendfsync = "everysec"

    @Option(
        help: """
            When a snapshot is made by itself, as pairs of seconds and changes; one is also made at a clean stop. \
            '' makes none.
            """)
    var save = "3600 1 300 100 60 10000"

    @Option(help: "The snapshot's name in --dir.")
    var dbfilename = "dump.rdb"

    @Option(help: "The append-only file's directory in --dir.")
    var appenddirname = "appendonlydir"

    @Option(
        help: """
            The append-only file is rewritten when it is this many percent larger than after the last rewrite; \
            0: never by itself.
            """)
    var autoAofRewritePercentage = 100

    @Option(help: "Below this size the append-only file is not rewritten by itself.")
    var autoAofRewriteMinSize = ByteSize(64 << 20)

    @Option(help: "The one database that is loaded from files of Redis's that have several.")
    var db: Int?

    @Flag(help: "Keep nothing on disk: no snapshot, no append-only file.")
    var ephemeral = false

    func check() throws {
        _ = try options()
        _ = try disk()
    }

    /// The engine on disk; nil: that in memory.
    func disk() throws -> DiskOptions? {
        guard engine == .disk else { return nil }
        if ephemeral { throw ValidationError("--engine disk keeps its data on disk: leave out --ephemeral") }
        var options = DiskOptions(directory: dir)
        // RocksDB reserves room on disk for a log as large as what it may keep in memory.
        guard diskCache.bytes >= 8 << 20, diskCache.bytes <= Machine.memory else {
            throw ValidationError(
                "--disk-cache takes 8mb or more, and at most the machine's memory (\(Machine.memory >> 20)mb)"
            )
        }
        options.cache = diskCache.bytes
        options.syncPolicy = try syncPolicy()
        return options
    }

    private func syncPolicy() throws -> SyncPolicy {
        guard let policy = SyncPolicy(rawValue: appendfsync) else {
            throw ValidationError("--appendfsync takes always, everysec or no, not '\(appendfsync)'")
        }
        return policy
    }

    /// What is kept; nil: nothing.
    func options() throws -> PersistenceOptions? {
        guard !ephemeral else { return nil }
        var options = PersistenceOptions()
        options.directory = dir
        options.isAppendOnly = appendonly == .yes
        options.syncPolicy = try syncPolicy()
        guard let points = SavePoint.parse(save) else {
            throw ValidationError(
                "--save takes pairs of seconds and changes, as in '3600 1 300 100', or '' for none")
        }
        options.savePoints = points
        try name(dbfilename, "dbfilename")
        try name(appenddirname, "appenddirname")
        options.snapshotName = dbfilename
        options.appendOnlyDirectoryName = appenddirname
        guard autoAofRewritePercentage >= 0 else {
            throw ValidationError("--auto-aof-rewrite-percentage takes 0 or more")
        }
        options.rewritePercentage = autoAofRewritePercentage
        options.rewriteMinimumSize = autoAofRewriteMinSize.bytes
        if let db, db < 0 { throw ValidationError("--db takes the number of a database, 0 or more") }
        options.database = db
        options.loadingThreads = Machine.cores
        return options
    }

    private func name(_ value: String, _ option: String) throws {
        guard !value.isEmpty, !value.contains("/"), value != ".", value != ".." else {
            throw ValidationError("--\(option) takes a name without slashes")
        }
    }
}

/// The engines.
enum EngineKind: String, ExpressibleByArgument, CaseIterable {
    case memory, disk, cluster
}

/// Redis's way to say true and false.
enum YesNo: String, ExpressibleByArgument, CaseIterable {
    case yes, no
}
