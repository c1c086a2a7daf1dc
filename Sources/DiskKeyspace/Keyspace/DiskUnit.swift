internal import Bytes
internal import Engine
internal import Synchronization

/// What is executed under one set of locks, until it is written as one: the changes, the collections that are open, and
/// how many keys there are more or less. There is one for each lock, used by who holds that as its lowest.
///
/// Not thread-safe: it is its lock's owner's.
final class DiskUnit {
    // The table owns its units.
    unowned(unsafe) let table: DiskTable
    let changes: WriteSet
    /// Collections that the running command has opened.
    private(set) var opened: [OpenCollection] = []
    /// Collections that it has opened, and removed since: their handles may still be there.
    private var dropped: [OpenCollection] = []
    /// The epoch that the unit has begun.
    private var newEpoch: UInt32?
    /// Keys, and keys that expire, that there are more under each lock than the table says.
    private var counts: [Int: KeyCounts] = [:]
    /// Versions of which records were written ahead of the unit.
    private var unborn: [UInt64] = []
    /// A key that was handed out.
    private var keptKey = ByteBuffer()
    private var keyBuffer = ByteBuffer()
    /// What the running command has found in the database, and may leave in the cache.
    private var lookups = RecordLookups()
    private var recordBuffer = ByteBuffer()

    init(_ table: DiskTable) {
        self.table = table
        changes = WriteSet(table.database)
    }

    var epoch: UInt32 { newEpoch ?? table.epoch }

    // MARK: Records

    /// The record of a key, nil where there is none; valid until `letGo`, or the unit ends.
    /// - Parameter shard: whose lock is held for the key.
    func record(of key: ByteView, shard: Int) -> ByteView? {
        let name = name(of: key)
        if let record = table.records.find(name, shard: shard) { return record }
        guard let record = changes.get(.metadata, name.key) else { return nil }
        if !changes.hasChanged(.metadata) { lookups.add(name, record, shard: shard) }
        return record
    }

    /// The name of a key's record; valid until the next.
    private func name(of key: ByteView) -> RecordCache.Name {
        let hash = table.hash(of: key)
        keyBuffer.clear()
        MetadataKey.write(epoch, hash, key, to: &keyBuffer)
        return RecordCache.Name(hash: hash, key: keyBuffer.view)
    }

    /// Forgets what views were given out of. Nobody reads the cache's any more, so that it may change.
    @inline(__always)
    func letGo() {
        if !lookups.isEmpty { remember() }
        changes.letGo()
    }

    /// Puts what was looked up into the cache. Where anything has changed it might be old.
    private func remember() {
        if changes.failure == nil, !changes.hasChanged(.metadata) {
            lookups.store(in: table.records)
        } else {
            lookups.removeAll()
        }
    }

    /// Writes a key's record, and keeps in step with it what depends on it.
    /// - Parameters:
    ///   - string: a string's bytes; not of this unit's making.
    ///   - old: the record before; nil where the key was missing.
    ///   - shard: whose lock is held for the key.
    func put(
        _ record: KeyRecord, string: ByteView = .empty, of key: ByteView, shard: Int,
        replacing old: KeyRecord?
    ) {
        recordBuffer.clear()
        record.write(to: &recordBuffer)
        if record.type == .string { recordBuffer.append(string) }
        putBuffered(record, of: key, shard: shard, replacing: old)
    }

    /// As above; `write` appends a string's bytes.
    func put(
        _ record: KeyRecord, of key: ByteView, shard: Int, replacing old: KeyRecord?,
        string write: (inout ByteBuffer) -> Void
    ) {
        recordBuffer.clear()
        record.write(to: &recordBuffer)
        write(&recordBuffer)
        putBuffered(record, of: key, shard: shard, replacing: old)
    }

    private func putBuffered(
        _ record: KeyRecord, of key: ByteView, shard: Int, replacing old: KeyRecord?
    ) {
        let name = name(of: key)
        table.records.remove(name, shard: shard)
        changes.put(.metadata, name.key, recordBuffer.view)
        if let old, old.type != .string, record.type == .string || record.version != old.version {
            discard(old)
        }
        moveExpiry(of: key, from: old?.due, to: record.due)
        count(shard, keys: old == nil ? 1 : 0, from: old, to: record)
    }

    /// Removes a key's record, and what depends on it.
    /// - Parameter keepsElements: whether its collection has got another name.
    func remove(_ old: KeyRecord, of key: ByteView, shard: Int, keepsElements: Bool = false) {
        let name = name(of: key)
        table.records.remove(name, shard: shard)
        changes.delete(.metadata, name.key)
        if old.type != .string, !keepsElements { discard(old) }
        moveExpiry(of: key, from: old.due, to: nil)
        count(shard, keys: -1, from: old, to: nil)
    }

    /// Notes that a collection is no more: the sweeper removes what is filed under its version.
    func discard(_ record: KeyRecord) {
        if record.count == 0, record.height == 0 { return }
        putNote(record.version, record.type, record.count, to: changes)
    }

    /// Leaves the sweeper a note of so many elements under a version.
    private func putNote(_ version: UInt64, _ type: KeyType, _ count: Int, to changes: WriteSet) {
        let key = SystemKey.garbage(version)
        recordBuffer.clear()
        recordBuffer.append(type.rawValue)
        recordBuffer.append(length: count)
        changes.put(.system, key.view, recordBuffer.view)
    }

    /// Has records of a new version be written before the unit is. Where it is not written in the end, or the program
    /// ends, the sweeper finds the note that is written with them.
    /// - Returns: what is to be written ahead.
    func beginAhead(_ version: UInt64, _ type: KeyType, count: Int) -> WriteSet {
        unborn.append(version)
        table.unborn.withLock { _ = $0.insert(version) }
        let ahead = WriteSet(table.database)
        putNote(version, type, count, to: ahead)
        let key = SystemKey.garbage(version)
        changes.delete(.system, key.view)
        return ahead
    }

    private func moveExpiry(of key: ByteView, from old: Int64?, to new: Int64?) {
        if old == new { return }
        if let old {
            let entry = ExpiryKey.make(epoch, old, key)
            changes.delete(.expiry, entry.view)
        }
        if let new {
            let entry = ExpiryKey.make(epoch, new, key)
            changes.put(.expiry, entry.view, .empty)
        }
    }

    private func count(_ shard: Int, keys: Int, from old: KeyRecord?, to new: KeyRecord?) {
        let volatile = (new?.expiry == nil ? 0 : 1) - (old?.expiry == nil ? 0 : 1)
        let timed = (new?.earliestField == nil ? 0 : 1) - (old?.earliestField == nil ? 0 : 1)
        if keys == 0, volatile == 0, timed == 0 { return }
        counts[shard, default: KeyCounts()] += KeyCounts(keys: keys, volatile: volatile, timedHashes: timed)
    }

    /// All keys there are, as the unit has it. All locks are held.
    var total: KeyCounts {
        var sum = KeyCounts()
        for shard in 0..<DiskTable.shardCount {
            if newEpoch == nil { sum += table.counts[shard] }
            if let more = counts[shard] { sum += more }
        }
        return sum
    }

    /// Begins a new epoch, in which there is no key. All locks are held.
    func removeAll() {
        let ended = epoch
        for open in opened { drop(open) }
        counts = [:]
        newEpoch = ended + 1
        let key = SystemKey.ended(ended)
        recordBuffer.clear()
        // All versions given out until now are of keys that are gone.
        recordBuffer.append(bigEndian: newVersion())
        changes.put(.system, key.view, recordBuffer.view)
        let current = SystemKey.epoch()
        recordBuffer.clear()
        recordBuffer.append(bigEndian: ended + 1)
        changes.put(.system, current.view, recordBuffer.view)
    }

    // MARK: Collections

    /// The collection open under that name.
    @inline(__always)
    func collection(_ key: ByteView, _ hash: UInt64) -> OpenCollection? {
        opened.isEmpty ? nil : search(key, hash)
    }

    private func search(_ key: ByteView, _ hash: UInt64) -> OpenCollection? {
        opened.first { $0.hash == hash && $0.key.withByteView { $0 == key } }
    }

    func add(_ open: OpenCollection) { opened.append(open) }

    /// Closes a collection without writing its record; its handles must not change it any more.
    func drop(_ open: OpenCollection) {
        guard let index = opened.firstIndex(where: { $0 === open }) else { return }
        dropped.append(opened.remove(at: index))
    }

    /// Writes the records of the collections that were changed, closes all, and removes those that are empty.
    @inline(__always)
    func finish() { if !opened.isEmpty { close() } }

    private func close() {
        for open in opened { open.store(removesEmpty: true) }
        opened.removeAll(keepingCapacity: true)
        dropped.removeAll(keepingCapacity: true)
    }

    /// A version that no collection has had, nor will have.
    func newVersion() -> UInt64 {
        do throws(RocksError) {
            return try table.versions.next()
        } catch {
            changes.fail(error)
            return 0
        }
    }

    /// Keeps a copy of a key until the next.
    func keep(_ key: [UInt8]) -> ByteView {
        keptKey.clear()
        keptKey.append(key)
        return keptKey.view
    }

    // MARK: The end

    /// Writes all that has changed as one; false where nothing has. The unit is as new.
    func store() throws(StorageFailure) -> Bool {
        defer { clear() }
        if let error = changes.failure {
            var failure = StorageFailure(error)
            failure.isUnwritten = true
            throw failure
        }
        if changes.isEmpty { return false }
        writeCounts()
        do throws(RocksError) {
            try table.database.write(changes)
        } catch {
            throw StorageFailure(error)
        }
        if let newEpoch {
            table.epoch = newEpoch
            for shard in 0..<DiskTable.shardCount { table.counts[shard] = KeyCounts() }
        }
        for (shard, more) in counts { table.counts[shard] += more }
        return true
    }

    private func writeCounts() {
        for shard in 0..<DiskTable.shardCount where newEpoch != nil || counts[shard] != nil {
            var counts = counts[shard] ?? KeyCounts()
            if newEpoch == nil { counts += table.counts[shard] }
            let key = SystemKey.counts(shard)
            recordBuffer.clear()
            recordBuffer.append(bigEndian: UInt64(bitPattern: Int64(counts.keys)))
            recordBuffer.append(bigEndian: UInt64(bitPattern: Int64(counts.volatile)))
            recordBuffer.append(bigEndian: UInt64(bitPattern: Int64(counts.timedHashes)))
            changes.put(.system, key.view, recordBuffer.view)
            if newEpoch == nil, self.counts.count == 1 { return }
        }
    }

    private func clear() {
        if !lookups.isEmpty { lookups.removeAll() }
        changes.clear()
        // They keep little; large ones are given back now, since it may be long until the lock's next command.
        recordBuffer.clear()
        keyBuffer.clear()
        opened.removeAll(keepingCapacity: true)
        dropped.removeAll(keepingCapacity: true)
        newEpoch = nil
        counts.removeAll(keepingCapacity: true)
        if unborn.isEmpty { return }
        table.unborn.withLock { $0.subtract(unborn) }
        unborn = []
    }
}

/// How many keys there are, how many of them expire, and of how many hashes a field does.
struct KeyCounts: Equatable {
    var keys = 0
    var volatile = 0
    var timedHashes = 0

    static func += (sum: inout KeyCounts, other: KeyCounts) {
        sum.keys += other.keys
        sum.volatile += other.volatile
        sum.timedHashes += other.timedHashes
    }
}
