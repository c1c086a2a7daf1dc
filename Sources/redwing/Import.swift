import ArgumentParser
import Persistence
import Server

/// `redwing import`.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a data directory of what Redis, or another engine, has written.",
        discussion: """
            Takes an RDB file, the append-only file of a Redis before 7.0, the directory of a later one's, or a data \
            directory of Redwing's, and writes it to a directory where there is no data yet, for --engine memory or disk.
            """)

    @Argument(help: "dump.rdb, appendonly.aof, appendonlydir, or a data directory of Redis or Redwing.")
    var source: String

    @Option(help: "What is to become Redwing's data directory.")
    var dir: String

    @Option(help: "The engine that is to serve the directory.")
    var engine = EngineKind.memory

    @Option(help: "The database that is taken; without it there must be none but 0.")
    var db: Int?

    @Flag(help: "Leave out streams, modules' values, functions and what else Redwing has no place for.")
    var skipUnknown = false

    func validate() throws {
        if engine == .cluster {
            throw ValidationError(
                "--engine takes memory or disk: a cluster is filled by redis-cli --cluster import")
        }
        if let db, db < 0 { throw ValidationError("--db takes a number from 0 on") }
    }

    func run() throws {
        var importer = Importer(source, to: dir, SystemFiles())
        importer.database = db
        importer.skipsUnknown = skipUnknown
        importer.target = engine == .disk ? .disk : .memory
        importer.threads = Machine.cores
        do {
            let result = try ProgressLine.show { progress in try importer.run(progress) }
            printLoaded(result.loaded)
            print("\(dir): \(result.keys) keys, \(result.bytes) bytes")
        } catch let error as LoadError {
            throw Failure(error.description)
        }
    }
}

/// Says what of the source was left out.
func printLoaded(_ loaded: LoadOutcome) {
    if loaded.expired > 0 { print("left out, because their time is over: \(loaded.expired) keys or fields") }
    if !loaded.skipped.isEmpty { print("left out, because Redwing has no place for it: \(loaded.skipped)") }
    if !loaded.otherDatabases.isEmpty { print("left out: \(loaded.otherDatabases)") }
    if loaded.excess > 0 {
        print("left out, because the file ends too early: its last \(loaded.excess) bytes")
    }
    for note in loaded.notes { print(note) }
}
