internal import Bytes
internal import CRocksDB

/// A place among the records of a range. Views are valid until it moves.
///
/// It belongs to `WriteSet.withIterator`, which frees the iterator when it is over.
struct Cursor: ~Copyable {
    private let raw: OpaquePointer
    private let lower: ByteView
    private let upper: ByteView
    /// Whether changes are shown, too. RocksDB bounds what is stored, but not these.
    private let showsChanges: Bool
    private let note: (RocksError) -> Void

    init(
        _ raw: OpaquePointer, from lower: ByteView, to upper: ByteView, showsChanges: Bool,
        failing note: @escaping (RocksError) -> Void
    ) {
        self.raw = raw
        self.lower = lower
        self.upper = upper
        self.showsChanges = showsChanges
        self.note = note
    }

    /// Whether it is at a record; false past either end, and after an error.
    var isValid: Bool {
        guard rocksdb_iter_valid(raw) != 0 else { return false }
        guard showsChanges else { return true }
        let key = key
        return lower <= key && key < upper
    }

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

    mutating func seekToFirst() { seek(lower) }

    mutating func seekToLast() { seekForPrevious(upper) }

    /// Goes to the first record that is not before `key`.
    mutating func seek(_ key: ByteView) {
        let key = max(key, lower)
        rocksdb_iter_seek(raw, key.characters, key.count)
        check()
    }

    /// Goes to the last record that is not after `key`.
    mutating func seekForPrevious(_ key: ByteView) {
        let key = min(key, upper)
        rocksdb_iter_seek_for_prev(raw, key.characters, key.count)
        // The bound itself is out of bounds, and only what is stored knows it.
        if showsChanges, rocksdb_iter_valid(raw) != 0, self.key == upper { rocksdb_iter_prev(raw) }
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
        if rocksdb_iter_valid(raw) != 0 { return }
        do throws(RocksError) {
            try rocks { rocksdb_iter_get_error(raw, $0) }
        } catch {
            note(error)
        }
    }
}
