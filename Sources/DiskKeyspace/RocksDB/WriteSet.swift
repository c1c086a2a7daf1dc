internal import Bytes
internal import CRocksDB

/// What a command, or a transaction, has changed, and the database as it is with these changes.
///
/// Errors of reading don't interrupt whoever reads: the first is kept in `failure`; nothing is found from then on, and
/// whoever owns the unit throws it away.
///
/// Not thread-safe; the locks of the keys it touches are its owner's.
final class WriteSet {
    let database: Database
    private(set) var batch: OpaquePointer
    /// The first error of a read.
    private(set) var failure: RocksError?
    /// Whether nothing was changed.
    private(set) var isEmpty = true
    /// Families with changes, by their numbers.
    private var changed: UInt8 = 0
    /// What views were given out of.
    private var slices: [OpaquePointer] = []
    private var copies: [UnsafeMutablePointer<CChar>] = []

    init(_ database: Database) {
        self.database = database
        batch = WriteSet.makeBatch()
    }

    private static func makeBatch() -> OpaquePointer { rocksdb_writebatch_wi_create(0, 1) }

    deinit {
        release()
        rocksdb_writebatch_wi_destroy(batch)
    }

    // MARK: Reading

    /// The value of a key, nil where there is none; valid until `letGo` or `clear`.
    func get(_ family: Family, _ key: ByteView) -> ByteView? {
        if failure != nil { return nil }
        do throws(RocksError) {
            return hasChanged(family) ? try getWithChanges(family, key) : try getStored(family, key)
        } catch {
            fail(error.ofReading)
            return nil
        }
    }

    private func getStored(_ family: Family, _ key: ByteView) throws(RocksError) -> ByteView? {
        guard let pinned = try database.pin(family, key) else { return nil }
        slices.append(pinned.slice)
        return pinned.value
    }

    private func getWithChanges(_ family: Family, _ key: ByteView) throws(RocksError) -> ByteView? {
        var count = 0
        let copy = try rocks {
            rocksdb_writebatch_wi_get_from_batch_and_db_cf(
                batch, database.raw, database.reads, database.handle(family), key.characters, key.count,
                &count, $0)
        }
        guard let copy else { return nil }
        copies.append(copy)
        return ByteView(copy, count)
    }

    /// Whether there is a value.
    func contains(_ family: Family, _ key: ByteView) -> Bool { withValue(family, key) { $0 != nil } }

    /// Calls `body` with the value of a key, nil where there is none; nothing of it is kept, however many are looked up.
    func withValue<R>(_ family: Family, _ key: ByteView, _ body: (ByteView?) -> R) -> R {
        let kept = (slices.count, copies.count)
        let result = body(get(family, key))
        while slices.count > kept.0 { rocksdb_pinnableslice_destroy(slices.removeLast()) }
        while copies.count > kept.1 { rocksdb_free(copies.removeLast()) }
        return result
    }

    /// Walks the keys from `lower` to before `upper`.
    func withIterator<R>(
        _ family: Family, from lower: ByteView, to upper: ByteView, _ body: (inout Cursor) -> R
    ) -> R {
        let options = rocksdb_readoptions_create()
        rocksdb_readoptions_set_iterate_lower_bound(options, lower.characters, lower.count)
        rocksdb_readoptions_set_iterate_upper_bound(options, upper.characters, upper.count)
        var iterator: OpaquePointer = rocksdb_create_iterator_cf(
            database.raw, options, database.handle(family))
        if hasChanged(family) {
            // It takes the other over.
            iterator = rocksdb_writebatch_wi_create_iterator_with_base_cf(
                batch, iterator, database.handle(family))
        }
        defer {
            rocksdb_iter_destroy(iterator)
            rocksdb_readoptions_destroy(options)
        }
        var cursor = Cursor(
            iterator, from: lower, to: upper, showsChanges: hasChanged(family),
            failing: { self.fail($0.ofReading) })
        return body(&cursor)
    }

    // MARK: Changing

    func put(_ family: Family, _ key: ByteView, _ value: ByteView) {
        noteChange(family)
        rocksdb_writebatch_wi_put_cf(
            batch, database.handle(family), key.characters, key.count, value.characters, value.count)
    }

    func delete(_ family: Family, _ key: ByteView) {
        noteChange(family)
        rocksdb_writebatch_wi_delete_cf(batch, database.handle(family), key.characters, key.count)
    }

    /// Forgets the changes, the error, and what views were given out of.
    func clear() {
        if !isEmpty { clearBatch() }
        isEmpty = true
        changed = 0
        failure = nil
        letGo()
    }

    /// A batch that is cleared keeps its room: one that has become large is replaced, since there is one for each lock.
    private func clearBatch() {
        var size = 0
        _ = rocksdb_writebatch_wi_data(batch, &size)
        if size <= WriteSet.keptRoom { return rocksdb_writebatch_wi_clear(batch) }
        let large = batch
        batch = WriteSet.makeBatch()
        rocksdb_writebatch_wi_destroy(large)
    }

    /// Bytes of changes whose room is kept for the next.
    private static let keptRoom = 64 << 10

    /// Forgets what views were given out of.
    @inline(__always)
    func letGo() { if !slices.isEmpty || !copies.isEmpty { release() } }

    private func release() {
        for slice in slices { rocksdb_pinnableslice_destroy(slice) }
        slices.removeAll(keepingCapacity: slices.count < 1024)
        for copy in copies { rocksdb_free(copy) }
        copies.removeAll(keepingCapacity: copies.count < 1024)
    }

    @inline(__always)
    func hasChanged(_ family: Family) -> Bool { changed & (1 << UInt8(family.rawValue)) != 0 }

    @inline(__always)
    private func noteChange(_ family: Family) {
        isEmpty = false
        changed |= 1 << UInt8(family.rawValue)
    }

    /// Notes that what was read makes no sense, or could not be read.
    func fail(_ error: RocksError) { if failure == nil { failure = error } }
}
