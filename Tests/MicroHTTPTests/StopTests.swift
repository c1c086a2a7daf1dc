import Glibc
import MicroHTTP
import Synchronization
import Testing

@Suite struct StopTests {
    @Test func aRequestUnderWayFinishes() throws {
        let server = try TestServer()
        let idle = server.connect()
        #expect(idle.request("GET /")?.status == 200)
        let client = server.connect()
        client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(eventually { server.handler.waiting.load(ordering: .relaxed) == 1 })

        let stopping = server.server
        let join = inBackground { stopping.stop(grace: 30) }
        let port = stopping.port
        #expect(eventually { !canConnect(to: port) })
        server.handler.release.store(true, ordering: .relaxed)
        let response = client.response()
        #expect(response?.body == "GET /wait  ")
        #expect(response?["connection"] == "close")
        join()
        #expect(idle.isClosed())
    }

    @Test func graceEnds() throws {
        let server = try TestServer()
        let client = server.connect()
        client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
        #expect(eventually { canConnect(to: server.server.port) })
        server.server.stop(grace: 0.2)
        #expect(client.isClosed())
    }

    @Test func stoppingTwiceIsStoppingOnce() throws {
        let server = try TestServer { $0.threads = 2 }
        #expect(server.isServing())
        server.server.stop(grace: 1)
        server.server.stop(grace: 1)
        #expect(!canConnect(to: server.server.port))
    }

    @Test func stopsUnderLoad() throws {
        for _ in 0..<5 {
            let server = try TestServer { $0.threads = 2 }
            let stop = Stop()
            let port = server.server.port
            let joins = (0..<2).map { _ in
                inBackground {
                    while !stop.flag.load(ordering: .relaxed), canConnect(to: port) {
                        let client = Client(port: port, optional: true)
                        for _ in 0..<50 where client?.request("GET /") != nil {}
                    }
                }
            }
            usleep(30_000)
            server.server.stop(grace: 5)
            stop.flag.store(true, ordering: .relaxed)
            for join in joins { join() }
        }
    }

    private final class Stop: Sendable { let flag = Atomic(false) }
}

/// Whether somebody listens on that port.
func canConnect(to port: UInt16) -> Bool { Client(port: port, optional: true) != nil }
