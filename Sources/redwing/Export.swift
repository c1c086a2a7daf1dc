import ArgumentParser
import Persistence
import RDB
import Server

/// `redwing export`.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write what a data directory holds as an RDB file for Redis.",
        discussion: "No server may be working in the directory.")

    @Argument(help: "The file to write.")
    var file: String

    @Option(help: "The data directory.")
    var dir: String

    @Option(
        name: .customLong("for"),
        help: "The oldest Redis that is to load it: 7.0, which knows no expiries of hash fields, or 7.4.")
    var version = Version.redis70

    @Flag(help: "Replace the file where it is there already.")
    var force = false

    /// The versions of Redis, by their numbers.
    enum Version: String, ExpressibleByArgument, CaseIterable {
        case redis70 = "7.0"
        case redis74 = "7.4"

        var format: RDBVersion { self == .redis70 ? .redis7 : .redis74 }
    }

    func run() throws {
        var exporter = Exporter(dir, to: file, SystemFiles())
        exporter.version = version.format
        exporter.replaces = force
        exporter.threads = Machine.cores
        do {
            let result = try ProgressLine.show { progress in try exporter.run(progress) }
            printLoaded(result.loaded)
            if result.droppedFieldExpiries > 0 {
                print(
                    """
                    left out: the expiries of \(result.droppedFieldExpiries) hash fields, which Redis 7.0 does not \
                    know (--for 7.4 keeps them)
                    """)
            }
            print("\(file): \(result.keys) keys, \(result.bytes) bytes")
        } catch let error as LoadError {
            throw Failure(error.description)
        }
    }
}
