public import ClusterEngine
public import Engine
public import MicroHTTP
public import Persistence
public import REST

/// What `redwing serve` can be told. The command line's options, the environment and the configuration file
/// all end here.
public struct ServerConfiguration: Sendable {
    /// How it listens and what it allows a client.
    public var http = HTTPOptions()
    /// Who may call.
    public var access = AccessOptions()
    /// How event streams are kept.
    public var events = EventOptions()
    /// How much is kept for subscribers that come back.
    public var replay = ReplayLimits()
    /// The engine on disk; nil: that in memory.
    public var disk: DiskOptions?
    /// The cluster that has the data; nil: this process has it.
    public var cluster: ClusterOptions?
    /// What the engine in memory keeps on disk; nil: nothing.
    public var persistence: PersistenceOptions?
    /// Whether clients may execute DEBUG, which can make the server useless to others.
    public var enableDebugCommand = false
    /// Path of the configuration file that was read, empty where there was none; only told (INFO).
    public var configurationFile = ""
    /// Seconds that requests under way get to finish when it stops.
    public var shutdownGrace = 10.0

    /// The defaults.
    public init() {}
}

/// How the engine on disk is opened.
public struct DiskOptions: Sendable {
    /// Where the database is.
    public var directory: String
    /// Bytes of memory for the block cache and the write buffers together.
    public var cache = 256 << 20
    /// When what was written is made durable.
    public var syncPolicy = SyncPolicy.everySecond

    /// The defaults, for that directory.
    public init(directory: String) { self.directory = directory }
}
