internal import CRocksDB

/// How the database is opened (docs/decisions/0009-disk-keyspace.md has the reasons).
struct DatabaseOptions: Sendable {
    /// Bytes for the block cache and the write buffers together.
    var cache = 256 << 20
    /// Bytes a second that flushes and compactions may write.
    var compactionRate = 64 << 20
    /// Files open at a time.
    var openFiles = 512

    /// A quarter of `cache`: what was written and is not in a file yet.
    var writeBuffers: Int { max(cache / 4, 4 << 20) }
}

/// The options of one column family, and what they refer to; freed with it.
final class FamilyOptions {
    let raw: OpaquePointer

    /// - Parameter blockCache: shared by all families.
    init(_ options: DatabaseOptions, _ family: Family, blockCache: OpaquePointer) {
        raw = rocksdb_options_create()
        let table = rocksdb_block_based_options_create()
        defer { rocksdb_block_based_options_destroy(table) }
        rocksdb_block_based_options_set_block_cache(table, blockCache)
        rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1)
        rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(table, 0)
        rocksdb_block_based_options_set_format_version(table, 5)
        rocksdb_block_based_options_set_block_size(table, 4 << 10)
        if family.isLookedUp {
            // The options take the policy over.
            rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(10))
        }
        rocksdb_options_set_block_based_table_factory(raw, table)
        rocksdb_options_set_compression(raw, Int32(rocksdb_lz4_compression))
        rocksdb_options_set_level_compaction_dynamic_level_bytes(raw, 1)
        rocksdb_options_set_write_buffer_size(raw, max(options.writeBuffers / 2, 1 << 20))
    }

    deinit { rocksdb_options_destroy(raw) }
}
