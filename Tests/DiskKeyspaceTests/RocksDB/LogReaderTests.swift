import Bytes
import TestSupport
import Testing

@testable import DiskKeyspace

/// Batches are told in their order, and where what is not one begins.
@Suite struct LogReaderTests {
    private let mark = LogMark(synced: 7, base: 3, lastOldLog: 12)

    /// Batches of these sizes, the number of each the one of its first change.
    private func log(_ sizes: [Int]) -> LogFixture {
        var log = LogFixture()
        for (index, size) in sizes.enumerated() {
            log.append(LogFixture.batch(UInt64(index + 1), size: size, mark: index == 1 ? mark : nil))
        }
        return log
    }

    private func whole(_ log: LogFixture) -> [LogFixture.Told] {
        log.starts.enumerated().map { .batch($1, UInt64($0 + 1), 1, $0 == 1 ? mark : nil) }
    }

    @Test(arguments: [
        [], [0], [20, 20, 20], [100, 40_000, 3], [32 << 10, 32 << 10], [200_000, 1, 200_000],
        // The first ends so near the end of its block that no header, or nothing behind one, fits.
        [32_742, 5], [32_743, 5], [32_746, 5], [32_749, 5], [32_741, 40_000],
    ])
    func batchesAreTold(_ sizes: [Int]) {
        let log = log(sizes)
        #expect(LogFixture.read(log.bytes) == whole(log))
        // A file may be longer than what was written to it.
        for more in [1, 7, 100, 100_000] {
            #expect(LogFixture.read(log.bytes + [UInt8](repeating: 0, count: more)) == whole(log))
        }
        #expect(
            LogFixture.read(log.bytes, holdsBatches: false) == log.starts.map { .batch($0, 0, 0, nil) })
    }

    /// Each bit of a small log, flipped: one batch is lost, and said to be; the others are there.
    @Test func aFlippedBitIsFound() {
        let log = log([20, 8, 30, 12])
        for bit in 0..<log.bytes.count * 8 {
            var bytes = log.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let hit = log.starts.lastIndex { $0 <= bit / 8 }!
            let told = LogFixture.read(bytes)
            var expected = whole(log)
            expected[hit] = .damage(log.starts[hit])
            // Of the last one whose length alone is wrong, it is said that it is not cut off.
            #expect(told == expected || told == expected + [.batch(log.starts[hit], 0, 0, nil)], "bit \(bit)")
        }
    }

    /// Some bits of a log of several blocks: whatever is lost, that is said, and never are others told instead.
    @Test(arguments: 1...200)
    func aFlippedBitOfALongBatchIsFound(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        let log = log([100, 70_000, 200, 33_000, 10])
        let bit = random.below(log.bytes.count * 8)
        var bytes = log.bytes
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        let hit = log.starts.lastIndex { $0 <= bit / 8 }!
        let told = LogFixture.read(bytes)
        let all = whole(log)
        if told == all {
            // Of what fills a block up, nothing is read.
            #expect((bytes.count - bit / 8) > 0 && LogReader.blockSize - bit / 8 % LogReader.blockSize < 7)
            return
        }
        #expect(Array(told.prefix(hit)) == Array(all.prefix(hit)))
        #expect(told.contains { $0.damage.map { $0 >= log.starts[hit] && $0 <= bit / 8 } ?? false })
        for one in told where one.damage == nil { #expect(all.contains(one)) }
        #expect(told.last == all.last || hit == all.count - 1)
    }

    /// Cut at each byte: what is whole is told, and what is cut is damage.
    @Test func aCutIsFound() {
        let log = log([20, 8, 30])
        for size in 0..<log.bytes.count {
            let whole = Array(whole(log).prefix(log.starts.lastIndex { $0 <= size } ?? 0))
            let told = LogFixture.read(Array(log.bytes[..<size]))
            #expect(told.filter { $0.damage == nil } == whole, "cut at \(size)")
            #expect(told.contains { $0.damage != nil } == !log.starts.contains(size), "cut at \(size)")
        }
    }

    /// Blocks that a crash has left empty are a gap where more follows them.
    @Test func aGapOfZeroesIsFound() {
        let log = log([100, 100_000, 50, 50])
        var bytes = log.bytes
        for index in LogReader.blockSize..<2 * LogReader.blockSize { bytes[index] = 0 }
        let told = LogFixture.read(bytes)
        #expect(told.first == whole(log)[0])
        #expect(told.compactMap(\.damage).count == 1)
        #expect(Array(told.suffix(2)) == Array(whole(log).suffix(2)))
    }

    /// A part without its beginning, or without its end, is no batch.
    @Test func partsWithoutOthersAreDamage() {
        var long = LogFixture()
        long.append(LogFixture.batch(1, size: 40_000))
        var short = LogFixture()
        short.append(LogFixture.batch(2))
        let beginning = Array(long.bytes[..<LogReader.blockSize])
        let end = Array(long.bytes[LogReader.blockSize...])
        #expect(LogFixture.read(end) == [.damage(0)])
        #expect(LogFixture.read(end + short.bytes) == [.damage(0), .batch(end.count, 2, 1, nil)])
        #expect(LogFixture.read(beginning) == [.damage(0)])
        #expect(
            LogFixture.read(beginning + short.bytes)
                == [.damage(0), .batch(LogReader.blockSize, 2, 1, nil)])
        // A whole record that is too short to be a batch.
        var tiny = LogFixture()
        tiny.append([1, 2, 3])
        #expect(LogFixture.read(tiny.bytes) == [.damage(0)])
    }

    /// The bytes of a random file are never a batch, and never the end of the program.
    @Test(arguments: 1...20)
    func nonsenseIsDamage(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        let bytes = (0..<random.below(3000) + 8).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        #expect(LogFixture.read(bytes) == [.damage(0)])
    }

    /// What RocksDB has written is read as it was.
    @Test func aLogOfRocksDB() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.path)
        let sizes = [10, 100_000, 32_768, 3]
        for (number, size) in sizes.enumerated() {
            let unit = WriteSet(database)
            let value = [UInt8](repeating: UInt8(number), count: size)
            for key in 0...number {
                with("k\(key)") { key in value.withByteView { unit.put(.order, key, $0) } }
            }
            try database.write(unit)
            if number == 1 { try database.syncLog() }
        }
        let logs = try shell("cd '\(directory.path)' && ls *.log").split(separator: "\n")
        let told = LogFixture.read(try directory.read(String(logs.last!)))
        #expect(told.compactMap(\.sequence) == [1, 2, 4, 7])
        let marks = told.compactMap { one -> LogMark? in
            if case .batch(_, _, _, let mark) = one { mark } else { nil }
        }
        // The first batch has one, and the first after the sync.
        #expect(marks.map(\.synced) == [0, 3])
    }
}
