import TestSupport
import Testing

@Suite(.keyspaces) struct HashFieldResourcesTests {
    @Test func readAndWrite() throws {
        try play(
            """
            PUT /hashes/h/fields/a one => 201
            PUT /hashes/h/fields/a {"value":"two"} => 200
            GET /hashes/h/fields/a => 200 {"value":"two"}
            GET /hashes/h/fields/a?raw => 200 two
            GET /hashes/h/fields/a [Accept: application/octet-stream] => 200 two
            GET /hashes/h/fields/a [Accept: application/json] => 200 {"value":"two"}
            GET /hashes/h/fields/a/length => 200 {"length":3}
            PUT /hashes/h/fields/a {"value":12345678901234567890} => 200
            GET /hashes/h/fields/a => 200 {"value":"12345678901234567890"}
            PUT /hashes/h/fields/a {"value":{"base64":"/wA="}} => 200
            GET /hashes/h/fields/a => 200 {"value":{"base64":"/wA="}}
            PUT /hashes/h/fields/e => 201
            GET /hashes/h/fields/e/length => 200 {"length":0}
            PUT /hashes/h/fields/b?nx x => 201
            PUT /hashes/h/fields/b?nx y => 412 CONDITION
            GET /hashes/h/fields/b?raw => 200 x
            DELETE /hashes/h/fields/b => 204
            DELETE /hashes/h/fields/b => 404 NOTFOUND
            GET /hashes/h/fields/b => 404 NOTFOUND
            GET /hashes/h/fields/b/length => 404 NOTFOUND
            GET /hashes/no/fields/b => 404 NOTFOUND
            """)
    }

    @Test func writesThatExpire() throws {
        try play(
            """
            PUT /hashes/h/fields/a?ttl=100.9 one => 201
            GET /hashes/h/fields/a => 200 {"value":"one"}
            GET /hashes/h/fields/a/ttl => 200 ~{"ttl":100.
            PUT /hashes/h/fields/a?expire_at=4102444800.25 {"value":"two"} => 200
            PUT /hashes/h/fields/a?keep_ttl three => 200
            PUT /hashes/h/fields/a?keep_ttl=false&ttl=5 three => 400 ERR
            GET /hashes/h/fields/a/ttl => 200 ~"expire_at":4102444800.25}
            POST /hashes/h/fields/n/increment => 201 {"value":1}
            PUT /hashes/h/fields/n/ttl 100.9 => 200
            POST /hashes/h/fields/n/increment => 200 {"value":2}
            GET /hashes/h/fields/n/ttl => 200 ~{"ttl":100.
            PUT /hashes/h/fields/a four => 200
            GET /hashes/h/fields/a/ttl => 200 {"ttl":null,"expire_at":null}
            PUT /hashes/h/fields/b?keep_ttl five => 201
            PUT /hashes/h/fields/b?nx&ttl=9 six => 412 CONDITION
            PUT /hashes/h/fields/c?nx&ttl=9 six => 201
            PUT /hashes/h/fields/c [If-None-Match: *] 2 => 412 CONDITION
            PUT /hashes/h/fields/c?ttl=9 [If-None-Match: *] 2 => 412 CONDITION
            PUT /hashes/h/fields/d?ttl=9 [If-None-Match: *] 2 => 201
            PUT /hashes/h/fields/d?expire_at=1 2 => 200
            GET /hashes/h/fields/d => 404 NOTFOUND
            PUT /hashes/h/fields/d?expire_at=1 2 => 200
            PUT /hashes/h/fields/a?ttl=0 x => 400 ERR
            PUT /hashes/h/fields/a?ttl=x x => 400 ERR
            PUT /hashes/h/fields/a?ttl=1&expire_at=2 x => 400 ERR
            PUT /hashes/h/fields/a?ttl=1&keep_ttl x => 400 ERR
            PUT /hashes/h/fields/a?expire_at=70368744177.664 x => 400 ERR
            PUT /keys/s x => 201
            PUT /hashes/s/fields/a?ttl=9 x => 409 WRONGTYPE
            """)
    }

    @Test func deletesWithThePreviousValue() throws {
        try play(
            """
            PUT /hashes/h {"fields":{"a":"1","b":{"base64":"/wA="},"c":"3"}} => 201
            DELETE /hashes/h/fields/a?previous => 200 {"previous":"1"}
            DELETE /hashes/h/fields/a?previous => 404 NOTFOUND
            DELETE /hashes/h/fields/b?previous => 200 {"previous":{"base64":"/wA="}}
            DELETE /hashes/h/fields/c?previous&raw => 200 3
            DELETE /hashes/h/fields/c?previous => 404 NOTFOUND
            GET /hashes/h => 404 NOTFOUND
            """)
    }

    @Test func increment() throws {
        try play(
            """
            POST /hashes/h/fields/n/increment => 201 {"value":1}
            POST /hashes/h/fields/n/increment?by=41 => 200 {"value":42}
            POST /hashes/h/fields/n/increment?by=-50 => 200 {"value":-8}
            POST /hashes/h/fields/n/increment?by=0.5 => 200 {"value":-7.5}
            POST /hashes/h/fields/n/increment => 409 ERR
            POST /hashes/h/fields/f/increment?by=1.5e2 => 201 {"value":150}
            PUT /hashes/h/fields/m 9223372036854775807 => 201
            POST /hashes/h/fields/m/increment => 409 ERR
            PUT /hashes/h/fields/t text => 201
            POST /hashes/h/fields/t/increment => 409 ERR
            POST /hashes/h/fields/t/increment?by=1.0 => 409 ERR
            POST /hashes/h/fields/n/increment?by=9223372036854775808 => 400 ERR
            POST /hashes/h/fields/n/increment?by=x => 400 ERR
            POST /hashes/h/fields/n/increment?by=1e400 => 400 ERR
            POST /hashes/h/fields/n/increment?by=0x1.8 => 400 ERR
            POST /hashes/h/fields/n/increment?by=inf => 400 ERR
            POST /hashes/h/fields/n/increment?by= => 400 ERR
            """)
    }

    @Test func conditionsSpeakOfTheField() throws {
        try play(
            """
            PUT /hashes/h/fields/a 1 => 201
            PUT /hashes/h/fields/b [If-None-Match: *] 1 => 201
            PUT /hashes/h/fields/b [If-None-Match: *] 2 => 412 CONDITION
            PUT /hashes/h/fields/c [If-Match: *] 2 => 412 CONDITION
            GET /hashes/h/fields/a => 200
            GET /hashes/h/fields/a [If-None-Match: $etag] => 304
            GET /hashes/h/fields/a?raw [If-None-Match: $etag] => 304
            PUT /hashes/h/fields/a [If-Match: $etag] 2 => 200
            GET /hashes/h/fields/a?raw => 200 2
            PUT /hashes/h/fields/a [If-Match: $etag] 3 => 200
            POST /hashes/h/fields/a/increment [If-Match: $etag] => 200 {"value":4}
            POST /hashes/h/fields/z/increment [If-Match: *] => 412 CONDITION
            POST /hashes/h/fields/a/increment [If-None-Match: *] => 412 CONDITION
            DELETE /hashes/h/fields/a [If-Match: "00000000-0"] => 412 CONDITION
            DELETE /hashes/h/fields/z [If-Match: *] => 412 CONDITION
            GET /hashes/h/fields/z [If-Match: *] => 412 CONDITION
            """)
    }

    @Test(arguments: [
        "GET /hashes/s/fields/a", "PUT /hashes/s/fields/a v", "PUT /hashes/s/fields/a?nx v",
        "DELETE /hashes/s/fields/a", "GET /hashes/s/fields/a/length", "POST /hashes/s/fields/a/increment",
    ])
    func wrongType(_ request: String) throws {
        try play("PUT /keys/s text => 201\n\(request) => 409 WRONGTYPE")
    }

    @Test(arguments: [
        "PUT /hashes/h/fields/a?xx v", "PUT /hashes/h/fields/a?nx=2 v",
        "PUT /hashes/h/fields/a {\"value\":null}",
        "PUT /hashes/h/fields/a {\"value\":\"1\",\"x\":1}", "PUT /hashes/h/fields/a {",
        "DELETE /hashes/h/fields/a body", "GET /hashes/h/fields/%zz", "POST /hashes/h/fields/a/increment 5",
    ])
    func bad(_ request: String) throws { try play("\(request) => 400 ERR") }

    @Test func representations() throws {
        let service = try TestService()
        try service.play("PUT /hashes/h/fields/a one => 201")
        let json = try service.connection.request("GET", "/hashes/h/fields/a")
        let raw = try service.connection.request("GET", "/hashes/h/fields/a?raw")
        #expect(json["content-type"] == "application/json")
        #expect(raw["content-type"] == "application/octet-stream")
        #expect(json["vary"] == "Accept, Accept-Encoding")
        #expect(json["etag"] != nil && json["etag"] != raw["etag"])
        let head = try service.connection.request("HEAD", "/hashes/h/fields/a")
        #expect(head.status == 200 && head["content-length"] == "15" && head["etag"] == json["etag"])
    }
}
