import Bytes
import Engine
import Testing

@testable import Persistence

@Suite struct IncrementWriterTests {
    @Test func theBytesAreRESPWithCommentLines() throws {
        let journal = try SampleIncrement([[["SET", "a", "-12"]]])
        let text = String(decoding: journal.bytes, as: UTF8.self)
        let pattern =
            /#REDWING 1 1 12345678 [0-9a-f]{8}\n\*3\r\n\$3\r\nSET\r\n\$1\r\na\r\n\$3\r\n-12\r\n#RW:1 29 31 [0-9a-f]{8}\n/
        #expect(text.wholeMatch(of: pattern) != nil, "\(text)")
    }

    @Test func argumentsAreEncoded() {
        var batch = CommandBatch()
        batch.begin(arguments: 4)
        batch.append("INCRBY")
        batch.append(ByteView("k"))
        batch.append(decimal: .min)
        let isWholeTooEarly = batch.isWhole
        #expect(!isWholeTooEarly)
        batch.append(decimal: 0)
        let isWhole = batch.isWhole
        #expect(isWhole)
        var other = CommandBatch()
        other.append(contentsOf: batch)
        other.append(command: "PING")
        let (count, bytes) = (other.commandCount, other.view.array)
        #expect(count == 2)
        #expect(bytes == resp([["INCRBY", "k", "-9223372036854775808", "0"], ["PING"]]))
    }

    /// At each step: the failed write leaves the batch as it was and the file readable; the next attempt
    /// succeeds, and nothing is lost or doubled.
    @Test(arguments: 0..<2)
    func afterAFailedWriteTheNextAttemptSucceeds(_ failedCut: Int) throws {
        let files = FaultyFiles()
        let file = try files.open("f", .createNew)
        var writer = try IncrementWriter(beginning: file, firstSequence: 1)
        var batch = CommandBatch()
        batch.append(command: "SET", "a", "1")
        try writer.write(&batch)
        try writer.write(&batch)  // empty: nothing
        batch.append(command: "SET", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "2")
        let before = batch.view.array
        files.stepsToFailure = 0
        do {
            try writer.write(&batch)
            Issue.record("this write was to fail")
        } catch {
            #expect(error.isLackOfSpace)
        }
        let (count, after) = (batch.commandCount, batch.view.array)
        #expect(after == before && count == 1)
        if failedCut == 1 {
            // Remains that could not be cut off are overwritten or left out.
            file.node.bytes += Array("remains of a longer write".utf8)
        }
        try writer.write(&batch)
        try writer.sync()
        let (synced, length, next) = (writer.syncedLength, writer.length, writer.nextSequence)
        #expect(synced == length && next == 3)
        let reading = Reading("f", files)
        #expect(
            reading.commands == [["SET", "a", "1"], ["SET", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "2"]])
        files.crash()
        #expect(files.nodes.isEmpty)
    }

    @Test func aFailedSyncIsFinal() throws {
        let files = FaultyFiles()
        var writer = try IncrementWriter(beginning: try files.open("f", .createNew), firstSequence: 1)
        var batch = CommandBatch()
        batch.append(command: "PING")
        try writer.write(&batch)
        files.stepsToFailure = 0
        files.errorNumber = 5
        for _ in 0..<2 {
            do {
                try writer.sync()
                Issue.record("this sync was to fail")
            } catch {
                #expect(error.errorNumber == 5)
            }
            files.stepsToFailure = nil
        }
        let (synced, length) = (writer.syncedLength, writer.length)
        #expect(synced < length)
        batch.append(command: "PING")
        do {
            try writer.write(&batch)
            Issue.record("this write was to fail")
        } catch {
            #expect(error.operation == .fsync)
        }
    }

    /// A long batch is divided between its units, and what of it is written is not written again after a failure.
    @Test(arguments: -1..<3)
    func aLongBatchIsDivided(_ failedPart: Int) throws {
        let files = FaultyFiles()
        let file = try files.open("f", .createNew)
        var writer = try IncrementWriter(beginning: file, firstSequence: 1)
        var batch = CommandBatch(partSize: 100)
        var expected: [[String]] = []
        for index in 0..<12 {
            var unit = CommandBatch(partSize: 100)
            if index % 3 == 0 {
                unit.beginTransaction()
                for _ in 0..<(index == 3 ? 20 : 2) { unit.append(command: "INCR", "counter") }
                unit.endTransaction()
                expected.append(["MULTI"])
                expected += Array(repeating: ["INCR", "counter"], count: index == 3 ? 20 : 2)
                expected.append(["EXEC"])
            } else {
                unit.append(command: "SET", "a", "1")
                expected.append(["SET", "a", "1"])
            }
            batch.append(contentsOf: unit)
        }
        if failedPart >= 0 {
            files.stepsToFailure = failedPart
            #expect(throws: FileError.self) { try writer.write(&batch) }
            let isEmpty = batch.isEmpty
            #expect(!isEmpty)
        }
        try writer.write(&batch)
        let isEmpty = batch.isEmpty
        #expect(isEmpty)
        let reading = Reading("f", files)
        #expect(reading.error == nil && reading.commands == expected)
        #expect(reading.batches.count > 4)
        for batch in reading.batches {
            #expect(batch.count { $0 == ["MULTI"] } == batch.count { $0 == ["EXEC"] })
        }
    }
}
