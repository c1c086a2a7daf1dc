public import Bytes

/// Whatever executes commands: over a local keyspace, or elsewhere.
public protocol CommandEngine: Sendable {
    /// Every command, by `CommandID`.
    var commands: [CommandInfo] { get }

    /// The command of that name, in whatever case.
    func find(_ name: ByteView) -> CommandID?

    /// Tells that commands on `key` are about to come: a hint, so that an engine may fetch memory meanwhile. It
    /// begins with where the key's place in the table is.
    /// - Returns: what `prefetchEntry` is to be given; 0 where it need not be called.
    func prefetchSlot(of key: ByteView) -> UInt64

    /// Goes on with the key itself and the start of its value. Where that lies is read in what `prefetchSlot`
    /// fetches: some 100 ns of other work between the two, and after them, let neither be waited for.
    func prefetchEntry(_ place: UInt64)

    /// Executes one command and writes its reply (an error too) to `reply`.
    @discardableResult
    func execute(_ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply) -> Outcome

    /// Whether a command waits where it finds nothing. O(1).
    func waits(_ command: CommandID) -> Bool

    /// As `execute(_:_:into:)`, of a command that may go on waiting where it finds nothing.
    /// - Parameter waiter: set to the command that waits; `reply` is then what it answers when its time is over.
    func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply, waiter: inout Waiter?
    ) -> Outcome

    /// Has a command wait no more.
    /// - Returns: whether it was served before: then its reply is there.
    func end(_ waiter: Waiter) -> Bool

    /// Executes several commands atomically, each reply after the other, if the precondition holds.
    @discardableResult
    func execute(_ transaction: borrowing Transaction, into reply: inout Reply) -> Outcome

    /// Executes commands from `step` on, each on its own, in order and each reply after the other, as a pipeline
    /// does: up to a small number of them, so that locks are held for a moment only.
    /// - Returns: the step to go on with; the transaction's count once all were executed.
    func executeSome(of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply) -> Int

    /// A number that grows with every change of any key.
    var changes: UInt64 { get }

    /// Whether commands are executed elsewhere, so that their replies come later: `begin` is to be called then.
    static var isRemote: Bool { get }

    /// Begins to execute a transaction's commands elsewhere. What it borrows need not outlive the call.
    func begin(_ transaction: borrowing Transaction, _ form: RemoteExecution.Form) -> RemoteExecution

    /// Channels, and who is subscribed to them.
    var pubSub: PubSub { get }

    /// Has the messages of these topics come to `pubSub`, where they are published elsewhere: they do once it is answered,
    /// as long as somebody is subscribed, and a while before and after. Its reply is an error where they can't.
    func listen(to topics: [Topic]) -> RemoteExecution

    /// How snapshots and the append-only file are; nil where nothing is kept on disk.
    var persistence: PersistenceStatus? { get }

    /// The newest snapshot as an RDB file; nil: there is none.
    func openSnapshot() -> SnapshotBody?
}

extension CommandEngine {
    /// Executes it without waiting.
    public func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply, waiter: inout Waiter?
    ) -> Outcome {
        execute(command, arguments, into: &reply)
    }

    /// Here.
    public static var isRemote: Bool { false }

    /// Executes it at once.
    public func begin(_ transaction: borrowing Transaction, _ form: RemoteExecution.Form) -> RemoteExecution {
        let execution = RemoteExecution()
        switch form {
        case .atomic: execution.outcome = execute(transaction, into: &execution.reply)
        case .each, .waiting:
            var step = 0
            while step < transaction.count {
                step = executeSome(of: transaction, from: step, into: &execution.reply)
            }
        }
        execution.complete()
        return execution
    }

    /// They do.
    public func listen(to topics: [Topic]) -> RemoteExecution {
        let execution = RemoteExecution()
        execution.reply.ok()
        execution.complete()
        return execution
    }

    /// None does.
    public func waits(_ command: CommandID) -> Bool { false }

    /// Nothing waits.
    public func end(_ waiter: Waiter) -> Bool { false }

    /// Nothing is kept on disk.
    public var persistence: PersistenceStatus? { nil }

    /// There is none.
    public func openSnapshot() -> SnapshotBody? { nil }
}

extension CommandEngine {
    /// Writes the error of the first command that could not even be tried (an unknown name or subcommand, a wrong
    /// number of arguments), for which Redis discards a whole transaction.
    /// - Returns: whether there is one.
    public func rejects(_ transaction: borrowing Transaction, into reply: inout Reply) -> Bool {
        for step in transaction.steps.elements {
            let arguments = transaction.arguments(of: step)
            if step.command == .unknown {
                reply.unknownCommand(arguments)
                return true
            }
            let info = commands[step.command.index]
            if !info.accepts(argumentCount: arguments.count) {
                reply.wrongArity(info.name)
                return true
            }
            if info.subcommands.isEmpty || arguments.count == 0 { continue }
            guard let subcommand = info.subcommands.first(where: { arguments.matches(0, $0.name) }) else {
                reply.unknownSubcommand(arguments[0], of: info.name)
                return true
            }
            if !subcommand.accepts(argumentCount: arguments.count) {
                reply.wrongArity(of: info.name, subcommand)
                return true
            }
        }
        return false
    }
}

extension CommandEngine {
    /// Does nothing.
    public func prefetchSlot(of key: ByteView) -> UInt64 { 0 }

    /// Does nothing.
    public func prefetchEntry(_ place: UInt64) {}
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
    /// Whether the precondition or a condition did not hold; then nothing was executed.
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
    package func holds(version: UInt64, exists: Bool) -> Bool {
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
    /// What must hold of further keys, or nothing is executed.
    package private(set) var conditions = TrivialBuffer<KeyCondition>()
    /// Whether the first error ends it; what was executed before stays, as in Redis.
    public var stopsAtError = false
    /// Whether the outcome is to tell the version, and whether it is to tell what was created: not all engines know
    /// these without being asked.
    public var wantsVersion = false, wantsCreated = false

    /// A transaction of no commands.
    public init() {}

    /// Whether anything must hold, or nothing is executed.
    public var hasConditions: Bool { precondition != nil || conditions.count > 0 }

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

    /// Calls `body` with the probe and its arguments, where there is one.
    package func withProbe(_ body: (CommandID, borrowing Arguments) -> Void) {
        if let probe { body(probe.command, arguments(of: probe)) }
    }

    /// Calls `body` with each command and its arguments, in order; `CommandID.unknown` with its name as the first.
    package func forEachCommand(_ body: (CommandID, borrowing Arguments) -> Void) {
        for step in steps.elements { body(step.command, arguments(of: step)) }
    }

    /// Adds a command; its arguments follow by `argument(_:)`.
    public mutating func command(_ command: CommandID) {
        steps.append(Step(command: command, first: arguments.count, end: arguments.count))
    }

    /// Adds a command that no engine has; its name is its first argument, and its arguments follow. Executed it
    /// answers an error.
    public mutating func unknownCommand(_ name: ByteView) {
        command(.unknown)
        argument(name)
    }

    /// Demands that a key be as it was. Where one is not, nothing is executed, and the reply is an array of the
    /// indices of the conditions, in the order they were added, that do not hold.
    public mutating func require(_ key: ByteView, _ state: KeyCondition.State) {
        conditions.append(KeyCondition(key: key, state: state))
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
        conditions.removeAll()
        stopsAtError = false
        wantsVersion = false
        wantsCreated = false
    }
}

/// What a transaction demands of one key.
public struct KeyCondition: BitwiseCopyable {
    /// The state wanted.
    public enum State: BitwiseCopyable {
        /// The key is missing.
        case absent
        /// The key is there, whatever its version.
        case present
        /// The key is there and has this version.
        case version(UInt64)
        /// Nothing satisfies it: the version of another run of the server.
        case impossible
    }

    /// The key.
    public var key: ByteView
    /// What it must be.
    public var state: State

    /// A demand on `key`.
    package init(key: ByteView, state: State) {
        self.key = key
        self.state = state
    }

    /// Whether it holds for a key in this state.
    package func holds(version: UInt64, exists: Bool) -> Bool {
        switch state {
        case .absent: !exists
        case .present: exists
        case .version(let wanted): exists && version == wanted
        case .impossible: false
        }
    }
}
