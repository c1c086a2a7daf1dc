internal import CRocksDB

/// How the database is opened (docs/decisions/0009-disk-keyspace.md has the reasons).
struct DatabaseOptions: Sendable {
    /// Bytes for the caches and the write buffers together.
    var cache = 256 << 20
    /// Bytes a second that flushes and compactions may write.
    var compactionRate = 64 << 20
    /// Files open at a time.
    var openFiles = 512

    /// Whether it must be there, and is only read: all its files are opened at once, so that they may be removed.
    var isReadOnly = false

    /// A quarter of `cache`: what was written and is not in a file yet.
    var writeBuffers: Int { max(cache / 4, 4 << 20) }

    /// A sixteenth: records of keys, in front of the database (`RecordCache`).
    var records: Int { cache / 16 }

    /// A sixteenth: single records that were looked up. A hot record takes its own size there, not that of its block.
    var rows: Int { cache / 16 }

    /// The rest: blocks of files.
    var blocks: Int { max(cache - writeBuffers - rows - records, 1 << 20) }
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
        // Whole, those of a file of 64 MB are a megabyte each, and a small cache would hold nothing else.
        rocksdb_block_based_options_set_index_type(
            table, Int32(rocksdb_block_based_table_index_type_two_level_index_search))
        rocksdb_block_based_options_set_partition_filters(table, 1)
        rocksdb_block_based_options_set_metadata_block_size(table, 4 << 10)
        rocksdb_block_based_options_set_pin_top_level_index_and_filter(table, 1)
        rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(table, 1)
        rocksdb_block_based_options_set_format_version(table, 5)
        rocksdb_block_based_options_set_block_size(table, 4 << 10)
        if family.isLookedUp {
            // The options take the policy over.
            rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(10))
            // Most is not in a memtable: it need not be looked for there.
            rocksdb_options_set_memtable_whole_key_filtering(raw, 1)
            rocksdb_options_set_memtable_prefix_bloom_size_ratio(raw, 0.05)
        }
        rocksdb_options_set_block_based_table_factory(raw, table)
        rocksdb_options_set_compression(raw, Int32(rocksdb_lz4_compression))
        rocksdb_options_set_level_compaction_dynamic_level_bytes(raw, 1)
        rocksdb_options_set_write_buffer_size(raw, max(options.writeBuffers / 2, 1 << 20))
    }

    deinit { rocksdb_options_destroy(raw) }
}
