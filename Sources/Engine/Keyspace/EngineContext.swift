/// What belongs to an engine and not to any key.
///
/// `settings` is read by every command and changed by CONFIG SET. It has no lock of its own: a command
/// reads it while it holds at least one shard's lock, and CONFIG SET holds all of them (`.allKeys`).
public final class EngineContext: @unchecked Sendable {
    /// Every command of the table, in the order of its families.
    public let commands: [CommandInfo]
    /// When the engine was made, in Unix milliseconds.
    public let startedAt: Int64
    /// Guarded by the shards' locks, as said above: that is why the class is `@unchecked Sendable`.
    public internal(set) var settings: Settings
    /// The process around the engine.
    public let host: HostInfo
    /// Channels, and who is subscribed to them.
    public let pubSub: PubSub
    /// Why commands are not executed at the moment.
    public let gate = WriteGate()
    /// 40 hexadecimal digits that tell this run of the engine from others; INFO's `run_id`.
    public let runID: String

    /// The version of Redis whose commands these are; INFO's `redis_version`, which clients read.
    public static let redisVersion: StaticString = "7.0.15"

    /// - Parameter startedAt: Unix milliseconds.
    public init(
        commands: [CommandInfo], startedAt: Int64, settings: Settings = Settings(),
        host: HostInfo = HostInfo(), pubSub: PubSub = PubSub()
    ) {
        self.pubSub = pubSub
        self.commands = commands
        self.startedAt = startedAt
        self.settings = settings
        self.host = host
        runID = String((0..<40).map { _ in Array("0123456789abcdef")[RandomSource.next(below: 16)] })
    }
}

/// What INFO and CONFIG GET tell of the process around the engine, and the engine can't know by itself.
public struct HostInfo: Sendable {
    /// Redwing's own version.
    public var version = ""
    /// The port listened on, 0 where there is none (yet); called under the engine's locks.
    public var port: @Sendable () -> Int = { 0 }
    /// How many connections are accepted at once; called under the engine's locks.
    public var maxClients: @Sendable () -> Int = { 0 }
    /// Path of the program.
    public var executable = ""
    /// Path of the configuration file, empty where there is none.
    public var configurationFile = ""
    /// How many connections are open; called under the engine's locks.
    public var connectedClients: @Sendable () -> Int = { 0 }
    /// Snapshots and the append-only file; nil where nothing is kept on disk.
    public var persistence: (any PersistenceService)?
    /// How many commands wait for keys that are elsewhere; called under the engine's locks.
    public var waitingElsewhere: @Sendable () -> Int = { 0 }
    /// The process's resident memory in bytes; called under the engine's locks.
    public var residentMemory: @Sendable () -> Int = { 0 }

    /// Nothing known.
    public init() {}
}

/// What CONFIG GET and CONFIG SET know.
public struct Settings: Equatable, Sendable {
    /// Up to where collections keep their compact encodings.
    public var encoding = EncodingLimits()
    /// Whether expired keys are reclaimed in the background (DEBUG SET-ACTIVE-EXPIRE).
    public var activeExpire = true
    /// `proto-max-bulk-len`: the longest string, in bytes.
    public var maxStringLength = 512 << 20
    /// `enable-debug-command`: whether DEBUG is executed. Fixed when the engine is made.
    public var debugCommand = true

    /// Redis's defaults.
    public init() {}
}

/// What the engine counts; INFO's `# Stats`.
public struct Statistics: Equatable, Sendable {
    /// Commands executed.
    public var commands = 0
    /// Look-ups of keys that were there.
    public var hits = 0
    /// Look-ups of keys that were missing.
    public var misses = 0
    /// Keys removed because their time had come.
    public var expired = 0
    /// Keys that have an expiry.
    public var volatileKeys = 0
    /// Commands that wait for a key.
    public var blocked = 0

    /// All zero.
    public init() {}
}
