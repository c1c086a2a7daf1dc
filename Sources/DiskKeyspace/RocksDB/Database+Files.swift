internal import CRocksDB

// The database's files as such.
extension Database {
    /// Removes the database at `path`, which nobody has open.
    static func destroy(_ path: String) {
        let options = rocksdb_options_create()
        defer { rocksdb_options_destroy(options) }
        // What can't be removed is left, and nobody misses it.
        try? rocks { rocksdb_destroy_db(options, path, $0) }
    }

    /// Bytes that are in memory only, but for the log.
    var unflushedSize: Int { sum("rocksdb.cur-size-all-mem-tables") }

    /// Reads all files that hold records, and compares checksums. O(bytes).
    func verifyChecksums() throws(RocksError) { try rocks { crocksdb_verify_checksums(raw, $0) } }

    /// Makes a database of this instant at `path`, which is not there yet, durably: files that don't change any more are
    /// linked, so that it takes little time and, until compactions replace them, little room.
    func makeCheckpoint(_ path: String) throws(RocksError) {
        guard isOpen else { throw RocksError.notOpen }
        let checkpoint = try rocks { rocksdb_checkpoint_object_create(raw, $0) }
        defer { rocksdb_checkpoint_object_destroy(checkpoint) }
        // 0: what is in memory goes to files first.
        try rocks { rocksdb_checkpoint_create(checkpoint, path, 0, $0) }
    }

    /// Puts everything into files; returns when they are on disk.
    func flush() throws(RocksError) {
        let options = rocksdb_flushoptions_create()
        defer { rocksdb_flushoptions_destroy(options) }
        rocksdb_flushoptions_set_wait(options, 1)
        for family in Family.allCases { try rocks { rocksdb_flush_cf(raw, options, handle(family), $0) } }
    }
}
