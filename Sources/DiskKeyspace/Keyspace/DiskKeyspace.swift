// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
internal import Bytes
package import Engine

/// The keyspace on disk: one command's view of the keys it has locked.
package struct DiskKeyspace: LocalKeyspace, ~Copyable {
    package typealias Hash = DiskHash
    package typealias List = DiskList
    package typealias Set = DiskSet
    package typealias SortedSet = DiskSortedSet

    package var scope: CommandScope
    // As in the scope; the table keeps its units.
    unowned(unsafe) let table: DiskTable
    unowned(unsafe) let unit: DiskUnit

    /// The keyspace as of `now` (Unix ms). The shard `home` is locked.
    @inline(__always)
    package init(_ table: DiskTable, home: Int, now: Int64, replays: Bool) {
        self.table = table
        unit = table.units[home]
        scope = CommandScope(table, home: home, now: now, replays: replays)
    }

    @inline(__always)
    package mutating func finish() {
        unit.finish()
        unit.letGo()
    }

    package mutating func letGo() { unit.letGo() }

    package mutating func store() throws(StorageFailure) -> Bool {
        // What has expired is not there, whether or not the disk takes its removal.
        let isDispensable = scope.hasOnlyReclaimed && unit.changes.failure == nil
        do throws(StorageFailure) {
            return try unit.store()
        } catch {
            guard isDispensable else { throw error }
            // Its events are told when it is done.
            table.forget(at: scope.home)
            return false
        }
    }

    // MARK: Finding

    /// A key that is there.
    struct Found {
        var record: KeyRecord
        /// A string's bytes; valid until the command ends or lets go.
        var string: ByteView = .empty
        /// The collection, where it is open: it has the record.
        var open: OpenCollection?
    }

    /// A live key; what has expired of it is removed.
    @inline(__always)
    mutating func find(_ hash: UInt64, _ key: ByteView) -> Found? {
        if let open = unit.collection(key, hash) { return Found(record: open.record, open: open) }
        guard let bytes = unit.record(of: key, shard: DiskTable.shard(of: hash)) else { return nil }
        var string = ByteView.empty
        guard let record = KeyRecord(bytes, string: &string) else {
            damaged()
            return nil
        }
        let found = Found(record: record, string: string)
        if let due = record.due, due <= scope.expiryLimit { return reclaim(found, hash, key) }
        return found
    }

    /// Gives the unit up: a record makes no sense.
    @inline(never)
    func damaged() {
        unit.changes.fail(.damagedRecord)
    }

    /// Removes what has expired: the key, or fields of a hash; what is left. It is not open: time stands still while a
    /// command runs, so only its first look finds it due.
    /// - Parameter limit: of fields.
    @inline(never)
    private mutating func reclaim(
        _ found: Found, _ hash: UInt64, _ key: ByteView, limit: Int = .max
    ) -> Found? {
        let mark = scope.changes.pointee
        defer { scope.noteReclaimed(since: mark) }
        let shard = DiskTable.shard(of: hash)
        scope.changed(hash)
        if let expiry = found.record.expiry, expiry <= scope.now {
            table.cells[shard].statistics.expired += 1
            scope.event(.expired, "expired", key)
            unit.remove(found.record, of: key, shard: shard)
            return nil
        }
        let open = collection(found.record, found.record, key, hash)
        if open.removeExpiredFields(at: scope.now, limit: limit) > 0 { scope.event(.hash, "hexpired", key) }
        guard open.record.count == 0 else {
            open.store(removesEmpty: false)
            return Found(record: open.record)
        }
        table.cells[shard].statistics.expired += 1
        scope.event(.generic, "del", key)
        open.removeStored()
        return nil
    }

    /// Removes what has expired of a key that is said to expire at `deadline`: it, or of its fields some.
    mutating func reclaim(_ key: ByteView, due deadline: Int64, fields limit: Int) {
        var string = ByteView.empty
        let hash = scope.hash(of: key)
        let bytes = unit.record(of: key, shard: DiskTable.shard(of: hash))
        if let record = bytes.flatMap({ KeyRecord($0, string: &string) }), record.due == deadline {
            _ = reclaim(Found(record: record, string: string), hash, key, limit: limit)
        } else {
            // Nothing should be left behind; if it is, it is of no use.
            let entry = ExpiryKey.make(unit.epoch, deadline, key)
            unit.changes.delete(.expiry, entry.view)
        }
    }

    /// As `find`, counted as an access: the access clock and the hit statistics move.
    @inline(__always)
    mutating func access(_ hash: UInt64, _ key: ByteView) -> Found? {
        guard let found = find(hash, key) else {
            if scope.isReading { table.cells[DiskTable.shard(of: hash)].statistics.misses += 1 }
            scope.missed(key)
            return nil
        }
        if scope.isReading { table.cells[DiskTable.shard(of: hash)].statistics.hits += 1 }
        table.clocks[DiskTable.stripeIndex(of: hash)] = scope.clock
        return found
    }

    func collection(
        _ record: KeyRecord, _ stored: KeyRecord?, _ key: ByteView, _ hash: UInt64
    ) -> OpenCollection {
        OpenCollection(
            record, stored: stored, key: key, hash: hash, unit: unit, changes: scope.changes)
    }

    // MARK: Changing

    /// Removes a key that was found.
    mutating func remove(_ found: Found, _ hash: UInt64, _ key: ByteView) {
        if let open = found.open {
            open.removeStored()
            unit.drop(open)
        } else {
            unit.remove(found.record, of: key, shard: DiskTable.shard(of: hash))
        }
        scope.changed(hash)
    }

    /// Writes a record in place of what was found.
    mutating func store(
        _ record: KeyRecord, string: ByteView, _ hash: UInt64, _ key: ByteView, replacing old: Found?
    ) {
        var replaced = old?.record
        if let open = old?.open {
            // What it has become is what goes.
            open.store(removesEmpty: false)
            replaced = open.record
            unit.drop(open)
        }
        unit.put(record, string: string, of: key, shard: DiskTable.shard(of: hash), replacing: replaced)
        if old == nil { noteCreation(key) }
        scope.noteReady(key, record.type)
        scope.changed(hash)
    }

    mutating func noteCreation(_ key: ByteView) {
        scope.created += 1
        scope.event(.new, "new", key)
    }
}
