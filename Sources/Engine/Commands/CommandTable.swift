public import Bytes

/// A command's place in the table: what the layers above hold in place of the generic `Command`.
public struct CommandID: Hashable, Sendable, BitwiseCopyable {
    @usableFromInline let index: Int
    @usableFromInline init(index: Int) { self.index = index }

    /// A command that is in no table.
    static let unknown = CommandID(index: -1)
}

/// Every command, over one kind of keyspace, with a look-up by name.
public struct CommandTable<K: Keyspace & ~Copyable>: Sendable {
    /// The commands, in the order of their families.
    public let commands: [Command<K>]
    private let names: CommandNames

    /// The families, concatenated: adding a command to its family's array is all it takes.
    public init() {
        var all: [Command<K>] = []
        all += StringCommands<K>.table
        all += StringRanges<K>.table
        all += StringCounters<K>.table
        all += LCSCommand<K>.table
        all += BitCommands<K>.table
        all += BitOperation<K>.table
        all += BitFieldCommands<K>.table
        all += KeyCommands<K>.table
        all += KeyspaceCommands<K>.table
        all += KeyObjectCommand<K>.table
        all += DumpCommands<K>.table
        all += ExpireCommands<K>.table
        all += SortCommand<K>.table
        all += HashCommands<K>.table
        all += ListCommands<K>.table
        all += SetCommands<K>.table
        all += SortedSetCommands<K>.table
        all += PubSubCommands<K>.table
        all += ConnectionCommands<K>.table
        all += ClientCommands<K>.table
        all += ServerCommands<K>.table
        commands = all
        names = CommandNames(commands.map { $0.info.name })
    }

    /// The command at `id`.
    @inlinable
    public subscript(id: CommandID) -> Command<K> { commands[id.index] }

    /// The command of that name, in whatever case. O(1).
    public func find(_ name: ByteView) -> CommandID? { names.find(name).map { CommandID(index: $0) } }
}
