import Bytes
import Glibc
import TestSupport
import Testing

@testable import DiskKeyspace

/// What goes wrong below is an error that names the file, and what is sound is still read.
@Suite struct DatabaseTests {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/db"
    }

    private func put(_ database: Database, _ keys: Range<Int>) throws(RocksError) {
        let unit = WriteSet(database)
        for key in keys {
            let name = "key\(1000 + key)"
            with(name) { unit.put(.metadata, $0, $0) }
        }
        try database.write(unit)
    }

    private func get(_ database: Database, _ key: Int) throws -> String? {
        try with("key\(1000 + key)") { try database.withValue(.metadata, $0) { $0?.string } }
    }

    private func files(_ pattern: String) throws -> [String] {
        try shell("cd '\(path)' && ls \(pattern)").split(separator: "\n").map(String.init)
    }

    /// The error of `body`.
    private func failure(_ body: () throws -> Void) -> RocksError? {
        do { try body() } catch { return error as? RocksError }
        return nil
    }

    @Test func isOfOneProcess() throws {
        let database = try Database(path: path)
        let error = failure { _ = try Database(path: path) }
        #expect(error?.kind == .locked)
        try put(database, 0..<1)
        #expect(try get(database, 0) == "key1000")
    }

    @Test func whatIsNoDirectoryIsNamed() throws {
        try directory.write("db", [1])
        #expect(failure { _ = try Database(path: path) }?.message.contains(path) == true)
    }

    /// Of a damaged block all is an error, of others nothing is.
    @Test func aDamagedTableIsNamed() throws {
        do {
            let database = try Database(path: path)
            try put(database, 0..<3000)
            try database.flush()
        }
        let table = try #require(try files("*.sst").first)
        var bytes = try directory.read("db/\(table)")
        bytes[100] ^= 1
        try directory.write("db/\(table)", bytes)
        let database = try Database(path: path)
        for error in [failure { _ = try get(database, 0) }, failure { try database.verifyChecksums() }] {
            #expect(error?.kind == .corruption && error?.message.contains(table) == true)
        }
        #expect(try get(database, 2999) == "key3999")
        // A unit that has read it is given up, and finds nothing more.
        let unit = WriteSet(database)
        with("key1000") { #expect(unit.get(.metadata, $0) == nil) }
        #expect(unit.failure?.kind == .corruption)
        with("key3999") { #expect(unit.get(.metadata, $0) == nil) }
        unit.clear()
        with("key3999") { #expect(unit.get(.metadata, $0) != nil) }
        unit.walk(.metadata, from: ByteView("a"), to: ByteView("z")) { _, _ in true }
        #expect(unit.failure?.message.contains(table) == true)
    }

    /// The tables that come next can't be made. RocksDB refuses writes until the database is opened again, with all that
    /// was written before.
    @Test func aDiskThatTakesNoTables() throws {
        let database = try Database(path: path)
        try put(database, 0..<100)
        #expect(database.supervision.incident == nil)
        let next = try #require(try files("*.log").compactMap { Int($0.dropLast(4)) }.max()) + 1
        for number in next..<next + 20 {
            let name = String(repeating: "0", count: 6 - String(number).count) + String(number)
            #expect(mkdir("\(path)/\(name).sst", 0o700) == 0)
        }
        let error = failure { try database.flush() }
        #expect(error?.kind == .io && error?.message.contains(".sst") == true)
        let incident = try #require(database.supervision.incident)
        #expect(incident.error.kind == .io && incident.stopsWrites)
        #expect(failure { try put(database, 100..<101) } != nil)
        #expect(try get(database, 99) == "key1099")
        try shell("rm -rf '\(path)'/*.sst")
        try database.reopen()
        #expect(database.supervision.incident == nil)
        #expect(try get(database, 99) == "key1099")
        #expect(try get(database, 100) == nil)
        try put(database, 100..<101)
        try database.syncLog()
        try database.reopen()
        #expect(try get(database, 100) == "key1100")
    }

    /// What can't be opened again answers errors, and no more than that.
    @Test func whatIsNotOpenIsNotRead() throws {
        let database = try Database(path: path)
        try put(database, 0..<10)
        let current = try directory.read("db/CURRENT")
        try shell("rm '\(path)/CURRENT'")
        #expect(failure { try database.reopen() }?.message.contains("CURRENT") == true)
        #expect(!database.isOpen)
        #expect(failure { _ = try get(database, 0) } != nil)
        #expect(database.statistics.files == 0 && database.fileSize == 0)
        #expect(failure { try database.makeCheckpoint(directory.path + "/copy") } != nil)
        #expect(failure { try database.reopen() } != nil)
        try directory.write("db/CURRENT", current)
        try database.reopen()
        #expect(try get(database, 9) == "key1009")
    }

    /// A batch is there as a whole, or not at all, wherever the log is cut.
    @Test func batchesAreWhole() throws {
        let database = try Database(path: path)
        try put(database, 0..<3)
        try put(database, 3..<6)
        let log = try #require(try files("*.log").last)
        let bytes = try directory.read("db/\(log)")
        let places = LogFixture.read(bytes).compactMap { told -> Int? in
            if case .batch(let offset, _, _, _) = told { offset } else { nil }
        }
        try #require(places.count == 2)
        try shell("cp -r '\(path)' '\(directory.path)/copy'")
        for size in stride(from: 0, through: bytes.count, by: 5) + [places[1], bytes.count] {
            try shell(
                "rm -rf '\(directory.path)/cut'; cp -r '\(directory.path)/copy' '\(directory.path)/cut'")
            try directory.write("cut/\(log)", Array(bytes[..<size]))
            let cut = try Database(path: directory.path + "/cut")
            let found = try (0..<6).map { try get(cut, $0) != nil }
            let batches = size == bytes.count ? 2 : size >= places[1] ? 1 : 0
            #expect(found == (0..<6).map { $0 < 3 * batches }, "cut at \(size)")
        }
    }

    @Test func aCheckpointIsOfItsInstant() throws {
        let database = try Database(path: path)
        try put(database, 0..<10)
        try database.makeCheckpoint(directory.path + "/copy")
        try put(database, 10..<20)
        let copy = try Database(path: directory.path + "/copy")
        #expect(try get(copy, 9) == "key1009" && get(copy, 10) == nil)
        #expect(failure { try database.makeCheckpoint(directory.path + "/copy") } != nil)
    }
}
