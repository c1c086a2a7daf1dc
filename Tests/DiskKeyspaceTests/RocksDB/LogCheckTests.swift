import Bytes
import TestSupport
import Testing

@testable import DiskKeyspace

/// What a crash has cut off is told from damage, before RocksDB drops it.
@Suite struct LogCheckTests {
    private let directory: TemporaryDirectory
    private let database: Database
    /// Where a copy of the database is.
    private let copy: String

    /// A database of which nothing is in tables.
    init() throws {
        directory = try TemporaryDirectory()
        database = try Database(path: directory.path + "/db")
        copy = directory.path + "/copy"
    }

    private func put(_ keys: String..., syncs: Bool = true) throws {
        let unit = WriteSet(database)
        for key in keys { with(key) { unit.put(.order, $0, $0) } }
        try database.write(unit)
        if syncs { try database.syncLog() }
    }

    /// The database as it is on disk.
    private func makeCopy() throws { try shell("rm -rf '\(copy)'; cp -r '\(database.path)' '\(copy)'") }

    /// The name of the copy's only log.
    private func log() throws -> String {
        let names = try shell("cd '\(copy)' && ls *.log").split(separator: "\n")
        try #require(names.count == 1)
        return String(names[0])
    }

    private func change(_ name: String, _ body: (inout [UInt8]) -> Void) throws {
        var bytes = try directory.read("copy/\(name)")
        body(&bytes)
        try directory.write("copy/\(name)", bytes)
    }

    /// Why it is refused; nil: it is not, and has these keys.
    private func refusal(_ keys: String...) throws -> String? {
        do throws(RocksError) {
            let copied = try Database(path: copy)
            let unit = WriteSet(copied)
            var found: [String] = []
            unit.walk(.order, from: ByteView("a"), to: ByteView("z")) { key, _ in
                found.append(key.string)
                return true
            }
            #expect(found == keys)
            return nil
        } catch {
            // RocksDB says of what is missing that it can't be opened.
            #expect(error.kind == .corruption || error.message.contains("No such file"))
            return error.message
        }
    }

    @Test func nothingIsWrong() throws {
        #expect(try LogCheck.run(directory.path + "/none") == 0)
        try put("a", "b")
        try put("c")
        try makeCopy()
        #expect(try LogCheck.run(copy) > 0)
        #expect(try refusal("a", "b", "c") == nil)
    }

    /// Where what follows was synced, the start is refused: RocksDB would drop it.
    @Test(arguments: [0, 1])
    func damageBeforeWhatWasSyncedIsRefused(_ batch: Int) throws {
        try put("a")
        try put("b")
        try put("c")
        try makeCopy()
        let log = try log()
        let places = LogFixture.read(try directory.read("copy/\(log)")).map { told -> Int in
            if case .batch(let offset, _, _, _) = told { offset } else { -1 }
        }
        try #require(places.count == 3)
        try change(log) { $0[places[batch] + 20] ^= 4 }
        let message = try #require(try refusal())
        #expect(message.contains("\(copy)/\(log), byte \(places[batch]):"))
    }

    /// What no later batch says to have been on disk may be what a crash has cut off.
    @Test func theLastBatchMayBeTorn() throws {
        try put("a")
        try put("b")
        try put("c", syncs: false)
        try makeCopy()
        let log = try log()
        try change(log) { $0.removeLast(3) }
        #expect(try refusal("a", "b") == nil)
    }

    /// RocksDB passes over nothing to the end of a block; what follows in the next is not to be there without it.
    @Test func anEmptyGapUpToABlockIsTheEnd() throws {
        func size() throws -> Int {
            Int(try shell("cat '\(database.path)'/*.log | wc -c | tr -d ' \\n'")) ?? 0
        }
        func put(_ key: String, _ count: Int) throws {
            let unit = WriteSet(database)
            let value = [UInt8](repeating: 7, count: count)
            with(key) { key in value.withByteView { unit.put(.order, key, $0) } }
            try database.write(unit)
        }
        try self.put("a")
        // The first batch after a sync has a mark.
        try put("b", 1000)
        let before = try size()
        try put("c", 1000)
        let start = try size()
        let overhead = start - before - 1000
        // The length of so long a value takes a byte more.
        try put("d", LogReader.blockSize - start - overhead - 1)
        try #require(try size() == LogReader.blockSize)
        try put("e", 10)
        try put("f", 10)
        try makeCopy()
        try change(try log()) { for index in start..<LogReader.blockSize { $0[index] = 0 } }
        #expect(try refusal("a", "b", "c") == nil)
    }

    @Test func whatWasNotSyncedMayHaveAGap() throws {
        try put("a")
        try put("b", syncs: false)
        try put("c", syncs: false)
        try put("d", syncs: false)
        try makeCopy()
        let log = try log()
        let told = LogFixture.read(try directory.read("copy/\(log)"))
        guard case .batch(let offset, _, _, _) = told[2] else { return #expect(Bool(false)) }
        try change(log) { $0[offset + 20] ^= 4 }
        // What follows the gap is dropped: a later write is never there without an earlier one.
        #expect(try refusal("a", "b") == nil)
    }

    @Test func missingFilesAreNamed() throws {
        try put("a")
        try database.flush()
        try makeCopy()
        try shell("rm '\(copy)/CURRENT'")
        #expect(try refusal()?.contains("\(copy)/CURRENT is missing") == true)
        try makeCopy()
        try shell("rm '\(copy)'/*.log")
        #expect(try refusal()?.contains("\(copy)/*.log") == true)
        try makeCopy()
        try shell("rm '\(copy)'/*.sst")
        #expect(try refusal()?.contains(".sst") == true)
        try makeCopy()
        try shell("rm '\(copy)'/MANIFEST-*")
        #expect(try refusal()?.contains("MANIFEST-") == true)
        try makeCopy()
        #expect(try refusal("a") == nil)
    }

    /// Each byte of the first records of the MANIFEST: RocksDB would take some for its end, and open an older state.
    @Test func damageOfTheManifestIsRefused() throws {
        try put("a")
        try database.flush()
        try put("b")
        try database.flush()
        try makeCopy()
        let name = String(decoding: try directory.read("copy/CURRENT"), as: UTF8.self)
        let manifest = String(name.dropLast())
        let size = try directory.read("copy/\(manifest)").count
        for byte in stride(from: 0, to: size, by: 7) {
            try makeCopy()
            try change(manifest) { $0[byte] ^= 2 }
            let message = try #require(try refusal(), "byte \(byte)")
            #expect(message.contains(copy))
        }
        try makeCopy()
        #expect(try refusal("a", "b") == nil)
    }

    /// A table that can't be opened is named, and not the file that lists it.
    @Test func aDamagedTableIsNamed() throws {
        try put("a")
        try database.flush()
        try makeCopy()
        let table = try shell("cd '\(copy)' && ls *.sst").split(separator: "\n")[0]
        try change(String(table)) { $0[$0.count - 1] ^= 1 }
        #expect(try refusal()?.contains("\(copy)/\(table)") == true)
    }
}
