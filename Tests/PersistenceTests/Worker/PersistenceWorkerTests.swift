import Bytes
import Engine
import Synchronization
import TestSupport
import Testing

@testable import Persistence

@Suite struct PersistenceWorkerTests {
    @Test(arguments: SyncPolicy.allCases)
    func whatIsWrittenIsThereAfterAStop(_ policy: SyncPolicy) throws {
        let directory = try TemporaryDirectory()
        let options = PersistenceOptions.hasty(policy, in: directory.file("data"))
        for round in 0..<3 {
            let kept = try Kept.loaded(SystemFiles(), options)
            #expect(kept("DBSIZE") == "\(round == 0 ? 0 : round * 50 + 1)")
            for i in 0..<50 { kept("SET", "k\(round * 50 + i)", "v\(i)") }
            #expect(kept("INCR", "n") == "\(round + 1)")
            kept.worker.stop()
        }
        #expect(try SystemFiles().names(in: options.directory) == ["appendonlydir", "redwing.lock"])
        #expect(
            try SystemFiles().names(in: options.appendOnlyDirectory) == [
                "appendonly.aof.1.base.rdb", "appendonly.aof.1.incr.aof", "appendonly.aof.manifest",
            ])
    }

    @Test func theSnapshotBecomesTheFirstBase() throws {
        let files = FaultyFiles()
        var options = PersistenceOptions.hasty(save: [SavePoint(seconds: 1000, changes: 1)])
        options.isAppendOnly = false
        let first = try Kept.loaded(files, options)
        first("SET", "k0", "a")
        #expect(first.engine.journal == nil)
        first.worker.stop()
        #expect(first.worker.status.lastSnapshot?.keys == 1)

        options.isAppendOnly = true
        let second = try Kept.loaded(files, options)
        #expect(second.values(1) == ["a"])
        second.awaited("SET", "k1", "b")
        files.crash()
        let third = try Kept.loaded(FaultyFiles(files.images()[1]))
        #expect(third.values(2) == ["a", "b"])
        third.worker.stop()

        // What would be out of date is not used, and not written beside.
        second.worker.stop()
        options.isAppendOnly = false
        let error = #expect(throws: PersistenceError.self) { _ = try Kept(files, options) }
        #expect(error?.description.contains("--appendonly yes") == true)
    }

    @Test func aDirectoryHasOneServer() throws {
        let directory = try TemporaryDirectory()
        let options = PersistenceOptions.hasty(in: directory.file("data"))
        let kept = try Kept.loaded(SystemFiles(), options)
        let error = #expect(throws: PersistenceError.self) { _ = try Kept(SystemFiles(), options) }
        #expect(error?.description.contains("in use by another server") == true)
        kept.worker.stop()
        kept.worker.stop()
        try Kept.loaded(SystemFiles(), options).worker.stop()
    }

    @Test func nothingIsShownAsDurableBeforeItIsSynced() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        kept.awaited("SET", "k0", "a")
        files.set { $0.stalls = { operation, _ in operation == .fdatasync } }
        let (_, ticket) = kept.execute(["SET", "k0", "b"])
        let (value, shown) = kept.execute(["GET", "k0"])
        #expect(value == "b" && shown == ticket && ticket > 0)
        eventually("written") { files.steps.last == .write }
        #expect(kept.told.durable < ticket)
        #expect(kept.engine.journal?.durable ?? 0 < ticket)
        files.set { $0.stalls = { _, _ in false } }
        eventually("durable") { kept.told.durable >= ticket }
        #expect(kept.execute(["GET", "k0"]).ticket == 0)
        kept.worker.stop()
    }

    @Test func everySecondSyncsByItself() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files, .hasty(.everySecond))
        #expect(kept.execute(["SET", "k0", "a"]).ticket == 0)
        eventually("synced") { files.images()[1].values.contains { $0.contains("SET") } }
        let syncs = kept.worker.status.syncs
        #expect(syncs >= 1)

        // From `always` nobody is left waiting.
        kept.worker.setSyncPolicy(.always)
        files.set { $0.stalls = { operation, _ in operation == .fdatasync } }
        let (_, ticket) = kept.execute(["SET", "k0", "b"])
        #expect(ticket > 0)
        kept.worker.setSyncPolicy(.no)
        files.set { $0.stalls = { _, _ in false } }
        eventually("durable") { kept.told.durable >= ticket }
        #expect(kept.worker.option("appendfsync") == "no")
        kept.worker.stop()
        #expect(files.images()[1].values.contains { $0.contains("b") })
    }

    @Test func aStalledDiskShutsTheGateAndMemoryStaysBounded() throws {
        let files = FaultyFiles()
        var options = PersistenceOptions.hasty(.everySecond)
        options.queueLimit = 64 << 10
        let kept = try Kept.loaded(files, options)
        let hasStalled = Atomic(false)
        files.set {
            $0.stalls = { operation, path in
                guard operation == .write, path.hasSuffix(".incr.aof") else { return false }
                hasStalled.store(true, ordering: .releasing)
                return true
            }
        }
        let value = String(repeating: "x", count: 1000)
        var accepted = 1
        kept("SET", "k0", value)
        // Until then the worker would still take what fills the queue.
        eventually("stalled") { hasStalled.load(ordering: .acquiring) }
        while accepted < 10_000, kept("SET", "k\(accepted)", value) == "OK" { accepted += 1 }
        #expect(accepted >= 60 && accepted < 100)
        #expect(kept("SET", "x", "y").hasPrefix("(error) BUSY"))
        #expect(kept("GET", "k0") == value)
        files.set { $0.stalls = { _, _ in false } }
        eventually("room") { kept.told.room > 0 }
        eventually("writable") { kept("SET", "x", "y") == "OK" }
        kept.worker.stop()
        let after = try Kept.loaded(files)
        #expect(after("DBSIZE") == "\(accepted + 1)")
        after.worker.stop()
    }

    @Test func savePointsMakeSnapshots() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files, .hasty(save: [SavePoint(seconds: 1, changes: 3)]))
        kept("SET", "k0", "a")
        kept("SET", "k0", "b")
        #expect(kept.worker.status.changesSinceSave == 2)
        kept("SET", "k0", "c")
        eventually("snapshot") { kept.worker.status.lastSnapshot != nil }
        #expect(kept.worker.status.changesSinceSave == 0)
        #expect(files.images()[1]["data/dump.rdb"] != nil)
        kept("SET", "k0", "d")
        kept.worker.stop()
        // At a clean stop too, since something has changed.
        #expect(kept.worker.status.changesSinceSave == 0)
        #expect(files.images()[1].keys.allSatisfy { !$0.contains("temp-") })
    }

    @Test func theSnapshotIsMadeByCommand() throws {
        let kept = try Kept.loaded(FaultyFiles())
        kept("SET", "k0", "a")
        #expect(kept("SAVE") == "OK")
        #expect(kept.worker.status.lastSnapshot?.keys == 1)
        kept("SET", "k1", "a")
        #expect(kept("BGSAVE") == "Background saving started")
        kept.waitUntilIdle()
        #expect(kept.worker.status.lastSnapshot?.keys == 2)
        kept.worker.stop()
        #expect(throws: PersistenceRefusal.self) { try kept.worker.saveAndWait() }
        #expect(throws: PersistenceRefusal.self) { try kept.worker.startRewrite() }
    }

    @Test func oneSnapshotAtATimeAndTheRewriteAfterIt() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        kept("SET", "k0", "a")
        files.set { $0.stalls = { operation, path in operation == .fsync && path.contains("temp-") } }
        try kept.worker.startSnapshot()
        eventually("begun") { files.steps.last == .write }
        let error = #expect(throws: PersistenceRefusal.self) { try kept.worker.startSnapshot() }
        #expect(error?.message == "ERR Background save already in progress")
        #expect(throws: PersistenceRefusal.self) { try kept.worker.saveAndWait() }
        try kept.worker.startRewrite()
        #expect(kept.worker.status.snapshotStart != nil)
        #expect(kept.worker.status.lastRewrite == nil)
        files.set { $0.stalls = { _, _ in false } }
        eventually("rewritten") {
            kept.worker.status.lastRewrite?.failure == nil && kept.worker.status.lastRewrite != nil
        }
        kept.worker.stop()
    }

    @Test func eachJobIsAskedForOnce() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        kept("SET", "k0", "a")
        for startsWithSnapshot in [true, false] {
            files.set {
                $0.stalls = { operation, path in
                    operation == .fsync && path.contains("temp-") && path.contains(".rdb")
                }
            }
            let worker = kept.worker
            if startsWithSnapshot { try worker.startSnapshot() } else { try worker.startRewrite() }
            eventually("begun") { files.images()[0].keys.contains { $0.contains("temp-") } }
            if startsWithSnapshot { try worker.startRewrite() } else { try worker.startSnapshot() }
            // The worker has seen the second wish, and keeps it for later.
            kept.awaited("INCR", "n")
            #expect(throws: PersistenceRefusal.self) { try worker.startRewrite() }
            #expect(throws: PersistenceRefusal.self) { try worker.startSnapshot() }
            files.set { $0.stalls = { _, _ in false } }
            eventually("both are over") {
                let status = worker.status
                guard status.snapshotStart == nil, status.rewriteStart == nil else { return false }
                return startsWithSnapshot
                    ? status.lastRewrite != nil
                    : (status.lastSnapshot?.time ?? 0) >= (status.lastRewrite?.time ?? 0)
            }
        }
        kept.worker.stop()
    }

    /// The sync of a base or snapshot, its renaming (which frees what had the name), the removal of what is replaced.
    @Test(arguments: [
        (FileError.Operation.fsync, "temp-"), (.rename, "temp-"), (.unlink, ".base.rdb"),
        (.unlink, ".incr.aof"),
    ])
    func whatTakesLongOnOtherFilesHoldsUpNothing(_ operation: FileError.Operation, _ part: String) throws {
        for isRewrite in operation == .unlink ? [true] : [true, false] {
            let files = FaultyFiles()
            let kept = try Kept.loaded(files)
            kept.awaited("SET", "k0", "a")
            let hasStalled = Atomic(false)
            files.set {
                $0.stalls = { called, path in
                    guard called == operation, path.contains(part), !path.contains("manifest") else {
                        return false
                    }
                    hasStalled.store(true, ordering: .releasing)
                    return true
                }
            }
            if isRewrite { try kept.worker.startRewrite() } else { try kept.worker.startSnapshot() }
            eventually("stalled") { hasStalled.load(ordering: .acquiring) }
            for _ in 0..<5 { kept.awaited("INCR", "n") }
            files.set { $0.stalls = { _, _ in false } }
            kept.waitUntilIdle()
            kept.worker.stop()
            let after = try Kept.loaded(files)
            #expect(after("GET", "n") == "5")
            after.worker.stop()
        }
    }

    @Test func writesAreMadeDurableBetweenThePiecesOfAHugeValue() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        var random = SystemRandomNumberGenerator()
        let letters = Array("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/".utf8)
        let value = String(
            decoding: (0..<8 << 20).map { _ in letters[Int(random.next() & 63)] }, as: UTF8.self)
        kept.awaited("SET", "huge", value)
        let writes = Atomic(0)
        let allowed = Atomic(4)
        files.set {
            $0.stalls = { operation, path in
                guard operation == .write, path.contains("temp-") else { return false }
                return writes.load(ordering: .acquiring) >= allowed.load(ordering: .acquiring)
            }
            $0.observe = { operation, path in
                if operation == .write, path.contains("temp-") {
                    writes.add(1, ordering: .acquiringAndReleasing)
                }
            }
        }
        try kept.worker.startSnapshot()
        eventually("in the middle") { writes.load(ordering: .acquiring) == 4 }
        let (_, ticket) = kept.execute(["SET", "k0", "a"])
        #expect(kept.told.durable < ticket)
        allowed.store(6, ordering: .releasing)
        eventually("durable") { kept.told.durable >= ticket }
        #expect(writes.load(ordering: .acquiring) <= 6)
        #expect(kept.worker.status.snapshotStart != nil)
        files.set {
            $0.stalls = { _, _ in false }
            $0.observe = nil
        }
        kept.waitUntilIdle()
        kept.worker.stop()
    }

    @Test func reloadReadsBackWhatIsThere() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        for i in 0..<100 { kept("SET", "k\(i)", "v\(i)") }
        let before = kept.values(100)
        #expect(kept("DEBUG", "RELOAD") == "OK")
        #expect(kept.values(100) == before)
        kept.awaited("SET", "k100", "after")
        kept.worker.stop()
        let after = try Kept.loaded(files)
        #expect(after.values(101) == before + ["after"])
        after.worker.stop()
    }

    @Test func theFileIsRewrittenWhenItHasGrown() throws {
        var options = PersistenceOptions.hasty()
        options.rewriteMinimumSize = 4096
        let files = FaultyFiles()
        let kept = try Kept.loaded(files, options)
        for i in 0..<400 { kept("SET", "k0", "\(i)") }
        eventually("rewritten") { kept.worker.status.lastRewrite != nil }
        kept.waitUntilIdle()
        #expect(kept.worker.status.lastRewrite?.failure == nil)
        #expect(kept.worker.setOption("auto-aof-rewrite-percentage", "0", applies: true) == nil)
        kept.worker.stop()
        let after = try Kept.loaded(files)
        #expect(after.values(1) == ["399"])
        after.worker.stop()
    }
}

extension [UInt8] {
    func contains(_ text: String) -> Bool { String(decoding: self, as: UTF8.self).contains(text) }
}
