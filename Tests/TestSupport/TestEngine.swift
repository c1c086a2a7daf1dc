package import Bytes
internal import DiskKeyspace
package import Engine
internal import Logging
internal import Testing

/// The engine of the keyspace that the test is run on: in memory, or on disk in a directory that goes with it.
package final class TestEngine: CommandEngine {
    private enum Kind: Sendable {
        case memory(MemoryEngine)
        case disk(DiskEngine)
    }

    private let kind: Kind
    /// Of the disk engine: what removes what has expired, and where the files are. Nobody touches them after `init`.
    private nonisolated(unsafe) var service: DiskService?
    private nonisolated(unsafe) var directory: TemporaryDirectory?

    package init(
        settings: Settings = Settings(), host: HostInfo = HostInfo(), pubSub: PubSub = PubSub()
    ) {
        let keyspace = TestKeyspace.current
        if keyspace == nil {
            Issue.record("a test that makes a TestEngine belongs to a suite with .keyspaces")
        }
        switch keyspace ?? .memory {
        case .memory:
            kind = .memory(MemoryEngine(settings: settings, host: host, pubSub: pubSub))
        case .disk:
            do {
                let directory = try TemporaryDirectory()
                let service = DiskService(
                    directory: DiskDirectory(directory.path), policy: .no,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                let engine = try DiskEngine(
                    path: directory.path + "/rocksdb", cache: 16 << 20, settings: settings, host: host,
                    pubSub: pubSub, journal: { service.makeJournal($0) })
                service.start(engine)
                (self.service, self.directory) = (service, directory)
                kind = .disk(engine)
            } catch {
                fatalError("no database: \(error)")
            }
        }
    }

    deinit { service?.stop() }

    private var engine: any LoadableEngine {
        switch kind {
        case .memory(let engine): engine
        case .disk(let engine): engine
        }
    }

    package var gate: WriteGate { engine.gate }

    package var waiterCount: Int {
        switch kind {
        case .memory(let engine): engine.waiterCount
        case .disk(let engine): engine.waiterCount
        }
    }

    package var residentMemory: Int {
        switch kind {
        case .memory(let engine): engine.residentMemory
        case .disk(let engine): engine.residentMemory
        }
    }

    // MARK: CommandEngine

    package var commands: [CommandInfo] { engine.commands }
    package var changes: UInt64 { engine.changes }
    package var pubSub: PubSub { engine.pubSub }
    package var persistence: PersistenceStatus? { engine.persistence }

    package func find(_ name: ByteView) -> CommandID? { engine.find(name) }
    package func prefetchSlot(of key: ByteView) -> UInt64 { engine.prefetchSlot(of: key) }
    package func prefetchEntry(_ place: UInt64) { engine.prefetchEntry(place) }
    package func waits(_ command: CommandID) -> Bool { engine.waits(command) }
    package func end(_ waiter: Waiter) -> Bool { engine.end(waiter) }
    package func openSnapshot() -> SnapshotBody? { engine.openSnapshot() }

    @discardableResult
    package func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply
    ) -> Outcome {
        engine.execute(command, arguments, into: &reply)
    }

    @discardableResult
    package func execute(
        _ command: CommandID, _ arguments: borrowing Arguments, into reply: inout Reply, waiter: inout Waiter?
    ) -> Outcome {
        engine.execute(command, arguments, into: &reply, waiter: &waiter)
    }

    @discardableResult
    package func execute(_ transaction: borrowing Transaction, into reply: inout Reply) -> Outcome {
        engine.execute(transaction, into: &reply)
    }

    package func executeSome(
        of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply
    ) -> Int {
        engine.executeSome(of: pipeline, from: step, into: &reply)
    }

    package func replaySome(
        of pipeline: borrowing Transaction, from step: Int, into reply: inout Reply
    ) -> Int {
        engine.replaySome(of: pipeline, from: step, into: &reply)
    }
}
