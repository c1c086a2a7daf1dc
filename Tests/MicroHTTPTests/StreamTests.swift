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

    @Test(arguments: [false, true], [false, true]) func connectionsThatHungUpAreGoneWhileOlderOnesRest(
        resets: Bool, isWritten: Bool
    ) throws {
        let server = try StreamServer()
        // Neither one that rests nor one that is kept alive is in the way.
        let oldest = try #require(server.stream())
        let kept = server.connect()
        #expect(kept.request("GET /x")?.status == 200)
        for _ in 0..<3 {
            var pairs = try (0..<10).map { _ in try #require(server.stream()) }
            #expect(server.waits(for: 11))
            let streams = pairs.map(\.stream)
            if isWritten { for stream in streams { stream.push("x") } }
            if resets { for (client, _) in pairs { client.resetWhenClosed() } }
            pairs = []
            #expect(eventually { streams.allSatisfy { $0.closings == 1 } })
            #expect(eventually { server.server.connectionCount == 2 })
        }
        #expect(oldest.stream.closings == 0)
        #expect(kept.request("GET /y")?.status == 200)
    }

    @Test func clientsMayHangUpWhileTheirStreamsAreWoken() throws {
        let server = try StreamServer { $0.threads = 2 }
        for _ in 0..<10 {
            var pairs = try (0..<20).map { _ in try #require(server.stream()) }
            let streams = pairs.map(\.stream)
            let isOver = Flag()
            let threads = (0..<2).map { _ in
                inBackground {
                    while !isOver.isSet { for stream in streams { stream.push("x") } }
                }
            }
            while let (client, _) = pairs.popLast() {
                if pairs.count % 2 == 0 { client.resetWhenClosed() }
            }
            #expect(eventually { streams.allSatisfy { $0.closings > 0 } })
            isOver.set()
            for join in threads { join() }
            #expect(server.waits(for: 0))
            #expect(streams.allSatisfy { $0.closings == 1 })
        }
        #expect(eventually { server.server.connectionCount == 0 })
        #expect(server.connect().request("GET /next")?.body == "/next")
    }

    @Test func aRequestSentBehindIsAnsweredAfterTheStream() throws {
        let server = try StreamServer()
        let client = server.connect()
        client.send(get("/stream") + get("/next"))
        #expect(server.waits(for: 1))
        let stream = try #require(server.handler.streams.first)
        stream.push("one")
        stream.end()
        #expect(client.response()?.body == "one")
        #expect(client.response()?.body == "/next")
    }

    @Test func aSlowReaderGetsEverything() throws {
        // What it takes in within a time-out is far less than there is to send.
        let server = try StreamServer { $0.bodyTimeout = 0.3 }
        let (client, stream) = try #require(server.stream())
        let count = 8 << 20
        stream.push(String(repeating: "x", count: count))
        stream.end()
        let start = ContinuousClock.now
        var content = 0
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        while content < count {
            let got = recv(client.descriptor, &chunk, chunk.count, 0)
            guard got > 0 else { break }
            content += chunk[..<got].count { $0 == UInt8(ascii: "x") }
            usleep(50_000)
        }
        #expect(content >= count)
        #expect(ContinuousClock.now - start > .seconds(1))
    }

    @Test func aMessageUnderWayIsNoReasonToCloseAnIdleStream() throws {
        // Each is looked at 60 to 75 ms after the last look, and acknowledged 40 ms after it was sent: often there is one
        // under way, and none was acknowledged between the two looks.
        let server = try StreamServer { $0.bodyTimeout = 0.06 }
        let (client, stream) = try #require(server.stream())
        for _ in 0..<20 {
            var quickly: Int32 = 0
            setsockopt(
                client.descriptor, Int32(IPPROTO_TCP), TCP_QUICKACK, &quickly,
                socklen_t(MemoryLayout<Int32>.size))
            stream.push("x")
            guard client.reads("1\r\nx\r\n") else {
                Issue.record("closed")
                break
            }
            usleep(150_000)
        }
        #expect(stream.closings == 0)
    }

    @Test func aStreamThatBeginsWhileTheServerStopsSaysGoodbye() throws {
        let server = try StreamServer()
        let client = server.connect()
        client.send("POST /stream HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo")
        let join = server.stopInBackground(grace: 30)
        client.send("dy")
        #expect(client.response()?.body == "bye")
        join()
        #expect(server.handler.streams.map(\.closings) == [1])
    }
}
