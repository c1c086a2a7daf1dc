internal import Engine
public import Logging
public import MicroHTTP
internal import REST

/// A running Redwing: the engine, the REST API over it and the HTTP server before it.
public final class RedwingServer: Sendable {
    private let http: HTTPServer<MemoryRESTHandler>
    private let listening: ListeningServer
    private let logger: Logger
    private let grace: Double

    /// Starts serving; when it returns, requests are answered.
    public init(_ configuration: ServerConfiguration, logger: Logger) throws(HTTPServerError) {
        self.logger = logger
        grace = configuration.shutdownGrace
        var settings = Settings()
        settings.debugCommand = configuration.enableDebugCommand
        listening = ListeningServer()
        let engine = MemoryEngine(settings: settings, host: listening.hostInfo(configuration))
        let handler = MemoryRESTHandler(engine: engine, corsOrigins: configuration.corsOrigins)
        http = try HTTPServer(configuration.http, handler: handler)
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
        let address = configuration.http.bindAddress
        logger.notice(
            """
            Redwing \(Redwing.version) serves http://\(address.contains(":") ? "[\(address)]" : address):\(port) \
            (\(configuration.http.threads) threads, in memory)
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
