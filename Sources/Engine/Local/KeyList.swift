internal import Bytes

/// The keys of what is about to be executed, with their hashes, in the order in which it names them, and the
/// shards that are to be locked for them.
///
/// It borrows its room; keys past it are only locked, and hashed again where they are looked up.
struct KeyList {
    /// Room for this many fits the stack (1,024 bytes are what the compiler puts there without asking).
    static let usual = 40

    private let room: UnsafeMutableBufferPointer<HashedKey>
    /// Keys listed.
    private(set) var count = 0
    /// Whether there were more keys than room.
    private(set) var overflows = false
    /// The shards, as a set of bits.
    private(set) var shards: UInt64 = 0

    @inline(__always)
    init(_ room: UnsafeMutableBufferPointer<HashedKey>) { self.room = room }

    /// The keys; valid as long as the room is.
    @inline(__always)
    var keys: UnsafeBufferPointer<HashedKey> { self[0, count] }

    /// The keys from one position up to another, both within those listed: past them the room is not
    /// initialised.
    @inline(__always)
    subscript(start: Int, end: Int) -> UnsafeBufferPointer<HashedKey> {
        precondition(start >= 0 && start <= end && end <= count)
        return UnsafeBufferPointer(start: room.baseAddress.map { $0 + start }, count: end - start)
    }

    @inline(__always)
    mutating func add(_ key: ByteView) {
        let hashed = HashedKey(key)
        shards |= 1 << UInt64(MemoryTable.shard(of: hashed.hash))
        if count < room.count {
            room.initializeElement(at: count, to: hashed)
            count &+= 1
        } else {
            overflows = true
        }
    }

    /// Adds the keys that a command names; all shards where it works on the whole keyspace.
    @inline(__always)
    mutating func add(_ info: borrowing CommandInfo, _ arguments: borrowing Arguments) {
        add(info.flags, info.keys, arguments)
    }

    /// As above; lending a whole `CommandInfo` may cost a copy, which counts references.
    @inline(__always)
    mutating func add(_ flags: CommandFlags, _ keys: KeyPositions, _ arguments: borrowing Arguments) {
        if flags.contains(.allKeys) { shards = .max }
        keys.forEach(in: arguments) { add(arguments[$0]) }
    }

    /// What to lock. Without any key that is one shard, too: the settings are guarded by any of the locks.
    @inline(__always)
    var locks: UInt64 { max(shards, 1) }
}
