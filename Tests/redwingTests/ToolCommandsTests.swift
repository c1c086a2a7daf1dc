import ArgumentParser
import RDB
import Testing

@testable import redwing

@Suite struct ToolCommandsTests {
    @Test func argumentsAreRead() throws {
        let check = try #require(try RedwingCommand.parseAsRoot(["check", "data", "--fix"]) as? Check)
        #expect(check.path == "data" && check.fix)
        let importing = try #require(
            try RedwingCommand.parseAsRoot(["import", "dump.rdb", "--dir", "d", "--db", "3"]) as? Import)
        #expect(importing.source == "dump.rdb" && importing.dir == "d" && importing.db == 3)
        #expect(!importing.skipUnknown)
        let export = try #require(
            try RedwingCommand.parseAsRoot(["export", "--dir", "d", "out.rdb", "--for", "7.4"]) as? Export)
        #expect(export.dir == "d" && export.file == "out.rdb" && export.version == .redis74 && !export.force)
        #expect(Export.Version.redis70.format == .redis7)
    }

    @Test(arguments: [
        ["check"], ["import", "x"], ["import", "x", "--dir", "d", "--db", "-1"], ["export", "x"],
        ["export", "x", "--dir", "d", "--for", "6.0"],
    ]) func wrongArgumentsAreRefused(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try RedwingCommand.parseAsRoot(arguments) }
    }

    @Test func progressIsTold() {
        #expect(
            ProgressLine.text(done: 42_000_000, total: 100_000_000, items: 7, milliseconds: 1000)
                == "42 %  7 keys and commands  42 MB/s")
        #expect(ProgressLine.text(done: 0, total: 0, items: 0, milliseconds: 0).hasPrefix("100 %"))
    }
}
