import TestSupport
import Testing

@Suite(.keyspaces) struct ExpiryResourcesTests {
    @Test func readsAndSets() throws {
        try play(
            """
            GET /keys/k/ttl => 404 NOTFOUND
            PUT /keys/k/ttl 10 => 404 NOTFOUND
            DELETE /keys/k/ttl => 404 NOTFOUND
            PUT /keys/k/ttl [If-Match: *] 10 => 412 CONDITION
            PUT /keys/k a => 201
            GET /keys/k/ttl => 200 {"ttl":null,"expire_at":null}
            PUT /keys/k/ttl 100.5 => 200 ~{"ttl":100.
            PUT /keys/k/ttl {"expire_at":4102444800.25} => 200 ~"expire_at":4102444800.25}
            PUT /keys/k/ttl {"ttl":1,"expire_at":4102444800.001} => 200 ~"expire_at":4102444800.001}
            GET /keys/k/ttl => 200 ~"expire_at":4102444800.001}
            GET /keys/k/ttl [If-None-Match: $etag] => 304
            PUT /keys/k/ttl [If-Match: "x"] 5 => 412 CONDITION
            DELETE /keys/k/ttl => 204
            DELETE /keys/k/ttl => 204
            GET /keys/k/ttl => 200 {"ttl":null,"expire_at":null}
            PUT /keys/k/ttl {"ttl":6e1} => 200 ~{"ttl":
            PUT /keys/k/ttl {"ttl":null} => 200 {"ttl":null,"expire_at":null}
            PUT /keys/k/ttl {"ttl":null,"expire_at":null} => 200 {"ttl":null,"expire_at":null}
            PUT /keys/k/ttl {"expire_at":1.5} => 204
            GET /keys/k => 404
            """)
    }

    @Test(arguments: [
        "0", "-1", "abc", "1s", "{}", "{\"ttl\":\"60\"}", "{\"ttl\":0}", "{\"ttl\":-1}",
        "{\"ttl\":1,\"x\":2}",
        "{\"ttl\":true}", "{\"value\":60}", "[60]",
    ])
    func refuses(_ body: String) throws {
        try play(
            """
            PUT /keys/k a => 201
            PUT /keys/k/ttl \(body) => 400 ERR
            GET /keys/k/ttl => 200 {"ttl":null,"expire_at":null}
            """)
    }

    @Test func conditions() throws {
        try play(
            """
            PUT /keys/k a => 201
            PUT /keys/k/ttl?xx 100 => 412 CONDITION
            PUT /keys/k/ttl?gt 100 => 412 CONDITION
            PUT /keys/k/ttl?nx {"ttl":null} => 200 {"ttl":null,"expire_at":null}
            PUT /keys/k/ttl?xx {"ttl":null} => 412 CONDITION
            PUT /keys/k/ttl?gt {"ttl":null} => 412 CONDITION
            PUT /keys/k/ttl?lt {"ttl":null} => 412 CONDITION
            PUT /keys/k/ttl?nx 100 => 200
            PUT /keys/k/ttl?nx 200 => 412 CONDITION
            PUT /keys/k/ttl?nx {"ttl":null} => 412 CONDITION
            PUT /keys/k/ttl?lt {"ttl":null} => 412 CONDITION
            PUT /keys/k/ttl?gt 50 => 412 CONDITION
            PUT /keys/k/ttl?gt 200 => 200
            PUT /keys/k/ttl?lt 300 => 412 CONDITION
            PUT /keys/k/ttl?xx&lt 100 => 200
            GET /keys/k/ttl => 200 ~{"ttl":
            PUT /keys/k/ttl?gt {"ttl":null} => 200 {"ttl":null,"expire_at":null}
            PUT /keys/k/ttl?nx&xx 1 => 400 ERR
            PUT /keys/k/ttl?nx&gt 1 => 400 ERR
            PUT /keys/k/ttl?gt&lt 1 => 400 ERR
            PUT /keys/none/ttl?xx 1 => 404 NOTFOUND
            """)
    }

    @Test func whatIsReadCanBeWritten() throws {
        let service = try TestService()
        try service.play(
            """
            PUT /keys/k?expire_at=4102444800.123 a => 201
            PUT /keys/l a => 201
            """)
        let read = try service.connection.request("GET", "/keys/k/ttl")
        let written = try service.connection.request(
            "PUT", "/keys/l/ttl", headers: ["Content-Type: application/json"], body: read.body)
        #expect(written.status == 200)
        #expect(written.text.hasSuffix("\"expire_at\":4102444800.123}"))
    }
}
