internal import Bytes
internal import CRocksDB

extension Database {
    /// How it is. About a millisecond: RocksDB's C API gives its counters out as one text only, with the percentiles of
    /// sixty histograms in it. It stays open, or is not, meanwhile; where it is not, all is 0.
    var statistics: DiskStatistics {
        var statistics = DiskStatistics()
        guard isOpen else { return statistics }
        statistics.fileBytes = fileSize
        for level in 0..<Int(rocksdb_options_get_num_levels(options)) {
            let name = "rocksdb.num-files-at-level\(level)"
            for family in Family.allCases { statistics.files += number(name, family) }
        }
        for cache in [blockCache, rowCache] {
            statistics.cacheBytes += rocksdb_cache_get_usage(cache)
            statistics.cacheLimit += rocksdb_cache_get_capacity(cache)
        }
        statistics.memtableBytes = sum("rocksdb.size-all-mem-tables")
        statistics.tableReaderBytes = sum("rocksdb.estimate-table-readers-mem")
        statistics.compactionBacklog = sum("rocksdb.estimate-pending-compaction-bytes")
        statistics.runningCompactions = property("rocksdb.num-running-compactions", .system)
        statistics.runningFlushes = property("rocksdb.num-running-flushes", .system)
        statistics.delayedWriteRate = property("rocksdb.actual-delayed-write-rate", .system)
        statistics.areWritesStopped = property("rocksdb.is-write-stopped", .system) != 0
        statistics.backgroundErrors = property("rocksdb.background-errors", .system)
        guard let text = rocksdb_options_statistics_get_string(options) else { return statistics }
        defer { rocksdb_free(text) }
        let counters = CounterText(text)
        statistics.cacheHits = counters[ByteView("rocksdb.block.cache.hit")].count
        statistics.cacheMisses = counters[ByteView("rocksdb.block.cache.miss")].count
        statistics.rowHits = counters[ByteView("rocksdb.row.cache.hit")].count
        statistics.rowMisses = counters[ByteView("rocksdb.row.cache.miss")].count
        statistics.flushedBytes = counters[ByteView("rocksdb.flush.write.bytes")].count
        statistics.compactedBytes = counters[ByteView("rocksdb.compact.write.bytes")].count
        let stalls = counters[ByteView("rocksdb.db.write.stall")]
        statistics.stalls = stalls.count
        statistics.stallTime = stalls.sum
        return statistics
    }

    /// Bytes of the files that hold records.
    var fileSize: Int { isOpen ? sum("rocksdb.total-sst-files-size") : 0 }

    /// A property of the database's, or of a family's; 0 where there is no such property.
    private func property(_ name: StaticString, _ family: Family) -> Int {
        var value: UInt64 = 0
        let text = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        return rocksdb_property_int_cf(raw, handle(family), text, &value) == 0 ? Int(clamping: value) : 0
    }

    /// A property summed over all families.
    func sum(_ name: StaticString) -> Int {
        Family.allCases.reduce(0) { $0 + property(name, $1) }
    }

    /// A property that is a number and that RocksDB gives out as text.
    private func number(_ name: String, _ family: Family) -> Int {
        guard let text = rocksdb_property_value_cf(raw, handle(family), name) else { return 0 }
        defer { rocksdb_free(text) }
        return Int(clamping: parseInt64(ByteView(text)) ?? 0)
    }
}

/// RocksDB's counters as it prints them, a line each: `name COUNT : 12`, of a histogram
/// `name P50 : 1.0 … COUNT : 12 SUM : 345`.
struct CounterText: ~Copyable {
    private let text: ByteView

    /// - Parameter text: ends in a NUL, and outlives this.
    init(_ text: UnsafePointer<CChar>) { self.text = ByteView(text) }

    /// A counter, or a histogram's number of values and their sum; 0 for what is not there. O(length of the text).
    subscript(_ name: ByteView) -> (count: Int, sum: Int) {
        var rest = text
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
            let line = rest[0..<end]
            rest = rest.dropFirst(end + 1)
            if line.count > name.count, line.starts(with: name), line[name.count] == UInt8(ascii: " ") {
                return (Self.number("COUNT : ", line), Self.number("SUM : ", line))
            }
        }
        return (0, 0)
    }

    private static func number(_ label: StaticString, _ line: ByteView) -> Int {
        let label = ByteView(label)
        var rest = line
        while let space = rest.firstIndex(of: UInt8(ascii: " ")) {
            rest = rest.dropFirst(space + 1)
            guard rest.starts(with: label) else { continue }
            let digits = rest.dropFirst(label.count)
            let end = digits.firstIndex(of: UInt8(ascii: " ")) ?? digits.count
            return Int(clamping: parseInt64(digits[0..<end]) ?? 0)
        }
        return 0
    }
}

extension ByteView {
    /// A C string without its NUL.
    fileprivate init(_ text: UnsafePointer<CChar>) {
        var count = 0
        while text[count] != 0 { count += 1 }
        self.init(text, count)
    }
}
