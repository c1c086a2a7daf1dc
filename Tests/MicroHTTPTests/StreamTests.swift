import Glibc
import MicroHTTP
import Testing

@Suite struct StreamTests {
    @Test func whatIsPushedArrivesAtOnce() throws {
        let server = try StreamServer()
        let (client, stream) = try #require(server.stream())
        #expect(server.waits(for: 1))
        stream.push("one")
        #expect(client.reads("3\r\none\r\n"))
        #expect(server.waits(for: 1))
        stream.push("two")
        #expect(client.reads("3\r\ntwo\r\n"))
        stream.end()
        #expect(client.reads("0\r\n\r\n"))
        // The connection goes on.
        #expect(client.request("GET /next")?.body == "/next")
        #expect(stream.closings == 1)
    }

    @Test func noWakingIsLost() throws {
        let server = try StreamServer { $0.threads = 2 }
        let pairs = try (0..<20).map { _ in try #require(server.stream()) }
        let rounds = 500
        var joins: [() -> Void] = []
        for part in 0..<2 {
            let streams = pairs.enumerated().filter { $0.offset % 2 == part }.map { $0.element.stream }
            joins.append(
                inBackground {
                    for _ in 0..<rounds { for stream in streams { stream.push("x") } }
                    for stream in streams {
                        stream.push(".")
                        stream.end()
                    }
                })
        }
        for (client, _) in pairs {
            let response = client.response()
            #expect(response?.body == String(repeating: "x", count: rounds) + ".")
        }
        for join in joins { join() }
        #expect(server.waits(for: 0))
    }

    @Test func anIdleClientsHangingUpIsNoticed() throws {
        let server = try StreamServer()
        var pairs = try (0..<10).map { _ in try #require(server.stream()) }
        #expect(server.waits(for: 10))
        let gone = pairs.removeLast().stream
        #expect(eventually { gone.closings == 1 && server.server.connectionCount == 9 })
        #expect(pairs.allSatisfy { $0.stream.closings == 0 })
        // A half-closed connection counts as hung up.
        pairs[0].client.endSending()
        #expect(eventually { pairs[0].stream.closings == 1 })
    }

    @Test func aStreamMayBeIdleForLong() throws {
        let server = try StreamServer {
            $0.bodyTimeout = 0.1
            $0.idleTimeout = 0.1
            $0.headerTimeout = 0.1
        }
        let (client, stream) = try #require(server.stream())
        let (other, _) = try #require(server.stream())
        // Longer than the time-outs: another connection is closed by one meanwhile.
        let idle = server.connect()
        #expect(idle.request("GET /x")?.status == 200)
        #expect(idle.isClosed())
        usleep(300_000)
        stream.push("still")
        #expect(client.reads("5\r\nstill\r\n"))
        withExtendedLifetime(other) {}
    }

    @Test func aClientThatDoesNotReadIsClosed() throws {
        let server = try StreamServer { $0.bodyTimeout = 0.2 }
        let (client, stream) = try #require(server.stream())
        stream.push(String(repeating: "x", count: 32 << 20))
        #expect(eventually { stream.closings == 1 })
        withExtendedLifetime(client) {}
    }

    @Test func headStartsNoStream() throws {
        let server = try StreamServer()
        let client = server.connect()
        client.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.response(isHead: true)?.status == 200)
        #expect(server.handler.streams.first?.closings == 1)
        #expect(client.request("GET /next")?.body == "/next")
    }

    @Test func streamsSayGoodbyeWhenTheServerStops() throws {
        let server = try StreamServer { $0.threads = 2 }
        let pairs = try (0..<10).map { _ in try #require(server.stream()) }
        #expect(server.waits(for: 10))
        server.server.stop(grace: 10)
        for (client, stream) in pairs {
            #expect(client.response()?.body == "bye")
            #expect(stream.closings == 1)
        }
    }

    @Test func streamsAreClosedWithoutGrace() throws {
        let server = try StreamServer { $0.threads = 2 }
        let pairs = try (0..<10).map { _ in try #require(server.stream()) }
        server.server.stop(grace: 0)
        #expect(pairs.allSatisfy { $0.stream.closings == 1 })
    }

    @Test func aClientOfHTTP10GetsBytesUntilTheEnd() throws {
        let server = try StreamServer()
        let client = server.connect()
        client.send("GET /stream HTTP/1.0\r\n\r\n")
        #expect(eventually { server.handler.streams.count == 1 })
        server.handler.streams[0].push("hello")
        #expect(client.reads("hello"))
        server.handler.streams[0].end()
        #expect(client.isClosed())
    }
}
