package import Bytes

/// What the execution of a command, a window of commands or a transaction has besides the data: its instant, its keys'
/// hashes, and what it says of itself: effects, events, keys that became ready, changes.
///
/// Invariant: the shards of every key that is named to it are locked by the calling thread for as long as the value
/// exists (`LocalEngine` sees to that), which is what makes the unchecked sharing below safe.
package struct CommandScope: ~Copyable {
    // The engine that made this value keeps the table alive; counting references per command would cost
    // two contended atomics.
    package unowned(unsafe) let table: KeyspaceTable
    /// The instant, in Unix milliseconds.
    package let now: Int64
    /// As `Keyspace.expiryLimit`.
    package let expiryLimit: Int64
    /// Whether effects are written down.
    let isJournalled: Bool
    /// Whether what is written is kept on disk, one way or another.
    let isKept: Bool
    /// Unix seconds, 24 bits: when keys were accessed last.
    package let clock: UInt32
    /// The lowest of the locks that are held.
    package let home: Int
    package var isReading = false
    /// Keys that were made.
    package var created = 0
    /// Whether those who watch see what is executed now: a request's own look at a key is no command, and misses none.
    var showsCommands = true
    /// Whether all commands are replayed together or not at all.
    var isTransaction = false
    /// What to do once the locks are released.
    var waiting: AfterUnlocking?
    /// Whether a command may have the engine do something when it has ended.
    var mayWait = false
    /// Whether a command may wait for keys, and what it waits for, for how many milliseconds (nil: for ever).
    var mayWaitForKeys = false
    var awaited: (type: KeyType, milliseconds: Int64?)?
    /// The events that anybody wants.
    package private(set) var wantedEvents: KeyEventClasses
    /// The running command's keys with their hashes, in the order in which it names them.
    private var known = UnsafeBufferPointer<HashedKey>(start: nil, count: 0)
    /// Which of them was asked for last: handlers go through their keys in order.
    private var hint = 0
    /// Where changes are counted until they are told to all.
    package let changes: UnsafeMutablePointer<UInt64>
    /// Changes that were but the removal of what had expired, which tells itself.
    private var reclaimed: UInt64 = 0
    /// Where `changes` stood at first.
    private let begun: UInt64
    /// Whether the running command has told its effects.
    private var hasToldEffects = false
    /// Whether anybody waits for keys.
    private let hasWaiters: Bool

    /// A scope as of `now` (Unix ms). The shard `home` is locked.
    @inline(__always)
    package init(_ table: KeyspaceTable, home: Int, now: Int64, replays: Bool) {
        self.table = table
        self.now = now
        expiryLimit = replays ? .min : now
        isJournalled = table.recordsEffects && !replays
        isKept = table.journal != nil && !replays
        hasWaiters = !replays && table.waiters.count > 0
        wantedEvents = replays ? [] : table.context.pubSub.wantedEvents
        clock = UInt32(truncatingIfNeeded: now / 1000) & 0xFF_FFFF
        changes = table.pendingChanges(at: home)
        begun = changes.pointee
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
    func countCommand() { table.cells[home].statistics.commands &+= 1 }

    // MARK: Keys

    /// The key's hash: those of the command's keys were computed to lock their shards.
    @inline(__always)
    package mutating func hash(of key: ByteView) -> UInt64 {
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

    /// Notes that whatever the hash stands for has changed.
    @inline(__always)
    package func changed(_ hash: UInt64) { table.changed(hash, pending: changes) }

    /// Notes that the store has changed, apart from what versions tell.
    package func noteChange() { changes.pointee &+= 1 }

    /// Whether nothing was changed but that what had expired was removed.
    package var hasOnlyReclaimed: Bool { changes.pointee &- begun == reclaimed }

    /// Notes that what was changed since `mark` was but the removal of what had expired.
    package mutating func noteReclaimed(since mark: UInt64) { reclaimed &+= changes.pointee &- mark }

    /// Notes that a key holds something else now, which somebody may wait for.
    @inline(__always)
    package func noteReady(_ key: ByteView, _ type: KeyType) {
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

    // MARK: Events

    @inline(__always)
    package func event(_ classes: KeyEventClasses, _ event: StaticString, _ key: ByteView) {
        if wantedEvents.isDisjoint(with: classes) { return }
        table.cells[home].events.append(classes, event, key)
    }

    /// Asks again which events are wanted: a command of the transaction may have changed it.
    mutating func listen() { wantedEvents = table.context.pubSub.wantedEvents }

    /// Tells that a key that was to be read is missing.
    @inline(__always)
    package func missed(_ key: ByteView) {
        if isReading, showsCommands { event(.keyMiss, "keymiss", key) }
    }

    func publish(_ channel: ByteView, _ payload: ByteView, isSharded: Bool) {
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

    // MARK: The journal

    mutating func effect(_ count: Int, _ write: (inout CommandBatch) -> Void) {
        guard isJournalled else { return }
        hasToldEffects = true
        table.cells[home].outbox.begin(arguments: count)
        write(&table.cells[home].outbox)
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
}
