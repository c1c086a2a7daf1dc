import TestSupport
import Testing

@Suite(.keyspaces) struct DumpResourcesTests {
    /// The payload of the string `hello`, as redis-server 7.0.15 answers it.
    private static let hello = "{\"value\":{\"base64\":\"AAVoZWxsbwoAY3LfdmU0IAo=\"}}"

    @Test func restoring() throws {
        try play(
            """
            PUT /keys/k/dump?replace&ttl=60 HELLO => 201
            GET /keys/k [If-None-Match: $etag] => 304
            GET /keys/k => 200 {"value":"hello"}
            PUT /keys/k/dump HELLO => 409 BUSYKEY
            PUT /keys/k/dump?replace HELLO => 200
            GET /keys/k/ttl => 200 {"ttl":null,"expire_at":null}
            PUT /keys/k/dump?replace&expire_at=4102444800.25 HELLO => 200
            GET /keys/k/ttl => 200 ~"expire_at":4102444800.25
            PUT /keys/k/dump?replace&expire_at=1 HELLO => 204
            GET /keys/k => 404
            PUT /keys/k/dump?expire_at=1 HELLO => 204
            PUT /keys/k/dump [If-Match: *] HELLO => 412 CONDITION
            PUT /keys/k/dump [If-None-Match: *] HELLO => 201
            PUT /keys/k/dump?replace [If-None-Match: *] HELLO => 412 CONDITION
            POST /lists/l {"values":["a"]} => 201
            PUT /keys/l/dump?replace HELLO => 200
            GET /keys/l => 200 {"value":"hello"}
            """.replacing("HELLO", with: Self.hello))
    }

    @Test func whatIsRefusedChangesNothing() throws {
        try play(
            """
            PUT /keys/k a => 201
            PUT /keys/k/dump?replace => 400 ERR
            PUT /keys/k/dump?replace hello => 400 ERR
            PUT /keys/k/dump?replace 0123456789abc => 400 ~version or checksum
            PUT /keys/k/dump?replace {"value":{"base64":"AgAKADrOOQCbiTno"}} => 400 ~Bad data format
            PUT /keys/k/dump?ttl=1&expire_at=2 HELLO => 400 ERR
            PUT /keys/k/dump?ttl=0 HELLO => 400 ERR
            PUT /keys/k/dump?nx HELLO => 400 ERR
            PUT /keys/k/dump [Content-Type: application/json] { => 400 ERR
            GET /keys/k => 200 {"value":"a"}
            """.replacing("HELLO", with: Self.hello))
    }

    @Test func dumping() throws {
        let service = try TestService()
        try service.play(
            """
            GET /keys/k/dump => 404 NOTFOUND
            GET /keys/k/dump [If-Match: *] => 412 CONDITION
            PATCH /hashes/k {"fields":{"a":"1","b":"2"}} => 201
            GET /keys/k/dump [If-None-Match: $etag] => 304
            GET /keys/k/dump [If-Match: "x"] => 412 CONDITION
            HEAD /keys/k/dump => 200
            """)
        let dump = try service.connection.request("GET", "/keys/k/dump", headers: [], body: nil)
        #expect(dump.status == 200)
        #expect(dump["content-type"] == "application/octet-stream")
        let answer = try service.connection.request("PUT", "/keys/other/dump", headers: [], body: dump.body)
        #expect(answer.status == 201)
        try service.play("GET /hashes/other => 200 {\"fields\":{\"a\":\"1\",\"b\":\"2\"}}")
    }
}
