public import Bytes

/// What the rest of Redwing knows of a command, declared once together with its handler.
public struct CommandInfo: Sendable {
    /// Upper case.
    public let name: StaticString
    /// As Redis counts: the name included, negative for "at least".
    public let arity: Int
    /// What it does.
    public let flags: CommandFlags
    /// Which of its arguments are keys.
    public let keys: KeyPositions
    /// The group it belongs to.
    public let family: CommandFamily
    /// The arguments in the notation of Redis's documentation: `key [NX | XX] …`; empty where there are none.
    public let syntax: StaticString
    /// What it does, in a sentence.
    public let summary: StaticString
    /// Its cost, as Redis documents it.
    public let complexity: StaticString
    /// The Redis version that introduced it.
    public let since: StaticString
    /// Its subcommands; empty where it has none.
    public let subcommands: [SubcommandInfo]

    /// Whether this many arguments (without the name) fit the arity.
    @inlinable
    public func accepts(argumentCount: Int) -> Bool {
        arity >= 0 ? argumentCount + 1 == arity : argumentCount + 1 >= -arity
    }
}

/// What the rest of Redwing knows of a container's subcommand, declared once together with its handler.
public struct SubcommandInfo: Sendable {
    /// Upper case.
    public let name: StaticString
    /// As Redis counts: the container's and the subcommand's name included, negative for "at least".
    public let arity: Int

    /// Whether this many arguments (with the subcommand's name, without the container's) fit the arity.
    func accepts(argumentCount: Int) -> Bool {
        arity >= 0 ? argumentCount + 1 == arity : argumentCount + 1 >= -arity
    }
}

/// One command: its description and its handler.
public struct Command<K: Keyspace & ~Copyable>: Sendable {
    /// A handler: reads its arguments, works on the keys, writes one reply or throws before it changes anything.
    public typealias Run =
        @Sendable (borrowing Arguments, inout K, inout Reply) throws(CommandError) -> Void

    /// Everything but the handler.
    public let info: CommandInfo
    /// Non-capturing; a test asserts it.
    public let run: Run

    /// Declares a command.
    public init(
        _ name: StaticString, arity: Int, _ flags: CommandFlags, keys: KeyPositions = .none,
        family: CommandFamily, syntax: StaticString = "", summary: StaticString, complexity: StaticString,
        since: StaticString, subcommands: [SubcommandInfo] = [], run: @escaping Run
    ) {
        info = CommandInfo(
            name: name, arity: arity, flags: flags, keys: keys, family: family, syntax: syntax,
            summary: summary, complexity: complexity, since: since, subcommands: subcommands)
        self.run = run
    }
}

/// What a command does, as Redis names it.
public struct CommandFlags: OptionSet, Sendable {
    /// The bits.
    public let rawValue: UInt16
    /// The flags of these bits.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// May change keys.
    public static let write = CommandFlags(rawValue: 1)
    /// Reads keys and changes nothing.
    public static let readonly = CommandFlags(rawValue: 2)
    /// May need more memory: refused where memory is out.
    public static let denyoom = CommandFlags(rawValue: 4)
    /// For operators.
    public static let admin = CommandFlags(rawValue: 8)
    /// O(1) or O(log n).
    public static let fast = CommandFlags(rawValue: 16)
    /// Allowed while data is loading.
    public static let loading = CommandFlags(rawValue: 32)
    /// Also of the category `@dangerous`.
    public static let dangerous = CommandFlags(rawValue: 64)
    /// Works on the whole keyspace: every shard is locked.
    public static let allKeys = CommandFlags(rawValue: 128)
    /// Its effect depends on chance or time.
    public static let random = CommandFlags(rawValue: 256)
    /// Waits where it finds nothing.
    public static let blocking = CommandFlags(rawValue: 512)
    /// Of publish and subscribe.
    public static let pubsub = CommandFlags(rawValue: 1024)
}

/// Where a command's arguments name keys; indices count from 0, without the command's name.
public enum KeyPositions: Sendable, Equatable {
    case none
    /// Every `step`th argument from `first` to `last`; a negative `last` counts from the end (-1 is the last).
    case range(first: Int, last: Int, step: Int)
    /// The number at `count` says how many keys follow it; before them, at `also`, may stand one more key
    /// (a destination).
    case counted(count: Int, also: Int?)
    /// SORT: the key at 0, and the destination after the last STORE.
    case sort

    /// The one key that is the first argument.
    public static let first = KeyPositions.range(first: 0, last: 0, step: 1)
    /// Every argument is a key.
    public static let all = KeyPositions.range(first: 0, last: -1, step: 1)
    /// The first two arguments are keys.
    public static let firstTwo = KeyPositions.range(first: 0, last: 1, step: 1)
}

/// The groups of Redis's documentation.
public enum CommandFamily: String, Sendable, CaseIterable {
    case string, bitmap, generic, hash, list, set, sortedSet = "sorted-set", pubsub, connection, server
}

extension KeyPositions {
    /// How many keys there are among `arguments`.
    @inlinable
    func count(in arguments: borrowing Arguments) -> Int {
        var count = 0
        forEach(in: arguments) { _ in count += 1 }
        return count
    }

    /// Calls `visit` with the index of each key among `arguments`; malformed counts visit only what is there
    /// (the command itself then reports the error).
    @inlinable
    public func forEach(in arguments: borrowing Arguments, _ visit: (Int) -> Void) {
        switch self {
        case .none: return
        case .range(let first, let last, let step):
            let end = last < 0 ? arguments.count + last : min(last, arguments.count - 1)
            var index = first
            while index <= end {
                visit(index)
                index += step
            }
        case .counted(let count, let also):
            if let also, also < arguments.count { visit(also) }
            guard count < arguments.count, let n = parseInt64(arguments[count]), n > 0 else { return }
            let first = count + 1
            let end = n > Int64(arguments.count - first) ? arguments.count : first + Int(n)
            for index in first..<max(first, end) { visit(index) }
        case .sort:
            guard arguments.count > 0 else { return }
            visit(0)
            var destination: Int?
            for index in 1..<max(1, arguments.count) where arguments.matches(index, "STORE") {
                if index + 1 < arguments.count { destination = index + 1 }
            }
            if let destination { visit(destination) }
        }
    }
}
