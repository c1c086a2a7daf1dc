public import Bytes
public import Engine

/// The engine over a database on disk. What it does is `LocalEngine`'s.
public final class DiskEngine: CommandEngine {
    private let local: LocalEngine<DiskKeyspace>

    /// Opens the database in a directory, which is made where it is missing.
    /// - Parameters:
    ///   - path: nobody else has it open.
    ///   - cache: bytes of memory for the block cache and the write buffers together.
    ///   - makeJournal: makes what counts writes, so that replies wait until they are durable; nil: none does.
    /// - Throws: why it can't be opened.
    public init(
        path: String, cache: Int = 256 << 20, settings: Settings = Settings(), host: HostInfo = HostInfo(),
        pubSub: PubSub = PubSub(), journal makeJournal: (WriteGate) -> Journal? = { _ in nil }
    ) throws(DiskFailure) {
        do throws(RocksError) {
            var options = DatabaseOptions()
            options.cache = cache
            let database = try Database(path: path, options)
            local = try LocalEngine(settings: settings, host: host, pubSub: pubSub) {
                (context) throws(RocksError) in
                try DiskTable(database, context: context, journal: makeJournal(context.gate))
            }
        } catch {
            throw DiskFailure(error.message)
        }
    }

    var table: DiskTable { local.table }
    var database: Database { local.table.database }

    /// One round of background expiry: whether nothing that has expired is left.
    func reclaimExpired() throws(StorageFailure) -> Bool {
        try table.reclaimExpired(budget: 64, now: Clock.milliseconds())
    }

    /// One round of sweeping what belongs to no key: whether nothing is left.
    func sweep() throws(StorageFailure) -> Bool { try table.sweep(budget: 16) }

    /// Why commands are not executed at the moment.
    public var gate: WriteGate { local.table.context.gate }

    /// How many commands wait.
    public var waiterCount: Int { local.waiterCount }

    /// The process's resident memory in bytes, 0 where that can't be told.
    public var residentMemory: Int { local.residentMemory }

    /// As `executeSome`, of commands that build what a snapshot tells: nothing expires. The gate may be shut. Of the
    /// replies, values that take much room are left out.
    public func replaySome(
        of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply
    ) -> Int {
        local.replaySome(of: pipeline, from: step, into: &reply)
    }
}

/// Why a database can't be opened.
public struct DiskFailure: Error, CustomStringConvertible {
    /// In RocksDB's words.
    public var description: String

    init(_ description: String) { self.description = description }
}

// The engine's protocol, which says what each of these does.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension DiskEngine {
    public var commands: [CommandInfo] { local.commands }
    public var changes: UInt64 { local.changes }
    public var pubSub: PubSub { local.pubSub }
    public var persistence: PersistenceStatus? { local.persistence }

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
