internal import Bytes
internal import CRocksDB

/// A place among the records of a range. Views are valid until it moves.
///
/// It belongs to `WriteSet.withIterator`, which frees the iterator when it is over.
struct Cursor: ~Copyable {
    private let raw: OpaquePointer
    private let note: (RocksError) -> Void

    init(_ raw: OpaquePointer, failing note: @escaping (RocksError) -> Void) {
        self.raw = raw
        self.note = note
    }

    /// Whether it is at a record; false past either end, and after an error.
    var isValid: Bool { rocksdb_iter_valid(raw) != 0 }

    /// The record's key. It is valid.
    var key: ByteView {
        var count = 0
        guard let bytes = rocksdb_iter_key(raw, &count) else { return .empty }
        return ByteView(bytes, count)
    }

    /// The record's value. It is valid.
    var value: ByteView {
        var count = 0
        guard let bytes = rocksdb_iter_value(raw, &count) else { return .empty }
        return ByteView(bytes, count)
    }

    mutating func seekToFirst() {
        rocksdb_iter_seek_to_first(raw)
        check()
    }

    mutating func seekToLast() {
        rocksdb_iter_seek_to_last(raw)
        check()
    }

    /// Goes to the first record that is not before `key`.
    mutating func seek(_ key: ByteView) {
        rocksdb_iter_seek(raw, key.characters, key.count)
        check()
    }

    /// Goes to the last record that is not after `key`.
    mutating func seekForPrevious(_ key: ByteView) {
        rocksdb_iter_seek_for_prev(raw, key.characters, key.count)
        check()
    }

    /// Goes on. It is valid.
    mutating func next() {
        rocksdb_iter_next(raw)
        check()
    }

    /// Goes back. It is valid.
    mutating func previous() {
        rocksdb_iter_prev(raw)
        check()
    }

    /// An iterator that is at no record is at the end, or has failed.
    @inline(__always)
    private func check() {
        if isValid { return }
        do throws(RocksError) {
            try rocks { rocksdb_iter_get_error(raw, $0) }
        } catch {
            note(error)
        }
    }
}
