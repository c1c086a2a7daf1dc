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
        all += ExpireCommands<K>.table
        all += SortCommand<K>.table
        all += HashCommands<K>.table
        all += ListCommands<K>.table
        all += SetCommands<K>.table
        all += SortedSetCommands<K>.table
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

/// An open-addressing hash table from names, without regard to case, to their index.
private struct CommandNames: Sendable {
    private let names: [StaticString]
    private var slots: [Int16]

    init(_ names: [StaticString]) {
        self.names = names
        var size = 16
        while size < names.count * 4 { size *= 2 }
        slots = Array(repeating: -1, count: size)
        for (index, name) in names.enumerated() {
            precondition(find(ByteView(name)) == nil, "the command \(name) is declared twice")
            var slot = CommandNames.hash(ByteView(name)) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int16(index)
        }
    }

    /// FNV-1a over the upper-cased name; the table is fixed, so nobody can make names collide.
    private static func hash(_ name: ByteView) -> Int {
        var hash: UInt32 = 2_166_136_261
        for index in 0..<name.count { hash = (hash ^ UInt32(asciiUppercased(name[index]))) &* 16_777_619 }
        return Int(hash ^ (hash >> 15))
    }

    func find(_ name: ByteView) -> Int? {
        guard name.count <= 32 else { return nil }
        var slot = CommandNames.hash(name) & (slots.count - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if name.equalsIgnoringCase(names[index]) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }
}
