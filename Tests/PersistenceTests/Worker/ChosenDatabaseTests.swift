import Engine
import TestSupport
import Testing

@testable import Persistence

/// `--db N`: one database of Redis's files is taken, and is from then on what Redwing keeps.
@Suite struct ChosenDatabaseTests {
    private static let script =
        "cli set a 1; cli set b 2; cli -n 3 rpush c 1 2; cli -n 3 set n 5; cli -n 5 set d 1"

    private func options(
        _ directory: TemporaryDirectory, _ database: Int?, appendOnly: Bool = true
    ) -> PersistenceOptions {
        var options = PersistenceOptions.hasty(
            in: directory.path, save: [SavePoint(seconds: 1000, changes: 1)])
        options.database = database
        options.isAppendOnly = appendOnly
        return options
    }

    /// Starts, looks, changes, stops.
    private func round(_ options: PersistenceOptions, _ n: Int, keys: Int = 2) throws {
        let kept = try Kept.loaded(SystemFiles(), options)
        #expect(kept("DBSIZE") == "\(keys)" && kept("INCR", "n") == "\(n)")
        kept.worker.stop()
    }

    @Test(arguments: [true, false], [true, false])
    func itIsTheSameAtEveryLaterStart(_ isAppendOnly: Bool, _ ofRedisIsAppendOnly: Bool) throws {
        // Without its append-only file Redwing does not start where there is one.
        if !isAppendOnly, ofRedisIsAppendOnly { return }
        let directory = try TemporaryDirectory()
        try directory.withRedis(
            ofRedisIsAppendOnly ? "--appendonly yes" : "", ChosenDatabaseTests.script + "; cli save")
        for (index, database) in [3, 3, nil, 0, 7].enumerated() {
            try round(options(directory, database, appendOnly: isAppendOnly), 6 + index)
        }
        let snapshot = try ContentsConsumer.read(directory.file("dump.rdb"))
        #expect(snapshot[0]?.keys["n"] == "string -1 10" && snapshot[0]?.keys.count == 2)
    }

    @Test func whatWasLeftOutStaysOut() throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis("--appendonly yes", ChosenDatabaseTests.script + "; cli set n 20")
        try round(options(directory, 0), 21, keys: 3)
        try round(options(directory, nil), 22, keys: 3)
    }

    @Test func redisGoesOnInDatabaseZero() throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis("--appendonly yes", ChosenDatabaseTests.script)
        try round(options(directory, 3), 6)
        try directory.withRedis("--appendonly yes", "cli incrby n 10")
        try round(options(directory, 3), 17)
        // Another database of Redis's can be left out, and can't be what was there.
        try directory.withRedis("--appendonly yes", "cli incr n; cli -n 3 set other 1")
        let error = Loaded.error(directory.path) { $0.database = 3 }
        #expect(error?.contains("--db 0 leaves the others out") == true, "\(error ?? "loaded")")
        try round(options(directory, 0), 19)
        try round(options(directory, 3), 20)
    }

    @Test func aDatabaseThatIsNotThereIsRefused() throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis("--appendonly yes", ChosenDatabaseTests.script + "; cli save")
        for isAppendOnly in [true, false] {
            let error = Loaded.error(directory.path) {
                $0.database = 4
                $0.isAppendOnly = isAppendOnly
            }
            #expect(
                error?.contains("nothing is in database 4; database 0 has") == true, "\(error ?? "loaded")")
        }
    }

    @Test func aFailedRewriteLeavesTheFilesAsTheyWere() throws {
        let files = FaultyFiles()
        let commands = [["SELECT", "0"], ["SET", "a", "1"], ["SELECT", "3"], ["SET", "n", "5"]]
        try files.put("data", commands: commands)
        var options = PersistenceOptions.hasty()
        options.database = 3
        files.set {
            $0.fault = { operation, path in operation == .rename && path.hasSuffix(".manifest") ? 5 : nil }
        }
        #expect(throws: LoadError.self) { try Kept.loaded(files, options) }
        files.set { $0.fault = { _, _ in nil } }
        let kept = try Kept.loaded(files, options)
        #expect(kept("GET", "n") == "5" && kept("DBSIZE") == "1")
        kept.worker.stop()
    }

    @Test func whatIsLeftOutIsTold() throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis("", ChosenDatabaseTests.script + "; cli -n 3 set e 1 px 1; cli save")
        let expired = ContinuousClock.now + .milliseconds(5)
        while ContinuousClock.now < expired {}
        let outcome = try Loaded(directory.path) { $0.database = 3 }.outcome
        #expect(outcome.database == 3 && outcome.isPartial)
        #expect(
            outcome.warnings.first
                == "left out, as database 3 was chosen: database 0 has 2 keys, database 5 has 1 keys")
        #expect(
            try !Loaded(directory.path) { $0.database = 3 }.outcome.warnings.contains { $0.contains("place") }
        )
    }
}
