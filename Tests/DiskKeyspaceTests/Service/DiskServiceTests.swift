import Engine
import Glibc
import Logging
import TestSupport
import Testing

@testable import DiskKeyspace

/// When what is written becomes durable.
@Suite struct DiskServiceTests {
    private let directory: TemporaryDirectory
    private let service: DiskService
    private let engine: DiskEngine
    private let journal: Journal

    init() throws {
        let directory = try TemporaryDirectory()
        let service = DiskService(
            directory: directory.path, policy: .always,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var made: Journal?
        engine = try DiskEngine(
            path: directory.path + "/db",
            journal: {
                made = service.makeJournal($0)
                return made
            })
        self.directory = directory
        self.service = service
        journal = try #require(made)
        service.start(engine)
    }

    private func isDurable(_ ticket: UInt64) -> Bool {
        for _ in 0..<4000 where journal.durable < ticket { usleep(1000) }
        return journal.durable >= ticket
    }

    @Test(arguments: ["always", "everysec"])
    func whatIsWrittenBecomesDurable(_ policy: String) {
        defer { service.stop() }
        #expect(service.setOption("appendfsync", policy, applies: true) == nil)
        #expect(journal.isAwaited == (policy == "always"))
        #expect(isDurable(journal.advance(isWrite: true)))
    }

    /// A command that has begun before the change goes on to wait for its write.
    @Test func whatIsAwaitedIsSyncedUnderNo() {
        defer { service.stop() }
        #expect(service.setOption("appendfsync", "no", applies: true) == nil)
        // The first may still be of the sync that was on its way.
        for _ in 0..<2 { #expect(isDurable(journal.advance(isWrite: true))) }
    }

    @Test(arguments: ["always", "everysec", "no"])
    func aStopLeavesEverythingDurable(_ policy: String) {
        #expect(service.setOption("appendfsync", policy, applies: true) == nil)
        let ticket = journal.advance(isWrite: true)
        service.stop()
        #expect(journal.durable >= ticket)
    }
}
