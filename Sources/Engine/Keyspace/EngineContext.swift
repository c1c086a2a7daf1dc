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

    /// - Parameter startedAt: Unix milliseconds.
    public init(commands: [CommandInfo], startedAt: Int64, settings: Settings = Settings()) {
        self.commands = commands
        self.startedAt = startedAt
        self.settings = settings
    }
}

/// What CONFIG GET and CONFIG SET know.
public struct Settings: Equatable, Sendable {
    public var encoding = EncodingLimits()
    /// Whether expired keys are reclaimed in the background (DEBUG SET-ACTIVE-EXPIRE).
    public var activeExpire = true
    /// `proto-max-bulk-len`: the longest string, in bytes.
    public var maxStringLength = 512 << 20

    /// Redis's defaults.
    public init() {}
}

/// What the engine counts; INFO's `# Stats`.
public struct Statistics: Equatable, Sendable {
    public var commands = 0
    public var hits = 0
    public var misses = 0
    public var expired = 0
    /// Keys that have an expiry.
    public var volatileKeys = 0

    /// All zero.
    public init() {}
}
