import MicroHTTP
import Synchronization
import Testing

@Suite struct BodyTests {
    private func chunked(_ body: String, by size: Int) -> String {
        var rest = body[...]
        var result = ""
        while !rest.isEmpty {
            let part = rest.prefix(size)
            result += "\(String(part.utf8.count, radix: 16))\r\n\(part)\r\n"
            rest = rest.dropFirst(size)
        }
        return result + "0\r\n\r\n"
    }

    @Test(arguments: [1, 1000, 70_000, 5_000_000]) func bodiesOfAnnouncedLengthArriveWhole(size: Int) throws {
        let server = try TestServer()
        let client = server.connect()
        let body = String((0..<size).map { Character(Unicode.Scalar(97 + UInt8($0 % 26))) })
        for _ in 0..<2 {
            let response = client.request("PUT /k", headers: ["Content-Length: \(size)"], body: body)
            #expect(response?.body == "PUT /k  " + body)
        }
    }

    @Test(arguments: [(1, 1), (1000, 7), (300_000, 4096), (3_000_000, 1_000_000)])
    func chunkedBodiesArriveWhole(size: Int, chunk: Int) throws {
        let server = try TestServer()
        let client = server.connect()
        let body = String(repeating: "z", count: size)
        let sent = chunked(body, by: chunk)
        for _ in 0..<2 {
            let response = client.request("PUT /k", headers: ["Transfer-Encoding: chunked"], body: sent)
            #expect(response?.body == "PUT /k  " + body)
        }
    }

    @Test func theHeaderTellsWhetherABodyFollows() throws {
        let server = try TestServer()
        let client = server.connect()
        for (header, body, expected) in [
            ("Content-Length: 1", "x", "a body"), ("X: y", "", "none"), ("Content-Length: 0", "", "none"),
            ("Transfer-Encoding: chunked", "0\r\n\r\n", "a body"), ("X: y", "", "none"),
        ] {
            #expect(
                client.request("PUT /expects", headers: [header], body: body)?.body == expected, "\(header)")
        }
    }

    @Test func aBodyOfTheLargestSizeIsTaken() throws {
        let server = try TestServer { $0.maxBody = 1000 }
        let client = server.connect()
        let body = String(repeating: "b", count: 1000)
        #expect(client.request("PUT /count", headers: ["Content-Length: 1000"], body: body)?.body == "1000")
        let sent = chunked(body, by: 300)
        #expect(
            client.request("PUT /count", headers: ["Transfer-Encoding: chunked"], body: sent)?.body == "1000")
    }

    @Test func aLittleTooLargeBodyIsRefusedAndTheConnectionGoesOn() throws {
        let server = try TestServer { $0.maxBody = 1000 }
        let client = server.connect()
        let body = String(repeating: "b", count: 1001)
        let response = client.request("PUT /", headers: ["Content-Length: 1001"], body: body)
        #expect(response?.status == 413)
        #expect(client.request("GET /next")?.body == "GET /next  ")
    }

    @Test func aMuchTooLargeBodyIsRefusedBeforeItIsRead() throws {
        let server = try TestServer { $0.maxBody = 1000 }
        let client = server.connect()
        let response = client.request("PUT /", headers: ["Content-Length: 1000000000"], body: "start")
        #expect(response?.status == 413 && response?["connection"] == "close")
        #expect(response?["date"]?.hasSuffix(" GMT") == true)
        #expect(server.handler.handled.load(ordering: .relaxed) == 0)
        #expect(server.isServing())
    }

    @Test func aClientThatSendsItAllFirstStillReadsTheRefusal() throws {
        let server = try TestServer { $0.maxBody = 1000 }
        let client = server.connect()
        let body = String(repeating: "b", count: 20_000_000)
        let response = client.request("PUT /", headers: ["Content-Length: 20000000"], body: body)
        #expect(response?.status == 413)
    }

    @Test func aChunkedBodyIsRefusedOnceItIsTooLarge() throws {
        let server = try TestServer { $0.maxBody = 1000 }
        let client = server.connect()
        let sent = chunked(String(repeating: "b", count: 5000), by: 600)
        let response = client.request("PUT /", headers: ["Transfer-Encoding: chunked"], body: sent)
        #expect(response?.status == 413 && response?["connection"] == "close")
        #expect(client.isClosed())
        #expect(server.handler.handled.load(ordering: .relaxed) == 0)
        #expect(server.isServing())
    }

    @Test func continueIsSentBeforeTheBody() throws {
        let server = try TestServer()
        let client = server.connect()
        let headers = ["Expect: 100-continue", "Content-Length: 4"]
        #expect(client.request("PUT /k", headers: headers)?.status == 100)
        client.send("body")
        #expect(client.response()?.body == "PUT /k  body")
    }

    @Test func tooLargeIsSaidInsteadOfContinue() throws {
        let server = try TestServer { $0.maxBody = 1000 }
        let client = server.connect()
        let headers = ["Expect: 100-continue", "Content-Length: 1001"]
        #expect(client.request("PUT /k", headers: headers)?.status == 413)
        #expect(client.isClosed())
    }

    @Test func aBodyShorterThanAnnouncedNeverReachesTheHandler() throws {
        let server = try TestServer { $0.bodyTimeout = 0.3 }
        for waits in [true, false] {
            let client = server.connect()
            client.send("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nshort")
            client.endSending()
            if waits { #expect(client.isClosed()) }
        }
        #expect(server.isServing())
        #expect(server.handler.handled.load(ordering: .relaxed) == 1)
    }

    @Test func whatFollowsTheBodyIsTheNextRequest() throws {
        let server = try TestServer()
        let client = server.connect()
        client.send(
            "PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbodyGET /next HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        #expect(client.response()?.body == "PUT /k  body")
        #expect(client.response()?.body == "GET /next  ")
        client.send("PUT /k HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody and more\r\n\r\n")
        #expect(client.response()?.body == "PUT /k  body")
        #expect(client.response().map { $0.status == 400 } ?? true)
        #expect(server.isServing())
    }
}
