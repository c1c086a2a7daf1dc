/// How values are encoded. The defaults are those of redis-server 7.0's settings of similar names.
public struct RDBWriterOptions: Sendable {
    /// The version of the file; in version 10 the expiries of hash fields are dropped, and counted.
    public var version = RDBVersion.redis7
    /// Whether strings longer than 20 bytes are compressed where that saves space.
    public var compresses = true
    /// Hashes of more fields are not packed in a listpack.
    public var hashListpackEntries = 128
    /// Hashes with a longer field or value, in bytes, are not packed.
    public var hashListpackValue = 64
    /// Sorted sets of more members are not packed in a listpack.
    public var sortedSetListpackEntries = 128
    /// Sorted sets with a longer member, in bytes, are not packed.
    public var sortedSetListpackValue = 64
    /// Sets of more integers are not packed in an intset.
    public var intsetEntries = 512
    /// The largest listpack of a list's nodes, in bytes. An item that is larger is a node of its own.
    public var listNodeSize = 8 << 10

    /// The defaults.
    public init() {}
}
