internal import Engine
public import Logging
internal import MicroHTTP
internal import REST

/// A running Redwing: the engine, the REST API over it and the HTTP server before it.
public final class RedwingServer: Sendable {
    private let http: HTTPServer<MemoryRESTHandler>
    private let listening: ListeningServer
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
        let engine = MemoryEngine(settings: settings, host: listening.hostInfo(configuration))
        let handler = MemoryRESTHandler(engine: engine, access: configuration.access)
        do throws(HTTPServerError) {
            http = try HTTPServer(configuration.http, handler: handler)
        } catch {
            throw .http(error)
        }
        listening.set(http)
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
            (\(configuration.http.threads) threads, in memory, \(hasToken ? "with" : "without") a token)
            """)
    }

    /// The port it listens on.
    public var port: UInt16 { http.port }

    /// Stops: accepts no more, lets requests under way finish, returns when all is over.
    public func stop() {
        logger.notice("stopping; requests under way finish")
        http.stop(grace: grace)
        listening.set(nil)
        logger.notice("stopped")
    }

    deinit { listening.set(nil) }
}
