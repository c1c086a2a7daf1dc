public import Bytes

/// An engine that is filled from files while nobody else changes it: its gate is shut.
public protocol LoadableEngine: CommandEngine {
    /// Why commands are not executed at the moment.
    var gate: WriteGate { get }

    /// Makes room for that many keys where there are none yet. A hint.
    func reserve(keys: Int)

    /// Stores strings whose keys are not there yet, up to `LoadedString.window` of them: nothing expires, and nothing is
    /// written down.
    /// - Returns: how many were stored, one after the other, before one whose key is there already.
    func load(_ strings: UnsafeBufferPointer<LoadedString>) throws(StorageFailure) -> Int

    /// As `executeSome`, of commands that a journal tells, or that build what a snapshot tells: nothing expires,
    /// and nothing is written down. The gate may be shut. Of the replies, values that take much room are left out.
    func replaySome(of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply) -> Int

    /// How many keys there are, expired ones included that nobody has noticed. Locks all shards; O(shards).
    var keyCount: Int { get }
}

/// A string key that is being loaded, with its hash; borrowed.
public struct LoadedString: BitwiseCopyable {
    /// The key.
    public var key: ByteView
    /// What `LoadingLanes.hash` gives for it.
    public var hash: UInt64
    /// The value.
    public var value: ByteView
    /// Its expiry in Unix milliseconds.
    public var expiry: Int64?

    /// How many are loaded at once, at most.
    public static let window = 32

    /// A key with its value.
    public init(key: ByteView, hash: UInt64, value: ByteView, expiry: Int64?) {
        self.key = key
        self.hash = hash
        self.value = value
        self.expiry = expiry
    }
}

/// Which thread loads which key.
public enum LoadingLanes {
    /// A hash of the key, which tells its lane. O(length).
    public static func hash(_ key: ByteView) -> UInt64 { KeyHash.of(key) }

    /// Which of `lanes` threads loads a key with that hash: keys of different lanes never share a lock, so that the
    /// threads don't wait for each other. At most 64 lanes get keys. O(1).
    public static func lane(ofHash hash: UInt64, among lanes: Int) -> Int {
        (KeyspaceTable.shard(of: hash) &* lanes) >> KeyspaceTable.shardBits
    }
}

extension CommandID {
    /// The command's place in `CommandEngine.commands`.
    public var number: Int { index }
}
