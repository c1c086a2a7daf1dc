import RDB
import Testing

import TestSupport

@testable import Persistence

/// What redis-server has written is imported, exported, and served by redis-server again.
@Suite struct ImportExportTests {
    private static let digest = "cli debug digest"

    /// Imports `source` to `new` in the directory, and exports that to `out/dump.rdb`.
    @discardableResult
    private func pass(
        _ directory: TemporaryDirectory, _ source: String,
        _ change: (inout Importer<SystemFiles>) -> Void = { _ in }
    ) throws -> (Importer<SystemFiles>.Result, Exporter<SystemFiles>.Result) {
        var importer = Importer(directory.file(source), to: directory.file("new"), SystemFiles())
        importer.threads = 3
        change(&importer)
        let imported = try importer.run(LoadingProgress())
        try shell("mkdir -p '\(directory.file("out"))'")
        let exporter = Exporter(directory.file("new"), to: directory.file("out/dump.rdb"), SystemFiles())
        let exported = try exporter.run(LoadingProgress())
        #expect(exported.keys == imported.keys)
        return (imported, exported)
    }

    /// What a redis-server that has loaded `out/dump.rdb` answers.
    private func served(_ directory: TemporaryDirectory, _ script: String = digest) throws -> String {
        try shell("cp '\(directory.file("out/dump.rdb"))' '\(directory.path)'")
        return try directory.withRedis("", script)
    }

    @Test(arguments: ["", SampleData.packed, SampleData.unpacked])
    func aSnapshotGoesThroughRedwingAndBack(_ settings: String) throws {
        let directory = try TemporaryDirectory()
        let before = try directory.withRedis(
            settings, "\(SampleData.script)\ncli save >/dev/null\n\(ImportExportTests.digest)")
        let (imported, exported) = try pass(directory, "dump.rdb")
        #expect(imported.loaded.source == .nothing || imported.keys > 2300)
        #expect(exported.droppedFieldExpiries == 0)
        #expect(try served(directory) == before)
        #expect(try shell("redis-check-rdb '\(directory.file("out/dump.rdb"))'").contains("RDB looks OK"))
    }

    @Test(arguments: ["appendonlydir", "."]) func anAppendOnlyFileGoesThroughRedwingAndBack(_ source: String)
        throws
    {
        let directory = try TemporaryDirectory()
        let before = try directory.withRedis(
            "--appendonly yes", "\(SampleData.script)\n\(ImportExportTests.digest)")
        try pass(directory, source)
        #expect(try served(directory) == before)
    }

    @Test(arguments: ["appendonlydir", "."]) func aDirectoryThatIsServedIsNotImported(_ source: String) throws
    {
        let directory = try TemporaryDirectory()
        try directory.withRedis("--appendonly yes", "cli set a 1")
        let lock = try DirectoryLock(directory.path, SystemFiles())
        let error = #expect(throws: LoadError.self) { try pass(directory, source) }
        #expect(error?.description.contains("in use by another server") == true, "\(error as Any)")
        withExtendedLifetime(lock) {}
    }

    @Test func theFileOfAnOldRedisIsImported() throws {
        let directory = try TemporaryDirectory()
        let commands = resp([["SELECT", "0"], ["SET", "a", "1"], ["RPUSH", "l", "1", "2"]])
        try directory.write("appendonly.aof", commands + resp([["SET", "torn", "x"]]).dropLast(3))
        let (imported, _) = try pass(directory, "appendonly.aof")
        #expect(imported.keys == 2 && imported.loaded.excess == resp([["SET", "torn", "x"]]).count - 3)
        #expect(try served(directory, "cli get a; cli llen l") == "1\n2\n")
        // With an RDB file in front of the commands, as rewritten by Redis 4 to 6.
        let other = try TemporaryDirectory()
        try other.withRedis("", "cli set before 1; cli save")
        try other.write("appendonly.aof", other.read("dump.rdb") + commands)
        try pass(other, "appendonly.aof")
        #expect(try served(other, "cli get a; cli get before; cli dbsize") == "1\n1\n3\n")
    }

    @Test func aDatabaseIsChosenAndForeignContentLeftOut() throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis("", "cli set a 1; cli -n 2 set b 2; cli -n 2 xadd st '*' f v; cli save")
        func error(_ change: (inout Importer<SystemFiles>) -> Void) -> String {
            do {
                try pass(directory, "dump.rdb", change)
                return "none"
            } catch {
                return "\(error)"
            }
        }
        #expect(error { _ in }.contains("choose one with --db N"))
        #expect(error { $0.database = 2 }.contains("1 × stream (the first: \"st\")"))
        let (imported, _) = try pass(directory, "dump.rdb") {
            $0.database = 2
            $0.skipsUnknown = true
        }
        #expect(imported.keys == 1 && imported.loaded.skipped == "1 × stream (the first: \"st\")")
        #expect(imported.loaded.otherDatabases == "database 0 has 1 keys")
        #expect(try served(directory, "cli get b") == "2\n")
        // There is data now.
        #expect(error { $0.database = 0 }.contains("holds data already"))
    }

    @Test func nothingIsReplacedAndNoLockedDirectoryUsed() throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis("", "cli set a 1; cli save")
        try pass(directory, "dump.rdb")
        var exporter = Exporter(directory.file("new"), to: directory.file("out/dump.rdb"), SystemFiles())
        #expect(throws: LoadError.self) { try exporter.run(LoadingProgress()) }
        exporter.replaces = true
        #expect(try exporter.run(LoadingProgress()).keys == 1)
        let lock = try DirectoryLock(directory.file("new"), SystemFiles())
        #expect(throws: LoadError.self) { try exporter.run(LoadingProgress()) }
        let importer = Importer(directory.file("dump.rdb"), to: directory.file("new"), SystemFiles())
        #expect(throws: LoadError.self) { try importer.run(LoadingProgress()) }
        withExtendedLifetime(lock) {}
        let missing = Exporter(directory.file("out"), to: directory.file("x.rdb"), SystemFiles())
        #expect(try missing.run(LoadingProgress()).keys == 1)
        let empty = Exporter(directory.file("none"), to: directory.file("y.rdb"), SystemFiles())
        #expect(throws: LoadError.self) { try empty.run(LoadingProgress()) }
    }

    @Test func expiriesOfFieldsAreDroppedForRedis70Alone() throws {
        let directory = try TemporaryDirectory()
        let commands = [
            ["HSET", "h", "f", "1", "g", "2"], ["HPEXPIREAT", "h", "4000000000000", "FIELDS", "1", "f"],
        ]
        try directory.write("appendonly.aof", resp(commands))
        let (imported, exported) = try pass(directory, "appendonly.aof")
        #expect(imported.keys == 1 && exported.droppedFieldExpiries == 1)
        #expect(try served(directory, "cli hget h f; cli hget h g") == "1\n2\n")
        var exporter = Exporter(directory.file("new"), to: directory.file("74.rdb"), SystemFiles())
        exporter.version = .redis74
        #expect(try exporter.run(LoadingProgress()).droppedFieldExpiries == 0)
        let contents = try ContentsConsumer.read(directory.file("74.rdb"))[0]
        #expect(contents?.keys == ["h": "hash -1 f=1@4000000000000,g=2@-1"])
    }

    // MARK: The disk engine

    private func bring(
        _ directory: TemporaryDirectory, _ source: String, to target: String,
        _ engine: Importer<SystemFiles>.Target
    ) throws -> Int {
        var importer = Importer(directory.file(source), to: directory.file(target), SystemFiles())
        importer.threads = 3
        importer.target = engine
        return try importer.run(LoadingProgress()).keys
    }

    /// What a redis-server answers that has loaded what is exported of a directory.
    private func served(_ directory: TemporaryDirectory, of data: String) throws -> String {
        var exporter = Exporter(
            directory.file(data), to: directory.file("out/dump.rdb"), SystemFiles())
        exporter.replaces = true
        _ = try exporter.run(LoadingProgress())
        return try served(directory)
    }

    @Test(arguments: ["", SampleData.packed, SampleData.unpacked])
    func memoryAndDiskTakeFromEachOther(_ settings: String) throws {
        let directory = try TemporaryDirectory()
        try shell("mkdir '\(directory.file("out"))'")
        let before = try directory.withRedis(
            settings, "\(SampleData.script)\ncli save >/dev/null\n\(ImportExportTests.digest)")
        let keys = try bring(directory, "dump.rdb", to: "memory", .memory)
        #expect(keys > 2300)
        #expect(try bring(directory, "memory", to: "disk", .disk) == keys)
        #expect(try served(directory, of: "disk") == before)
        #expect(try bring(directory, "disk", to: "back", .memory) == keys)
        #expect(try served(directory, of: "back") == before)
        #expect(try bring(directory, "dump.rdb", to: "straight", .disk) == keys)
        #expect(try served(directory, of: "straight") == before)
    }

    @Test func expiriesOfFieldsGoToDiskAndBack() throws {
        let directory = try TemporaryDirectory()
        let commands = [
            ["HSET", "h", "f", "1", "g", "2"], ["HPEXPIREAT", "h", "4000000000000", "FIELDS", "1", "f"],
        ]
        try directory.write("appendonly.aof", resp(commands))
        #expect(try bring(directory, "appendonly.aof", to: "disk", .disk) == 1)
        #expect(try bring(directory, "disk", to: "memory", .memory) == 1)
        let base = directory.file("memory/appendonlydir/appendonly.aof.1.base.rdb")
        let contents = try ContentsConsumer.read(base)[0]
        #expect(contents?.keys == ["h": "hash -1 f=1@4000000000000,g=2@-1"])
    }

    @Test func enginesDoNotTakeEachOthersDirectories() throws {
        let directory = try TemporaryDirectory()
        try directory.write("appendonly.aof", resp([["SET", "a", "1"]]))
        _ = try bring(directory, "appendonly.aof", to: "disk", .disk)
        _ = try bring(directory, "appendonly.aof", to: "memory", .memory)
        #expect(throws: LoadError.self) { try bring(directory, "memory", to: "disk", .disk) }
        #expect(throws: LoadError.self) { try bring(directory, "appendonly.aof", to: "disk", .memory) }
        #expect(throws: LoadError.self) { try bring(directory, "disk", to: "other", .disk) }
        #expect(throws: PersistenceError.self) {
            try openForDiskEngine(directory.file("memory"), SystemFiles())
        }
        var options = PersistenceOptions()
        options.directory = directory.file("disk")
        let preparation = DirectoryPreparation(options: options, files: SystemFiles())
        #expect(throws: PersistenceError.self) { try preparation.clean() }
    }

    /// What an import leaves that is interrupted is no data, and in nobody's way.
    @Test func anInterruptedImportToDiskIsDoneAgain() throws {
        let directory = try TemporaryDirectory()
        try directory.write("bad.aof", resp([["SET", "a", "1"], ["SET", "b"]]))
        try directory.write("good.aof", resp([["SET", "c", "1"]]))
        #expect(throws: LoadError.self) { try bring(directory, "bad.aof", to: "disk", .disk) }
        #expect(try bring(directory, "good.aof", to: "disk", .disk) == 1)
        let left = try SystemFiles().names(in: directory.file("disk"))
        #expect(left == ["redwing.lock", "rocksdb"])
    }

    // MARK: Failures

    /// Wherever writing stops, a second import makes the directory.
    @Test func anImportThatFailedIsDoneAgain() throws {
        for steps in 0..<40 {
            let files = FaultyFiles()
            files.put("s/appendonly.aof", resp([["SET", "a", "1"]]))
            let importer = Importer("s/appendonly.aof", to: "d", files)
            files.stepsToFailure = steps
            let succeeded = (try? importer.run(LoadingProgress())) != nil
            files.stepsToFailure = nil
            files.nodes["d/redwing.lock"] = nil
            if !succeeded, files.nodes["d/appendonlydir/appendonly.aof.manifest"] == nil {
                _ = try importer.run(LoadingProgress())
            }
            #expect(try Contents(Loaded("d", files).engine).keys == ["a": "string -1 1"], "\(steps)")
        }
    }
}
