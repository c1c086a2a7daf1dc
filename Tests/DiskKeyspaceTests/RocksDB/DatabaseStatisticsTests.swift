import Bytes
import Glibc
import TestSupport
import Testing

@testable import DiskKeyspace

/// What is told of the disk.
@Suite struct DatabaseStatisticsTests {
    private func write(_ database: Database, _ keys: Range<Int>) throws {
        let unit = WriteSet(database)
        let value = [UInt8](repeating: 7, count: 100)
        for number in keys {
            with("key\(number)") { key in value.withByteView { unit.put(.metadata, key, $0) } }
        }
        try database.write(unit)
    }

    private func read(_ database: Database, _ key: String) throws -> Bool {
        try with(key) { try database.withValue(.metadata, $0) { $0 != nil } }
    }

    @Test func filesMemtablesAndTheCache() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.path, DatabaseOptions(cache: 16 << 20))
        try write(database, 0..<1000)
        let before = database.statistics
        #expect(before.files == 0 && before.fileBytes == 0 && before.flushedBytes == 0)
        #expect(before.memtableBytes > 100_000)
        #expect(before.cacheLimit + database.recordBytes == 12 << 20)
        #expect(before.cacheMisses == 0)

        try database.flush()
        let flushed = database.statistics
        #expect(flushed.files == 1)
        #expect(flushed.fileBytes > 0 && flushed.fileBytes == database.fileSize)
        #expect(flushed.flushedBytes > 0)
        #expect(flushed.memtableBytes < before.memtableBytes)

        #expect(try read(database, "key1"))
        let missed = database.statistics
        #expect(missed.cacheMisses > flushed.cacheMisses)
        #expect(missed.cacheBytes > 0)
        #expect(try read(database, "key1"))
        let hit = database.statistics
        #expect(hit.cacheMisses == missed.cacheMisses)
        #expect(hit.rowHits == missed.rowHits + 1)
        // Another record of the same block.
        #expect(try read(database, "key10"))
        let neighbour = database.statistics
        #expect(neighbour.cacheMisses == missed.cacheMisses)
        #expect(neighbour.cacheHits > missed.cacheHits)
        #expect(neighbour.rowMisses > hit.rowMisses)
        #expect(hit.stalls == 0 && hit.stallTime == 0 && hit.backgroundErrors == 0 && !hit.areWritesStopped)
    }

    @Test func compactions() throws {
        let directory = try TemporaryDirectory()
        let database = try Database(path: directory.path, DatabaseOptions(cache: 16 << 20))
        // RocksDB compacts from four files on.
        for _ in 0..<8 {
            try write(database, 0..<100)
            try database.flush()
        }
        for _ in 0..<4000 where database.statistics.compactedBytes == 0 { usleep(1000) }
        #expect(database.statistics.compactedBytes > 0)
        for _ in 0..<4000 where database.statistics.compactionBacklog > 0 { usleep(1000) }
        #expect(database.statistics.compactionBacklog == 0)
    }

    @Test(arguments: [
        ("rocksdb.stall.micros", 12, 0), ("rocksdb.stall", 0, 0), ("rocksdb.db.write.stall", 3, 456),
        ("rocksdb.last", 7, 0), ("rocksdb.missing", 0, 0), ("rocksdb.bad", 0, 0),
    ])
    func counters(_ name: String, _ count: Int, _ sum: Int) {
        let text = """
            rocksdb.stall.micros COUNT : 12
            rocksdb.db.write.stall P50 : 1.5 P95 : 2.0 P99 : 3.0 P100 : 4.0 COUNT : 3 SUM : 456
            rocksdb.bad COUNT : x
            rocksdb.last COUNT : 7
            """
        let found = text.withCString { text in with(name) { CounterText(text)[$0] } }
        #expect(found.count == count && found.sum == sum)
    }

    @Test func stallsAreCounted() throws {
        let directory = try TemporaryDirectory()
        // What is written is flushed so slowly that soon no more is taken.
        var options = DatabaseOptions(cache: 16 << 20)
        options.compactionRate = 1 << 20
        let database = try Database(path: directory.path, options)
        for round in 0..<2000 where database.statistics.stalls == 0 {
            try write(database, round * 1000..<(round + 1) * 1000)
        }
        let statistics = database.statistics
        #expect(statistics.stalls > 0)
        #expect(statistics.stallTime > 0)
    }

    @Test func theEngineTellsThem() throws {
        let directory = try TemporaryDirectory()
        let engine = try DiskEngine(path: directory.path)
        #expect(engine.diskStatistics.cacheLimit == 192 << 20)
    }
}
