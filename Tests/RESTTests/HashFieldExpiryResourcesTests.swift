import TestSupport
import Testing

@Suite(.keyspaces) struct HashFieldExpiryResourcesTests {
    @Test func readsAndSets() throws {
        try play(
            """
            GET /hashes/h/fields/f/ttl => 404 NOTFOUND
            PUT /hashes/h/fields/f/ttl 10 => 404 NOTFOUND
            PUT /hashes/h/fields/f/ttl {"ttl":null} => 404 NOTFOUND
            DELETE /hashes/h/fields/f/ttl => 404 NOTFOUND
            PUT /hashes/h {"fields":{"f":"1","g":"2"}} => 201
            GET /hashes/h/fields/x/ttl => 404 NOTFOUND
            DELETE /hashes/h/fields/x/ttl => 404 NOTFOUND
            PUT /hashes/h/fields/x/ttl [If-Match: *] 10 => 412 CONDITION
            GET /hashes/h/fields/f/ttl => 200 {"ttl":null,"expire_at":null}
            PUT /hashes/h/fields/f/ttl 100.5 => 200 ~{"ttl":100.
            PUT /hashes/h/fields/f/ttl {"expire_at":4102444800.25} => 200 ~"expire_at":4102444800.25}
            PUT /hashes/h/fields/f/ttl {"ttl":1,"expire_at":4102444800.001} => 200 ~"expire_at":4102444800.001}
            GET /hashes/h/fields/f/ttl => 200 ~"expire_at":4102444800.001}
            GET /hashes/h/fields/f/ttl [If-None-Match: $etag] => 304
            GET /keys/h/ttl => 200 {"ttl":null,"expire_at":null}
            PUT /hashes/h/fields/f/ttl [If-Match: "x"] 5 => 412 CONDITION
            DELETE /hashes/h/fields/f/ttl => 204
            DELETE /hashes/h/fields/f/ttl => 204
            GET /hashes/h/fields/f/ttl => 200 {"ttl":null,"expire_at":null}
            PUT /hashes/h/fields/f/ttl {"ttl":6e1} => 200 ~{"ttl":
            PUT /hashes/h/fields/f/ttl {"ttl":null} => 200 {"ttl":null,"expire_at":null}
            PUT /hashes/h/fields/f/ttl {"expire_at":1.5} => 204
            GET /hashes/h => 200 {"fields":{"g":"2"}}
            PUT /hashes/h/fields/g/ttl {"expire_at":1.5} => 204
            GET /hashes/h => 404 NOTFOUND
            PUT /keys/s x => 201
            GET /hashes/s/fields/f/ttl => 409 WRONGTYPE
            PUT /hashes/s/fields/f/ttl 9 => 409 WRONGTYPE
            DELETE /hashes/s/fields/f/ttl => 409 WRONGTYPE
            """)
    }

    @Test(arguments: [
        "0", "-1", "abc", "{}", "{\"ttl\":\"60\"}", "{\"ttl\":0}", "{\"ttl\":1,\"x\":2}", "[60]",
        "70368744177", "{\"expire_at\":70368744177.664}",
    ])
    func refuses(_ body: String) throws {
        try play(
            """
            PUT /hashes/h/fields/f a => 201
            PUT /hashes/h/fields/f/ttl \(body) => 400 ERR
            GET /hashes/h/fields/f/ttl => 200 {"ttl":null,"expire_at":null}
            """)
    }

    @Test func conditions() throws {
        try play(
            """
            PUT /hashes/h/fields/f a => 201
            PUT /hashes/h/fields/f/ttl?xx 100 => 412 CONDITION
            PUT /hashes/h/fields/f/ttl?gt 100 => 412 CONDITION
            PUT /hashes/h/fields/f/ttl?nx {"ttl":null} => 200 {"ttl":null,"expire_at":null}
            PUT /hashes/h/fields/f/ttl?xx {"ttl":null} => 412 CONDITION
            PUT /hashes/h/fields/f/ttl?gt {"ttl":null} => 412 CONDITION
            PUT /hashes/h/fields/f/ttl?lt {"ttl":null} => 412 CONDITION
            PUT /hashes/h/fields/f/ttl?nx 100 => 200
            PUT /hashes/h/fields/f/ttl?nx 200 => 412 CONDITION
            PUT /hashes/h/fields/f/ttl?nx {"ttl":null} => 412 CONDITION
            PUT /hashes/h/fields/f/ttl?lt {"ttl":null} => 412 CONDITION
            PUT /hashes/h/fields/f/ttl?gt 50 => 412 CONDITION
            PUT /hashes/h/fields/f/ttl?gt 200 => 200
            PUT /hashes/h/fields/f/ttl?lt 300 => 412 CONDITION
            PUT /hashes/h/fields/f/ttl?lt 100 => 200
            PUT /hashes/h/fields/f/ttl?xx 300 => 200
            PUT /hashes/h/fields/f/ttl?xx {"ttl":null} => 200 {"ttl":null,"expire_at":null}
            PUT /hashes/h/fields/f/ttl?nx&xx 300 => 400 ERR
            PUT /hashes/h/fields/f/ttl?xx&lt 300 => 400 ERR
            """)
    }

    @Test func renews() throws {
        try play(
            """
            PUT /hashes/h {"fields":{"f":"1","b":{"base64":"/wA="}}} => 201
            POST /hashes/h/fields/f/renew?ttl=100.9 => 200 {"value":"1"}
            GET /hashes/h/fields/f/ttl => 200 ~{"ttl":100.
            POST /hashes/h/fields/f/renew?expire_at=4102444800&raw => 200 1
            GET /hashes/h/fields/f/ttl => 200 ~"expire_at":4102444800}
            POST /hashes/h/fields/f/renew?persist => 200 {"value":"1"}
            GET /hashes/h/fields/f/ttl => 200 {"ttl":null,"expire_at":null}
            POST /hashes/h/fields/b/renew?ttl=9 => 200 {"value":{"base64":"/wA="}}
            POST /hashes/h/fields/f/renew => 400 ERR
            POST /hashes/h/fields/f/renew?ttl=1&persist => 400 ERR
            POST /hashes/h/fields/x/renew?ttl=1 => 404 NOTFOUND
            POST /hashes/no/fields/x/renew?ttl=1 => 404 NOTFOUND
            POST /hashes/h/fields/f/renew?expire_at=1 => 200 {"value":"1"}
            GET /hashes/h/fields/f => 404 NOTFOUND
            """)
    }

    /// That a field expires is a change: a reader's ETag does not hold any more.
    @Test func expiryMovesTheETag() throws {
        let service = try TestService()
        try service.play(
            """
            PUT /hashes/h {"fields":{"f":"1","g":"2"}} => 201
            PUT /hashes/h/fields/f/ttl 0.001 => 200
            """)
        // Set and read within the millisecond, or gone already: either way the tag must not last.
        let deadline = ContinuousClock.now + .seconds(10)
        var answer = try service.connection.request("GET", "/hashes/h")
        let first = answer
        while answer.text != #"{"fields":{"g":"2"}}"#, ContinuousClock.now < deadline {
            let tag = answer["etag"] ?? ""
            answer = try service.connection.request("GET", "/hashes/h", headers: ["If-None-Match: \(tag)"])
            if answer.status == 304 { answer = try service.connection.request("GET", "/hashes/h") }
        }
        #expect(answer.text == #"{"fields":{"g":"2"}}"#)
        if first.text != answer.text { #expect(first["etag"] != answer["etag"]) }
    }
}
