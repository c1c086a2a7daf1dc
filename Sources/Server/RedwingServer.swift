internal import Engine
public import Logging
internal import MicroHTTP
internal import REST
public import Persistence

/// A running Redwing: the engine, the REST API over it and the HTTP server before it.
public final class RedwingServer: Sendable {
    private let http: any HTTPListener
    private let listening: ListeningServer
    private let store: any Store
    private let logger: Logger
    private let grace: Double

    /// Starts serving; when it returns, requests are answered. Without a token it serves loopback addresses
    /// only.
    public init(_ configuration: ServerConfiguration, logger: Logger) throws(ServerError) {
        let address = configuration.http.bindAddress
        let hasToken = !configuration.access.tokens.isEmpty
        // What is no address is the HTTP server's to refuse.
        if !hasToken, SocketAddress(address, port: 0)?.isLoopback == false {
            throw .needsToken(address: address)
        }
        Allocator.returnLargeMemory()
        self.logger = logger
        grace = configuration.shutdownGrace
        listening = ListeningServer()
        let listening = listening
        let pubSub = PubSub(limits: configuration.replay)
        let events = PersistenceEvents(
            durable: {
                pubSub.release(upTo: $0)
                listening.release(upTo: $0)
            },
            failing: { listening.setFailing($0) },
            room: { listening.resumePostponed() })
        store = RedwingServer.store(configuration, events, logger)
        var host = listening.hostInfo(configuration)
        host.persistence = store.persistence
        http = try store.listen(configuration, host, pubSub)
        listening.set(http)
        // After the port is ours: a server that can't listen leaves the data alone.
        do throws(ServerError) {
            try store.start()
        } catch {
            listening.set(nil)
            http.stop(grace: 0)
            throw error
        }
        if http.connectionLimit < configuration.http.maxConnections {
            // The default asks for as many as may be; only what the operator asked for is worth a warning.
            let isDefault = configuration.http.maxConnections == HTTPOptions().maxConnections
            logger.log(
                level: isDefault ? .info : .warning,
                """
                only \(http.connectionLimit) connections fit the limit of open files; \
                raise it (ulimit -n) for \(configuration.http.maxConnections)
                """)
        }
        logger.notice(
            """
            Redwing \(Redwing.version) serves http://\(address.contains(":") ? "[\(address)]" : address):\(port) \
            (\(configuration.http.threads) threads, \(store.place), \(hasToken ? "with" : "without") a token)
            """)
    }

    private static func store(
        _ configuration: ServerConfiguration, _ events: PersistenceEvents, _ logger: Logger
    ) -> any Store {
        if let cluster = configuration.cluster { return ClusterStore(cluster, logger) }
        if let disk = configuration.disk { return DiskStore(disk, events, logger) }
        return MemoryStore(configuration, events, logger)
    }

    /// The port it listens on.
    public var port: UInt16 { http.port }

    /// Waits until the data is loaded, which is at once where nothing is kept on disk.
    public func waitUntilLoaded() throws(LoadError) { try store.waitUntilLoaded() }

    /// Stops: accepts no more, lets requests under way finish, puts on disk what is not there yet, returns when
    /// all is over.
    public func stop() {
        logger.notice("stopping; requests under way finish")
        http.stop(grace: grace)
        store.stop()
        listening.set(nil)
        logger.notice("stopped")
    }

    deinit { listening.set(nil) }
}
