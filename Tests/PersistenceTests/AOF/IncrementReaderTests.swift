import Bytes
import Engine
import Testing

import TestSupport

@testable import Persistence

@Suite struct IncrementReaderTests {
    @Test(arguments: [64, 65, 100, 1 << 20])
    func whatWasWrittenIsReadBatchByBatch(_ chunk: Int) throws {
        let journal = try SampleIncrement.sample()
        let reading = Reading(journal.bytes, chunk: chunk)
        #expect(reading.error == nil)
        #expect(reading.batches == journal.batches)
        #expect(reading.outcome.nextSequence == 4)
        #expect(reading.outcome.commands == 8)
        #expect(reading.outcome.excess == 0 && reading.outcome.canBeAppendedTo)
    }

    @Test func numbersMustGoOnFromTheFileBefore() throws {
        let journal = try SampleIncrement([[["SET", "a", "1"]]], firstSequence: 7)
        #expect(Reading(journal.bytes, expecting: 7).error == nil)
        #expect(Reading(journal.bytes, expecting: 6).damage == .sequence)
    }

    /// Cut at every byte of the last batch, the file gives the batches before it, or where all of its commands
    /// are there, as after Redis's own cut, those too; never half of a transaction.
    @Test func truncationAtEveryByteOfTheLastBatch() throws {
        let journal = try SampleIncrement.sample()
        let start = journal.ends[2]
        let commandsEnd = start + resp(journal.batches[2]).count
        for end in start..<journal.bytes.count {
            let reading = Reading(Array(journal.bytes[..<end]))
            let expected = end == commandsEnd ? 3 : 2
            #expect(
                reading.error == nil && reading.batches == Array(journal.batches.prefix(expected)), "\(end)")
            #expect(reading.outcome.wholeLength == (expected == 3 ? end : start), "\(end)")
            #expect(reading.outcome.canBeAppendedTo == (expected == 2))
            #expect((reading.outcome.damage != nil) == (end > start && end != commandsEnd), "\(end)")
            // In a file that is not the last, nothing is left out.
            let inner = Reading(Array(journal.bytes[..<end]), isLast: false)
            #expect((inner.error != nil) == (reading.outcome.damage != nil), "\(end)")
        }
    }

    @Test func truncationWithinTheHeader() throws {
        let journal = try SampleIncrement.sample()
        for end in 0..<journal.ends[0] {
            let reading = Reading(Array(journal.bytes[..<end]))
            #expect(
                reading.error == nil && reading.batches.isEmpty && reading.outcome.wholeLength == 0, "\(end)")
            #expect(Reading(Array(journal.bytes[..<end]), isLast: false).error != nil || end == 0)
        }
        let zeros = Reading([UInt8](repeating: 0, count: 5000))
        #expect(zeros.outcome.damage == .zeros && zeros.outcome.excess == 5000 && zeros.error == nil)
    }

    /// From every byte of the last batch on zeros, or garbage.
    @Test func zeroedAndGarbageTails() throws {
        let journal = try SampleIncrement.sample()
        var random = SystemRandomNumberGenerator()
        for start in journal.ends[2]..<journal.bytes.count {
            for tail in [100, 5000] {
                let zeros = Reading(journal.bytes[..<start] + [UInt8](repeating: 0, count: tail))
                #expect(zeros.error == nil && zeros.batches == Array(journal.batches.prefix(2)), "\(start)")
                #expect(zeros.outcome.wholeLength == journal.ends[2] && zeros.outcome.damage != nil)
                let garbage =
                    journal.bytes[..<start]
                    + (0..<tail).map { _ in UInt8.random(in: 0x80...0xFF, using: &random) }
                let reading = Reading(Array(garbage))
                #expect(
                    reading.error == nil && reading.batches == Array(journal.batches.prefix(2)), "\(garbage)")
            }
        }
        // After a whole file.
        let zeros = Reading(journal.bytes + [UInt8](repeating: 0, count: 4096))
        #expect(zeros.batches == journal.batches && zeros.outcome.damage == .zeros)
        #expect(zeros.outcome.excess == 4096 && zeros.outcome.canBeAppendedTo)
        #expect(Reading(journal.bytes + [0], isLast: false).damage == .zeros)
    }

    /// Every bit of the file, turned around: damage before the last batch is an error that names the batch's
    /// place; damage in it leaves it out. What is handed out is never other than what was written.
    @Test func aFlippedBitInEveryPart() throws {
        let journal = try SampleIncrement.sample()
        for index in journal.bytes.indices {
            for bit in 0..<8 {
                var bytes = journal.bytes
                bytes[index] ^= 1 << bit
                let reading = Reading(bytes)
                let given = reading.batches
                #expect(given == Array(journal.batches.prefix(given.count)), "byte \(index), bit \(bit)")
                if index >= journal.ends[2] {
                    #expect(reading.error == nil && given.count >= 2, "byte \(index), bit \(bit)")
                } else {
                    #expect(reading.damage != nil, "byte \(index), bit \(bit)")
                }
                #expect(Reading(bytes, isLast: false).damage != nil, "byte \(index), bit \(bit)")
            }
        }
    }

    @Test func batchesMissingRepeatedOrFromAnotherFileAreErrors() throws {
        let journal = try SampleIncrement.sample()
        let part = (0..<3).map { Array(journal.bytes[journal.ends[$0]..<journal.ends[$0 + 1]]) }
        let header = Array(journal.bytes[..<journal.ends[0]])
        #expect(Reading(header + part[0] + part[2]).damage == .sequence)
        #expect(Reading(header + part[0] + part[0]).damage == .sequence)
        #expect(Reading(header + part[1] + part[0]).damage == .sequence)
        let other = try SampleIncrement([[["SET", "a", "1"]]], firstSequence: 2, salt: 99)
        let stale = Array(other.bytes[other.ends[0]...])
        let reading = Reading(header + part[0] + stale)
        #expect(reading.error == nil && reading.batches.count == 1 && reading.outcome.damage == .checksum)
    }

    @Test func whatRedisAppendedIsReadAndItsCutUnderstood() throws {
        let journal = try SampleIncrement.sample()
        let appended = [["SELECT", "0"], ["set", "e", "5"], ["MULTI"], ["SET", "f", "6"], ["EXEC"]]
        var reading = Reading(journal.bytes + Array("#TS:1700000000\r\n".utf8) + resp(appended))
        #expect(reading.error == nil && reading.commands == journal.batches.flatMap { $0 } + appended)
        #expect(!reading.outcome.canBeAppendedTo && reading.outcome.wasTouchedByRedis)
        // Redis has cut the last annotation off.
        let cut = journal.ends[2] + resp(journal.batches[2]).count
        reading = Reading(journal.bytes[..<cut] + resp(appended))
        #expect(reading.error == nil && reading.commands == journal.batches.flatMap { $0 } + appended)
        // A torn transaction of ours, whose start Redis leaves in the file.
        let start = journal.ends[2]
        for count in 1...2 {
            let left = resp(Array(journal.batches[2].prefix(count)))
            reading = Reading(journal.bytes[..<start] + left + resp(appended))
            #expect(reading.error == nil && reading.outcome.damage == nil)
            #expect(reading.commands == journal.batches.prefix(2).flatMap { $0 } + appended)
        }
        // Torn within a transaction and within a command: as Redis, back to before it.
        for count in 1..<resp([["MULTI"], ["SET", "f", "6"], ["EXEC"]]).count {
            let bytes = journal.bytes + resp(appended).dropLast(count)
            reading = Reading(Array(bytes))
            #expect(reading.error == nil && reading.commands.suffix(2) == appended.prefix(2))
            #expect(reading.outcome.excess == resp(Array(appended.suffix(3))).count - count)
            #expect(Reading(Array(bytes), isLast: false).error != nil)
        }
        // Ours can't follow Redis's, and garbage is as Redis has it an error.
        let batch = journal.bytes[journal.ends[0]..<journal.ends[1]]
        #expect(Reading(journal.bytes + resp(appended) + batch).damage == .strayAnnotation)
        #expect(Reading(journal.bytes + resp(appended) + [0, 0, 0]).damage == .malformed)
    }

    @Test func aFileOfRedisIsReadAsRedisDoes() {
        let commands = [
            ["SELECT", "0"], ["SET", "a", "1"], ["MULTI"], ["DEL", "a"], ["DEL", "b"], ["EXEC"],
        ]
        let reading = Reading(Array("# by hand\n".utf8) + resp(commands) + Array("#TS:17\r\n".utf8))
        #expect(reading.batches == [[commands[0]], [commands[1]], Array(commands[2...])])
        #expect(reading.error == nil && reading.outcome.excess == 0 && reading.outcome.salt == nil)
        #expect(Reading([]).error == nil)
        #expect(Reading(Array("*1\n$4\nPING\r\n".utf8)).commands == [["PING"]])
        #expect(Reading(Array("REDIS0010".utf8)).damage == .rdb)
        for bad in [
            "*0\r\n", "*-1\r\n", "*1\r\n+4\r\n", "*1\r\n$4\r\nPINGxx", "*x\r\n", "*\r\n", "*1\r\n$-1\r\n",
            "x",
            "*1\r\n$9999999999999999999\r\n", "*99999999999999999999\r\n", "*1\rx",
            "#" + String(repeating: "c", count: 1023) + "\n",
        ] {
            #expect(Reading(Array(bad.utf8)).damage == .malformed, "\(bad)")
        }
        // Claims of size are no reason to allocate: these are merely torn.
        for torn in [
            "*1\r\n$999999999999999999\r\nx", "*999999999999999999\r\n", "*2\r\n$1\r\na\r\n", "*", "#c",
        ] {
            let reading = Reading(Array(torn.utf8))
            #expect(reading.error == nil && reading.outcome.damage == .torn, "\(torn)")
            #expect(Reading(Array(torn.utf8), isLast: false).damage == .torn, "\(torn)")
        }
    }

    @Test func cuttingMakesTheFileWholeAndItGoesOn() throws {
        let directory = try TemporaryDirectory()
        let journal = try SampleIncrement.sample()
        try directory.write("f", Array(journal.bytes.dropLast(5)))
        let files = SystemFiles()
        let path = directory.file("f")
        let torn = Reading(path, files)
        #expect(torn.outcome.excess > 0)
        try torn.outcome.cut(path, files)
        #expect(try directory.read("f").count == journal.ends[2])
        let resumed = IncrementWriter(resuming: try files.open(path, .update), torn.outcome)
        guard var writer = resumed else { preconditionFailure("the file can be gone on with") }
        var batch = CommandBatch()
        batch.append(command: "DEL", "x")
        try writer.write(&batch)
        try writer.sync()
        let reading = Reading(path, files)
        #expect(reading.batches == Array(journal.batches.prefix(2)) + [[["DEL", "x"]]])
        #expect(reading.outcome.nextSequence == 4)
    }

    @Test func aReadErrorIsAnErrorAndNoDamage() throws {
        let files = FaultyFiles()
        let node = FaultyFiles.Node()
        node.bytes = try SampleIncrement.sample().bytes
        files.nodes["f"] = node
        for step in 0..<4 {
            files.stepsToFailure = step
            files.errorNumber = 5
            let reading = Reading("f", files)
            #expect(reading.error == .file(FileError(step == 0 ? .open : .read, "f", 5)))
        }
    }

    /// The bound: a tail of garbage longer than it is an error (checked with a sparse file).
    @Test func aTailBeyondTheBoundIsAnError() throws {
        let directory = try TemporaryDirectory()
        let journal = try SampleIncrement.sample()
        try directory.write("f", journal.bytes)
        let file = try SystemFiles().open(directory.file("f"), .update)
        try file.write(ByteView("x"), at: journal.bytes.count)
        try file.truncate(to: journal.bytes.count + IncrementLimits.garbage)
        #expect(Reading(directory.file("f"), SystemFiles(), chunk: 1 << 20).outcome.damage == .malformed)
        try file.truncate(to: journal.bytes.count + IncrementLimits.garbage + 1)
        #expect(Reading(directory.file("f"), SystemFiles(), chunk: 1 << 20).damage == .malformed)
    }

    // MARK: A later part is there, an earlier one is not

    private static let three = (1...3).map { [["SET", "k\($0)", String(repeating: "v", count: 40)]] }

    /// Of what was never synced the disk may have any part: from the gap on all is left out, wherever it is.
    @Test func aGapInWhatWasNotSyncedIsCut() throws {
        let journal = try SampleIncrement(IncrementReaderTests.three, syncs: false)
        for start in journal.ends[0]..<journal.ends[2] {
            var bytes = journal.bytes
            let end = min(start + 40, bytes.count)
            for index in start..<end { bytes[index] = 0 }
            let whole = journal.ends.lastIndex { $0 <= start } ?? 0
            let reading = Reading(bytes)
            #expect(
                reading.error == nil && reading.batches == Array(journal.batches.prefix(whole)), "\(start)")
            #expect(reading.outcome.wholeLength == journal.ends[whole] && reading.outcome.damage != nil)
            #expect(Reading(bytes, isLast: false).error != nil, "\(start)")
        }
    }

    /// Nothing that was synced is cut, as soon as the file says so: the next batch does, or a statement of its own.
    @Test(arguments: [false, true])
    func aGapInWhatWasSyncedIsAnError(_ states: Bool) throws {
        let files = FaultyFiles()
        let file = try files.open("f", .createNew)
        var writer = try IncrementWriter(beginning: file, firstSequence: 1)
        var batch = CommandBatch()
        var ends = [writer.length]
        for key: StaticString in ["a", "b", "c"] {
            batch.append(command: "SET", key, "1")
            try writer.write(&batch)
            ends.append(writer.length)
        }
        let isUnstatedBefore = writer.isSyncUnstated
        try writer.sync()
        let isUnstated = writer.isSyncUnstated
        #expect(!isUnstatedBefore && isUnstated)
        if states {
            try writer.stateSync()
        } else {
            batch.append(command: "SET", "d", "1")
            try writer.write(&batch)
        }
        let (isUnstatedAfter, length) = (writer.isSyncUnstated, writer.length)
        #expect(!isUnstatedAfter)
        #expect(Reading("f", files).error == nil)
        #expect(Reading("f", files).batches.count == 4)
        for place in ends[0]..<ends[3] {
            var bytes = file.node.bytes
            bytes[place] ^= 0x80
            #expect(Reading(bytes).error != nil, "\(place)")
        }
        // What comes after the sync may be lost.
        for place in ends[3]..<length {
            var bytes = file.node.bytes
            bytes[place] ^= 0x80
            let reading = Reading(bytes)
            #expect(reading.error == nil && reading.batches.count == 3, "\(place)")
        }
        // Who goes on need not say it again.
        let reading = Reading("f", files)
        let resumed = IncrementWriter(resuming: file, reading.outcome)
        guard let resumed else { preconditionFailure("the file can be gone on with") }
        let isUnstatedLater = resumed.isSyncUnstated
        #expect(isUnstatedLater != states)
    }
}
