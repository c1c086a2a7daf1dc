import Engine
import TestSupport
import Testing

@testable import Persistence

/// Files beside those that the manifest lists, and manifests beside it.
@Suite struct UnlistedFileTests {
    private func prepare(_ increment: [UInt8]) throws -> FaultyFiles {
        let files = FaultyFiles()
        try files.put("data", commands: [["SELECT", "0"], ["SET", "a", "1"]])
        files.put("data/appendonlydir/appendonly.aof.2.incr.aof", increment)
        return files
    }

    @Test(
        arguments: [
            resp([["SELECT", "0"], ["SET", "b", "2"]]), Array("*1\r\n$4\r\n".utf8), Array("#TS:1\r\n".utf8),
            Array("#REDWING 1 1 00000000 00000000\n*1\r\n".utf8),
        ])
    func aShortIncrementThatMayHoldDataIsNotRemoved(_ bytes: [UInt8]) throws {
        let files = try prepare(bytes)
        let error = #expect(throws: PersistenceError.self) { _ = try Kept(files) }
        #expect(error?.description.contains("appendonly.aof.2.incr.aof is not listed") == true)
        #expect(try files.names(in: "data/appendonlydir").contains("appendonly.aof.2.incr.aof"))
    }

    @Test(
        arguments: [
            [], [0, 0, 0], Array("#RED".utf8), Array("#REDWING 1 7 00000000 00".utf8),
            Array("#REDWING 1 7 00000000 00000000\n".utf8),
        ] as [[UInt8]])
    func whatARewriteHasOnlyPreparedIsRemoved(_ bytes: [UInt8]) throws {
        let files = try prepare(bytes)
        let kept = try Kept.loaded(files)
        #expect(kept("GET", "a") == "1")
        kept.worker.stop()
    }

    @Test func severalManifestsOfUnusualNamesAreRefused() throws {
        let directory = try TemporaryDirectory()
        for name in ["one.aof", "two.aof"] {
            try directory.withRedis("--appendonly yes --appendfilename \(name)", "cli set a \(name)")
        }
        let said = "one.aof.manifest and two.aof.manifest may each be the manifest"
        let options = PersistenceOptions.hasty(in: directory.path)
        let error = #expect(throws: PersistenceError.self) { _ = try Kept(SystemFiles(), options) }
        #expect(error?.description.contains(said) == true)
        #expect(Loaded.error(directory.path)?.contains(said) == true)
        let check = #expect(throws: LoadError.self) {
            try Checker(directory.path, fixes: true, SystemFiles()).run(LoadingProgress())
        }
        #expect(check?.description.contains(said) == true)
        let source = directory.path
        let target = directory.file("new")
        let imported = #expect(throws: LoadError.self) {
            try Importer(source, to: target, SystemFiles()).run(LoadingProgress())
        }
        #expect(imported?.description.contains(said) == true)
        try shell("rm '\(directory.file("appendonlydir"))/two.aof.manifest'")
        #expect(try Loaded(directory.path).engine.replay("GET", "a") == ["one.aof"])
    }
}
