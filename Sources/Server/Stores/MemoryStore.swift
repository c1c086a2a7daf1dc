internal import Engine
internal import Logging
internal import MicroHTTP
internal import Persistence
internal import REST
internal import Synchronization

/// The engine in memory, and the worker that keeps its data in files.
final class MemoryStore: Store {
    private let worker: PersistenceWorker<SystemFiles>?
    private let engine = Mutex<MemoryEngine?>(nil)
    let place: String

    init(_ configuration: ServerConfiguration, _ events: PersistenceEvents, _ logger: Logger) {
        worker = configuration.persistence.map {
            PersistenceWorker($0, SystemFiles(), logger: logger, events: events)
        }
        place = configuration.persistence.map { "data in " + $0.directory } ?? "in memory"
    }

    var persistence: (any PersistenceService)? { worker }

    func listen(_ configuration: ServerConfiguration, _ host: HostInfo, _ pubSub: PubSub) throws(ServerError)
        -> any HTTPListener
    {
        let engine = MemoryEngine(
            settings: configuration.settings, host: host, pubSub: pubSub,
            journal: { worker?.makeJournal($0) })
        // Whoever asks from now on is told to wait.
        if worker != nil { engine.gate.shut(.loading) }
        self.engine.withLock { $0 = engine }
        return try Server.listen(
            configuration.http,
            MemoryRESTHandler(engine: engine, access: configuration.access, events: configuration.events))
    }

    func start() throws(ServerError) {
        guard let worker, let engine = engine.withLock({ $0 }) else { return }
        do throws(PersistenceError) {
            try worker.open()
        } catch {
            throw .persistence(error)
        }
        worker.start(engine)
    }

    func waitUntilLoaded() throws(LoadError) { try worker?.waitUntilLoaded() }

    func stop() {
        worker?.stop()
        engine.withLock { $0 = nil }
    }
}
