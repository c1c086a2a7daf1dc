internal import DiskKeyspace
internal import Engine
internal import Logging
internal import MicroHTTP
internal import Persistence
internal import REST
internal import Synchronization

/// The engine on disk: its data is where it is written.
final class DiskStore: Store {
    private let directory: DiskDirectory
    private let lock = Mutex<DirectoryLock<SystemFiles>?>(nil)
    private let cache: Int
    private let service: DiskService
    private let engine = Mutex<DiskEngine?>(nil)

    init(_ options: DiskOptions, _ events: PersistenceEvents, _ logger: Logger) {
        directory = DiskDirectory(options.directory)
        cache = options.cache
        service = DiskService(
            directory: directory, policy: options.syncPolicy, logger: logger, events: events)
    }

    var persistence: (any PersistenceService)? { service }

    var place: String { "data on disk in \(directory.path)" }

    func listen(_ configuration: ServerConfiguration, _ host: HostInfo, _ pubSub: PubSub) throws(ServerError)
        -> any HTTPListener
    {
        let engine: DiskEngine
        do throws(PersistenceError) {
            let lock = try openForDiskEngine(directory.path, SystemFiles())
            self.lock.withLock { $0 = lock }
        } catch {
            throw .persistence(error)
        }
        do throws(DiskFailure) {
            engine = try DiskEngine(
                directory, cache: cache, settings: configuration.settings, host: host, pubSub: pubSub,
                journal: { service.makeJournal($0) })
        } catch {
            throw .persistence(
                PersistenceError("the database in \(directory.database) can't be opened: \(error)"))
        }
        self.engine.withLock { $0 = engine }
        var http = configuration.http
        http.otherFiles += DiskEngine.openFiles
        return try Server.listen(
            http,
            RESTHandler(engine: engine, access: configuration.access, events: configuration.events))
    }

    func start() throws(ServerError) { if let engine = engine.withLock({ $0 }) { service.start(engine) } }

    func waitUntilLoaded() throws(LoadError) {}

    func stop() {
        service.stop()
        engine.withLock { $0 = nil }
        lock.withLock { $0 = nil }
    }
}
