public import Bytes

/// What a command sees of the store: one command's (or one transaction's) exclusive view of the keys it
/// named, at one instant `now`.
///
/// Commands are written once, generic over this protocol. An expired key is never visible through it: the
/// first look at such a key removes it. A view handed out (`ByteView`) is valid until the next mutating
/// call on the same keyspace; handles of collections are valid until the command ends, and the entry
/// behind a handle does not move while it is open. A collection that a command leaves empty is removed by
/// the engine when the command ends, so handlers need not care.
public protocol Keyspace: ~Copyable, SendableMetatype {
    associatedtype Hash: HashType
    associatedtype List: ListType
    associatedtype Set: SetType
    associatedtype SortedSet: SortedSetType

    /// The instant of the command, in Unix milliseconds; it does not move while the command runs.
    var now: Int64 { get }

    /// What is due by then (Unix ms) has expired: `now`; `Int64.min` where a journal is replayed, which tells
    /// itself what has expired, and when.
    var expiryLimit: Int64 { get }

    /// What does not depend on keys: settings, the list of commands, when the engine started.
    var context: EngineContext { get }

    // MARK: The journal

    /// Whether what the command does is written down: nothing need be told where it is not.
    var isJournalled: Bool { get }

    /// Tells an effect of the command: a command of `count` arguments, its name counted, that `write` appends,
    /// and which does the same whenever and wherever it is executed. A command that tells none and changes
    /// something is written down as it came; one that depends on chance, or on the time, must tell.
    mutating func effect(_ count: Int, _ write: (inout CommandBatch) -> Void)

    /// Tells that something has happened to a key: an event of Redis's, by its name there, in its place between
    /// others. Costs next to nothing where nobody wants it.
    mutating func event(_ classes: KeyEventClasses, _ event: StaticString, _ key: ByteView)

    /// Says something on a channel, in its place between events. It is delivered when the command, or its transaction,
    /// has ended.
    mutating func publish(_ channel: ByteView, _ payload: ByteView, isSharded: Bool)

    /// Has the engine do something once the command has ended and no lock is held, before its reply is shown. Not
    /// in a transaction; false there.
    mutating func afterwards(_ action: AfterUnlocking) -> Bool

    /// Whether look-ups are for reading, as Redis tells them from those for writing: they count as hits or misses, and
    /// those of missing keys raise `keymiss`. So it is in a command that writes nothing; one that does says where it
    /// reads.
    var isReading: Bool { get set }

    /// Says that the command, which has found none of its keys, waits until one of them holds that type, for so many
    /// milliseconds (nil: for ever); then it is executed again. It answers what is answered when the time is over, or
    /// at once where nothing waits: in a transaction, in a pipeline.
    mutating func wait(for type: KeyType, milliseconds: Int64?)

    // MARK: Whole keys

    /// The key's type, nil where it is missing. O(1).
    mutating func type(of key: ByteView) -> KeyType?

    /// As `type(of:)`, without counting as an access (OBJECT, TTL, TYPE …).
    mutating func peekType(of key: ByteView) -> KeyType?

    /// When the key expires. O(1).
    mutating func expiry(of key: ByteView) -> Expiry

    /// Sets, moves or (nil) removes the expiry of a present key; false where the key is missing. An instant
    /// that has passed removes the key. O(1).
    @discardableResult
    mutating func setExpiry(of key: ByteView, at instant: Int64?) -> Bool

    /// Removes the key of whatever type; false where it was missing. O(1), freeing large values later.
    @discardableResult
    mutating func remove(_ key: ByteView) -> Bool

    /// Moves the value and expiry of a present key to another name, overwriting it; false where `source` is
    /// missing. The names differ.
    mutating func rename(_ source: ByteView, to destination: ByteView) -> Bool

    /// Copies the value and expiry of a present key to another name, overwriting it; false where `source`
    /// is missing. The names differ. O(1) for large values, which are shared until one side changes.
    mutating func copy(_ source: ByteView, to destination: ByteView) -> Bool

    /// What OBJECT and MEMORY USAGE tell of a key, nil where it is missing.
    mutating func info(of key: ByteView) -> KeyInfo?

    /// A number that differs whenever the key may have changed since it was last asked for.
    mutating func version(of key: ByteView) -> UInt64

    // MARK: The store (only commands that lock all keys)

    /// How many keys there are, counting those that have expired unnoticed.
    var count: Int { get }

    /// Visits some keys from `cursor` (0 starts) on and returns where to go on, 0 at the end. Whoever is
    /// present from start to end of a whole scan is visited at least once. Goes on until `count` of the keys
    /// visited count, as `visit` says of each.
    mutating func scan(from cursor: UInt64, count: Int, _ visit: (ByteView, KeyType) -> Bool) -> UInt64

    /// Some key, each equally likely but for the unevenness of the table; nil where there is none.
    mutating func randomKey() -> ByteView?

    /// What the engine has counted since it started or since `resetStatistics`.
    var statistics: Statistics { get }

    /// What the store tells of the disk it is on, for INFO; empty where it is on none.
    var storage: [InfoLine] { get }

    /// Sets the statistics to zero.
    mutating func resetStatistics()

    /// Removes all keys. What they occupied is freed in the background.
    mutating func removeAll()

    /// Ends the use of the views of values that were given out so far: who reads many values, one after the other,
    /// says so in between, and not all of them need be in memory at a time.
    mutating func letGo()

    // MARK: Strings

    /// The string at `key`, nil where the key is missing.
    /// - Throws: `.wrongType` where it holds something else.
    mutating func string(_ key: ByteView) throws(CommandError) -> ByteView?

    /// Stores a string, overwriting a value of whatever type. `value` may be a view of the same keyspace
    /// only if it was obtained from `key` itself.
    mutating func setString(_ key: ByteView, _ value: ByteView, expiry: ExpiryChange)

    /// Resizes the string at `key` (created empty where it is missing), zero-filling what is new, and
    /// lets `body` change its bytes in place. The expiry stays. Its encoding becomes raw, as Redis's does
    /// after APPEND, SETRANGE and SETBIT.
    /// - Throws: `.wrongType`.
    mutating func updateString(
        _ key: ByteView, count: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void
    ) throws(CommandError)

    // MARK: Collections

    /// The hash at `key`; nil where the key is missing and `access` does not create it.
    /// - Throws: `.wrongType`.
    mutating func hash(_ key: ByteView, _ access: Access) throws(CommandError) -> Hash?
    /// The list at `key`; nil where the key is missing and `access` does not create it.
    /// - Throws: `.wrongType`.
    mutating func list(_ key: ByteView, _ access: Access) throws(CommandError) -> List?
    /// The set at `key`; nil where the key is missing and `access` does not create it.
    /// - Throws: `.wrongType`.
    mutating func set(_ key: ByteView, _ access: Access) throws(CommandError) -> Set?
    /// The sorted set at `key`; nil where the key is missing and `access` does not create it.
    /// - Throws: `.wrongType`.
    mutating func sortedSet(_ key: ByteView, _ access: Access) throws(CommandError) -> SortedSet?
}

/// What needs the worker, and no lock.
public enum AfterUnlocking: Sendable {
    /// A snapshot, waited for.
    case save
    /// A snapshot, waited for and loaded again.
    case reload
}

extension Keyspace where Self: ~Copyable {
    /// Nothing: it is in memory.
    public var storage: [InfoLine] { [] }

    /// Nothing: the values are in memory anyway.
    public mutating func letGo() {}

    /// Tells an effect: a command whose arguments are all there.
    @inline(__always)
    mutating func effect(_ name: StaticString, _ arguments: ByteView...) {
        guard isJournalled else { return }
        effect(arguments.count + 1) { batch in
            batch.append(name)
            for argument in arguments { batch.append(argument) }
        }
    }

    /// Tells that elements were taken from a collection that keeps `left` others; one that keeps none is deleted.
    @inline(__always)
    mutating func eventOfRemoval(
        _ classes: KeyEventClasses, _ event: StaticString, _ key: ByteView, left: Int
    ) {
        self.event(classes, event, key)
        if left == 0 { self.event(.generic, "del", key) }
    }
}

/// Redis's five data types.
public enum KeyType: UInt8, Sendable, CaseIterable {
    case string, list, set, sortedSet, hash

    /// The name TYPE answers.
    public var name: StaticString {
        switch self {
        case .string: "string"
        case .list: "list"
        case .set: "set"
        case .sortedSet: "zset"
        case .hash: "hash"
        }
    }
}

/// When a key expires.
public enum Expiry: Equatable, Sendable {
    case missing
    case never
    /// Unix milliseconds.
    case at(Int64)
}

/// What storing a string does to the key's expiry.
public enum ExpiryChange: Equatable, Sendable {
    case clear
    case keep
    /// Unix milliseconds.
    case at(Int64)
}

/// How a collection is opened.
public enum Access: Sendable {
    /// To look at; changing it is a programmer's error.
    case read
    /// To change, where it is present.
    case write
    /// To change, created empty where the key is missing.
    case create
    /// To fill: a new one in place of whatever is there. No other handle of the key is open.
    case replace
}

/// What OBJECT and MEMORY USAGE tell of a key.
public struct KeyInfo {
    /// Redis's name of the encoding in use.
    public var encoding: StaticString
    /// Seconds since the key was last read or written.
    public var idleSeconds: Int
    /// Bytes on the heap that the key, its value and its place in the table take.
    public var memory: Int

    /// What is known of a key.
    public init(encoding: StaticString, idleSeconds: Int, memory: Int) {
        self.encoding = encoding
        self.idleSeconds = idleSeconds
        self.memory = memory
    }
}
