public import Bytes

/// A command's place in the table: what the layers above hold in place of the generic `Command`.
public struct CommandID: Hashable, Sendable {
    @usableFromInline let index: Int
    @usableFromInline init(index: Int) { self.index = index }
}

/// Every command, over one kind of keyspace, with a look-up by name.
public struct CommandTable<K: Keyspace & ~Copyable>: Sendable {
    public let commands: [Command<K>]
    private let names: CommandNames

    /// The families, concatenated: adding a command to its family's array is all it takes.
    public init() {
