import Glibc
import MicroHTTP
import Synchronization
import Testing

@Suite struct TimeoutTests {
    /// Sends `byte` again and again until the server ends the connection; false if it never does.
    private func isCut(_ client: Client, sending byte: UInt8) -> Bool {
        let start = time(nil)
        while time(nil) - start < 10 {
            if !client.send([byte]) { return true }
            var unread: UInt8 = 0
            let count = recv(client.descriptor, &unread, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
            if count == 0 || count < 0 && errno != EAGAIN { return true }
            usleep(20_000)
        }
        return false
    }

    private func impatient(_ options: inout HTTPOptions) {
        options.headerTimeout = 0.3
        options.bodyTimeout = 0.3
        options.idleTimeout = 30
    }

    @Test(arguments: [
        "",
        "GET /slow",
        "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
    ])
    func aSlowSenderIsCut(start: String) throws {
        let server = try TestServer(impatient)
        let client = server.connect()
        client.send(start)
        #expect(isCut(client, sending: UInt8(ascii: "a")))
        #expect(server.handler.handled.load(ordering: .relaxed) == 0)
        #expect(server.isServing())
    }

    @Test func aBodyAtTheMinimumRateIsTaken() throws {
        let server = try TestServer {
            impatient(&$0)
            $0.minimumRate = 100
        }
        let client = server.connect()
        client.send("PUT /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
        // 1,000 bytes in a second: three times as long as a body may stand still.
        for _ in 0..<20 {
            client.send(String(repeating: "b", count: 50))
            usleep(50_000)
        }
        #expect(client.response()?.body == "1000")
    }

    @Test func aClientThatStopsInMidBodyIsCut() throws {
        let server = try TestServer(impatient)
        let client = server.connect()
        client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n")
        client.send([UInt8](repeating: 0, count: 1_000_000))
        #expect(client.isClosed())
    }

    @Test func aClientThatDoesNotReadIsCut() throws {
        let server = try TestServer {
            impatient(&$0)
            $0.maxConnections = 1
        }
        let client = server.connect()
        for _ in 0..<4 { client.send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n") }
        // Only once it is cut is there room for another.
        #expect(eventually { server.connect().request("GET /alive")?.status == 200 })
        _ = client
    }

    @Test(arguments: ["", "body"]) func aHandlerMayTakeLongerThanAClient(body: String) throws {
        let server = try TestServer(impatient)
        let client = server.connect()
        client.send("PUT /wait HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(eventually { server.handler.waiting.load(ordering: .relaxed) == 1 })
        // Twice any time-out, and a few looks of the housekeeper.
        usleep(800_000)
        server.handler.release.store(true, ordering: .relaxed)
        #expect(client.response()?.body == "PUT /wait  \(body)")
    }

    @Test func anIdleConnectionIsClosedInTime() throws {
        let server = try TestServer { $0.idleTimeout = 0.3 }
        let client = server.connect()
        #expect(client.request("GET /")?.status == 200)
        #expect(client.isClosed())
    }

    @Test func aClientThatHasEndedItsDirectionIsClosed() throws {
        let server = try TestServer(impatient)
        let client = server.connect()
        client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        client.endSending()
        #expect(client.response()?.body == "GET /a  ")
        #expect(client.isClosed())
    }

    @Test func anIdleConnectionOutlivesTheHeaderTimeout() throws {
        let server = try TestServer(impatient)
        let client = server.connect()
        for _ in 0..<3 {
            #expect(client.request("GET /a")?.body == "GET /a  ")
            usleep(700_000)
        }
        #expect(client.request("GET /a")?.body == "GET /a  ")
    }
}
