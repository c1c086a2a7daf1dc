internal import Bytes
internal import CRocksDB
internal import Synchronization

/// An open RocksDB database with all column families.
///
/// `@unchecked Sendable`: RocksDB's own handles may be used by any thread. They live until `deinit`, when nobody has the
/// database any more, or `reopen`, while nobody uses it.
final class Database: @unchecked Sendable {
    let path: String
    /// Only while it is open.
    private(set) var raw: OpaquePointer
    private var families: [OpaquePointer]
    /// Whether it is; not where opening it again has failed.
    private(set) var isOpen = true
    private let isReadOnly: Bool
    private let familyOptions: [FamilyOptions]
    let options: OpaquePointer
    let blockCache: OpaquePointer
    let rowCache: OpaquePointer
    /// What of the memory for caches is left to the records of keys.
    let recordBytes: Int
    let reads: OpaquePointer
    private let writes: OpaquePointer
    /// What RocksDB has told of its failures.
    let supervision = Supervision()
    private let supervisor: OpaquePointer
    private let syncing = Mutex(())
    /// What the next batch's mark says, and whether there is anything new in it.
    private let mark = Mutex(LogMark(synced: 0, base: 0, lastOldLog: 0))
    private let isMarkNew = Atomic<Bool>(false)
    private let using = Mutex(())

    /// Opens it, and makes it where it is missing. Nobody else can have it open at the same time.
    init(path: String, _ options: DatabaseOptions = DatabaseOptions()) throws(RocksError) {
        self.path = path
        let raw: OpaquePointer = rocksdb_options_create()
        if !options.isReadOnly {
            rocksdb_options_set_create_if_missing(raw, 1)
            rocksdb_options_set_create_missing_column_families(raw, 1)
        }
        rocksdb_options_set_max_open_files(raw, options.isReadOnly ? -1 : Int32(clamping: options.openFiles))
        rocksdb_options_set_db_write_buffer_size(raw, options.writeBuffers)
        rocksdb_options_set_max_total_wal_size(raw, UInt64(4 * options.writeBuffers))
        rocksdb_options_set_max_background_jobs(raw, 2)
        rocksdb_options_set_bytes_per_sync(raw, 1 << 20)
        rocksdb_options_enable_statistics(raw)
        let limiter = rocksdb_ratelimiter_create(Int64(options.compactionRate), 100_000, 10)
        rocksdb_options_set_ratelimiter(raw, limiter)
        rocksdb_ratelimiter_destroy(limiter)
        // What follows a damaged record may be there by chance; what was synced is checked before (`LogCheck`).
        rocksdb_options_set_wal_recovery_mode(raw, Int32(rocksdb_point_in_time_recovery))
        supervisor = supervision.watch(raw)
        self.options = raw
        let blockCache: OpaquePointer = rocksdb_cache_create_lru(options.blocks)
        self.blockCache = blockCache
        let rowCache: OpaquePointer = rocksdb_cache_create_lru(options.rows)
        self.rowCache = rowCache
        rocksdb_options_set_row_cache(raw, rowCache)
        recordBytes = options.records
        familyOptions = Family.allCases.map { FamilyOptions(options, $0, blockCache: blockCache) }
        reads = rocksdb_readoptions_create()
        writes = rocksdb_writeoptions_create()
        isReadOnly = options.isReadOnly
        let lastOldLog: UInt64
        do throws(RocksError) {
            (self.raw, families, lastOldLog) = try Database.open(
                path, raw, familyOptions, isReadOnly: isReadOnly)
        } catch {
            rocksdb_readoptions_destroy(reads)
            rocksdb_writeoptions_destroy(writes)
            rocksdb_options_destroy(raw)
            rocksdb_cache_destroy(blockCache)
            rocksdb_cache_destroy(rowCache)
            crocksdb_supervisor_destroy(supervisor)
            throw LogCheck.blame(error, path)
        }
        begin(lastOldLog)
    }

    /// Opens one that nobody writes to, to read through it without changing anything: a walk uses each block once.
    convenience init(reading path: String) throws(RocksError) {
        var options = DatabaseOptions()
        options.cache = 8 << 20
        options.isReadOnly = true
        try self.init(path: path, options)
    }

    /// Notes what was opened: it is all in files that are synced.
    private func begin(_ lastOldLog: UInt64) {
        let sequence = sequence
        mark.withLock { $0 = LogMark(synced: sequence, base: sequence, lastOldLog: lastOldLog) }
        isMarkNew.store(true, ordering: .releasing)
    }

    /// - Returns: the database, its families, and the number of the last log that was there.
    private static func open(
        _ path: String, _ options: OpaquePointer, _ familyOptions: [FamilyOptions], isReadOnly: Bool
    ) throws(RocksError) -> (OpaquePointer, [OpaquePointer], UInt64) {
        let lastOldLog = try LogCheck.run(path, cuts: !isReadOnly)
        var names: [UnsafePointer<CChar>?] = Family.allCases.map {
            UnsafeRawPointer($0.name.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        var settings: [OpaquePointer?] = familyOptions.map(\.raw)
        var handles = [OpaquePointer?](repeating: nil, count: names.count)
        let opened = try rocks { failure in
            isReadOnly
                ? rocksdb_open_for_read_only_column_families(
                    options, path, Int32(names.count), &names, &settings, &handles, 0, failure)
                : rocksdb_open_column_families(
                    options, path, Int32(names.count), &names, &settings, &handles, failure)
        }
        guard let opened else { throw RocksError(.other, "RocksDB has opened nothing in \(path)") }
        return (opened, handles.compactMap { $0 }, lastOldLog)
    }

    private func close() {
        guard isOpen else { return }
        isOpen = false
        for family in families { rocksdb_column_family_handle_destroy(family) }
        families = []
        rocksdb_close(raw)
    }

    deinit {
        close()
        rocksdb_readoptions_destroy(reads)
        rocksdb_writeoptions_destroy(writes)
        rocksdb_options_destroy(options)
        rocksdb_cache_destroy(blockCache)
        rocksdb_cache_destroy(rowCache)
        crocksdb_supervisor_destroy(supervisor)
    }

    /// Closes it, and opens it again as after a crash: what is in the log is read, and put into new files, durably. Where it
    /// throws it is not open: it has no value of any key, and nothing else may be called but this. Nobody uses it: the caller
    /// holds all locks, and is in `whileOpen`'s stead.
    func reopen() throws(RocksError) {
        close()
        supervision.forget()
        let lastOldLog: UInt64
        (raw, families, lastOldLog) = try Database.open(path, options, familyOptions, isReadOnly: isReadOnly)
        isOpen = true
        begin(lastOldLog)
    }

    /// Calls `body` while the database stays open, or is not: who holds no lock of a key uses it so. Not to be nested, nor
    /// called with a lock held.
    func whileOpen<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
        try using.withLock { (_) throws(E) -> R in try body() }
    }

    @inline(__always)
    func handle(_ family: Family) -> OpaquePointer { families[family.rawValue] }

    // MARK: Writing

    /// Writes what a unit has changed as one; it is in the log, which the system writes out in its time.
    func write(_ unit: WriteSet) throws(RocksError) {
        if isMarkNew.load(ordering: .relaxed), isMarkNew.exchange(false, ordering: .acquiring) {
            let mark = mark.withLock { $0.encoded }
            rocksdb_writebatch_wi_put_log_data(unit.batch, mark.view.characters, mark.view.count)
        }
        try rocks { rocksdb_write_writebatch_wi(raw, writes, unit.batch, $0) }
    }

    /// Writes one record, at once and durably.
    func putDurably(_ family: Family, _ key: ByteView, _ value: ByteView) throws(RocksError) {
        try rocks {
            rocksdb_put_cf(
                raw, writes, handle(family), key.characters, key.count, value.characters, value.count, $0)
        }
        try syncLog()
    }

    /// Deletes all keys from `lower` to before `upper`, which nobody will look up any more: the row cache of RocksDB 7.8
    /// does not hear of it. O(1); they are gone from the files at the next compaction.
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
    func syncLog() throws(RocksError) {
        // One at a time: whoever waits has his sync, too, when the next has returned.
        try syncing.withLock { (_) throws(RocksError) in
            let sequence = sequence
            try rocks { crocksdb_sync_log(supervisor, $0) }
            let isNew = mark.withLock { mark in
                defer { mark.synced = max(mark.synced, sequence) }
                return mark.synced < sequence
            }
            if isNew { isMarkNew.store(true, ordering: .releasing) }
        }
    }

    /// The number of the last change of a record; they are counted from the first.
    private var sequence: UInt64 { rocksdb_get_latest_sequence_number(raw) }

    // MARK: Reading

    /// The value of a key where RocksDB has it, and what keeps it there until it is destroyed; nil where there is none.
    func pin(
        _ family: Family, _ key: ByteView
    ) throws(RocksError) -> (slice: OpaquePointer, value: ByteView)? {
        guard isOpen else { throw RocksError.notOpen }
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
