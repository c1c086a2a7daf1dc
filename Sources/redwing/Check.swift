import ArgumentParser
import Persistence
import Server

/// `redwing check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the files of a data directory, and mend them.",
        discussion: """
            Says of each file what it is, what it holds and what is wrong with it, and loads everything into memory \
            to see that a server could. Of the database of --engine disk all checksums are compared, and keys counted. Ends with status 0 where all is sound, or was mended, and 1 where not.
            """)

    @Argument(help: "A data directory, the directory of an append-only file, or one file.")
    var path: String

    @Flag(
        help: """
            Mend what can be mended without guessing: a damaged append-only file is cut back to what is whole, \
            a manifest rebuilt. What is cut off or taken out stays beside, as *.removed.
            """)
    var fix = false

    func run() throws {
        let report: CheckReport
        do {
            report = try ProgressLine.show { progress in
                try Checker(path, fixes: fix, threads: Machine.cores, SystemFiles()).run(progress)
            }
        } catch let error as LoadError {
            throw Failure(error.description)
        }
        for item in report.items { print(item) }
        for note in report.notes { print(note) }
        print(report.isSound ? "sound" : "DAMAGED")
        if !report.isSound { throw ExitCode(1) }
    }
}
