public import Bytes

/// Takes what `RDBReader` finds, in the file's order.
///
/// A collection is `begin`, one call for each element, `end`; between them come no other calls. Views are
/// valid during the call alone. Expiries are Unix times in milliseconds and may lie in the past. Nothing
/// says that keys, or the elements of a set, hash or sorted set, are distinct: the file is not trusted. A
/// collection may turn out to be empty, and is then nothing to store.
public protocol RDBConsumer: ~Copyable {
    /// A note about the file: `redis-ver`, `ctime`, `aof-base` …
    mutating func auxiliary(_ name: ByteView, _ value: ByteView)
    /// The keys that follow are in database `index`; 0 until it is called.
    mutating func selectDatabase(_ index: Int)
    /// How many keys the database is said to have, and how many of them with an expiry. A hint, at most
    /// what the file's length can hold.
    mutating func resize(keys: Int, expiring: Int)
    /// A string key.
    mutating func string(_ key: ByteView, expiry: Int64?, value: ByteView)
    /// The start of a collection. `expectedCount` is how many elements it should have (of a list, how many
    /// at least): a hint, at most what the file's length can hold.
    mutating func begin(_ kind: RDBKind, _ key: ByteView, expiry: Int64?, expectedCount: Int)
    /// The next item of the list.
    mutating func item(_ value: ByteView)
    /// A member of the set.
    mutating func member(_ member: ByteView)
    /// A member of the sorted set; the score is not NaN.
    mutating func member(_ member: ByteView, score: Double)
    /// A field of the hash.
    mutating func field(_ field: ByteView, value: ByteView, expiry: Int64?)
    /// The collection is complete.
    mutating func end()
    /// Something that Redwing has no place for was skipped; `key` is empty where it isn't a key.
    mutating func skipped(_ what: RDBForeign, key: ByteView)
    /// Why reading must stop, or nil. Asked after each key.
    var rejection: String? { get }
}

extension RDBConsumer where Self: ~Copyable {
    /// Ignores the note.
    public mutating func auxiliary(_ name: ByteView, _ value: ByteView) {}
    /// Ignores the hint.
    public mutating func resize(keys: Int, expiring: Int) {}
    /// Never stops.
    public var rejection: String? { nil }
}

/// What a file held.
public struct RDBSummary: Equatable, Sendable {
    /// The version in the header, or at the end of a payload.
    public internal(set) var version = 0
    /// Keys given to the consumer.
    public internal(set) var keys = 0
    /// How many of them have an expiry.
    public internal(set) var expiring = 0
    /// Collections of no elements, which Redis drops, and so does the reader.
    public internal(set) var emptyKeys = 0
    /// Keys that hold streams.
    public internal(set) var streams = 0
    /// Keys that hold a module's values.
    public internal(set) var modules = 0
    /// Data of modules outside of keys.
    public internal(set) var moduleAuxiliaries = 0
    /// Function libraries.
    public internal(set) var functions = 0
    /// How many bytes were read, the checksum included: what follows in the file is not RDB.
    public internal(set) var bytes = 0

    /// Everything that was skipped.
    public var skipped: Int { streams + modules + moduleAuxiliaries + functions }

    mutating func count(_ foreign: RDBForeign) {
        switch foreign {
        case .stream: streams += 1
        case .module: modules += 1
        case .moduleAuxiliary: moduleAuxiliaries += 1
        case .function: functions += 1
        }
    }
}
