import Engine
import MicroHTTP
import TestSupport
import Testing

@testable import REST

@Suite(.keyspaces) struct RESTHandlerTests {
    @Test func health() throws {
        try play(
            """
            GET /healthz => 200 {"status":"ok"}
            HEAD /healthz => 200
            GET /healthz?x => 400 ERR
            """)
    }

    @Test(arguments: [
        ("/keys/k", "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"), ("/keys", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        ("/keys/k/append", "OPTIONS, POST"), ("/healthz", "GET, HEAD, OPTIONS"),
    ])
    func otherMethods(_ path: String, _ allow: String) throws {
        let service = try TestService()
        let options = try service.connection.request("OPTIONS", path)
        #expect(options.status == 204)
        #expect(options["allow"] == allow)
        #expect(options["access-control-allow-origin"] == nil)
        let brewed = try service.connection.request("BREW", path)
        #expect(brewed.status == 405)
        #expect(brewed["allow"] == allow)
        #expect(brewed["content-type"] == "application/problem+json")
        #expect(
            brewed.text.hasPrefix(
                "{\"title\":\"Method Not Allowed\",\"status\":405,\"code\":\"METHOD\",\"detail\":\"BREW is not"
            ))
    }

    @Test(arguments: ["/keys/a/b/c", "/keys/k/none", "/keyspace/", "//keys/k/none"])
    func unknownPaths(_ path: String) throws {
        let service = try TestService()
        for method in ["GET", "POST", "OPTIONS", "BREW"] {
            let answer = try service.connection.request(method, path)
            #expect(answer.status == 404)
            #expect(answer["content-type"] == "application/problem+json")
            #expect(
                answer.text.hasPrefix(
                    "{\"title\":\"Not Found\",\"status\":404,\"code\":\"NOTFOUND\",\"detail\":\""))
        }
    }

    @Test func emptyNamesAreNames() throws {
        try play(
            """
            PUT //keys/ a => 201
            GET /keys//type => 200 {"type":"string"}
            GET /keys/ => 200 {"value":"a"}
            """)
    }

    @Test func headersOfAnotherRequestAreForgotten() throws {
        let service = try TestService()
        _ = try service.connection.request("PUT", "/keys/k", body: Array("hello".utf8))
        for _ in 0..<3 {
            let some = try service.connection.request("GET", "/keys/k?raw", headers: ["Range: bytes=0-1"])
            #expect(some.text == "he")
            let all = try service.connection.request("GET", "/keys/k")
            #expect(all.text == "{\"value\":\"hello\"}")
            let refused = try service.connection.request(
                "PUT", "/keys/k?nx", headers: ["Content-Type: application/json"],
                body: Array("{\"value\":1}".utf8))
            #expect(refused.status == 412)
            let failed = try service.connection.request("GET", "/sets/k")
            #expect(failed.status == 409)
        }
    }

    // MARK: Bad input

    static let badDocuments: [(name: String, body: [UInt8])] = [
        ("nested 10,000 deep", Array((String(repeating: "[", count: 10_000)).utf8)),
        (
            "nested 10,000 deep and closed",
            Array(
                (String(repeating: "{\"a\":", count: 10_000) + "1" + String(repeating: "}", count: 10_000))
                    .utf8)
        ),
        ("invalid UTF-8", Array("{\"value\":\"".utf8) + [0xFF] + Array("\"}".utf8)),
        ("a lone surrogate", Array("{\"value\":\"\\ud800\"}".utf8)), ("nothing", []),
        ("trailing bytes", Array("{\"value\":\"a\"} x".utf8)), ("a NUL", Array("{\"value\":\"a\"}\0".utf8)),
    ]

    @Test(arguments: badDocuments.indices)
    func badDocumentsAreRefused(_ index: Int) throws {
        let service = try TestService()
        for (method, path) in [
            ("PUT", "/keys/k"), ("PATCH", "/keys"), ("PUT", "/keys/k/ttl"), ("PATCH", "/config"),
        ] {
            let answer = try service.connection.request(
                method, path, headers: ["Content-Type: application/json"],
                body: RESTHandlerTests.badDocuments[index].body)
            #expect(answer.status == 400, "\(RESTHandlerTests.badDocuments[index].name): \(method) \(path)")
            #expect(answer.text.contains("\"code\":\"ERR\""))
        }
        try service.play("GET /keyspace => 200 {\"count\":0}")
    }

    @Test func badQueriesAreRefused() throws {
        try play(
            """
            GET /keys?match=%zz => 400 ERR
            GET /keys?%zz => 400 ERR
            GET /keys?&&match=a&& => 200
            GET /keys?match=a&match=b => 400 ~may come only once
            GET /keys?m%61tch=none => 200 {"keys":[],"cursor":"0"}
            GET /keys?=a => 400 ERR
            GET /keys? => 200
            """)
    }

    // MARK: CORS

    private func served(_ origins: [String]) throws -> (HTTPServer<RESTHandler<TestEngine>>, TestConnection) {
        var options = HTTPOptions()
        options.port = 0
        var access = AccessOptions()
        access.corsOrigins = origins
        let server = try HTTPServer(options, handler: RESTHandler(engine: TestEngine(), access: access))
        return (server, try TestConnection(port: server.port))
    }

    @Test func originsThatMayCall() throws {
        let (server, connection) = try served(["https://a.example", "https://b.example"])
        defer { server.stop(grace: 0) }
        for origin in ["https://a.example", "https://b.example"] {
            for path in ["/healthz", "/none"] {
                let answer = try connection.request("GET", path, headers: ["Origin: \(origin)"])
                #expect(answer["access-control-allow-origin"] == origin)
                #expect(answer["access-control-expose-headers"]?.contains("ETag") == true)
                #expect(answer.headers.contains { $0.name == "vary" && $0.value == "Origin" })
            }
        }
        let stranger = try connection.request("GET", "/healthz", headers: ["Origin: https://c.example"])
        #expect(stranger.status == 403)
        #expect(stranger["access-control-allow-origin"] == nil)
        #expect(stranger.headers.contains { $0.name == "vary" && $0.value == "Origin" })
        let direct = try connection.request("GET", "/healthz")
        #expect(direct["access-control-allow-origin"] == nil)
    }

    @Test func preflights() throws {
        let (server, connection) = try served(["https://a.example"])
        defer { server.stop(grace: 0) }
        let headers = ["Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: if-match"]
        let allowed = try connection.request(
            "OPTIONS", "/keys/k", headers: ["Origin: https://a.example"] + headers)
        #expect(allowed.status == 204)
        #expect(allowed["access-control-allow-origin"] == "https://a.example")
        #expect(allowed["access-control-allow-methods"]?.contains("PUT") == true)
        #expect(allowed["access-control-allow-headers"]?.contains("If-Match") == true)
        #expect(allowed["access-control-max-age"] != nil)
        let stranger = try connection.request(
            "OPTIONS", "/keys/k", headers: ["Origin: https://c.example"] + headers)
        #expect(stranger.status == 403)
        #expect(stranger["access-control-allow-methods"] == nil)
    }

    @Test func anyOrigin() throws {
        let (server, connection) = try served(["*"])
        defer { server.stop(grace: 0) }
        let answer = try connection.request("GET", "/healthz", headers: ["Origin: https://x.example"])
        #expect(answer["access-control-allow-origin"] == "*")
        #expect(answer["vary"] == nil)
    }

    @Test func noOriginUnlessConfigured() throws {
        let service = try TestService()
        let answer = try service.connection.request("GET", "/healthz", headers: ["Origin: https://x.example"])
        #expect(answer.status == 403)
        #expect(answer["access-control-allow-origin"] == nil)
        #expect(answer["vary"] == nil)
    }

    // MARK: Refusals of the server itself

    @Test func refusalsAreProblems() throws {
        var options = HTTPOptions()
        options.port = 0
        options.maxBody = 100
        let server = try HTTPServer(options, handler: RESTHandler(engine: TestEngine()))
        defer { server.stop(grace: 0) }
        let connection = try TestConnection(port: server.port)
        let answer = try connection.request("PUT", "/keys/k", body: [UInt8](repeating: 0x61, count: 101))
        #expect(answer.status == 413)
        #expect(answer["content-type"] == "application/problem+json")
        #expect(answer.text.contains("\"code\":\"TOOLARGE\""))
    }
}
