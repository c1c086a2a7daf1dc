public import Bytes

/// Whatever executes commands: over a local keyspace, or elsewhere.
public protocol CommandEngine: Sendable {
    /// Every command, by `CommandID`.
    var commands: [CommandInfo] { get }

    /// The command of that name, in whatever case.
    func find(_ name: ByteView) -> CommandID?

    /// Tells that commands on `key` are about to come. A hint: an engine may use it to fetch memory meanwhile,
    /// or ignore it.
    func prefetch(_ key: ByteView, _ step: PrefetchStep)

    /// Executes one command and writes its reply (an error too) to `reply`.
    @discardableResult
    func execute(_ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply) -> Outcome

    /// Executes several commands atomically, each reply after the other, if the precondition holds.
    @discardableResult
    func execute(_ transaction: borrowing Transaction, into reply: inout Reply) -> Outcome
}

extension CommandEngine {
    /// Does nothing.
    public func prefetch(_ key: ByteView, _ step: PrefetchStep) {}
}

/// What to fetch of a key that will be looked up. Where one thing lies is read in the other: some 100 ns of
/// other work between the steps, and after them, let neither be waited for.
public enum PrefetchStep: Sendable {
    /// Where the key's place in the table is.
    case slot
    /// The key itself and the start of its value.
    case entry
}

/// What else is known after an execution, seen under the same locks.
public struct Outcome: Sendable {
    /// The version of the first key named (or of the transaction's `versionKey`), after the execution; 0 where
    /// no key was named. It differs from any earlier one whenever the key may have changed.
    public var version: UInt64 = 0
    /// How many keys were made that were not there before.
    public var created = 0
    /// Whether a command answered an error.
    public var failed = false
    /// Whether the precondition did not hold; then nothing was executed.
    public var preconditionFailed = false

    /// Nothing known yet.
    @inlinable
    public init() {}
}

/// What must hold of a key for a transaction to be executed: HTTP's conditions (RFC 9110, section 13).
public struct Precondition {
    /// A set of versions, or any.
    public enum Versions {
        case any
        case of([UInt64])
    }

    /// The key whose version is compared.
    public var key: ByteView
    /// Holds where the resource is there and has one of these versions.
    public var ifMatch: Versions?
    /// Holds where the resource is missing or has none of these versions.
    public var ifNoneMatch: Versions?

    /// A condition on `key`; the resource itself is told by the transaction's probe.
    public init(key: ByteView, ifMatch: Versions? = nil, ifNoneMatch: Versions? = nil) {
        self.key = key
        self.ifMatch = ifMatch
        self.ifNoneMatch = ifNoneMatch
    }

    /// Whether it holds for a resource in this state.
    func holds(version: UInt64, exists: Bool) -> Bool {
        func matches(_ versions: Versions) -> Bool {
            guard exists else { return false }
            switch versions {
            case .any: return true
            case .of(let list): return list.contains(version)
            }
        }
        if let ifMatch, !matches(ifMatch) { return false }
        if let ifNoneMatch, matches(ifNoneMatch) { return false }
        return true
    }
}

/// Several commands to be executed as one; reusable, so that building one allocates nothing once warm.
///
/// The views in it are borrowed: they must live until it has been executed.
public struct Transaction: ~Copyable {
    @usableFromInline
    struct Step: BitwiseCopyable {
        @usableFromInline var command: CommandID
        @usableFromInline var first: Int
        @usableFromInline var end: Int
    }

    @usableFromInline var arguments = TrivialBuffer<ByteView>()
    @usableFromInline var steps = TrivialBuffer<Step>()
    /// A command that tells, by a reply other than nil, 0 or an empty array, that the resource is there.
    var probe: Step?

    /// The key, one of those the commands name, whose version the outcome tells; the first one where nil.
    public var versionKey: ByteView?
    /// What must hold, or nothing is executed.
    public var precondition: Precondition?
    /// Whether the first error ends it; what was executed before stays, as in Redis.
    public var stopsAtError = false

    /// A transaction of no commands.
    public init() {}

    /// How many commands there are.
    public var count: Int { steps.count }

    /// Calls `body` with the command and arguments of a transaction that has just one.
    @inlinable
    public func withOnlyCommand<R>(_ body: (CommandID, borrowing Arguments) -> R) -> R {
        Swift.precondition(steps.count == 1)
        let step = steps[0]
        return body(step.command, arguments(of: step))
    }

    /// A step's arguments; valid until the transaction changes.
    @inlinable
    func arguments(of step: Step) -> Arguments {
        Arguments(UnsafeBufferPointer(rebasing: arguments.elements[step.first..<step.end]))
    }

    /// Adds a command; its arguments follow by `argument(_:)`.
    public mutating func command(_ command: CommandID) {
        steps.append(Step(command: command, first: arguments.count, end: arguments.count))
    }

    /// Adds an argument to the command begun last.
    public mutating func argument(_ value: ByteView) {
        let last = steps.count - 1
        Swift.precondition(last >= 0 && steps[last].end == arguments.count, "no command was begun")
        arguments.append(value)
        steps[last].end = arguments.count
    }

    /// Adds a command with its arguments.
    public mutating func add(_ command: CommandID, _ values: ByteView...) {
        self.command(command)
        for value in values { argument(value) }
    }

    /// Sets the command that tells whether the resource of the precondition is there.
    public mutating func probe(_ command: CommandID, _ values: ByteView...) {
        let first = arguments.count
        for value in values { arguments.append(value) }
        probe = Step(command: command, first: first, end: arguments.count)
    }

    /// Empties it for reuse.
    public mutating func clear() {
        arguments.removeAll()
        steps.removeAll()
        probe = nil
        versionKey = nil
        precondition = nil
        stopsAtError = false
    }
}
