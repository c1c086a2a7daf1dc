import Engine
import MicroHTTP
import TestSupport
import Testing

@testable import REST

@Suite(.keyspaces) struct AccessTests {
    private static let secret = "hush+hush/1=="

    private func guarded(
        tokens: [String] = [secret], hosts: [String] = [], origins: [String] = []
    ) throws -> TestService {
        var access = AccessOptions()
        access.tokens = tokens.compactMap(AccessToken.init)
        access.allowedHosts = hosts
        access.corsOrigins = origins
        return try TestService(access: access)
    }

    private struct Case: CustomStringConvertible {
        let method: String
        let target: String
        let isPublic: Bool
        let dialect: RouteDialect
        var description: String { "\(method) \(target)" }
    }

    /// Each route with names for its arguments, and each GET as HEAD too; what is no route; other methods.
    private static var cases: [Case] {
        var cases: [Case] = []
        for route in RouteTable<MemoryEngine>.routes {
            let path = route.template.description.split(separator: "/").map { $0.hasPrefix("{") ? "0" : $0 }
                .joined(separator: "/")
            for method in [route.method.name.description] + (route.method == .get ? ["HEAD"] : []) {
                cases.append(
                    Case(method: method, target: "/" + path, isPublic: route.isPublic, dialect: route.dialect)
                )
            }
        }
        for (method, target, dialect) in [
            ("GET", "/", .upstash), ("BREW", "/pipeline", .upstash), ("POST", "//pipeline", .upstash),
            ("GET", "/none/1/2/3", .upstash), ("OPTIONS", "/get/0", .upstash),
            ("OPTIONS", "/keys/0", .native),
            ("BREW", "/keys", .native), ("GET", "/keys/0/none/0", .native), ("POST", "/healthz", .native),
            ("GET", "/healthz/", .native), ("GET", "/healthz/x", .native),
        ] as [(String, String, RouteDialect)] {
            cases.append(Case(method: method, target: target, isPublic: false, dialect: dialect))
        }
        return cases
    }

    private func code(_ answer: TestAnswer) -> String {
        guard let start = answer.text.ranges(of: "\"code\":\"").first?.upperBound else { return "" }
        return String(answer.text[start...].prefix { $0 != "\"" })
    }

    // MARK: With a token

    @Test func everyRouteAsksForTheToken() throws {
        let service = try guarded()
        for one in AccessTests.cases {
            for (headers, query, expected) in [
                ([], "", "NOAUTH"), (["Authorization: Basic eDp5"], "", "NOAUTH"), ([], "?_token", "NOAUTH"),
                (["Authorization: Bearer wrong"], "", "WRONGPASS"), ([], "?_token=wrong", "WRONGPASS"),
                (["Authorization: Bearer"], "?_token=", "WRONGPASS"),
                // The header counts.
                (["Authorization: Bearer wrong"], "?_token=hush%2Bhush/1==", "WRONGPASS"),
            ] {
                let answer = try service.connection.request(one.method, one.target + query, headers: headers)
                if one.isPublic {
                    #expect(answer.status == 200, "\(one) \(headers) \(query)")
                    continue
                }
                #expect(answer.status == 401, "\(one) \(headers) \(query)")
                #expect(answer["www-authenticate"] == "Bearer realm=\"redwing\"")
                if one.method == "HEAD" { continue }
                switch one.dialect {
                case .native:
                    #expect(answer["content-type"] == "application/problem+json")
                    #expect(code(answer) == expected, "\(one) \(headers) \(query)")
                case .upstash:
                    #expect(answer.text == #"{"error":"WRONGPASS invalid or missing auth token"}"#)
                }
            }
        }
        #expect(
            try service.connection.request(
                "GET", "/keyspace", headers: ["Authorization: Bearer " + AccessTests.secret]
            )
            .text == "{\"count\":0}")
    }

    @Test func everyRouteTakesTheToken() throws {
        let service = try guarded()
        for one in AccessTests.cases {
            for (headers, query) in [
                (["Authorization: Bearer hush+hush/1=="], ""), (["authorization: bearer  hush+hush/1=="], ""),
                ([], "?_token=hush+hush/1=="), ([], "?%5Ftoken=hush%2Bhush%2F1%3D%3D"),
                (["Authorization: Basic eDp5"], "?_token=hush+hush/1=="),
            ] {
                // What streams needs a connection of its own.
                let connection = try service.connect()
                let answer = try connection.request(one.method, one.target + query, headers: headers)
                #expect(answer.status != 401 && answer.status != 403, "\(one) \(headers) \(query)")
                #expect(!answer.text.contains("'_token' is not"), "\(one): \(answer.text)")
            }
        }
    }

    /// Neither is the token an argument, nor does an error quote it.
    @Test(arguments: [true, false])
    func theTokenIsNoParameter(_ isAsked: Bool) throws {
        let service = try guarded(tokens: isAsked ? [AccessTests.secret] : [])
        for one in AccessTests.cases {
            let answer = try service.connection.request(
                one.method, one.target + "?_token=hush+hush/1==&no_such=1&%zz&_token=hush")
            #expect(![401, 403].contains(answer.status), "\(one)")
            for text in [answer.text] + answer.headers.map(\.value) {
                #expect(!text.contains("hush") && !text.contains("_token"), "\(one): \(text)")
            }
        }
        let named = try service.connection.request("GET", "/keyspace?_token=hush+hush/1==&no_such=1")
        #expect(named.status == 400 && named.text.contains("'no_such'"))
    }

    @Test func anyOfSeveralTokens() throws {
        let service = try guarded(tokens: ["first", "second"])
        for (token, status) in [("first", 200), ("second", 200), ("firs", 401), ("firstsecond", 401)] {
            let answer = try service.connection.request(
                "GET", "/keyspace", headers: ["Authorization: Bearer \(token)"])
            #expect(answer.status == status, "\(token)")
        }
    }

    @Test(arguments: ["%zz", "%", "hush+hush/1=%3", "hush%20hush/1==", "%00hush+hush/1=="])
    func malformedTokens(_ value: String) throws {
        let service = try guarded()
        let answer = try service.connection.request("GET", "/keyspace?_token=" + value)
        #expect(answer.status == 401)
        #expect(code(answer) == "WRONGPASS")
    }

    /// Who shows the token is no web page that was made to call.
    @Test func guardsAreForServersWithoutAToken() throws {
        let service = try guarded()
        let answer = try service.connection.request(
            "GET", "/keyspace",
            headers: [
                "Host: redwing.example", "Origin: https://a.example", "Sec-Fetch-Site: cross-site",
                "Authorization: Bearer " + AccessTests.secret,
            ])
        #expect(answer.status == 200)
    }

    @Test func preflightsShowNoToken() throws {
        let service = try guarded(origins: ["https://a.example"])
        let preflight = try service.connection.request(
            "OPTIONS", "/keys/k",
            headers: [
                "Origin: https://a.example", "Access-Control-Request-Method: PUT",
                "Access-Control-Request-Headers: authorization",
            ])
        #expect(preflight.status == 204)
        let allowed = preflight["access-control-allow-headers"] ?? ""
        for name in ["Authorization", "Upstash-Encoding", "Upstash-Sync-Token", "Upstash-Telemetry-Sdk"] {
            #expect(allowed.contains(name))
        }
        // The page can read that it lacks the token.
        let refused = try service.connection.request("GET", "/keys/k", headers: ["Origin: https://a.example"])
        #expect(refused.status == 401)
        #expect(refused["access-control-allow-origin"] == "https://a.example")
        #expect(refused["access-control-expose-headers"]?.contains("Upstash-Sync-Token") == true)
    }

    // MARK: Without a token

    private static let pages = [
        ["Host: evil.example"], ["Host: evil.example:8080", "Origin: http://evil.example:8080"],
        ["Origin: https://evil.example"], ["Origin: null"], ["Origin: http://localhost:3000"],
        ["Sec-Fetch-Site: cross-site"], ["Sec-Fetch-Site: same-site"],
        ["Referer: http://evil.example/page"], ["Referer: http://localhost:3000/"],
    ]

    @Test(arguments: pages)
    func webPagesAreKeptOut(_ headers: [String]) throws {
        for origins in [[], ["https://a.example"]] {
            let service = try guarded(tokens: [], origins: origins)
            for one in AccessTests.cases {
                let answer = try service.connection.request(one.method, one.target, headers: headers)
                #expect(answer.status == 403, "\(one)")
                #expect(answer["access-control-allow-origin"] == nil)
                if one.method == "HEAD" { continue }
                switch one.dialect {
                case .native: #expect(code(answer) == "FORBIDDEN", "\(one)")
                case .upstash: #expect(answer.text.hasPrefix(#"{"error":"FORBIDDEN "#), "\(one)")
                }
            }
        }
    }

    @Test func whoIsNoForeignPage() throws {
        let service = try guarded(tokens: [], hosts: ["redwing.example"])
        for headers in [
            [], ["Host: 127.0.0.1:8080"], ["Host: [::1]"], ["Host: redwing.example:80"],
            ["Sec-Fetch-Site: none"], ["Sec-Fetch-Site: same-origin", "Origin: http://localhost"],
            ["Host: app.localhost:81", "Origin: http://app.localhost:81"],
            ["Host: redwing.example:80", "Referer: http://redwing.example:80/commands?x"],
            // Clients of the Upstash protocol send one in any case.
            ["Authorization: Bearer whatever"],
        ] {
            let answer = try service.connection.request("GET", "/keyspace?_token=whatever", headers: headers)
            #expect(answer.status == 200, "\(headers)")
        }
        // HTTP/1.0 has no Host.
        try service.connection.send(Array("GET /keyspace HTTP/1.0\r\n\r\n".utf8))
        #expect(try service.connection.answer().status == 200)
    }

    /// A target in absolute form names the host, too (RFC 9112, section 3.2.2).
    @Test(arguments: [
        ("http://localhost/keyspace", 200), ("http://127.0.0.1:80/keyspace", 200),
        ("http://evil.example/keyspace", 403), ("http://localhost@evil.example/keyspace", 403),
        ("http://evil.example?/keyspace", 403),
    ])
    func absoluteTargets(_ target: String, _ status: Int) throws {
        let service = try guarded(tokens: [])
        #expect(try service.connection.request("GET", target).status == status)
    }

    /// Of two, a proxy may heed the one and we the other.
    @Test(arguments: [
        "Origin: http://localhost", "Sec-Fetch-Site: none", "Authorization: Bearer x",
        "Upstash-Encoding: base64", "Upstash-Response-Format: resp2",
    ])
    func fieldsThatComeTwice(_ header: String) throws {
        let service = try guarded(tokens: [])
        #expect(try service.connection.request("GET", "/echo/x", headers: [header]).status == 200)
        let answer = try service.connection.request("GET", "/echo/x", headers: [header, header])
        #expect(answer.status == 400)
        #expect(answer.text.contains("came twice"))
    }

    @Test func pagesThatCORSNames() throws {
        for origins in [["https://a.example"], ["*"]] {
            let service = try guarded(tokens: [], origins: origins)
            let page = ["Origin: https://a.example", "Sec-Fetch-Site: cross-site"]
            let preflight = try service.connection.request(
                "OPTIONS", "/keys/k", headers: page + ["Access-Control-Request-Method: PUT"])
            #expect(preflight.status == 204)
            #expect(preflight["access-control-allow-methods"]?.contains("PUT") == true)
            let answer = try service.connection.request(
                "PUT", "/keys/k", headers: page, body: Array("1".utf8))
            #expect(answer.status < 300)
            // Its own name for the server it can't choose.
            let rebound = try service.connection.request(
                "GET", "/keys/k", headers: page + ["Host: evil.example"])
            #expect(rebound.status == 403)
            #expect(try service.connection.request("GET", "/keys/k", headers: [page[1]]).status == 403)
        }
    }

    // MARK: Bodies

    /// Nothing of the body was sent when the refusal came: it can't have been waited for.
    @Test(arguments: [401, 403])
    func refusedBeforeTheBody(_ status: Int) throws {
        let service = try guarded(tokens: status == 401 ? [AccessTests.secret] : [])
        for length in ["Content-Length: 60000000", "Transfer-Encoding: chunked"] {
            let connection = try service.connect()
            let host = status == 401 ? "localhost" : "evil.example"
            try connection.send(Array("PUT /keys/k HTTP/1.1\r\nHost: \(host)\r\n\(length)\r\n\r\n".utf8))
            #expect(try connection.answer().status == status)
        }
    }

    @Test func aSmallRefusedBodyKeepsTheConnection() throws {
        let service = try guarded()
        #expect(try service.connection.request("PUT", "/keys/k", body: Array("1".utf8)).status == 401)
        let shown = ["Authorization: Bearer " + AccessTests.secret]
        #expect(try service.connection.request("GET", "/keys/k", headers: shown).status == 404)
        #expect(
            try service.connection.request("PUT", "/keys/k", headers: shown, body: Array("1".utf8)).status
                == 201)
    }
}
