internal import Engine
internal import MicroHTTP
internal import Persistence

/// An engine with whatever keeps its data, as the server starts and ends it.
protocol Store: Sendable {
    /// What commands ask of whoever keeps the data; nil where nothing is kept.
    var persistence: (any PersistenceService)? { get }

    /// Where the data is, for the log.
    var place: String { get }

    /// Begins to listen for requests to the engine, which is made now.
    func listen(_ configuration: ServerConfiguration, _ host: HostInfo, _ pubSub: PubSub) throws(ServerError)
        -> any HTTPListener

    /// Begins to keep the data; the port is ours.
    func start() throws(ServerError)

    /// Waits until the data is loaded.
    func waitUntilLoaded() throws(LoadError)

    /// Puts on disk what is not there yet. Nobody listens any more.
    func stop()
}

extension ServerConfiguration {
    /// The engine's settings.
    var settings: Settings {
        var settings = Settings()
        settings.debugCommand = enableDebugCommand
        return settings
    }
}

/// Begins to listen, and has a handler answer.
func listen<Handler: HTTPHandler>(_ options: HTTPOptions, _ handler: Handler) throws(ServerError)
    -> any HTTPListener
{
    do throws(HTTPServerError) {
        return try HTTPServer(options, handler: handler)
    } catch {
        throw .http(error)
    }
}
