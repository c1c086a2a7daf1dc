internal import Bytes
internal import CRocksDB

/// An open RocksDB database with all column families.
///
/// `@unchecked Sendable`: RocksDB's own handles may be used by any thread; they live until `deinit`, when nobody has the
/// database any more.
final class Database: @unchecked Sendable {
    let path: String
    let raw: OpaquePointer
    private let families: [OpaquePointer]
    private let familyOptions: [FamilyOptions]
    private let options: OpaquePointer
    private let blockCache: OpaquePointer
    let reads: OpaquePointer
    private let writes: OpaquePointer

    /// Opens it, and makes it where it is missing. Nobody else can have it open at the same time.
    init(path: String, _ options: DatabaseOptions = DatabaseOptions()) throws(RocksError) {
        self.path = path
        let raw: OpaquePointer = rocksdb_options_create()
        rocksdb_options_set_create_if_missing(raw, 1)
        rocksdb_options_set_create_missing_column_families(raw, 1)
        rocksdb_options_set_max_open_files(raw, Int32(clamping: options.openFiles))
        rocksdb_options_set_db_write_buffer_size(raw, options.writeBuffers)
        rocksdb_options_set_max_total_wal_size(raw, UInt64(4 * options.writeBuffers))
        rocksdb_options_set_keep_log_file_num(raw, 2)
        rocksdb_options_set_max_log_file_size(raw, 4 << 20)
        rocksdb_options_set_max_background_jobs(raw, 2)
        rocksdb_options_set_bytes_per_sync(raw, 1 << 20)
        rocksdb_options_enable_statistics(raw)
        let limiter = rocksdb_ratelimiter_create(Int64(options.compactionRate), 100_000, 10)
        rocksdb_options_set_ratelimiter(raw, limiter)
        rocksdb_ratelimiter_destroy(limiter)
        self.options = raw
        let blockCache: OpaquePointer = rocksdb_cache_create_lru(
            max(options.cache - options.writeBuffers, 1 << 20))
        self.blockCache = blockCache
        familyOptions = Family.allCases.map { FamilyOptions(options, $0, blockCache: blockCache) }
        reads = rocksdb_readoptions_create()
        writes = rocksdb_writeoptions_create()
        var names: [UnsafePointer<CChar>?] = Family.allCases.map {
            UnsafeRawPointer($0.name.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        var settings: [OpaquePointer?] = familyOptions.map(\.raw)
        var handles = [OpaquePointer?](repeating: nil, count: names.count)
        do throws(RocksError) {
            let opened = try rocks { failure in
                rocksdb_open_column_families(
                    raw, path, Int32(names.count), &names, &settings, &handles, failure)
            }
            guard let opened else { throw RocksError(.other, "RocksDB has opened nothing in \(path)") }
            self.raw = opened
            families = handles.compactMap { $0 }
        } catch {
            rocksdb_readoptions_destroy(reads)
            rocksdb_writeoptions_destroy(writes)
            rocksdb_options_destroy(raw)
            rocksdb_cache_destroy(blockCache)
            throw error
        }
    }

    deinit {
        for family in families { rocksdb_column_family_handle_destroy(family) }
        rocksdb_close(raw)
        rocksdb_readoptions_destroy(reads)
        rocksdb_writeoptions_destroy(writes)
        rocksdb_options_destroy(options)
        rocksdb_cache_destroy(blockCache)
    }

    @inline(__always)
    func handle(_ family: Family) -> OpaquePointer { families[family.rawValue] }

    // MARK: Writing

    /// Writes what a unit has changed as one; it is in the log, which the system writes out in its time.
    func write(_ unit: WriteSet) throws(RocksError) {
        try rocks { rocksdb_write_writebatch_wi(raw, writes, unit.batch, $0) }
    }

    /// Writes one record, at once and durably.
    func putDurably(_ family: Family, _ key: ByteView, _ value: ByteView) throws(RocksError) {
        let durable = rocksdb_writeoptions_create()
        defer { rocksdb_writeoptions_destroy(durable) }
        rocksdb_writeoptions_set_sync(durable, 1)
        try rocks {
            rocksdb_put_cf(
                raw, durable, handle(family), key.characters, key.count, value.characters, value.count, $0)
        }
    }

    /// Deletes all keys from `lower` to before `upper`. O(1); they are gone from the files at the next compaction.
    func deleteRange(_ family: Family, from lower: ByteView, to upper: ByteView) throws(RocksError) {
        try rocks {
            rocksdb_delete_range_cf(
                raw, writes, handle(family), lower.characters, lower.count, upper.characters, upper.count, $0)
        }
    }

    /// Deletes a record.
    func delete(_ family: Family, _ key: ByteView) throws(RocksError) {
        try rocks { rocksdb_delete_cf(raw, writes, handle(family), key.characters, key.count, $0) }
    }

    /// Returns when everything that was written before is on disk.
    func syncLog() throws(RocksError) { try rocks { rocksdb_flush_wal(raw, 1, $0) } }

    // MARK: Reading

    /// The value of a key where RocksDB has it, and what keeps it there until it is destroyed; nil where there is none.
    func pin(
        _ family: Family, _ key: ByteView
    ) throws(RocksError) -> (slice: OpaquePointer, value: ByteView)? {
        let slice = try rocks {
            rocksdb_get_pinned_cf(raw, reads, handle(family), key.characters, key.count, $0)
        }
        guard let slice else { return nil }
        var count = 0
        guard let bytes = rocksdb_pinnableslice_value(slice, &count) else { return (slice, .empty) }
        return (slice, ByteView(bytes, count))
    }

    /// Calls `body` with the value of a key, nil where there is none.
    func withValue<R>(
        _ family: Family, _ key: ByteView, _ body: (ByteView?) -> R
    ) throws(RocksError) -> R {
        guard let pinned = try pin(family, key) else { return body(nil) }
        defer { rocksdb_pinnableslice_destroy(pinned.slice) }
        return body(pinned.value)
    }
}
