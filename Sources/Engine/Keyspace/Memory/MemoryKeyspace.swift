// What the protocol documents is not said again here.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
public import Bytes

/// The keyspace in memory: one command's view of the shards it has locked.
///
/// Invariant: the shards of every key that is named to it are locked by the calling thread for as long as
/// the value exists (`MemoryEngine` sees to that), which is what makes the unchecked sharing below safe.
public struct MemoryKeyspace: Keyspace, ~Copyable {
    public typealias Hash = MemoryHash
    public typealias List = MemoryList
    public typealias Set = MemorySet
    public typealias SortedSet = MemorySortedSet

    // The engine that made this value keeps the table alive; counting references per command would cost
    // two contended atomics.
    unowned(unsafe) let table: MemoryTable
    public private(set) var now: Int64
    private let clock: UInt32
    /// Collections opened for change, to be removed at the end where they are empty.
    private var opened = OpenedEntries()
    public var isReading = false
    /// Keys that the command has made.
    private(set) var created = 0
    /// The running command's keys with their hashes, in the order in which it names them.
    private var known = UnsafeBufferPointer<HashedKey>(start: nil, count: 0)
    /// Which of them was asked for last: handlers go through their keys in order.
    private var hint = 0
    /// Where changes are counted until they are told to all.
    private let changes: UnsafeMutablePointer<UInt64>
    private let home: Int
    public let expiryLimit: Int64
    public let isJournalled: Bool
    /// Whether those who watch see what is executed now: a request's own look at a key is no command, and misses none.
    var showsCommands = true
    /// The events that anybody wants.
    private var wantedEvents: KeyEventClasses
    /// Changes that were but the removal of what had expired, which tells itself.
    private var reclaimed: UInt64 = 0
    /// Whether the running command has told its effects.
    private var hasToldEffects = false
    /// Whether all commands are replayed together or not at all.
    var isTransaction = false
    /// What to do once the locks are released.
    var waiting: AfterUnlocking?
    /// Whether a command may have the engine do something when it has ended.
    var mayWait = false
    /// Whether a command may wait for keys, and what it waits for, for how many milliseconds (nil: for ever).
    var mayWaitForKeys = false
    var awaited: (type: KeyType, milliseconds: Int64?)?
    /// Whether anybody waits for keys.
    private let hasWaiters: Bool

    /// The keyspace as of `now` (Unix ms). The shard `home` is locked.
    @inline(__always)
    init(_ table: MemoryTable, home: Int, now: Int64, replays: Bool = false) {
        self.table = table
        self.now = now
        expiryLimit = replays ? .min : now
        isJournalled = table.journal != nil && !replays
        hasWaiters = !replays && table.waiters.count > 0
        wantedEvents = replays ? [] : table.context.pubSub.wantedEvents
        clock = UInt32(truncatingIfNeeded: now / 1000) & 0xFF_FFFF
        changes = table.pendingChanges(at: home)
        self.home = home
    }

    /// Begins a command that names these keys; they must live until the next one begins.
    @inline(__always)
    mutating func begin(_ keys: UnsafeBufferPointer<HashedKey>) {
        known = keys
        hint = 0
    }

    /// Counts a command.
    @inline(__always)
    func countCommand() { table.cells[home].shard.statistics.commands &+= 1 }

    public var context: EngineContext { table.context }

    // MARK: The journal

    public mutating func effect(_ count: Int, _ write: (inout CommandBatch) -> Void) {
        guard isJournalled else { return }
        hasToldEffects = true
        table.cells[home].outbox.begin(arguments: count)
        write(&table.cells[home].outbox)
    }

    @inline(__always)
    public mutating func event(_ classes: KeyEventClasses, _ event: StaticString, _ key: ByteView) {
        if wantedEvents.isDisjoint(with: classes) { return }
        table.cells[home].events.append(classes, event, key)
    }

    /// Asks again which events are wanted: a command of the transaction may have changed it.
    mutating func listen() { wantedEvents = table.context.pubSub.wantedEvents }

    /// Tells that a key that was to be read is missing.
    @inline(__always)
    private mutating func missed(_ key: ByteView) {
        if isReading, showsCommands { event(.keyMiss, "keymiss", key) }
    }

    public mutating func wait(for type: KeyType, milliseconds: Int64?) {
        if mayWaitForKeys { awaited = (type, milliseconds) }
    }

    /// Notes that a key holds something else now, which somebody may wait for.
    @inline(__always)
    private func noteReady(_ key: ByteView, _ type: KeyType) {
        if hasWaiters, type == .list || type == .sortedSet {
            table.cells[home].readyKeys.append(Array(key.buffer))
        }
    }

    /// Whether a command has made keys ready.
    @inline(__always)
    var hasReadyKeys: Bool { hasWaiters && !table.cells[home].readyKeys.isEmpty }

    /// The keys that became ready, in that order; nil past the last.
    func readyKey(_ index: Int) -> [UInt8]? {
        index < table.cells[home].readyKeys.count ? table.cells[home].readyKeys[index] : nil
    }

    /// Forgets them.
    func forgetReadyKeys() { table.cells[home].readyKeys.removeAll() }

    public mutating func publish(_ channel: ByteView, _ payload: ByteView, isSharded: Bool) {
        table.cells[home].events.append(channel: channel, payload: payload, isSharded: isSharded)
    }

    /// Shows a command to those who watch all; not those for operators, as in Redis.
    @inline(__always)
    func monitor(_ info: borrowing CommandInfo, _ arguments: borrowing Arguments) {
        if wantedEvents.contains(.commands), showsCommands, !info.flags.contains(.admin) {
            appendMonitored(info.name, arguments)
        }
    }

    @inline(never)
    private func appendMonitored(_ name: StaticString, _ arguments: borrowing Arguments) {
        var line = ByteBuffer()
        line.append(monitored: name, arguments, at: Clock.microseconds())
        table.cells[home].events.append(command: line.view)
    }

    public mutating func afterwards(_ action: AfterUnlocking) -> Bool {
        if mayWait { waiting = action }
        return mayWait
    }

    /// Begins what is replayed all or none: a command, unless a transaction has begun.
    @inline(__always)
    func beginUnit() { if !isTransaction { table.cells[home].outbox.beginUnit() } }

    /// Ends it.
    @inline(__always)
    func endUnit() { if !isTransaction { table.cells[home].outbox.endUnit() } }

    /// What `journal` compares with.
    @inline(__always)
    var changeMark: UInt64 { changes.pointee &- reclaimed }

    /// Writes the command down as it came, unless it has told its effects or changed nothing.
    @inline(__always)
    mutating func journal(
        _ name: StaticString, _ arguments: borrowing Arguments, since mark: UInt64
    ) {
        if !hasToldEffects, changeMark != mark { table.cells[home].outbox.append(name, arguments) }
        hasToldEffects = false
    }

    // MARK: Finding

    /// The key's hash: those of the command's keys were computed to lock their shards.
    @inline(__always)
    private mutating func hash(of key: ByteView) -> UInt64 {
        if hint < known.count, known[hint].isSame(as: key) { return known[hint].hash }
        return hash(ofOther: key)
    }

    /// As `hash(of:)`, of a key other than the last: the next one, most likely.
    private mutating func hash(ofOther key: ByteView) -> UInt64 {
        var index = hint
        for _ in 0..<min(known.count, 8) {
            index = index + 1 < known.count ? index + 1 : 0
            if known[index].isSame(as: key) {
                hint = index
                return known[index].hash
            }
        }
        return KeyHash.of(key)
    }

    @inline(__always)
    private func shard(_ hash: UInt64) -> UnsafeMutablePointer<MemoryTable.Cell> {
        table.cells + MemoryTable.shard(of: hash)
    }

    /// Notes that whatever the hash stands for has changed.
    @inline(__always)
    private func changed(_ hash: UInt64) {
        table.changed(hash, pending: changes)
    }

    /// Notes that the store has changed, apart from what versions tell.
    func noteChange() { changes.pointee &+= 1 }

    /// The place of a live key; what has expired of it is removed.
    @inline(__always)
    private mutating func find(_ hash: UInt64, _ key: ByteView) -> Shard.Place? {
        guard let place = shard(hash).pointee.shard.find(key, hash) else { return nil }
        return place.entry.isDue(at: expiryLimit) ? reclaim(place, hash) : place
    }

    /// Removes what has expired: the key, or fields of a hash; its place where there is something left. No
    /// handle of it is open: time stands still while a command runs, so only its first look finds it due.
    @inline(never)
    private mutating func reclaim(_ place: Shard.Place, _ hash: UInt64) -> Shard.Place? {
        let mark = changes.pointee
        defer { reclaimed &+= changes.pointee &- mark }
        if place.entry.isExpired(at: now) {
            shard(hash).pointee.shard.statistics.expired += 1
            if isJournalled { table.cells[home].outbox.appendRemoval(of: place.entry.key) }
            if !wantedEvents.isEmpty {
                table.cells[home].events.append(expiryOf: place.entry, at: now, wantedEvents)
            }
            unlink(place, hash)
            return nil
        }
        if isJournalled { table.cells[home].outbox.appendRemoval(ofFieldsDueAt: now, in: place.entry) }
        willChange(place, hash)
        if shard(hash).pointee.shard.removeExpiredFields(of: place.entry, at: now) > 0 {
            changed(hash)
            event(.hash, "hexpired", place.entry.key)
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
        place.entry.stamp == shard(hash).pointee.shard.stamp
    }

    /// Hands the entry as it is to a running snapshot that has not seen it yet: it is about to change in place.
    @inline(__always)
    private func willChange(_ place: Shard.Place, _ hash: UInt64) {
        if isSaved(place, hash) { return }
        table.handedOver.append(copyOf: place.entry)
        place.entry.stamp = shard(hash).pointee.shard.stamp
    }

    /// As `find`, counted as an access: the access clock and the hit statistics move.
    @inline(__always)
    private mutating func access(_ hash: UInt64, _ key: ByteView) -> Shard.Place? {
        guard let place = find(hash, key) else {
            if isReading { shard(hash).pointee.shard.statistics.misses += 1 }
            missed(key)
            return nil
        }
        if isReading { shard(hash).pointee.shard.statistics.hits += 1 }
        place.entry.touch(clock)
        return place
    }

    /// Takes an entry out and disposes of it.
    private mutating func unlink(_ place: Shard.Place, _ hash: UInt64) {
        let saved = isSaved(place, hash)
        table.dispose(shard(hash).pointee.shard.remove(at: place), isSaved: saved)
        changed(hash)
    }

    /// Stores an entry under its key: in `place`, where `find` has found the key, or as a new one.
    @inline(__always)
    private mutating func store(_ entry: Entry, _ hash: UInt64, in place: Shard.Place?) {
        if let place {
            let old = place.entry
            let saved = isSaved(place, hash)
            shard(hash).pointee.shard.replace(at: place, hash, with: entry, old: Shard.Replaced(old))
            table.dispose(old, isSaved: saved)
        } else {
            shard(hash).pointee.shard.insert(entry, hash)
            created += 1
            event(.new, "new", entry.key)
        }
        noteReady(entry.key, entry.type)
        changed(hash)
    }

    /// Ends a command: removes the collections that it has left empty, and notes when fields of others
    /// expire.
    @inline(__always)
    mutating func finish() {
        opened.drain { entry, hash in
            let shard = table.cells + MemoryTable.shard(of: hash)
            let segment = shard.pointee.shard.segment(for: hash)
            // The entry may have been removed since; its memory is read only once its slot is found.
            guard let slot = segment.find(entry, hash) else { return }
            guard entry.elementCount == 0 else {
                shard.pointee.shard.noteFieldExpiry(of: entry, hash)
                return
            }
            shard.pointee.shard.remove(at: Shard.Place(segment: segment, slot: slot)).free()
        }
    }

    // MARK: Whole keys

    public mutating func type(of key: ByteView) -> KeyType? { access(hash(of: key), key)?.entry.type }

    public mutating func peekType(of key: ByteView) -> KeyType? {
        if let place = find(hash(of: key), key) { return place.entry.type }
        missed(key)
        return nil
    }

    public mutating func expiry(of key: ByteView) -> Expiry {
        guard let place = find(hash(of: key), key) else {
            missed(key)
            return .missing
        }
        return place.entry.expiry.map { .at($0) } ?? .never
    }

    @discardableResult
    public mutating func setExpiry(of key: ByteView, at instant: Int64?) -> Bool {
        let hash = hash(of: key)
        guard let place = find(hash, key) else { return false }
        if let instant, instant <= expiryLimit {
            unlink(place, hash)
            return true
        }
        guard place.entry.expiry != instant else { return true }
        willChange(place, hash)
        let old = Shard.Replaced(place.entry)
        let entry = place.entry.settingExpiry(instant)
        shard(hash).pointee.shard.replace(at: place, hash, with: entry, old: old)
        changed(hash)
        return true
    }

    @discardableResult
    public mutating func remove(_ key: ByteView) -> Bool {
        let hash = hash(of: key)
        guard let place = find(hash, key) else { return false }
        unlink(place, hash)
        return true
    }

    public mutating func rename(_ source: ByteView, to destination: ByteView) -> Bool {
        guard copy(source, to: destination) else { return false }
        return remove(source)
    }

    public mutating func copy(_ source: ByteView, to destination: ByteView) -> Bool {
        guard let place = find(hash(of: source), source) else { return false }
        let entry = place.entry
        let copy = entry.copy(key: destination, expiry: entry.expiry, clock: clock)
        let target = hash(of: destination)
        let old = find(target, destination)
        store(copy, target, in: old)
        // Redis takes the old one away first.
        if old != nil { event(.new, "new", destination) }
        return true
    }

    public mutating func info(of key: ByteView) -> KeyInfo? {
        guard let place = find(hash(of: key), key) else { return nil }
        let entry = place.entry
        // 13 bytes: a slot at the table's average fill.
        return KeyInfo(
            encoding: entry.encoding, idleSeconds: entry.idleSeconds(at: clock), memory: entry.memory + 13)
    }

    public mutating func version(of key: ByteView) -> UInt64 {
        let hash = hash(of: key)
        _ = find(hash, key)
        return table.stripe(of: hash).pointee
    }

    // MARK: Strings

    @inline(__always)
    public mutating func string(_ key: ByteView) throws(CommandError) -> ByteView? {
        guard let place = access(hash(of: key), key) else { return nil }
        let entry = place.entry
        guard entry.type == .string else { throw .wrongType }
        return entry.string
    }

    public mutating func setString(_ key: ByteView, _ value: ByteView, expiry: ExpiryChange) {
        let hash = hash(of: key)
        let place = find(hash, key)
        let deadline: Int64?
        switch expiry {
        case .clear: deadline = nil
        case .keep: deadline = place?.entry.expiry
        case .at(let instant): deadline = instant
        }
        if let deadline, deadline <= expiryLimit {
            if let place { unlink(place, hash) }
            return
        }
        if let place, place.entry.expiry == deadline, isSaved(place, hash),
            place.entry.overwrite(value, clock: clock)
        {
            changed(hash)
            return
        }
        store(Entry.string(key: key, value: value, expiry: deadline, clock: clock), hash, in: place)
    }

    public mutating func updateString(
        _ key: ByteView, count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) throws(CommandError) {
        let hash = hash(of: key)
        if access(hash, key) == nil {
            setString(key, .empty, expiry: .clear)
        }
        guard let place = find(hash, key) else { return }
        guard place.entry.type == .string else { throw .wrongType }
        willChange(place, hash)
        let old = Shard.Replaced(place.entry)
        let entry = place.entry.resizingString(to: count)
        shard(hash).pointee.shard.replace(at: place, hash, with: entry, old: old)
        body(entry.mutableString)
        changed(hash)
    }

    // MARK: Collections

    public mutating func hash(_ key: ByteView, _ access: Access) throws(CommandError) -> MemoryHash? {
        try open(key, .hash, access).map { MemoryHash($0) }
    }

    public mutating func list(_ key: ByteView, _ access: Access) throws(CommandError) -> MemoryList? {
        try open(key, .list, access).map { MemoryList($0) }
    }

    public mutating func set(_ key: ByteView, _ access: Access) throws(CommandError) -> MemorySet? {
        try open(key, .set, access).map { MemorySet($0) }
    }

    public mutating func sortedSet(
        _ key: ByteView, _ access: Access
    ) throws(CommandError) -> MemorySortedSet? {
        try open(key, .sortedSet, access).map { MemorySortedSet($0) }
    }

    private mutating func open(
        _ key: ByteView, _ type: KeyType, _ mode: Access
    ) throws(CommandError) -> OpenEntry? {
        let hash = hash(of: key)
        let entry: Entry
        if mode == .replace {
            entry = Entry.collection(key: key, type: type, clock: clock)
            store(entry, hash, in: find(hash, key))
        } else if let place = access(hash, key) {
            entry = place.entry
            guard entry.type == type else { throw .wrongType }
            if mode != .read { willChange(place, hash) }
        } else {
            guard mode == .create else { return nil }
            entry = Entry.collection(key: key, type: type, clock: clock)
            shard(hash).pointee.shard.insert(entry, hash)
            noteReady(key, type)
            created += 1
            event(.new, "new", key)
        }
        if mode != .read { opened.append((entry, hash)) }
        return OpenEntry(
            entry: entry, stripe: table.stripe(of: hash), changes: changes, context: table.context)
    }
}
