import Bytes
import Testing

@testable import Persistence

@Suite struct ManifestTests {
    private func parse(_ text: String) throws(ManifestError) -> Manifest {
        try Array(text.utf8).withByteView { (text) throws(ManifestError) in try Manifest(parsing: text) }
    }

    private func write(_ manifest: Manifest) -> String {
        var buffer = ByteBuffer()
        manifest.write(to: &buffer)
        return buffer.view.string
    }

    @Test func aManifestOfRedisIsReadAndWrittenAlike() throws {
        let text = """
            file appendonly.aof.2.base.rdb seq 2 type b
            file appendonly.aof.1.base.rdb seq 1 type h
            file appendonly.aof.1.incr.aof seq 1 type h
            file appendonly.aof.2.incr.aof seq 2 type i
            file appendonly.aof.3.incr.aof seq 3 type i

            """
        let manifest = try parse(text)
        #expect(write(manifest) == text)
        #expect(manifest.base?.sequence == 2)
        #expect(manifest.increments.map(\.sequence) == [2, 3])
        #expect(manifest.dataFiles.map(\.name).first == "appendonly.aof.2.base.rdb")
        #expect(manifest.nextBase().name == "appendonly.aof.3.base.rdb")
        #expect(manifest.nextIncrement().name == "appendonly.aof.4.incr.aof")
    }

    @Test func commentsQuotesCaseAndUnknownWordsAreReadAsRedisDoes() throws {
        let manifest = try parse(
            "# comment\n  FILE \"a \\x62\\\"c\" Seq 1 type base future 7\r\nfile 'it\\'s' type i seq 1\n")
        #expect(manifest.base == .init(name: "a b\"c", sequence: 1, role: .base))
        #expect(manifest.increments == [.init(name: "it's", sequence: 1, role: .increment)])
        #expect(try parse(write(manifest)) == manifest)
    }

    @Test(arguments: [
        ("", ManifestError.Reason.empty, 0),
        ("\n", .malformed, 1),
        ("file a seq 1 type i", .lineTooLong, 1),
        ("# c\nfile a seq 1\n", .malformed, 2),
        ("file a seq 1 type i x\n", .malformed, 1),
        ("file \"a seq 1 type i\n", .malformed, 1),
        ("file \"a\"b seq 1 type i\n", .malformed, 1),
        ("file a/b seq 1 type i\n", .nameIsPath("a/b"), 1),
        ("file .. seq 1 type i\n", .nameIsPath(".."), 1),
        ("file \"\\xff\" seq 1 type i\n", .nameNotUTF8, 1),
        ("file a seq 0 type i\n", .badSequence, 1),
        ("file a seq 1x type i\n", .badSequence, 1),
        ("file a seq 99999999999999999999 type i\n", .badSequence, 1),
        ("file a seq 1 type z\n", .unknownType, 1),
        ("file a seq 1 type b\nfile b seq 2 type b\n", .duplicateBase, 2),
        ("file a seq 1 type i\nfile a seq 2 type i\n", .duplicateName("a"), 2),
        ("file a seq 1 type i\nfile b seq 1 type i\n", .outOfOrder(1, after: 1), 2),
        ("file a seq 2 type i\nfile b seq 1 type i\n", .outOfOrder(1, after: 2), 2),
        ("file a seq 1 type i\nfile b seq 3 type i\n", .missingIncrement(2), 2),
        (
            "file appendonly.aof.3.incr.aof seq 2 type i\n", .otherNumber("appendonly.aof.3.incr.aof"), 1
        ),
        (
            "file appendonly.aof.3.base.rdb seq 2 type b\n", .otherNumber("appendonly.aof.3.base.rdb"), 1
        ),
        // One bit makes an increment (i) a replaced file (h).
        (
            """
            file appendonly.aof.1.base.rdb seq 1 type b
            file appendonly.aof.1.incr.aof seq 1 type h

            """, .notReplaced("appendonly.aof.1.incr.aof"), 0
        ),
        (
            """
            file appendonly.aof.2.base.rdb seq 2 type b
            file appendonly.aof.4.incr.aof seq 4 type h
            file appendonly.aof.3.incr.aof seq 3 type i

            """, .notReplaced("appendonly.aof.4.incr.aof"), 0
        ),
        (
            """
            file appendonly.aof.2.base.rdb seq 2 type b
            file appendonly.aof.2.incr.aof seq 2 type h
            file appendonly.aof.3.incr.aof seq 3 type i

            """, .notReplaced("appendonly.aof.2.incr.aof"), 0
        ),
    ])
    func whatIsWrongIsNamedWithItsLine(_ text: String, _ reason: ManifestError.Reason, _ line: Int) {
        #expect(throws: ManifestError(reason, line: line)) { try parse(text) }
    }

    @Test func aLineMayHave1024BytesAsInRedis() throws {
        let name = String(repeating: "n", count: 1024 - "file  seq 1 type i\n".count)
        #expect(try parse("file \(name) seq 1 type i\n").increments.count == 1)
        #expect(throws: ManifestError(.lineTooLong, line: 1)) { try parse("file \(name)n seq 1 type i\n") }
    }

    @Test func aRewriteReplacesTheBase() throws {
        var manifest = Manifest()
        try manifest.add(manifest.nextBase())
        try manifest.add(manifest.nextIncrement())
        let next = manifest.nextIncrement()
        try manifest.add(next)
        try manifest.replaceBase(with: manifest.nextBase(), keepingIncrementsFrom: next.sequence)
        #expect(manifest.dataFiles.map(\.name) == ["appendonly.aof.2.base.rdb", "appendonly.aof.2.incr.aof"])
        #expect(manifest.history.map(\.name) == ["appendonly.aof.1.base.rdb", "appendonly.aof.1.incr.aof"])
        manifest.removeHistory()
        #expect(manifest.history.isEmpty)
        #expect(manifest.nextIncrement().sequence == 3)
        let names = [
            "appendonly.aof.1.incr.aof", "appendonly.aof.3.incr.aof", "appendonly.aof.manifest", "x",
        ]
        #expect(manifest.unlisted(among: names) == Array(names.prefix(2)))
    }

    @Test func loadingSeesThatTheFilesAreThere() throws {
        let files = FaultyFiles()
        #expect(try Manifest.load(from: "d", files) == nil)
        var manifest = Manifest()
        try manifest.add(manifest.nextIncrement())
        try manifest.store(in: "d", files)
        let error = #expect(throws: ManifestLoadError.self) { try Manifest.load(from: "d", files) }
        #expect(
            error?.description
                == "d/appendonly.aof.manifest: appendonly.aof.1.incr.aof is listed, but not in the directory")
        _ = try files.open("d/appendonly.aof.1.incr.aof", .createNew)
        #expect(try Manifest.load(from: "d", files) == manifest)
    }

    /// At each step of the replacement: an error, then a crash, leave the old manifest or the new one.
    @Test(arguments: [Int32(28), 5])
    func aFailureOrACrashLeavesOneWholeManifest(_ errorNumber: Int32) throws {
        var old = Manifest()
        try old.add(old.nextIncrement())
        var new = old
        try new.add(new.nextIncrement())
        var failures = 0
        for step in 0... {
            let files = FaultyFiles()
            for entry in new.dataFiles { _ = try files.open("d/\(entry.name)", .createNew) }
            try old.store(in: "d", files)
            files.stepsToFailure = step
            files.errorNumber = errorNumber
            let before = files.steps.count
            var failed = false
            do {
                try new.store(in: "d", files)
            } catch {
                failed = true
                #expect(error.errorNumber == errorNumber)
            }
            let operation = files.steps[min(before + step, files.steps.count - 1)]
            files.stepsToFailure = nil
            let seen = try Manifest.load(from: "d", files)
            files.crash()
            let kept = try Manifest.load(from: "d", files)
            guard failed else {
                #expect(seen == new && kept == new)
                break
            }
            failures += 1
            #expect(seen == old || (seen == new && operation == .fsync), "step \(step): \(operation)")
            #expect(kept == old || kept == new, "step \(step): \(operation)")
        }
        // open, write, fsync, rename, fsync of the directory.
        #expect(failures == 5)
    }
}
