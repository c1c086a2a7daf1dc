import Synchronization
import Testing

import TestSupport

@testable import Persistence

/// Directories that the real redis-server has written.
@Suite struct LoaderRedisTests {
    private static let rewritten = """
        cli bgrewriteaof >/dev/null
        until cli info persistence | grep -q aof_rewrite_in_progress:0 &&
            grep -q 'seq 2 type b' appendonlydir/*.manifest; do sleep 0.02; done
        """
    /// Every kind of effect that a rewrite does not fold away.
    private static let changes = #"""
        cli eval '
        for i = 1, 500 do redis.call("incrby", "s:new", i) redis.call("lpush", "list", "more " .. i) end
        redis.call("del", "s:1", "s:2", "s:3", "missing")
        redis.call("mset", "m:1", "1", "m:2", "2", "m:3", "3")
        redis.call("rename", "m:1", "renamed")
        redis.call("sunionstore", "union", "set", "intset")
        redis.call("lmove", "list", "list:2", "left", "right")
        redis.call("zrangestore", "zset:2", "zset", 0, 10)
        redis.call("expire", "m:2", 100000000)
        redis.call("spop", "set", 3)
        ' 0 >/dev/null
        printf 'multi\nset t:1 1\nset t:2 2\nexec\n' | cli >/dev/null
        cli set gone 1 px 1 >/dev/null
        until [ -z "$(cli get gone)" ]; do sleep 0.01; done
        """#

    @Test(arguments: ["", SampleData.packed, SampleData.unpacked + " --rdbcompression no"], [1, 3])
    func aSnapshotIsLoaded(_ settings: String, _ threads: Int) throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis(settings, SampleData.script + "\ncli save")
        let expected = try ContentsConsumer.read(directory.file("dump.rdb"))
        let loaded = try Loaded(directory.path, threads: threads)
        #expect(loaded.outcome.source == .snapshot)
        #expect(Contents(loaded.engine).differences(from: expected[0]) == [])
        #expect(loaded.outcome.keys == expected[0]?.keys.count && loaded.outcome.keys > 2300)
        #expect(loaded.outcome.expired == 0 && loaded.outcome.skipped == "")
        let size = try directory.read("dump.rdb").count
        #expect(loaded.progress.total.load(ordering: .relaxed) == size)
        #expect(loaded.progress.done.load(ordering: .relaxed) == size)
        #expect(loaded.outcome.bytes == size)
    }

    @Test(
        arguments: [
            "", "--aof-use-rdb-preamble no", "--aof-timestamp-enabled yes", "--appendfilename other.aof",
        ], [1, 3])
    func anAppendOnlyFileIsLoaded(_ settings: String, _ threads: Int) throws {
        let directory = try TemporaryDirectory()
        let script = "\(SampleData.script)\n\(LoaderRedisTests.rewritten)\n\(LoaderRedisTests.changes)"
        try directory.withRedis("--appendonly yes \(settings)", script + "\ncli save >/dev/null; rm -f copy")
        let expected = try ContentsConsumer.read(directory.file("dump.rdb"))[0]
        let loaded = try Loaded(directory.path, threads: threads)
        guard case .appendOnly(let manifest) = loaded.outcome.source else {
            Issue.record("\(loaded.outcome.source)")
            return
        }
        #expect(manifest.base?.sequence == 2)
        #expect(Contents(loaded.engine).differences(from: expected) == [])
        #expect(loaded.outcome.commands > 500)
        #expect(loaded.outcome.lastIncrement?.canBeAppendedTo == false)
        #expect(loaded.outcome.excess == 0)
        let total = loaded.progress.total.load(ordering: .relaxed)
        #expect(total > 0 && loaded.progress.done.load(ordering: .relaxed) == total)
        #expect(loaded.progress.items.load(ordering: .relaxed) > 2800)
    }

    @Test func withoutAppendOnlyTheSnapshotIsLoadedAndTheManifestMentioned() throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis("--appendonly yes", "cli set a 1; cli save; cli set b 2")
        #expect(try Loaded(directory.path).outcome.keys == 2)
        let loaded = try Loaded(directory.path) { $0.isAppendOnly = false }
        #expect(loaded.outcome.source == .snapshot && loaded.outcome.keys == 1)
        #expect(loaded.outcome.notes.count == 1)
        #expect(loaded.outcome.notes.first?.contains("appendonlydir is not looked at") == true)
    }

    @Test(arguments: [1, 2]) func otherDatabasesAreRefusedAndOneCanBeChosen(_ threads: Int) throws {
        let directory = try TemporaryDirectory()
        let script = "cli set a 1; cli set b 2; cli -n 3 rpush c 1 2; cli -n 5 set d 1"
        try directory.withRedis("--appendonly yes", script + "; cli save")
        for isAppendOnly in [true, false] {
            let error = Loaded.error(directory.path, threads: threads) { $0.isAppendOnly = isAppendOnly }
            #expect(error?.contains("database 0 has 2 keys") == true, "\(error ?? "")")
            #expect(error?.contains("database 3 has 1 keys") == true)
            #expect(error?.contains("choose one with --db N") == true)
            let loaded = try Loaded(directory.path, threads: threads) {
                $0.isAppendOnly = isAppendOnly
                $0.database = 3
            }
            #expect(Contents(loaded.engine).keys == ["c": "list -1 1,2"])
            #expect(loaded.outcome.otherDatabases.hasPrefix("database 0 has 2 keys"))
        }
        // What was in the others is no hindrance once it is gone.
        try directory.withRedis("--appendonly yes", "cli flushall; cli set e 1")
        #expect(try Loaded(directory.path, threads: threads).outcome.keys == 1)
    }

    @Test func foreignContentIsRefusedByName() throws {
        let directory = try TemporaryDirectory()
        let function = "#!lua name=lib\nredis.register_function(\"f\", function() return 1 end)"
        let script = "cli set a 1; cli xadd st '*' f v; cli xadd st '*' f v; cli function load '\(function)'"
        try directory.withRedis("--appendonly yes", script + "; cli save")
        let snapshot = Loaded.error(directory.path) { $0.isAppendOnly = false }
        #expect(snapshot?.contains("1 × stream (the first: \"st\")") == true, "\(snapshot ?? "")")
        #expect(snapshot?.contains("1 × function library") == true)
        #expect(snapshot?.contains("--skip-unknown") == true)
        let commands = Loaded.error(directory.path)
        #expect(commands?.contains("2 × XADD (the first: \"st\")") == true, "\(commands ?? "")")
        #expect(commands?.contains("1 × FUNCTION") == true)
    }

    @Test func theFileOfAnOldRedisIsRefused() throws {
        let directory = try TemporaryDirectory()
        try directory.write("appendonly.aof", resp([["SELECT", "0"], ["SET", "a", "1"]]))
        #expect(Loaded.error(directory.path)?.contains("redwing import") == true)
        #expect(try Loaded(directory.path) { $0.isAppendOnly = false }.outcome.source == .nothing)
    }

    @Test func whatHasExpiredIsLeftOutOfASnapshotAlone() throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis(
            "--appendonly yes",
            """
            cli debug set-active-expire 0
            cli set a 1; cli set b 1 px 50; cli rpush c 1; cli pexpire c 50
            \(LoaderRedisTests.rewritten)
            cli save
            """)
        // Not before the time of both has come.
        let expired = ContinuousClock.now + .milliseconds(60)
        while ContinuousClock.now < expired {}
        let loaded = try Loaded(directory.path) { $0.isAppendOnly = false }
        #expect(Contents(loaded.engine).keys.keys.sorted() == ["a"] && loaded.outcome.expired == 2)
        let all = try Loaded(directory.path)
        #expect(all.outcome.keys == 3 && all.outcome.expired == 0)
        #expect(all.engine.replay("GET", "b") == ["1"] && all.engine.replay("LLEN", "c") == ["1"])
    }
}
