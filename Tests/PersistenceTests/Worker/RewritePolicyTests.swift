import Engine
import Testing

@testable import Persistence

@Suite struct RewritePolicyTests {
    @Test func sizeAndGrowthDecide() {
        let policy = RewritePolicy(percentage: 100, minimumSize: 1000)
        #expect(!policy.isDue(size: 1000, base: 1))
        #expect(policy.isDue(size: 1001, base: 500))
        #expect(!policy.isDue(size: 1999, base: 1000))
        #expect(policy.isDue(size: 2000, base: 1000))
        #expect(policy.isDue(size: 2000, base: 0))
        #expect(!RewritePolicy(percentage: 0, minimumSize: 0).isDue(size: .max, base: 1))
        #expect(!RewritePolicy(percentage: .max, minimumSize: 0).isDue(size: .max, base: .max))
    }

    @Test func pausesDouble() {
        var backoff = Backoff(4...30)
        #expect(backoff.allows(at: 0))
        #expect([4, 8, 16, 30, 30].allSatisfy { backoff.fail(at: 100) == $0 })
        #expect(!backoff.allows(at: 129) && backoff.allows(at: 130))
        backoff.succeed()
        #expect(backoff.allows(at: 0))
        #expect(backoff.fail(at: 0) == 4)
    }
}

@Suite struct SavePointTests {
    @Test(arguments: ["", "3600 1", "3600 1 300 100 60 10000", "1 0"])
    func whatIsReadIsWritten(_ text: String) throws {
        let points = try #require(SavePoint.parse(text))
        #expect(SavePoint.text(points) == text)
    }

    @Test(arguments: ["1", "0 1", "1 -1", "a b", "1 2 3", "1,2", "99999999999999999999 1"])
    func whatIsNoSavePointIsRefused(_ text: String) { #expect(SavePoint.parse(text) == nil) }

    @Test func secondsAndChangesDecide() {
        let point = SavePoint(seconds: 60, changes: 10)
        #expect(point.isDue(milliseconds: 60_000, changes: 10))
        #expect(!point.isDue(milliseconds: 59_999, changes: 10))
        #expect(!point.isDue(milliseconds: 60_000, changes: 9))
        #expect(!SavePoint(seconds: 1, changes: 0).isDue(milliseconds: 2000, changes: 0))
        #expect(SavePoint.parse("3600 1 300 100 60 10000") == SavePoint.redisDefaults)
    }
}

@Suite struct OptionTests {
    @Test func optionsAreReadCheckedAndSet() throws {
        let kept = try Kept.loaded(FaultyFiles())
        let worker = kept.worker
        #expect(worker.option("save") == "")
        #expect(worker.setOption("save", "60 1", applies: false) == nil)
        #expect(worker.option("save") == "")
        #expect(worker.setOption("save", "60 1", applies: true) == nil)
        #expect(worker.option("save") == "60 1")
        #expect(worker.setOption("save", "60", applies: true) == "Invalid save parameters")
        #expect(worker.setOption("appendfsync", "EVERYSEC", applies: true) == nil)
        #expect(worker.option("appendfsync") == "everysec")
        #expect(kept.engine.journal?.isAwaited == false)
        #expect(worker.setOption("appendfsync", "sometimes", applies: true) != nil)
        #expect(worker.setOption("auto-aof-rewrite-min-size", "2kb", applies: true) == nil)
        #expect(worker.option("auto-aof-rewrite-min-size") == "2048")
        #expect(worker.setOption("auto-aof-rewrite-min-size", "2x", applies: true) != nil)
        #expect(worker.setOption("auto-aof-rewrite-percentage", "-1", applies: true) != nil)
        #expect(worker.setOption("dir", "elsewhere", applies: true) == "can't set immutable config")
        #expect(worker.option("maxmemory") == nil)
        worker.stop()
    }
}

@Suite struct DirectoryPreparationTests {
    @Test(arguments: [
        ("temp-12.rdb", true), ("temp-rewriteaof-bg-7.aof", true), ("temp-rewriteaof-7.aof", true),
        ("temp-.rdb", false), ("temp-x.rdb", false), ("temp-1.rdb.old", false), ("dump.rdb", false),
        ("temp-appendonly.aof.manifest", false),
    ])
    func temporaryNames(_ name: String, _ isTemporary: Bool) {
        #expect(DirectoryPreparation<FaultyFiles>.isTemporary(name) == isTemporary)
    }
}
