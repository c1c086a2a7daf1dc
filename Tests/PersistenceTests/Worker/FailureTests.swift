import Bytes
import Engine
import Synchronization
import Testing

@testable import Persistence

/// What fails on the disk, and that it is over when it is over.
@Suite struct FailureTests {
    static func isIncrement(_ path: String) -> Bool { path.hasSuffix(".incr.aof") }

    @Test(arguments: SyncPolicy.allCases, [28, 5] as [Int32])
    func failingWritesAreTriedAgain(_ policy: SyncPolicy, _ number: Int32) throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files, .hasty(policy))
        kept("SET", "k0", "a")
        files.set { $0.fault = { op, path in op == .write && Self.isIncrement(path) ? number : nil } }
        kept("SET", "k1", "b")
        eventually("failing") { kept.told.failing == [true] }
        #expect(kept("SET", "k2", "c").hasPrefix("(error) MISCONF"))
        // A refusal shows nothing, also where the key was written by what is not on disk.
        for words in [["SET", "k1", "c"], ["DEL", "k1"]] {
            let refused = kept.execute(words)
            #expect(refused.text.hasPrefix("(error) MISCONF") && refused.ticket == 0)
        }
        #expect(kept("GET", "k1") == "b")
        #expect(kept.worker.status.writeFailure != nil)
        if policy == .always { #expect(kept.execute(["GET", "k1"]).ticket > kept.told.durable) }
        files.set { $0.fault = { _, _ in nil } }
        eventually("over") { kept.told.failing == [true, false] }
        #expect(kept.worker.status.writeFailure == nil)
        #expect(kept("SET", "k2", "c") == "OK")
        kept.worker.stop()
        let after = try Kept.loaded(files)
        #expect(after.values(3) == ["a", "b", "c"])
        after.worker.stop()
    }

    @Test(arguments: [SyncPolicy.always, .everySecond])
    func aFailedSyncNeedsNewFiles(_ policy: SyncPolicy) throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files, .hasty(policy))
        kept.awaited("SET", "k0", "a")
        files.set {
            $0.fault = { op, path in
                (op == .fdatasync && Self.isIncrement(path)) || (op == .rename && path.contains("temp-"))
                    ? 5 : nil
            }
        }
        let (_, ticket) = kept.execute(["INCR", "k1"])
        eventually("failing") { kept.told.failing == [true] }
        eventually("rewrites fail") { kept.worker.status.lastRewrite?.failure != nil }
        #expect(kept("SET", "k2", "c").hasPrefix("(error) MISCONF"))
        if policy == .always { #expect(kept.told.durable < ticket) }
        let failed = files.steps.count { $0 == .fdatasync }
        files.set { $0.fault = { _, _ in nil } }
        eventually("over") { kept.told.failing == [true, false] }
        // A sync that has failed once is not believed the second time.
        #expect(files.steps.count { $0 == .fdatasync } == failed)
        eventually("durable") { kept.told.durable >= ticket }
        #expect(kept("SET", "k2", "c") == "OK")
        kept.awaited("INCR", "k1")
        files.set { $0.fault = { _, _ in nil } }
        kept.worker.stop()
        files.crash()
        let after = try Kept.loaded(FaultyFiles(files.images()[1]))
        #expect(after.values(3) == ["a", "2", "c"])
        after.worker.stop()
    }

    @Test func aFailedSnapshotIsToldAndTriedAgain() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files, .hasty(save: [SavePoint(seconds: 1000, changes: 1)]))
        kept("SET", "k0", "a")
        files.set { $0.fault = { op, path in op == .write && path.contains("temp-") ? 28 : nil } }
        #expect(throws: PersistenceRefusal.self) { try kept.worker.saveAndWait() }
        #expect(kept.worker.status.lastSnapshot?.failure?.contains("No space") == true)
        #expect(files.images()[0].keys.allSatisfy { !$0.contains("temp-") })
        // The append-only file keeps what is written.
        #expect(kept("SET", "k0", "b") == "OK")
        kept.worker.stop()
    }

    @Test func withoutAnAppendOnlyFileAFailedSnapshotStopsWrites() throws {
        let files = FaultyFiles()
        var options = PersistenceOptions.hasty(save: [SavePoint(seconds: 1000, changes: 1)])
        options.isAppendOnly = false
        let kept = try Kept.loaded(files, options)
        kept("SET", "k0", "a")
        files.set { $0.fault = { op, path in op == .fsync && path.contains("temp-") ? 28 : nil } }
        try kept.worker.startSnapshot()
        eventually("refused") { kept("SET", "k1", "b").hasPrefix("(error) MISCONF") }
        files.set { $0.fault = { _, _ in nil } }
        eventually("taken") { kept("SET", "k1", "b") == "OK" }
        kept.worker.stop()
        let after = try Kept.loaded(files, options)
        #expect(after.values(2) == ["a", "b"])
        after.worker.stop()
    }

    @Test func aStopPutsOnDiskWhatHasFailed() throws {
        for operation in [FileError.Operation.write, .fdatasync] {
            let files = FaultyFiles()
            let failures = Mutex(operation == .write ? 3 : 1)
            let kept = try Kept.loaded(files, .hasty(.everySecond))
            files.set {
                $0.fault = { op, path in
                    guard op == operation, Self.isIncrement(path) else { return nil }
                    return failures.withLock { left in
                        left -= 1
                        return left >= 0 ? 5 : nil
                    }
                }
            }
            kept("SET", "k0", "a")
            kept.worker.stop()
            files.crash()
            let after = try Kept.loaded(files)
            #expect(after.values(1) == ["a"], "\(operation)")
            after.worker.stop()
        }
    }

    @Test(arguments: [true, false])
    func aFailedReloadLeavesTheFilesAlone(_ isAppendOnly: Bool) throws {
        let files = FaultyFiles()
        var options = PersistenceOptions.hasty(save: [SavePoint(seconds: 1000, changes: 1)])
        options.isAppendOnly = isAppendOnly
        options.rewriteMinimumSize = 1
        options.rewritePercentage = 1
        let kept = try Kept.loaded(files, options)
        for i in 0..<10 { kept("SET", "k\(i)", "v") }
        let reads = Mutex(0)
        files.set {
            $0.fault = { op, path in
                guard op == .open, path.hasSuffix("dump.rdb") else { return nil }
                reads.withLock { $0 += 1 }
                return 5
            }
        }
        #expect(kept("DEBUG", "RELOAD").hasPrefix("(error) ERR Error trying to load"))
        #expect(reads.withLock { $0 } > 0)
        files.set { $0.fault = { _, _ in nil } }
        let before = files.images()[0]
        for words in [
            ["GET", "k0"], ["SET", "k0", "x"], ["BGSAVE"], ["BGREWRITEAOF"], ["DEBUG", "RELOAD"],
        ] {
            let answer = kept.execute(words).text
            #expect(answer.hasPrefix("(error) LOADING DEBUG RELOAD has failed"), "\(answer)")
        }
        #expect(throws: PersistenceRefusal.self) { try kept.worker.startSnapshot() }
        kept.worker.stop()
        #expect(files.images()[0] == before)
        let after = try Kept.loaded(files, options)
        #expect(after("DBSIZE") == "10")
        after.worker.stop()
    }

    @Test func whatWasWrittenBeforeAFailureIsSynced() throws {
        let files = FaultyFiles()
        var options = PersistenceOptions.hasty(.everySecond)
        options.timing.syncPeriod = 300
        let kept = try Kept.loaded(files, options)
        kept("SET", "k0", "first")
        eventually("synced once") { files.images()[1].values.contains { $0.contains("first") } }
        kept("SET", "k0", "second")
        eventually("written") { files.images()[0].values.contains { $0.contains("second") } }
        files.set { $0.fault = { op, path in op == .write && Self.isIncrement(path) ? 28 : nil } }
        kept("SET", "k1", "third")
        eventually("failing") { kept.told.failing == [true] }
        eventually("synced") { files.images()[1].values.contains { $0.contains("second") } }
        #expect(kept.told.failing == [true])
        files.set { $0.fault = { _, _ in nil } }
        kept.worker.stop()
    }

    @Test func whatHasExpiredIsReadWhileTheDiskFails() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        kept("DEBUG", "SET-ACTIVE-EXPIRE", "0")
        kept("SET", "k0", "a", "PX", "20")
        kept("HSET", "h", "f", "a", "g", "b")
        kept("HPEXPIRE", "h", "20", "FIELDS", "1", "f")
        kept.awaited("SET", "k1", "a")
        files.set { $0.fault = { op, path in op == .write && Self.isIncrement(path) ? 28 : nil } }
        kept("SET", "k2", "b")
        eventually("failing") { kept.told.failing == [true] }
        eventually("expired") { kept("EXISTS", "k0") == "0" && kept("HLEN", "h") == "1" }
        // Their removal is not on disk, and need not be.
        for words in [["GET", "k0"], ["EXISTS", "k0", "k1"], ["HGET", "h", "f"]] {
            #expect(kept.execute(words).ticket == 0, "\(words)")
        }
        #expect(kept.execute(["GET", "k2"]).ticket > kept.told.durable)
        files.set { $0.fault = { _, _ in nil } }
        kept.worker.stop()
    }

    @Test func aDirectoryThatCannotBeUsedIsNamed() throws {
        let files = FaultyFiles()
        files.set { $0.fault = { op, _ in op == .mkdir ? 13 : nil } }
        let error = #expect(throws: PersistenceError.self) { _ = try Kept(files) }
        #expect(error?.description.contains("mkdir data: Permission denied") == true)
        files.set { $0.fault = { op, path in op == .rename && path.contains("manifest") ? 5 : nil } }
        #expect(throws: LoadError.self) { _ = try Kept.loaded(files) }
        files.set { $0.fault = { _, _ in nil } }
        try Kept.loaded(files).worker.stop()
    }
}
