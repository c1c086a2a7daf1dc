// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
package import Bytes
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
    package mutating func finish() { unit.finish() }

    package mutating func store() throws(StorageFailure) -> Bool { try unit.store() }

    // MARK: Finding

    /// A key that is there.
    struct Found {
        var record: KeyRecord
        /// A string's bytes; valid until the unit ends.
        var string: ByteView = .empty
        /// The collection, where it is open: it has the record.
        var open: OpenCollection?
    }

    /// A live key; what has expired of it is removed.
    @inline(__always)
    mutating func find(_ hash: UInt64, _ key: ByteView) -> Found? {
        if let open = unit.collection(key, hash) { return Found(record: open.record, open: open) }
        guard let bytes = unit.record(of: key) else { return nil }
        var string = ByteView.empty
        guard let record = KeyRecord(bytes, string: &string) else {
            damaged()
            return nil
        }
        let found = Found(record: record, string: string)
        if let due = record.due, due <= scope.expiryLimit { return reclaim(found, hash, key) }
        return found
    }

    @inline(never)
    private func damaged() {
        unit.changes.fail(RocksError(.corruption, "Corruption: the record of a key makes no sense"))
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
        let record = unit.record(of: key).flatMap { KeyRecord($0, string: &string) }
        if let record, record.due == deadline {
            _ = reclaim(Found(record: record, string: string), scope.hash(of: key), key, limit: limit)
        } else {
            // Nothing should be left behind; if it is, it is of no use.
            let entry = ExpiryKey.make(unit.epoch, deadline, key)
            unit.changes.delete(.expiry, entry.view)
        }
    }

    /// As `find`, counted as an access: the access clock and the hit statistics move.
    @inline(__always)
    private mutating func access(_ hash: UInt64, _ key: ByteView) -> Found? {
        guard let found = find(hash, key) else {
            if scope.isReading { table.cells[DiskTable.shard(of: hash)].statistics.misses += 1 }
            scope.missed(key)
            return nil
        }
        if scope.isReading { table.cells[DiskTable.shard(of: hash)].statistics.hits += 1 }
        table.clocks[DiskTable.stripeIndex(of: hash)] = scope.clock
        return found
    }

    private func collection(
        _ record: KeyRecord, _ stored: KeyRecord?, _ key: ByteView, _ hash: UInt64
    ) -> OpenCollection {
        OpenCollection(
            record, stored: stored, key: key, hash: hash, unit: unit, changes: scope.changes)
    }

    // MARK: Changing

    /// Removes a key that was found.
    private mutating func remove(_ found: Found, _ hash: UInt64, _ key: ByteView) {
        if let open = found.open {
            open.removeStored()
            unit.drop(open)
        } else {
            unit.remove(found.record, of: key, shard: DiskTable.shard(of: hash))
        }
        scope.changed(hash)
    }

    /// Writes a record in place of what was found.
    private mutating func store(
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

    private mutating func noteCreation(_ key: ByteView) {
        scope.created += 1
        scope.event(.new, "new", key)
    }

    // MARK: Whole keys

    package mutating func type(of key: ByteView) -> KeyType? { access(scope.hash(of: key), key)?.record.type }

    package mutating func peekType(of key: ByteView) -> KeyType? {
        if let found = find(scope.hash(of: key), key) { return found.record.type }
        scope.missed(key)
        return nil
    }

    package mutating func expiry(of key: ByteView) -> Expiry {
        guard let found = find(scope.hash(of: key), key) else {
            scope.missed(key)
            return .missing
        }
        return found.record.expiry.map { .at($0) } ?? .never
    }

    @discardableResult
    package mutating func setExpiry(of key: ByteView, at instant: Int64?) -> Bool {
        let hash = scope.hash(of: key)
        guard let found = find(hash, key) else { return false }
        if let instant, instant <= scope.expiryLimit {
            remove(found, hash, key)
            return true
        }
        guard found.record.expiry != instant else { return true }
        if let open = found.open {
            open.record.expiry = instant
            open.touch()
        } else {
            var record = found.record
            record.expiry = instant
            unit.put(
                record, string: found.string, of: key, shard: DiskTable.shard(of: hash),
                replacing: found.record)
        }
        scope.changed(hash)
        return true
    }

    @discardableResult
    package mutating func remove(_ key: ByteView) -> Bool {
        let hash = scope.hash(of: key)
        guard let found = find(hash, key) else { return false }
        remove(found, hash, key)
        return true
    }

    /// O(1): elements are filed under the version, which goes along.
    package mutating func rename(_ source: ByteView, to destination: ByteView) -> Bool {
        let hash = scope.hash(of: source)
        guard let found = findClosed(hash, source) else { return false }
        let target = scope.hash(of: destination)
        let old = find(target, destination)
        unit.remove(found.record, of: source, shard: DiskTable.shard(of: hash), keepsElements: true)
        scope.changed(hash)
        store(found.record, string: found.string, target, destination, replacing: old)
        // Redis takes the old one away first.
        if old != nil { scope.event(.new, "new", destination) }
        return true
    }

    /// O(n): what is on disk is not shared.
    package mutating func copy(_ source: ByteView, to destination: ByteView) -> Bool {
        guard let found = findClosed(scope.hash(of: source), source) else { return false }
        let target = scope.hash(of: destination)
        let old = find(target, destination)
        var record = found.record
        if record.type != .string {
            record.version = unit.newVersion()
            copyElements(from: found.record.version, to: record.version)
        }
        store(record, string: found.string, target, destination, replacing: old)
        if old != nil { scope.event(.new, "new", destination) }
        return true
    }

    /// A live key; where it is open, its record is written first.
    private mutating func findClosed(_ hash: UInt64, _ key: ByteView) -> Found? {
        guard let found = find(hash, key) else { return nil }
        guard let open = found.open else { return found }
        open.store(removesEmpty: false)
        unit.drop(open)
        return Found(record: open.record)
    }

    private func copyElements(from source: UInt64, to destination: UInt64) {
        let start = VersionKey.start(source)
        let end = VersionKey.end(source)
        var copy = ByteBuffer()
        for family in [Family.elements, .order] {
            unit.changes.walk(family, from: start.view, to: end.view) { key, value in
                copy.clear()
                copy.append(bigEndian: destination)
                copy.append(key.dropFirst(8))
                unit.changes.put(family, copy.view, value)
                return true
            }
        }
    }

    package mutating func info(of key: ByteView) -> KeyInfo? {
        let hash = scope.hash(of: key)
        guard let found = find(hash, key) else { return nil }
        let clock = scope.clock &- table.clocks[DiskTable.stripeIndex(of: hash)]
        return KeyInfo(
            encoding: found.record.encoding(string: found.string), idleSeconds: Int(clock & 0xFF_FFFF),
            memory: found.record.estimatedSize(key: key, string: found.string))
    }

    package mutating func version(of key: ByteView) -> UInt64 {
        let hash = scope.hash(of: key)
        _ = find(hash, key)
        return table.stripe(of: hash).pointee
    }

    // MARK: Strings

    @inline(__always)
    package mutating func string(_ key: ByteView) throws(CommandError) -> ByteView? {
        guard let found = access(scope.hash(of: key), key) else { return nil }
        guard found.record.type == .string else { throw .wrongType }
        return found.string
    }

    package mutating func setString(_ key: ByteView, _ value: ByteView, expiry: ExpiryChange) {
        let hash = scope.hash(of: key)
        let found = find(hash, key)
        var record = KeyRecord(.string)
        switch expiry {
        case .clear: break
        case .keep: record.expiry = found?.record.expiry
        case .at(let instant): record.expiry = instant
        }
        if let deadline = record.expiry, deadline <= scope.expiryLimit {
            if let found { remove(found, hash, key) }
            return
        }
        table.clocks[DiskTable.stripeIndex(of: hash)] = scope.clock
        store(record, string: value, hash, key, replacing: found)
    }

    /// O(length): the value is written whole.
    package mutating func updateString(
        _ key: ByteView, count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) throws(CommandError) {
        let hash = scope.hash(of: key)
        let found = access(hash, key)
        if let found, found.record.type != .string { throw .wrongType }
        var record = found?.record ?? KeyRecord(.string)
        record.isRaw = true
        let old = found?.string ?? .empty
        unit.put(
            record, of: key, shard: DiskTable.shard(of: hash), replacing: found?.record
        ) { buffer in
            let start = buffer.count
            buffer.append(old[0..<min(old.count, count)])
            if count > old.count {
                buffer.append(upTo: count - old.count) {
                    $0.initialize(repeating: 0)
                    return $0.count
                }
            }
            buffer.withMutableBytes { body(UnsafeMutableBufferPointer(rebasing: $0[start...])) }
        }
        if found == nil {
            noteCreation(key)
            scope.noteReady(key, .string)
        }
        scope.changed(hash)
    }

    // MARK: Collections

    package mutating func hash(_ key: ByteView, _ access: Access) throws(CommandError) -> DiskHash? {
        try open(key, .hash, access).map { DiskHash($0) }
    }

    package mutating func list(_ key: ByteView, _ access: Access) throws(CommandError) -> DiskList? {
        try open(key, .list, access).map { DiskList($0) }
    }

    package mutating func set(_ key: ByteView, _ access: Access) throws(CommandError) -> DiskSet? {
        try open(key, .set, access).map { DiskSet($0) }
    }

    package mutating func sortedSet(
        _ key: ByteView, _ access: Access
    ) throws(CommandError) -> DiskSortedSet? {
        try open(key, .sortedSet, access).map { DiskSortedSet($0) }
    }

    private mutating func open(
        _ key: ByteView, _ type: KeyType, _ mode: Access
    ) throws(CommandError) -> OpenCollection? {
        let hash = scope.hash(of: key)
        let record: KeyRecord
        let stored: KeyRecord?
        if mode == .replace {
            record = KeyRecord(collection: type, version: unit.newVersion())
            let old = find(hash, key)
            store(record, string: .empty, hash, key, replacing: old)
            stored = record
        } else if let found = access(hash, key) {
            guard found.record.type == type else { throw .wrongType }
            if let open = found.open { return open }
            record = found.record
            stored = record
        } else {
            guard mode == .create else { return nil }
            record = KeyRecord(collection: type, version: unit.newVersion())
            stored = nil
            noteCreation(key)
            scope.noteReady(key, type)
        }
        let open = collection(record, stored, key, hash)
        unit.add(open)
        // It is removed at the end where it stays empty.
        if mode == .replace { open.touch() }
        return open
    }
}
