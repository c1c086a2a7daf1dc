import Testing

import TestSupport

@testable import Persistence

/// Directories that go back and forth between Redwing's reader and writer and redis-server.
@Suite struct AOFRedisTests {
    private let redis = "--appendonly yes --appendfsync no"

    /// Every command of the increments, and what the last one's reading gave.
    private func read(_ directory: TemporaryDirectory) throws -> (
        commands: [[String]], last: IncrementOutcome
    ) {
        let path = directory.file("appendonlydir")
        let manifest = try #require(try Manifest.load(from: path, SystemFiles()))
        var commands: [[String]] = []
        var last = IncrementOutcome()
        for entry in manifest.dataFiles where !entry.name.hasSuffix(".rdb") {
            let isLast = entry == manifest.dataFiles.last
            let reading = Reading("\(path)/\(entry.name)", SystemFiles(), isLast: isLast, chunk: 100)
            if let error = reading.error { throw error }
            commands += reading.commands
            last = reading.outcome
        }
        return (commands, last)
    }

    /// A directory whose only increment is `bytes`.
    private func write(_ directory: TemporaryDirectory, _ bytes: [UInt8]) throws {
        let files = SystemFiles()
        try files.makeDirectory(directory.file("appendonlydir"))
        var manifest = Manifest()
        let increment = manifest.nextIncrement()
        try manifest.add(increment)
        try directory.write("appendonlydir/\(increment.name)", bytes)
        try manifest.store(in: directory.file("appendonlydir"), files)
    }

    private func accepts(_ directory: TemporaryDirectory) throws -> Bool {
        let manifest = directory.file("appendonlydir/appendonly.aof.manifest")
        let output = try shell("redis-check-aof '\(manifest)' 2>&1")
        return output.contains("All AOF files and manifest are valid")
    }

    private let commands = [
        ["SELECT", "0"], ["set", "a b", "1"], ["rpush", "l", "x\r\n", ""], ["MULTI"], ["incr", "n"],
        ["incr", "n"], ["EXEC"], ["SELECT", "3"], ["set", "other", "y"],
    ]
    private let script = #"""
        cli set "a b" 1
        printf 'rpush l "x\\r\\n" ""\nmulti\nincr n\nincr n\nexec\nselect 3\nset other y\n' | cli
        """#

    @Test(arguments: ["no", "yes"])
    func whatRedisWritesIsRead(_ timestamps: String) throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis("\(redis) --aof-timestamp-enabled \(timestamps)", script)
        let reading = try read(directory)
        #expect(reading.commands == commands)
        #expect(reading.last.excess == 0 && reading.last.salt == nil && reading.last.damage == nil)
    }

    @Test func aBaseOfCommandsAndAQuotedNameAreRead() throws {
        let directory = try TemporaryDirectory()
        let name = #"my "file".aof"#
        try directory.withRedis(
            "\(redis) --appendfilename 'my \"file\".aof' --aof-use-rdb-preamble no",
            """
            cli set k v
            cli bgrewriteaof
            until cli info persistence | grep -q aof_rewrite_in_progress:0 &&
                grep -q 'seq 2 type b' appendonlydir/*.manifest; do sleep 0.02; done
            cli set k2 v2
            """)
        let path = directory.file("appendonlydir")
        let manifest = try #require(try Manifest.load(from: path, prefix: name, SystemFiles()))
        #expect(manifest.base?.name == name + ".2.base.aof")
        var commands: [[String]] = []
        for entry in manifest.dataFiles {
            commands += Reading("\(path)/\(entry.name)", SystemFiles()).commands
        }
        #expect(commands == [["SELECT", "0"], ["SET", "k", "v"], ["SELECT", "0"], ["set", "k2", "v2"]])
        // Written by us, the manifest is the same to the byte, but for the history Redis may not have removed.
        if manifest.history.isEmpty {
            let before = try directory.read("appendonlydir/\(name).manifest")
            try manifest.store(in: path, SystemFiles())
            #expect(try directory.read("appendonlydir/\(name).manifest") == before)
        }
    }

    @Test func redisServesOursGoesOnAndAllIsReadBack() throws {
        let directory = try TemporaryDirectory()
        let journal = try SampleIncrement.sample()
        try write(directory, journal.bytes)
        #expect(try accepts(directory))
        let output = try directory.withRedis(
            redis, "cli get b; cli get d; cli lrange l 0 -1; cli strlen c; \(script)")
        #expect(output.hasPrefix("\n4\n1\n2\n35\n"), "\(output)")
        var reading = try read(directory)
        #expect(reading.commands == journal.batches.flatMap { $0 } + commands)
        #expect(reading.last.wasTouchedByRedis && reading.last.excess == 0)
        #expect(try accepts(directory))
        // Redis a second time.
        try directory.withRedis(redis, "cli set again 1")
        reading = try read(directory)
        #expect(reading.commands.suffix(2) == [["SELECT", "0"], ["set", "again", "1"]])
    }

    /// Torn in the last batch, Redis cuts the file its way and goes on; what it then has is what is read. (Of
    /// a transaction it leaves the MULTI and what is whole after it.)
    @Test func whatRedisCutsOffAndGoesOnFromIsRead() throws {
        let journal = try SampleIncrement.sample()
        let end = journal.ends[2] + resp(journal.batches[2]).count
        for cut in [journal.ends[2] + 9, journal.ends[2] + 30, end - 7] {
            let directory = try TemporaryDirectory()
            try write(directory, Array(journal.bytes[..<cut]))
            try directory.withRedis(redis, "cli set e 5")
            let reading = try read(directory)
            let kept = journal.batches.prefix(2).flatMap { $0 }
            #expect(reading.commands == kept + [["SELECT", "0"], ["set", "e", "5"]], "\(cut)")
            #expect(reading.last.wasTouchedByRedis && reading.last.damage == nil)
        }
    }

    @Test func ourIncrementFollowsABaseOfRedis() throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis(
            redis,
            """
            cli set base 1
            cli bgrewriteaof
            until cli info persistence | grep -q aof_rewrite_in_progress:0 &&
                grep -q 'seq 2 type b' appendonlydir/*.manifest; do sleep 0.02; done
            """)
        let path = directory.file("appendonlydir")
        var manifest = try #require(try Manifest.load(from: path, SystemFiles()))
        #expect(manifest.base?.name == "appendonly.aof.2.base.rdb")
        let journal = try SampleIncrement([[["INCR", "base"]], [["INCR", "base"]]])
        let increment = manifest.nextIncrement()
        try manifest.add(increment)
        try directory.write("appendonlydir/\(increment.name)", journal.bytes)
        try manifest.store(in: path, SystemFiles())
        #expect(try accepts(directory))
        #expect(try directory.withRedis(redis, "cli get base") == "3\n")
    }
}
