public import Bytes

/// What commands ask of whoever keeps the data on disk.
public protocol PersistenceService: AnyObject, Sendable {
    /// Has a snapshot made in the background, at once.
    func startSnapshot() throws(PersistenceRefusal)

    /// The newest snapshot as an RDB file; nil: there is none yet.
    func openSnapshot() -> SnapshotBody?

    /// Has the append-only file rewritten in the background.
    func startRewrite() throws(PersistenceRefusal)

    /// Makes a snapshot and returns when it is on disk. The caller holds no lock.
    func saveAndWait() throws(PersistenceRefusal)

    /// Makes a snapshot, empties the keyspace and loads it again. The caller holds no lock.
    func reloadAndWait() throws(PersistenceRefusal)

    /// The value of an option, by Redis's name for it; nil where there is no such option.
    func option(_ name: StaticString) -> String?

    /// Checks a value for an option, by Redis's name for it, and takes it where `applies`.
    /// - Returns: what is wrong with it, in Redis's words; nil: nothing.
    func setOption(_ name: StaticString, _ value: String, applies: Bool) -> String?

    /// How things are; may be called with locks held.
    var status: PersistenceStatus { get }
}

/// Where the bytes of an RDB file come from.
public enum SnapshotBody: Sendable {
    /// From the file at that path, if there is one.
    case stored(String)
    /// They are made while they are read.
    case made(any SnapshotExport)
}

/// Makes the bytes of an RDB file.
public protocol SnapshotExport: Sendable {
    /// Makes them, which may take long; each piece is given to `take`, which answers whether more is wanted.
    /// - Throws: why the file is not whole.
    func write(_ take: (ByteView) -> Bool) throws(PersistenceRefusal)
}

/// Why what was asked for is not done.
public struct PersistenceRefusal: Error, Sendable {
    /// Redis's error; begins with its code.
    public var message: String

    /// A refusal in those words.
    public init(_ message: String) { self.message = message }
}

/// What INFO, LASTSAVE and the REST API tell of persistence.
public struct PersistenceStatus: Sendable {
    /// One attempt to write a snapshot, or to rewrite the append-only file.
    public struct Attempt: Sendable {
        /// Its end, in Unix milliseconds.
        public var time: Int64 = 0
        /// How long it took, in milliseconds.
        public var duration = 0
        /// Bytes written.
        public var size = 0
        /// Keys written.
        public var keys = 0
        /// Why it failed; nil: it succeeded.
        public var failure: String?

        /// An attempt of which nothing is known.
        public init() {}
    }

    /// Whether the data is still being loaded.
    public var isLoading = false
    /// When loading began, in Unix seconds.
    public var loadingStart: Int64 = 0
    /// Bytes that are to be loaded.
    public var loadingTotal = 0
    /// Bytes that were loaded.
    public var loaded = 0
    /// The data directory.
    public var directory = ""
    /// When the data was last saved (or loaded) whole, in Unix seconds.
    public var lastSave: Int64 = 0
    /// Changes since then.
    public var changesSinceSave: UInt64 = 0
    /// Whether a snapshot is being written, and since when (Unix milliseconds).
    public var snapshotStart: Int64?
    /// The last snapshot; nil before the first.
    public var lastSnapshot: Attempt?
    /// Whether there is an append-only file.
    public var isAppendOnly = false
    /// `always`, `everysec` or `no`.
    public var syncPolicy = ""
    /// Whether the append-only file is being rewritten, and since when (Unix milliseconds).
    public var rewriteStart: Int64?
    /// The last rewrite; nil before the first.
    public var lastRewrite: Attempt?
    /// Bytes of the append-only file, base and increments.
    public var appendOnlySize = 0
    /// Its bytes after the last rewrite, or when it was loaded.
    public var appendOnlyBaseSize = 0
    /// Why the last write of the append-only file failed; nil: it did not.
    public var writeFailure: String?
    /// `fsync`s of the append-only file so far.
    public var syncs = 0

    /// Nothing known.
    public init() {}
}
