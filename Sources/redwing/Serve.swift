import ArgumentParser
import Logging
import MicroHTTP
import REST
import Server

/// `redwing serve`.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve HTTP until SIGTERM or SIGINT.",
        discussion: """
            Every option may also come from the environment (REDWING_PORT for --port) or from a file of \
            'name value' lines named by --config or REDWING_CONFIG. An option on the command line wins over \
            the environment, and that over the file.
            """)

    @Option(help: "A file of 'name value' lines with further options; lines that begin with # are comments.")
    var config: String?

    @Option(help: "The address to listen on; other than a loopback address only with a token.")
    var bind = "127.0.0.1"

    @Option(help: "The port to listen on; 0 lets the system choose one.")
    var port: UInt16 = 8080

    @Option(help: "Threads that answer requests (default: as many as there are cores).")
    var threads: Int?

    @Option(help: "The largest request body, in bytes or with a unit: 512kb, 64mb.")
    var maxBody = ByteSize(64 << 20)

    @Option(help: "How many connections may be open; fewer where the process may not open as many files.")
    var maxConnections = 20_000

    @Option(help: "How many connections one client address may have; 0 is any number.")
    var maxConnectionsPerIp = 0

    @Option(help: "Seconds a connection may stay without a request.")
    var idleTimeout = 60.0

    @Option(help: "Seconds a request's header may take.")
    var headerTimeout = 10.0

    @Option(help: "Seconds a request's or response's body may stand still.")
    var bodyTimeout = 30.0

    @Option(help: "Seconds that requests under way get to finish when the server stops.")
    var shutdownGrace = 10.0

    @Option(
        help: """
            A token that clients must show; may be given several times, any one is enough. Others on this \
            machine can read the command line: better in the environment, or in --token-file.
            """)
    var token: [String] = []

    @Option(help: "A file of tokens, one a line.")
    var tokenFile: String?

    @Option(
        help: """
            Without a token: a host name that requests may be for, besides localhost; may be given several times.
            """)
    var allowedHost: [String] = []

    @Option(help: "An origin that web pages may call from, or * for any; may be given several times.")
    var corsOrigin: [String] = []

    @OptionGroup(title: "What is kept on disk")
    var keeping: PersistenceFlags

    @OptionGroup(title: "A Redis Cluster")
    var elsewhere: ClusterFlags

    @OptionGroup(title: "Event streams")
    var streaming: EventFlags

    @Flag(help: "Let clients execute DEBUG, which can make the server useless to others.")
    var enableDebugCommand = false

    @Option(help: "The least severe level that is logged.")
    var logLevel = LogLevel.notice

    func validate() throws {
        func check(_ holds: Bool, _ message: String) throws {
            if !holds { throw ValidationError(message) }
        }
        if let threads { try check((1...1024).contains(threads), "--threads takes 1 to 1024") }
        try check(maxConnections > 0, "--max-connections takes a number above 0")
        try check(maxConnectionsPerIp >= 0, "--max-connections-per-ip takes 0 (any number) or more")
        for (name, seconds) in [
            ("idle-timeout", idleTimeout), ("header-timeout", headerTimeout), ("body-timeout", bodyTimeout),
        ] {
            try check(seconds > 0 && seconds <= 86_400, "--\(name) takes seconds, above 0 and at most 86400")
        }
        try check(
            shutdownGrace >= 0 && shutdownGrace <= 86_400, "--shutdown-grace takes seconds, 0 to 86400")
        // What is wrong is not quoted: it may be most of a secret.
        try check(token.allSatisfy { AccessToken($0) != nil }, "--token: \(TokenFile.rule)")
        try check(
            allowedHost.allSatisfy(AccessOptions.isHostName),
            "--allowed-host takes a host name as in 'redwing.example', without scheme and port")
        try keeping.check()
        try elsewhere.check()
        try streaming.check()
    }

    func run() throws {
        var access = AccessOptions()
        access.tokens = token.compactMap(AccessToken.init)
        if let tokenFile { access.tokens += try TokenFile.tokens(tokenFile) }
        access.allowedHosts = allowedHost
        access.corsOrigins = corsOrigin

        let signals = StopSignals()
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "redwing")
        logger.logLevel = Logger.Level(rawValue: logLevel.rawValue) ?? .notice

        var configuration = ServerConfiguration()
        configuration.http.bindAddress = bind
        configuration.http.port = port
        configuration.http.threads = threads ?? Machine.cores
        configuration.http.maxBody = maxBody.bytes
        configuration.http.maxConnections = maxConnections
        configuration.http.maxConnectionsPerAddress = maxConnectionsPerIp
        configuration.http.idleTimeout = idleTimeout
        configuration.http.headerTimeout = headerTimeout
        configuration.http.bodyTimeout = bodyTimeout
        configuration.access = access
        configuration.enableDebugCommand = enableDebugCommand
        configuration.configurationFile = config ?? ""
        configuration.shutdownGrace = shutdownGrace
        configuration.events = streaming.options
        configuration.replay = streaming.replay
        switch keeping.engine {
        case .memory: configuration.persistence = try keeping.options()
        case .disk: configuration.disk = try keeping.disk()
        case .cluster: configuration.cluster = try elsewhere.options()
        }

        let server: RedwingServer
        do {
            server = try RedwingServer(configuration, logger: logger)
        } catch {
            throw Failure("cannot serve: \(error)")
        }
        let loading = Loading(server)
        let signal = signals.wait()
        if let failure = loading.failure {
            server.stop()
            throw Failure("cannot serve: \(failure)")
        }
        logger.info("received \(signal)")
        server.stop()
    }
}

/// swift-log's levels, by their names.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

/// A failure told in one sentence, without the usage that a wrong option gets.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
