import Logging
import MicroHTTP
import REST
import Synchronization
import Testing

@testable import Server

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

struct RedwingServerTests {
    private func start(_ change: (inout ServerConfiguration) -> Void = { _ in }) throws -> RedwingServer {
        var configuration = ServerConfiguration()
        configuration.http.port = 0
        configuration.http.maxConnections = 64
        change(&configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try RedwingServer(configuration, logger: logger)
    }

    @Test func servesUntilStopped() throws {
        let server = try start()
        let created = HTTPClient.send("PUT", "/keys/a", body: "1", port: server.port)
        #expect(created?.hasPrefix("HTTP/1.1 201") == true)
        #expect(HTTPClient.send("GET", "/keys/a", port: server.port)?.hasSuffix("{\"value\":\"1\"}") == true)
        server.stop()
        #expect(HTTPClient.send("GET", "/keys/a", port: server.port) == nil)
        // A second stop does nothing.
        server.stop()
    }

    @Test func endsWhenForgotten() throws {
        var server: RedwingServer? = try start()
        let port = try #require(server?.port)
        #expect(HTTPClient.send("GET", "/healthz", port: port) != nil)
        server = nil
        #expect(HTTPClient.send("GET", "/healthz", port: port) == nil)
    }

    @Test func aTakenPortIsAnError() throws {
        let first = try start()
        defer { first.stop() }
        #expect(throws: (any Error).self) { try start { $0.http.port = first.port } }
        #expect(HTTPClient.send("GET", "/healthz", port: first.port) != nil)
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "2001:db8::1"])
    func othersNeedAToken(_ address: String) {
        #expect {
            try start { $0.http.bindAddress = address }
        } throws: { error in
            guard case .needsToken(address) = error as? ServerError else { return false }
            return "\(error)".contains("--token") && "\(error)".contains(address)
        }
    }

    @Test func withATokenOthersMayConnect() throws {
        let server = try start {
            $0.http.bindAddress = "0.0.0.0"
            $0.access.tokens = [AccessToken("secret")].compactMap { $0 }
        }
        defer { server.stop() }
        let refused = HTTPClient.send("GET", "/keyspace", port: server.port)
        #expect(refused?.hasPrefix("HTTP/1.1 401") == true)
        let answer = HTTPClient.send("GET", "/keyspace?_token=secret", port: server.port)
        #expect(answer?.hasPrefix("HTTP/1.1 200") == true)
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.2", "::1"])
    func loopbackNeedsNone(_ address: String) throws {
        try start { $0.http.bindAddress = address }.stop()
    }

    @Test func whatIsNoAddressIsToldSo() {
        #expect {
            try start { $0.http.bindAddress = "nonsense" }
        } throws: { "\($0)".contains("'nonsense' is not an IPv4 or IPv6 address") }
    }

    @Test func infoIsTruthful() throws {
        let server = try start { $0.configurationFile = "/etc/redwing.conf" }
        defer { server.stop() }
        let port = server.port
        #expect(HTTPClient.info("tcp_port", port: port) == "\(port)")
        #expect(HTTPClient.info("redwing_version", port: port) == Redwing.version)
        #expect(HTTPClient.info("maxclients", port: port) == "64")
        #expect(HTTPClient.info("config_file", port: port) == "/etc/redwing.conf")
        #expect(HTTPClient.info("process_id", port: port) == "\(getpid())")
        let executable = try #require(HTTPClient.info("executable", port: port))
        #expect(access(executable, X_OK) == 0, "\(executable)")
        let resident = try #require(HTTPClient.info("used_memory_rss", port: port).flatMap(Int.init))
        #expect(resident > 1 << 20)
        for (name, value) in [("port", "\(port)"), ("maxclients", "64")] {
            let answer = HTTPClient.send("GET", "/config/\(name)", port: port)
            #expect(answer?.hasSuffix("{\"value\":\"\(value)\"}") == true)
        }
    }

    @Test func countsItsConnections() throws {
        let server = try start()
        defer { server.stop() }
        let idle = (0..<5).compactMap { _ in HTTPClient.dial(port: server.port) }
        defer { idle.forEach { close($0) } }
        #expect(idle.count == 5)
        // They are accepted before the connection that asks, in the order of their arrival; an earlier asker's
        // end is noticed a little later than its last byte.
        let clients = try #require(HTTPClient.info("connected_clients", port: server.port).flatMap(Int.init))
        #expect(clients == 6)
    }

    @Test(arguments: [false, true])
    func debugIsOffUnlessAskedFor(_ enabled: Bool) throws {
        let server = try start { $0.enableDebugCommand = enabled }
        defer { server.stop() }
        let answer = HTTPClient.send("GET", "/config/enable-debug-command", port: server.port)
        #expect(answer?.hasSuffix("{\"value\":\"\(enabled ? "yes" : "no")\"}") == true, "\(answer ?? "none")")
    }

    @Test func warnsWhenFilesAreScarce() throws {
        let log = RecordingHandler.Log()
        var configuration = ServerConfiguration()
        configuration.http.port = 0
        configuration.http.maxConnections = .max >> 8
        configuration.access.tokens = [AccessToken("hush-hush")].compactMap { $0 }
        let logger = Logger(label: "test") { _ in RecordingHandler(log) }
        let server = try RedwingServer(configuration, logger: logger)
        server.stop()
        let messages = log.messages.withLock { $0 }
        #expect(messages.contains { $0.contains("ulimit -n") })
        #expect(messages.contains { $0.contains("serves http://127.0.0.1:\(server.port) ") })
        #expect(messages.contains { $0.hasSuffix("in memory, with a token)") })
        #expect(!messages.contains { $0.contains("hush") })
        #expect(messages.last == "stopped")
    }
}

/// Keeps what is logged.
private struct RecordingHandler: LogHandler {
    final class Log: Sendable {
        let messages = Mutex<[String]>([])
    }

    private let log: Log
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(_ log: Log) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        log.messages.withLock { $0.append("\(event.message)") }
    }
}
