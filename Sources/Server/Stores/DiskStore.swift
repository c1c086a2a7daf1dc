internal import DiskKeyspace
internal import Engine
internal import Logging
internal import MicroHTTP
internal import Persistence
internal import REST
internal import Synchronization

/// The engine on disk: its data is where it is written.
final class DiskStore: Store {
    private let directory: String
    private let cache: Int
    private let service: DiskService
    private let engine = Mutex<DiskEngine?>(nil)

    init(_ options: DiskOptions, _ events: PersistenceEvents, _ logger: Logger) {
        directory = options.directory
        cache = options.cache
        service = DiskService(
            directory: options.directory, policy: options.syncPolicy, logger: logger, events: events)
    }

    var persistence: (any PersistenceService)? { service }

    var place: String { "data on disk in \(directory)" }

    func listen(_ configuration: ServerConfiguration, _ host: HostInfo, _ pubSub: PubSub) throws(ServerError)
        -> any HTTPListener
    {
        let engine: DiskEngine
        do throws(DiskFailure) {
            engine = try DiskEngine(
                path: directory, cache: cache, settings: configuration.settings, host: host, pubSub: pubSub,
                journal: { service.makeJournal($0) })
        } catch {
            throw .persistence(
                PersistenceError(
                    "the database in \(directory) can't be opened: \(error.description). Another server may have it open, or the directory can't be written (--dir)."
                ))
        }
        self.engine.withLock { $0 = engine }
        return try Server.listen(
            configuration.http,
            RESTHandler(engine: engine, access: configuration.access, events: configuration.events))
    }

    func start() throws(ServerError) { if let engine = engine.withLock({ $0 }) { service.start(engine) } }

    func waitUntilLoaded() throws(LoadError) {}

    func stop() {
        service.stop()
        engine.withLock { $0 = nil }
    }
}
