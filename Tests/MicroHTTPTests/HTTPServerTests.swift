import Glibc
import MicroHTTP
import Synchronization
import Testing

@Suite struct HTTPServerTests {
    @Test(arguments: [1, 2]) func answersManyRequestsOnOneConnection(threads: Int) throws {
        let server = try TestServer { $0.threads = threads }
        let client = server.connect()
        for number in 0..<50 {
            let response = client.request("GET /keys/\(number)?a=b%20c&d")
            #expect(response?.status == 200)
            #expect(response?.body == "GET /keys/\(number) a=b%20c&d ")
            #expect(response?["date"] != nil)
            #expect(response?["connection"] == nil)
        }
    }

    /// RFC 9112, section 3.2.2: a server accepts the absolute form, which clients send to proxies.
    @Test(arguments: [
        ("http://x/keys/a?b=c", "/keys/a b=c"), ("http://x:80/", "/ "), ("http://x", "/ "),
        ("https://x?q=/p", "/ q=/p"), ("HTTPx", "HTTPx "), ("/http://x/y", "/http://x/y "),
    ])
    func takesTargetsInAbsoluteForm(target: String, expected: String) throws {
        let server = try TestServer()
        #expect(server.connect().request("GET \(target)")?.body == "GET \(expected) ")
    }

    @Test func answersPipelinedRequestsInOrder() throws {
        let server = try TestServer()
        let client = server.connect()
        let requests = (0..<100).map { number in
            number % 2 == 0
                ? "GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n"
                : "PUT /\(number) HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
        }
        client.send(requests.joined())
        for number in 0..<100 {
            let expected = number % 2 == 0 ? "GET /\(number)  " : "PUT /\(number)  body"
            #expect(client.response()?.body == expected)
        }
    }

    @Test func headHasTheHeaderOfGetAndNoBody() throws {
        let server = try TestServer()
        let client = server.connect()
        let get = client.request("GET /static")
        let head = client.request("HEAD /static")
        #expect(head?.status == 200)
        #expect(head?["content-length"] == "8" && get?["content-length"] == "8")
        #expect(head?["content-type"] == "text/plain" && head?.body == "")
        #expect(client.request("GET /next")?.body == "GET /next  ")
    }

    @Test func valuesCannotBreakOutOfTheirHeaderField() throws {
        let server = try TestServer()
        let response = server.connect().request("GET /static")
        #expect(response?["x-injected"] == "a  b c")
        #expect(response?.body == "constant")
    }

    @Test func headerFieldsAreReadable() throws {
        let server = try TestServer()
        let response = server.connect().request("GET /headers", headers: ["X-Two: b", "x-two: c", "Empty:"])
        #expect(response?.body == "Host=test;X-Two=b;x-two=c;Empty=;")
    }

    @Test(arguments: ["BREW", "get", "GETS", "TRACE"]) func otherMethodsReachTheHandler(name: String) throws {
        let server = try TestServer()
        #expect(server.connect().request("\(name) /pot")?.body == "\(name) /pot  ")
    }

    @Test func targetsArriveRaw() throws {
        let server = try TestServer()
        let target = "/a%2Fb/%zz/caf%C3%A9+//x%00y?q=%20+?&"
        #expect(
            server.connect().request("GET \(target)")?.body == "GET /a%2Fb/%zz/caf%C3%A9+//x%00y q=%20+?& ")
    }

    @Test func servesHTTP10() throws {
        let server = try TestServer()
        let client = server.connect()
        client.send("GET /old HTTP/1.0\r\n\r\n")
        #expect(client.response()?.body == "GET /old  ")
        #expect(client.isClosed())
        let kept = server.connect()
        for _ in 0..<2 {
            kept.send("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(kept.response()?.body == "GET /old  ")
        }
    }

    @Test func admissionRefusesBeforeTheBody() throws {
        let server = try TestServer()
        let client = server.connect()
        #expect(client.request("GET /", headers: ["X-Token: wrong"])?.status == 401)
        let small = client.request("PUT /", headers: ["X-Token: wrong", "Content-Length: 4"], body: "body")
        #expect(small?.status == 401 && small?.body == "who are you?")
        #expect(client.request("GET /still")?.body == "GET /still  ")
        let large = client.request(
            "PUT /", headers: ["X-Token: wrong", "Content-Length: 9999999"], body: "b")
        #expect(large?.status == 401 && large?["connection"] == "close")
        #expect(client.isClosed())
        #expect(server.handler.handled.load(ordering: .relaxed) == 1)
    }

    @Test func largeResponsesArriveWhole() throws {
        let server = try TestServer()
        let response = server.connect().request("GET /big")
        #expect(response?.body.utf8.count == 8 << 20)
    }

    @Test func aTakenPortIsAnError() throws {
        let server = try TestServer()
        #expect(throws: HTTPServerError.self) {
            try TestServer { $0.port = server.server.port }
        }
        do {
            _ = try TestServer { $0.port = server.server.port }
        } catch let error as HTTPServerError {
            #expect(error.description == "port \(server.server.port) on 127.0.0.1 is already in use")
        }
        #expect(server.isServing())
    }

    @Test(arguments: ["nonsense", "1.2.3", "", "localhost"]) func badAddressesAreErrors(address: String) {
        #expect(throws: HTTPServerError.self) { try TestServer { $0.bindAddress = address } }
    }

    @Test(arguments: ["0.0.0.0", "::"]) func listensOnAnyAddress(address: String) throws {
        let server = try TestServer { $0.bindAddress = address }
        #expect(server.isServing())
    }

    @Test func aFreedPortCanBeTakenAgainAtOnce() throws {
        let first = try TestServer()
        let port = first.server.port
        let client = first.connect()
        #expect(client.request("GET /")?.status == 200)
        first.server.stop(grace: 1)
        let second = try TestServer { $0.port = port }
        #expect(second.isServing())
    }

    @Test func aQueryMayHaveThousandsOfParameters() throws {
        let server = try TestServer { $0.headerTimeout = 1 }
        let query = Array(repeating: "k=a?", count: 3000).joined(separator: "&")
        #expect(server.connect().request("GET /many?\(query)")?.body == "GET /many \(query) ")
    }
}
