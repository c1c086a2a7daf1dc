/// Up to where collections keep their compact encodings; Redis's configuration names and defaults.
public struct EncodingLimits: Equatable, Sendable {
    /// `hash-max-listpack-entries`
    public var hashMaxListpackEntries = 512
    /// `hash-max-listpack-value`, bytes
    public var hashMaxListpackValue = 64
    /// `list-max-listpack-size`: items if positive; -1 … -5 mean 4, 8, 16, 32, 64 KiB a node
    public var listMaxListpackSize = -2
    /// `set-max-intset-entries`
    public var setMaxIntsetEntries = 512
    /// `zset-max-listpack-entries`
    public var zsetMaxListpackEntries = 128
    /// `zset-max-listpack-value`, bytes
    public var zsetMaxListpackValue = 64

    /// Redis's defaults.
    public init() {}
}
