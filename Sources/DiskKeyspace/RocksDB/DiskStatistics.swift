internal import Engine

/// How a database on disk is, and what it has done since it was opened.
public struct DiskStatistics: Equatable, Sendable {
    /// Bytes of the files that hold records; the log is not among them.
    public var fileBytes = 0
    /// How many these files are.
    public var files = 0
    /// Blocks that were found in the block cache. A look-up takes several: of data, of an index, of a filter.
    public var cacheHits = 0
    /// Blocks that had to be read from a file.
    public var cacheMisses = 0
    /// Records of keys that were found without asking RocksDB.
    public var recordHits = 0
    /// Records of keys that it was asked for.
    public var recordMisses = 0
    /// Records that were found in the row cache, so that no block was looked for.
    public var rowHits = 0
    /// Records that were not, once for each file in which they might be.
    public var rowMisses = 0
    /// Bytes in all caches.
    public var cacheBytes = 0
    /// Bytes that these may hold.
    public var cacheLimit = 0
    /// Bytes of what was written and is not in a file yet, and of what is still being read of it.
    public var memtableBytes = 0
    /// Bytes that RocksDB keeps of open files, outside the block cache; an estimate.
    public var tableReaderBytes = 0
    /// Bytes that compactions have yet to write until all levels have their sizes; an estimate.
    public var compactionBacklog = 0
    /// Compactions on their way.
    public var runningCompactions = 0
    /// Memtables being written to files.
    public var runningFlushes = 0
    /// Bytes that memtables were written to files with.
    public var flushedBytes = 0
    /// Bytes that compactions have written.
    public var compactedBytes = 0
    /// Writes that were made to wait for flushes and compactions.
    public var stalls = 0
    /// How long these have waited, in microseconds.
    public var stallTime = 0
    /// Bytes a second to which writes are slowed down at the moment; 0: they are not.
    public var delayedWriteRate = 0
    /// Whether writes wait for flushes and compactions at the moment.
    public var areWritesStopped = false
    /// Flushes and compactions that have failed.
    public var backgroundErrors = 0

    /// All zero.
    public init() {}

    /// As INFO shows them.
    var lines: [InfoLine] {
        [
            InfoLine("disk_bytes", fileBytes),
            InfoLine("disk_files", files),
            InfoLine("disk_cache_hits", cacheHits),
            InfoLine("disk_cache_misses", cacheMisses),
            InfoLine("disk_record_cache_hits", recordHits),
            InfoLine("disk_record_cache_misses", recordMisses),
            InfoLine("disk_row_cache_hits", rowHits),
            InfoLine("disk_row_cache_misses", rowMisses),
            InfoLine("disk_cache_bytes", cacheBytes),
            InfoLine("disk_cache_limit_bytes", cacheLimit),
            InfoLine("disk_memtable_bytes", memtableBytes),
            InfoLine("disk_table_reader_bytes", tableReaderBytes),
            InfoLine("disk_compaction_backlog_bytes", compactionBacklog),
            InfoLine("disk_compactions_running", runningCompactions),
            InfoLine("disk_flushes_running", runningFlushes),
            InfoLine("disk_flushed_bytes", flushedBytes),
            InfoLine("disk_compacted_bytes", compactedBytes),
            InfoLine("disk_stalls", stalls),
            InfoLine("disk_stall_usec", stallTime),
            InfoLine("disk_delayed_write_rate", delayedWriteRate),
            InfoLine("disk_writes_stopped", areWritesStopped ? 1 : 0),
            InfoLine("disk_background_errors", backgroundErrors),
        ]
    }
}
