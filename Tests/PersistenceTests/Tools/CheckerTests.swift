import Testing

import TestSupport

@testable import Persistence

@Suite struct CheckerTests {
    private func check(_ path: String, fix: Bool = false) throws -> CheckReport {
        try Checker(path, fixes: fix, threads: 2, SystemFiles()).run(LoadingProgress())
    }

    /// A data directory of Redis's with a base and an increment.
    private func sample(_ script: String = "") throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.withRedis(
            "--appendonly yes",
            """
            cli set a 1 >/dev/null; cli rpush l 1 2 3 >/dev/null
            cli bgrewriteaof >/dev/null
            until cli info persistence | grep -q aof_rewrite_in_progress:0 &&
                grep -q 'seq 2 type b' appendonlydir/*.manifest; do sleep 0.02; done
            cli set b 2 ex 100000 >/dev/null; cli save >/dev/null
            \(script)
            """)
        return directory
    }

    private let increment = "appendonlydir/appendonly.aof.2.incr.aof"
    private let base = "appendonlydir/appendonly.aof.2.base.rdb"
    private let manifest = "appendonlydir/appendonly.aof.manifest"

    @Test func soundDirectoriesAndFilesAreSound() throws {
        let directory = try sample(
            "cli -n 3 set other 1 >/dev/null; cli xadd st '*' f v >/dev/null; cli save >/dev/null")
        for path in [".", "appendonlydir", increment, base, manifest, "dump.rdb"] {
            let report = try check(directory.file(path))
            #expect(report.isSound, "\(path): \(report)")
            #expect(report.items.count == (path == "." ? 4 : path == "appendonlydir" ? 3 : 1))
        }
        let report = try check(directory.path)
        let text = report.items.map(\.description).joined(separator: "\n")
        #expect(text.contains("RDB version 10, 2 keys"), "\(text)")
        #expect(text.contains("4 keys (1 with an expiry), 1 × what Redwing has no place for"))
        #expect(text.contains("database 3 has 1 keys"))
        #expect(text.contains("commands: ") && text.contains(" batches, of Redis"), "\(text)")
        #expect(report.notes.contains { $0.contains("choose one with --db N") })
        #expect(try shell("ls '\(directory.path)'").contains("redwing.lock") == false)
        let empty = try TemporaryDirectory()
        #expect(try check(empty.path).notes == ["\(empty.path) holds no data"])
        #expect(throws: LoadError.self) { try check(empty.file("none")) }
    }

    @Test func aTornIncrementIsCutAndWhatIsCutOffKept() throws {
        let directory = try sample()
        let whole = try directory.read(increment)
        try directory.write(increment, whole.dropLast(3))
        let found = try check(directory.path)
        #expect(!found.isSound)
        #expect(found.items.last?.damage?.hasPrefix("byte ") == true)
        #expect(try directory.read(increment) == whole.dropLast(3))
        let fixed = try check(directory.path, fix: true)
        #expect(fixed.isSound && fixed.items.contains { $0.action?.contains(".removed") == true })
        #expect(try check(directory.path).isSound)
        let kept = try directory.read(increment)
        let removed = try directory.read("\(increment).\(kept.count).removed")
        #expect(kept + removed == whole.dropLast(3))
        #expect(try Loaded(directory.path).outcome.keys == 2)
    }

    @Test func aFlippedByteInAnyFileIsFound() throws {
        let directory = try sample()
        for file in [base, "dump.rdb"] {
            let whole = try directory.read(file)
            for index in stride(from: 0, to: whole.count, by: 7) {
                var bytes = whole
                bytes[index] ^= 0x41
                try directory.write(file, bytes)
                let report = try check(directory.path)
                #expect(!report.isSound, "\(file), byte \(index)")
                #expect(report.items.contains { $0.path.hasSuffix(file) && $0.damage != nil })
            }
            // What is damaged in an RDB file is gone.
            #expect(try !check(directory.path, fix: true).isSound)
            try directory.write(file, whole)
        }
        #expect(try check(directory.path).isSound)
    }

    @Test func aLostOrDamagedManifestIsRebuiltWhereTheFilesTellIt() throws {
        let directory = try sample()
        let expected = try directory.read(manifest)
        for text in ["nonsense\n", "", "file appendonly.aof.2.base.rdb seq 2 type b\nfile x seq 1 type i\n"] {
            try directory.write(manifest, Array(text.utf8))
            #expect(try !check(directory.path).isSound)
            let fixed = try check(directory.path, fix: true)
            #expect(fixed.isSound && fixed.items[1].action?.hasPrefix("rebuilt") == true, "\(fixed)")
            #expect(try directory.read(manifest) == expected)
            #expect(try directory.read(manifest + ".removed") == Array(text.utf8))
        }
        try shell("rm '\(directory.file(manifest))'")
        #expect(try !check(directory.path).isSound)
        #expect(try check(directory.path, fix: true).isSound)
        #expect(try directory.read(manifest) == expected)
        // Two bases: which of them it is can't be told.
        try shell(
            "cd '\(directory.file("appendonlydir"))'; rm *.manifest; cp *.base.rdb appendonly.aof.3.base.rdb")
        let report = try check(directory.path, fix: true)
        #expect(!report.isSound && report.notes.contains { $0.contains("may both be the base") })
    }

    @Test(
        arguments: [
            (["1.base.rdb", "1.incr.aof", "2.incr.aof"], nil),
            (["1.incr.aof", "2.incr.aof"], nil),
            (["3.base.aof", "4.incr.aof", "notes.txt"], nil),
            (["2.base.rdb", "1.incr.aof", "2.incr.aof"], "may be older"),
            (["1.incr.aof", "3.incr.aof"], "increment 2 is not listed"),
            (["2.incr.aof"], "is missing"),
            (["notes.txt"], "no files"),
        ] as [([String], String?)])
    func manifestsAreRebuiltOnlyWhereUnambiguous(_ names: [String], _ problem: String?) {
        let files = names.map { "appendonly.aof.\($0)" }
        switch Manifest.rebuilt(from: files, prefix: "appendonly.aof") {
        case .success(let manifest):
            #expect(problem == nil && manifest.dataFiles.map(\.name) == files.filter { !$0.hasSuffix("txt") })
        case .failure(let why):
            #expect(problem.map { why.description.contains($0) } == true, "\(why.description)")
        }
    }

    @Test func whatOnlyLoadingFindsIsFound() throws {
        let directory = try sample()
        try directory.write(increment, directory.read(increment) + resp([["INCR", "l"]]))
        let report = try check(directory.path)
        #expect(
            !report.isSound && report.items.last?.damage?.contains("INCR \"l\" failed: WRONGTYPE") == true)
    }

    @Test func aDirectoryInUseIsLeftAlone() throws {
        let directory = try sample()
        let lock = try DirectoryLock(directory.path, SystemFiles())
        #expect(throws: LoadError.self) { try check(directory.path) }
        #expect(throws: LoadError.self) { try check(directory.file("appendonlydir"), fix: true) }
        #expect(throws: LoadError.self) { try check(directory.file(increment), fix: true) }
        withExtendedLifetime(lock) {}
    }
}
