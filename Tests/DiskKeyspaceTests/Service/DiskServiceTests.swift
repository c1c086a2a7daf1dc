import Bytes
import Engine
import Glibc
import Logging
import Synchronization
import TestSupport
import Testing

@testable import DiskKeyspace

/// When what is written becomes durable.
@Suite struct DiskServiceTests {
    private let service: DiskService
    private let engine: DiskEngine
    private let journal: Journal
    // What is in it goes before it: fields do in their order.
    private let directory: TemporaryDirectory

    init() throws {
        let directory = try TemporaryDirectory()
        let service = DiskService(
            directory: DiskDirectory(directory.path), policy: .always,
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

    // MARK: Snapshots

    private func set(_ key: String, _ value: String) {
        var reply = Reply()
        let words = ["SET", key, value].map { Array($0.utf8) }
        words[0].withByteView { name in
            words[1].withByteView { key in
                words[2].withByteView { value in
                    let arguments = [key, value]
                    guard let command = engine.find(name) else { return }
                    _ = arguments.withUnsafeBufferPointer {
                        engine.execute(command, Arguments($0), into: &reply)
                    }
                }
            }
        }
    }

    /// The bytes of the newest snapshot as an RDB file; `meanwhile` is done when some of them were made.
    private func download(_ meanwhile: () throws -> Void = {}) throws -> [UInt8] {
        guard case .made(let export) = service.openSnapshot() else { return [] }
        var bytes: [UInt8] = []
        var failure: (any Error)?
        try export.write {
            if bytes.isEmpty { do { try meanwhile() } catch { failure = error } }
            bytes += $0.array
            return true
        }
        if let failure { throw failure }
        return bytes
    }

    @Test func aSnapshotIsOfItsInstant() throws {
        defer { service.stop() }
        #expect(try download().isEmpty)
        set("before", "1")
        try service.saveAndWait()
        set("after", "1")
        let text = String(decoding: try download(), as: UTF8.self)
        #expect(text.hasPrefix("REDIS0010") && text.contains("before") && !text.contains("after"))
        #expect(service.status.lastSnapshot?.keys == 1 && service.status.changesSinceSave == 1)
        try service.startSnapshot()
        for _ in 0..<4000 where service.status.snapshotStart != nil { usleep(1000) }
        #expect(String(decoding: try download(), as: UTF8.self).contains("after"))
    }

    /// Fills the keyspace with more than a piece of an RDB file, however it is compressed.
    private func fill(_ random: inout SeededGenerator) {
        for number in 0..<3000 {
            set("key:\(number)", (0..<12).map { _ in String(random.next(), radix: 36) }.joined())
        }
    }

    /// Who reads a snapshot has its files open, whatever their names are by then.
    @Test func aSnapshotIsReplacedWhileItIsRead() throws {
        defer { service.stop() }
        var random = SeededGenerator(1)
        fill(&random)
        try service.saveAndWait()
        let before = try download()
        #expect(before.count > 300_000)
        let bytes = try download {
            for number in 0..<3000 { set("key:\(number)", "w") }
            try service.saveAndWait()
            try service.saveAndWait()
        }
        #expect(bytes.count == before.count)
        #expect(try download().count < before.count / 2)
    }

    /// At no moment there is none: not while one takes the place of another, nor between a download's start and its first byte.
    @Test func thereIsAlwaysASnapshotToRead() async throws {
        defer { service.stop() }
        set("key", "1")
        try service.saveAndWait()
        let isOver = Atomic<Bool>(false)
        let replacing = Task.detached { [service] in
            defer { isOver.store(true, ordering: .relaxed) }
            for _ in 0..<300 { try service.saveAndWait() }
        }
        var downloads = 0
        while !isOver.load(ordering: .relaxed) {
            #expect(String(decoding: try download(), as: UTF8.self).contains("key"))
            downloads += 1
        }
        #expect(downloads > 0)
        try await replacing.value
    }

    /// A download that nobody wants any more ends.
    @Test func anUnwantedDownloadEnds() throws {
        defer { service.stop() }
        var random = SeededGenerator(2)
        fill(&random)
        try service.saveAndWait()
        guard case .made(let export) = service.openSnapshot() else {
            Issue.record("there is no snapshot")
            return
        }
        var pieces = 0
        try export.write { _ in
            pieces += 1
            return false
        }
        #expect(pieces == 1)
    }

    /// Wherever a crash comes, there is the snapshot before or the new one.
    @Test func aCrashLeavesASnapshot() throws {
        defer { service.stop() }
        set("first", "1")
        try service.saveAndWait()
        let place = DiskDirectory(directory.path)
        // After the old one was moved away.
        try place.move(place.snapshot.path, to: place.outdated.path)
        try shell("mkdir -p '\(place.unfinished.database)'")
        try place.clean()
        #expect(String(decoding: try download(), as: UTF8.self).contains("first"))
        // After the new one was moved in.
        try shell("cp -r '\(place.snapshot.path)' '\(place.outdated.path)'")
        try place.clean()
        #expect(!place.outdated.holdsData && place.snapshot.holdsData && !place.unfinished.holdsData)
    }
}
