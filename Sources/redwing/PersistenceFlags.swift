import ArgumentParser
import Persistence
import Server

/// Redis's options for snapshots and the append-only file, by Redis's names.
struct PersistenceFlags: ParsableArguments {
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

    func check() throws { _ = try options() }

    /// What is kept; nil: nothing.
    func options() throws -> PersistenceOptions? {
        guard !ephemeral else { return nil }
        var options = PersistenceOptions()
        options.directory = dir
        options.isAppendOnly = appendonly == .yes
        guard let policy = SyncPolicy(rawValue: appendfsync) else {
            throw ValidationError("--appendfsync takes always, everysec or no, not '\(appendfsync)'")
        }
        options.syncPolicy = policy
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

/// Redis's way to say true and false.
enum YesNo: String, ExpressibleByArgument, CaseIterable {
    case yes, no
}
