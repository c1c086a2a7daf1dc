import Bytes
import Engine
import Glibc
import TestSupport
import Testing

@testable import DiskKeyspace

/// The database is opened again under a running engine.
@Suite struct DiskTableReopeningTests {
    private let directory: TemporaryDirectory
    private let engine: DiskEngine

    init() throws {
        directory = try TemporaryDirectory()
        engine = try DiskEngine(path: directory.path + "/db")
    }

    /// Executes a command of words without spaces; a reply's text, number or error.
    private func run(_ line: String) -> String {
        var reply = Reply()
        let isKnown = withViews(line.split(separator: " ").map { Array($0.utf8) }) { views in
            guard let command = engine.find(views[0]) else { return false }
            views.withUnsafeBufferPointer { buffer in
                _ = engine.execute(
                    command, Arguments(UnsafeBufferPointer(rebasing: buffer[1...])), into: &reply)
            }
            return true
        }
        if !isKnown { return "unknown" }
        var reader = reply.reader
        switch reader.next() {
        case .bytes(let value), .status(let value), .error(let value): return value.string
        case .integer(let value): return "\(value)"
        case .null: return "nil"
        default: return "other"
        }
    }

    @Test func everythingIsThere() throws {
        #expect(run("SET a 1") == "OK")
        #expect(run("RPUSH l x y z") == "3")
        #expect(try engine.table.reopen { 7 } == 7)
        #expect(run("GET a") == "1")
        #expect(run("LLEN l") == "3")
        #expect(run("DBSIZE") == "2")
        #expect(run("SET b 2") == "OK")
        try engine.table.reopen {}
        #expect(run("DBSIZE") == "3")
    }

    /// What has expired is not there, also where it can't be removed.
    @Test func whatHasExpiredIsReadWhileTheDiskFails() throws {
        #expect(run("SET kept v") == "OK")
        #expect(run("SET k v PX 100") == "OK")
        #expect(run("HSET h a 1 b 2") == "2")
        #expect(run("HPEXPIRE h 100 FIELDS 1 a") == "other")
        let database = engine.table.database
        for number in 0..<200 {
            let name = String(repeating: "0", count: 6 - String(number).count) + String(number)
            // A table gets the next number; some are logs'.
            _ = mkdir("\(directory.path)/db/\(name).sst", 0o700)
        }
        #expect(throws: RocksError.self) { try database.flush() }
        #expect(run("SET other v").hasPrefix("MISCONF "))
        while run("PTTL k") != "-2" || run("HLEN h") != "1" {
            for line in ["PTTL k", "HLEN h", "GET k"] { #expect(!run(line).contains("IO error")) }
            usleep(1000)
        }
        #expect(run("GET k") == "nil" && run("EXISTS k kept") == "1" && run("GET kept") == "v")
        #expect(run("HGET h a") == "nil" && run("HGET h b") == "2")
        try shell("rm -rf '\(directory.path)'/db/*.sst")
        try engine.table.reopen {}
        #expect(run("GET k") == "nil" && run("HLEN h") == "1" && run("SET other v") == "OK")
    }

    /// Where it can't be opened commands on data are refused; what answers at any time, does.
    @Test func nothingIsServedUntilItIsOpen() throws {
        #expect(run("SET a 1") == "OK")
        let current = try directory.read("db/CURRENT")
        try shell("rm '\(directory.path)/db/CURRENT'")
        #expect(throws: RocksError.self) { try engine.table.reopen {} }
        #expect(run("GET a").hasPrefix("LOADING ") && run("GET a").contains("CURRENT"))
        #expect(run("SET a 2").hasPrefix("LOADING "))
        for command in engine.commands where command.flags.contains(.loading) {
            _ = run("\(command.name)")
            _ = run("\(command.name) a")
        }
        #expect(run("INFO disk").contains("disk_cache_bytes"))
        #expect(run("INFO everything").contains("redis_version"))
        // It reads, and may be asked while data is loaded.
        #expect(run("DEBUG OBJECT a").hasPrefix("IOERR "))
        #expect(engine.diskStatistics.files == 0)
        try directory.write("db/CURRENT", current)
        try engine.table.reopen {}
        #expect(run("GET a") == "1")
        #expect(run("SET a 2") == "OK")
    }
}
