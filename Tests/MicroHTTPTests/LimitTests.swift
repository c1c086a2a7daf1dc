import Glibc
import MicroHTTP
import Testing

@Suite struct LimitTests {
    @Test func idleConnectionsDoNotStopService() throws {
        let server = try TestServer { $0.threads = 2 }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // Both ends are in this process, and so are the other tests' connections.
        let count = min(2000, (Int(clamping: limit.rlim_cur) - 500) / 2)
        let clients = (0..<count).map { _ in server.connect() }
        #expect(server.isServing())
        #expect(clients.last?.request("GET /last")?.body == "GET /last  ")
        #expect(clients.first?.request("GET /first")?.body == "GET /first  ")
    }

    @Test func connectionsBeyondTheLimitAreTurnedAway() throws {
        let server = try TestServer { $0.maxConnections = 3 }
        var clients = (0..<3).map { _ in server.connect() }
        for client in clients { #expect(client.request("GET /")?.status == 200) }
        let refused = server.connect()
        #expect(refused.response()?.status == 503)
        #expect(refused.isClosed())
        clients.removeLast()
        #expect(eventually { server.connect().request("GET /")?.status == 200 })
        #expect(clients[0].request("GET /")?.status == 200)
    }

    @Test func anAddressHasItsOwnLimit() throws {
        let server = try TestServer { $0.maxConnectionsPerAddress = 2 }
        var clients = (0..<2).map { _ in server.connect() }
        for client in clients { #expect(client.request("GET /")?.status == 200) }
        #expect(server.connect().response()?.status == 503)
        clients.removeAll()
        #expect(eventually { server.connect().request("GET /")?.status == 200 })
    }

    @Test func theLimitIsLoweredToWhatTheProcessMayOpen() throws {
        let server = try TestServer { $0.maxConnections = .max }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #expect(server.server.connectionLimit < Int(clamping: limit.rlim_cur))
        #expect(server.isServing())
    }
}
