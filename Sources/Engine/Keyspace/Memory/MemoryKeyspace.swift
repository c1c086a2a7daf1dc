// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
package import Bytes

/// The keyspace in memory: one command's view of the shards it has locked.
package struct MemoryKeyspace: LocalKeyspace, ~Copyable {
    package typealias Hash = MemoryHash
    package typealias List = MemoryList
    package typealias Set = MemorySet
    package typealias SortedSet = MemorySortedSet

    package var scope: CommandScope
    // As in the scope.
    unowned(unsafe) let table: MemoryTable
    /// Collections opened for change, to be removed at the end where they are empty.
    private var opened = OpenedEntries()

    /// The keyspace as of `now` (Unix ms). The shard `home` is locked.
    @inline(__always)
    package init(_ table: MemoryTable, home: Int, now: Int64, replays: Bool) {
        self.table = table
        scope = CommandScope(table, home: home, now: now, replays: replays)
    }

    /// Memory is all there is.
    @inline(__always)
    package mutating func store() throws(StorageFailure) -> Bool { false }

    // MARK: Finding

    @inline(__always)
    private func shard(_ hash: UInt64) -> UnsafeMutablePointer<Shard> {
        table.shards + MemoryTable.shard(of: hash)
    }

    /// The place of a live key; what has expired of it is removed.
    @inline(__always)
    private mutating func find(_ hash: UInt64, _ key: ByteView) -> Shard.Place? {
        guard let place = shard(hash).pointee.find(key, hash) else { return nil }
        return place.entry.isDue(at: scope.expiryLimit) ? reclaim(place, hash) : place
    }

    /// Removes what has expired: the key, or fields of a hash; its place where there is something left. No
    /// handle of it is open: time stands still while a command runs, so only its first look finds it due.
    @inline(never)
    private mutating func reclaim(_ place: Shard.Place, _ hash: UInt64) -> Shard.Place? {
        let mark = scope.changes.pointee
        defer { scope.noteReclaimed(since: mark) }
        if place.entry.isExpired(at: scope.now) {
            table.cells[MemoryTable.shard(of: hash)].statistics.expired += 1
            if scope.isJournalled { table.cells[scope.home].outbox.appendRemoval(of: place.entry.key) }
            if !scope.wantedEvents.isEmpty {
                table.cells[scope.home].events.append(
                    expiryOf: place.entry, at: scope.now, scope.wantedEvents)
            }
            unlink(place, hash)
            return nil
        }
        if scope.isJournalled {
            table.cells[scope.home].outbox.appendRemoval(ofFieldsDueAt: scope.now, in: place.entry)
        }
        willChange(place, hash)
        if shard(hash).pointee.removeExpiredFields(of: place.entry, at: scope.now) > 0 {
            scope.changed(hash)
            scope.event(.hash, "hexpired", place.entry.key)
        }
        return place
    }

    // MARK: Changing
    //
    // `unlink`, `store` and whoever calls `willChange` before changing an entry in place are the only ones that
    // take away what a running snapshot may not have seen.

    /// Whether no running snapshot needs the entry as it is.
    @inline(__always)
    private func isSaved(_ place: Shard.Place, _ hash: UInt64) -> Bool {
        place.entry.stamp == shard(hash).pointee.stamp
    }

    /// Hands the entry as it is to a running snapshot that has not seen it yet: it is about to change in place.
    @inline(__always)
    private func willChange(_ place: Shard.Place, _ hash: UInt64) {
        if isSaved(place, hash) { return }
        table.handedOver.append(copyOf: place.entry)
        place.entry.stamp = shard(hash).pointee.stamp
    }

    /// As `find`, counted as an access: the access clock and the hit statistics move.
    @inline(__always)
    private mutating func access(_ hash: UInt64, _ key: ByteView) -> Shard.Place? {
        guard let place = find(hash, key) else {
            if scope.isReading { table.cells[MemoryTable.shard(of: hash)].statistics.misses += 1 }
            scope.missed(key)
            return nil
        }
        if scope.isReading { table.cells[MemoryTable.shard(of: hash)].statistics.hits += 1 }
        place.entry.touch(scope.clock)
        return place
    }

    /// Takes an entry out and disposes of it.
    private mutating func unlink(_ place: Shard.Place, _ hash: UInt64) {
        let saved = isSaved(place, hash)
        table.dispose(shard(hash).pointee.remove(at: place), isSaved: saved)
        scope.changed(hash)
    }

    /// Stores an entry under its key: in `place`, where `find` has found the key, or as a new one.
    @inline(__always)
    private mutating func store(_ entry: Entry, _ hash: UInt64, in place: Shard.Place?) {
        if let place {
            let old = place.entry
            let saved = isSaved(place, hash)
            shard(hash).pointee.replace(at: place, hash, with: entry, old: Shard.Replaced(old))
            table.dispose(old, isSaved: saved)
        } else {
            shard(hash).pointee.insert(entry, hash)
            scope.created += 1
            scope.event(.new, "new", entry.key)
        }
        scope.noteReady(entry.key, entry.type)
        scope.changed(hash)
    }

    /// Ends a command: removes the collections that it has left empty, and notes when fields of others
    /// expire.
    @inline(__always)
    package mutating func finish() {
        opened.drain { entry, hash in
            let shard = table.shards + MemoryTable.shard(of: hash)
            let segment = shard.pointee.segment(for: hash)
            // The entry may have been removed since; its memory is read only once its slot is found.
            guard let slot = segment.find(entry, hash) else { return }
            guard entry.elementCount == 0 else {
                shard.pointee.noteFieldExpiry(of: entry, hash)
                return
            }
            shard.pointee.remove(at: Shard.Place(segment: segment, slot: slot)).free()
        }
    }

    // MARK: Whole keys

    package mutating func type(of key: ByteView) -> KeyType? { access(scope.hash(of: key), key)?.entry.type }

    package mutating func peekType(of key: ByteView) -> KeyType? {
        if let place = find(scope.hash(of: key), key) { return place.entry.type }
        scope.missed(key)
        return nil
    }

    package mutating func expiry(of key: ByteView) -> Expiry {
        guard let place = find(scope.hash(of: key), key) else {
            scope.missed(key)
            return .missing
        }
        return place.entry.expiry.map { .at($0) } ?? .never
    }

    @discardableResult
    package mutating func setExpiry(of key: ByteView, at instant: Int64?) -> Bool {
        let hash = scope.hash(of: key)
        guard let place = find(hash, key) else { return false }
        if let instant, instant <= scope.expiryLimit {
            unlink(place, hash)
            return true
        }
        guard place.entry.expiry != instant else { return true }
        willChange(place, hash)
        let old = Shard.Replaced(place.entry)
        let entry = place.entry.settingExpiry(instant)
        shard(hash).pointee.replace(at: place, hash, with: entry, old: old)
        scope.changed(hash)
        return true
    }

    @discardableResult
    package mutating func remove(_ key: ByteView) -> Bool {
        let hash = scope.hash(of: key)
        guard let place = find(hash, key) else { return false }
        unlink(place, hash)
        return true
    }

    package mutating func rename(_ source: ByteView, to destination: ByteView) -> Bool {
        guard copy(source, to: destination) else { return false }
        return remove(source)
    }

    package mutating func copy(_ source: ByteView, to destination: ByteView) -> Bool {
        guard let place = find(scope.hash(of: source), source) else { return false }
        let entry = place.entry
        let copy = entry.copy(key: destination, expiry: entry.expiry, clock: scope.clock)
        let target = scope.hash(of: destination)
        let old = find(target, destination)
        store(copy, target, in: old)
        // Redis takes the old one away first.
        if old != nil { scope.event(.new, "new", destination) }
        return true
    }

    package mutating func info(of key: ByteView) -> KeyInfo? {
        guard let place = find(scope.hash(of: key), key) else { return nil }
        let entry = place.entry
        // 13 bytes: a slot at the table's average fill.
        return KeyInfo(
            encoding: entry.encoding, idleSeconds: entry.idleSeconds(at: scope.clock),
            memory: entry.memory + 13)
    }

    package mutating func version(of key: ByteView) -> UInt64 {
        let hash = scope.hash(of: key)
        _ = find(hash, key)
        return table.stripe(of: hash).pointee
    }

    // MARK: Strings

    @inline(__always)
    package mutating func string(_ key: ByteView) throws(CommandError) -> ByteView? {
        guard let place = access(scope.hash(of: key), key) else { return nil }
        let entry = place.entry
        guard entry.type == .string else { throw .wrongType }
        return entry.string
    }

    package mutating func setString(_ key: ByteView, _ value: ByteView, expiry: ExpiryChange) {
        let hash = scope.hash(of: key)
        let place = find(hash, key)
        let deadline: Int64?
        switch expiry {
        case .clear: deadline = nil
        case .keep: deadline = place?.entry.expiry
        case .at(let instant): deadline = instant
        }
        if let deadline, deadline <= scope.expiryLimit {
            if let place { unlink(place, hash) }
            return
        }
        if let place, place.entry.expiry == deadline, isSaved(place, hash),
            place.entry.overwrite(value, clock: scope.clock)
        {
            scope.changed(hash)
            return
        }
        store(Entry.string(key: key, value: value, expiry: deadline, clock: scope.clock), hash, in: place)
    }

    package mutating func updateString(
        _ key: ByteView, count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) throws(CommandError) {
        let hash = scope.hash(of: key)
        if access(hash, key) == nil {
            setString(key, .empty, expiry: .clear)
        }
        guard let place = find(hash, key) else { return }
        guard place.entry.type == .string else { throw .wrongType }
        willChange(place, hash)
        let old = Shard.Replaced(place.entry)
        let entry = place.entry.resizingString(to: count)
        shard(hash).pointee.replace(at: place, hash, with: entry, old: old)
        body(entry.mutableString)
        scope.changed(hash)
    }

    // MARK: Collections

    package mutating func hash(_ key: ByteView, _ access: Access) throws(CommandError) -> MemoryHash? {
        try open(key, .hash, access).map { MemoryHash($0) }
    }

    package mutating func list(_ key: ByteView, _ access: Access) throws(CommandError) -> MemoryList? {
        try open(key, .list, access).map { MemoryList($0) }
    }

    package mutating func set(_ key: ByteView, _ access: Access) throws(CommandError) -> MemorySet? {
        try open(key, .set, access).map { MemorySet($0) }
    }

    package mutating func sortedSet(
        _ key: ByteView, _ access: Access
    ) throws(CommandError) -> MemorySortedSet? {
        try open(key, .sortedSet, access).map { MemorySortedSet($0) }
    }

    private mutating func open(
        _ key: ByteView, _ type: KeyType, _ mode: Access
    ) throws(CommandError) -> OpenEntry? {
        let hash = scope.hash(of: key)
        let entry: Entry
        if mode == .replace {
            entry = Entry.collection(key: key, type: type, clock: scope.clock)
            store(entry, hash, in: find(hash, key))
        } else if let place = access(hash, key) {
            entry = place.entry
            guard entry.type == type else { throw .wrongType }
            if mode != .read { willChange(place, hash) }
        } else {
            guard mode == .create else { return nil }
            entry = Entry.collection(key: key, type: type, clock: scope.clock)
            shard(hash).pointee.insert(entry, hash)
            scope.noteReady(key, type)
            scope.created += 1
            scope.event(.new, "new", key)
        }
        if mode != .read { opened.append((entry, hash)) }
        return OpenEntry(
            entry: entry, stripe: table.stripe(of: hash), changes: scope.changes, context: table.context)
    }
}
