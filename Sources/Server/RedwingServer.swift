internal import Engine
public import Logging
internal import MicroHTTP
public import Persistence
internal import REST

/// A running Redwing: the engine, the REST API over it and the HTTP server before it.
public final class RedwingServer: Sendable {
    private let http: HTTPServer<MemoryRESTHandler>
    private let listening: ListeningServer
    private let persistence: PersistenceWorker<SystemFiles>?
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
        var settings = Settings()
        settings.debugCommand = configuration.enableDebugCommand
        listening = ListeningServer()
        let listening = listening
        let pubSub = PubSub()
        let persistence = configuration.persistence.map { options in
            PersistenceWorker(
                options, SystemFiles(), logger: logger,
                events: PersistenceEvents(
                    durable: {
                        pubSub.release(upTo: $0)
                        listening.release(upTo: $0)
                    },
                    failing: { listening.setFailing($0) },
                    room: { listening.resumePostponed() }))
        }
        self.persistence = persistence
        var host = listening.hostInfo(configuration)
        host.persistence = persistence
        let engine = MemoryEngine(
            settings: settings, host: host, pubSub: pubSub, journal: { persistence?.makeJournal($0) })
        // Whoever asks from now on is told to wait.
        if persistence != nil { engine.gate.shut(.loading) }
        let handler = MemoryRESTHandler(engine: engine, access: configuration.access)
        do throws(HTTPServerError) {
            http = try HTTPServer(configuration.http, handler: handler)
        } catch {
            throw .http(error)
        }
        listening.set(http)
        // After the port is ours: a server that can't listen leaves the data alone.
        do throws(PersistenceError) {
            try persistence?.open()
        } catch {
            listening.set(nil)
            http.stop(grace: 0)
            throw .persistence(error)
        }
        persistence?.start(engine)
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
            (\(configuration.http.threads) threads, \(configuration.persistence.map { "data in " + $0.directory } ?? "in memory"), \(hasToken ? "with" : "without") a token)
            """)
    }

    /// The port it listens on.
    public var port: UInt16 { http.port }

    /// Waits until the data is loaded, which is at once where nothing is kept on disk.
    public func waitUntilLoaded() throws(LoadError) { try persistence?.waitUntilLoaded() }

    /// Stops: accepts no more, lets requests under way finish, puts on disk what is not there yet, returns when
    /// all is over.
    public func stop() {
        logger.notice("stopping; requests under way finish")
        http.stop(grace: grace)
        persistence?.stop()
        listening.set(nil)
        logger.notice("stopped")
    }

    deinit { listening.set(nil) }
}
