public import Bytes

/// The engine in memory.
///
/// What it does is `LocalEngine`'s. It is named here, with all that others call, so that the compiler specialises the
/// whole path of a command for the keyspace in memory: in another module it would not (docs/decisions/0001-house.md).
public final class MemoryEngine: CommandEngine {
    private let local: LocalEngine<MemoryKeyspace>

    /// Starts the background thread that reclaims expired keys.
    /// - Parameter makeJournal: makes what the effects of commands go to, in the order in which they are made; nil:
    ///   nothing is kept of them.
    public init(
        settings: Settings = Settings(), host: HostInfo = HostInfo(), pubSub: PubSub = PubSub(),
        journal makeJournal: (WriteGate) -> Journal? = { _ in nil }
    ) {
        local = LocalEngine(settings: settings, host: host, pubSub: pubSub) { context in
            MemoryTable(context: context, journal: makeJournal(context.gate))
        }
    }

    var table: MemoryTable { local.table }

    /// What the effects of commands go to; nil where they are not kept.
    public var journal: Journal? { local.table.journal }

    /// Why commands are not executed at the moment.
    public var gate: WriteGate { local.table.context.gate }

    /// How many commands wait.
    public var waiterCount: Int { local.waiterCount }

    /// The process's resident memory in bytes, 0 where that can't be told.
    public var residentMemory: Int { local.residentMemory }

    /// As `executeSome`, of commands that a journal tells, or that build what a snapshot tells: nothing expires,
    /// and nothing is written down. The gate may be shut. Of the replies, values that take much room are left out.
    public func replaySome(
        of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply
    ) -> Int {
        local.replaySome(of: pipeline, from: step, into: &reply)
    }
}

// The engine's protocol, which says what each of these does.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension MemoryEngine {
    public var commands: [CommandInfo] { local.commands }
    public var changes: UInt64 { local.changes }
    public var pubSub: PubSub { local.pubSub }
    public var persistence: PersistenceStatus? { local.persistence }
    public func openSnapshot() -> SnapshotBody? { local.openSnapshot() }

    public func find(_ name: ByteView) -> CommandID? { local.find(name) }
    public func prefetchSlot(of key: ByteView) -> UInt64 { local.prefetchSlot(of: key) }
    public func prefetchEntry(_ place: UInt64) { local.prefetchEntry(place) }
    public func waits(_ command: CommandID) -> Bool { local.waits(command) }
    public func end(_ waiter: Waiter) -> Bool { local.end(waiter) }

    @discardableResult
    public func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply
    ) -> Outcome {
        local.execute(command, arguments, into: &reply)
    }

    @discardableResult
    public func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply, waiter: inout Waiter?
    ) -> Outcome {
        local.execute(command, arguments, into: &reply, waiter: &waiter)
    }

    @discardableResult
    public func execute(_ transaction: borrowing Transaction, into reply: inout Reply) -> Outcome {
        local.execute(transaction, into: &reply)
    }

    public func executeSome(
        of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply
    ) -> Int {
        local.executeSome(of: pipeline, from: step, into: &reply)
    }
}
