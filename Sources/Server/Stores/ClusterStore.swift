internal import ClusterEngine
internal import Engine
internal import Logging
internal import MicroHTTP
internal import Persistence
internal import REST
internal import Synchronization

/// The engine whose data is in a Redis Cluster: nothing is kept here.
final class ClusterStore: Store {
    private let options: ClusterOptions
    private let logger: Logger
    private let engine = Mutex<ClusterEngine?>(nil)

    init(_ options: ClusterOptions, _ logger: Logger) {
        self.options = options
        self.logger = logger
    }

    var persistence: (any PersistenceService)? { nil }

    var place: String {
        "data in a Redis Cluster at \(options.seeds.map(\.description).joined(separator: ", "))"
    }

    func listen(_ configuration: ServerConfiguration, _ host: HostInfo, _ pubSub: PubSub) throws(ServerError)
        -> any HTTPListener
    {
        let engine: ClusterEngine
        do throws(ClusterFailure) {
            engine = try ClusterEngine(
                options, settings: configuration.settings, host: host, pubSub: pubSub, logger: logger)
        } catch {
            throw .cluster(error)
        }
        self.engine.withLock { $0 = engine }
        return try Server.listen(
            configuration.http,
            RESTHandler(engine: engine, access: configuration.access, events: configuration.events))
    }

    func start() throws(ServerError) {}

    func waitUntilLoaded() throws(LoadError) {}

    func stop() {
        engine.withLock { engine in
            engine?.stop()
            engine = nil
        }
    }
}
