import TestSupport
import Testing

@Suite(.keyspaces) struct StringResourcesTests {
    @Test func writesReadsAndRemoves() throws {
        try play(
            """
            GET /keys/k => 404 NOTFOUND
            PUT /keys/k hello => 201
            GET /keys/k => 200 {"value":"hello"}
            GET /keys/k?raw => 200 hello
            GET /keys/k?raw=true => 200 hello
            GET /keys/k?raw=1 => 200 hello
            GET /keys/k?raw=false => 200 {"value":"hello"}
            GET /keys/k?raw=no => 400 ERR
            GET /keys/k [Accept: application/octet-stream] => 200 hello
            GET /keys/k [Accept: application/json;q=0.5, application/octet-stream] => 200 hello
            GET /keys/k [Accept: */*] => 200 {"value":"hello"}
            GET /keys/k [Accept: image/png] => 200 {"value":"hello"}
            PUT /keys/k {"value":"worlds"} => 200
            GET /keys/k => 200 {"value":"worlds"}
            DELETE /keys/k => 204
            DELETE /keys/k => 404 NOTFOUND
            PUT /keys/k {"value":42.50} => 201
            GET /keys/k => 200 {"value":"42.50"}
            PUT /keys/k => 200
            GET /keys/k => 200 {"value":""}
            HEAD /keys/k => 200
            HEAD /keys/none => 404
            """)
    }

    @Test func refusesAMalformedRawBeforeAnythingChanges() throws {
        try play(
            """
            PUT /keys/k hello => 201
            PUT /keys/k?raw=x bye => 400 ERR
            DELETE /keys/k?raw=x&previous => 400 ERR
            GET /keys/k?raw=x [Range: bytes=0-1] => 400 ERR
            GET /keys/k => 200 {"value":"hello"}
            POST /lists/l {"values":["a","b"]} => 201
            POST /lists/l/pop?raw=x => 400 ERR
            GET /lists/l => 200 {"values":["a","b"]}
            """)
    }

    @Test func namesAndValuesOfAnyBytes() throws {
        try play(
            """
            PUT /keys/a%2Fb 1 => 201
            PUT /keys/100%25 2 => 201
            PUT /keys/caf%C3%A9 3 => 201
            PUT /keys/x%00y 4 => 201
            PUT /keys/a+b 5 => 201
            PUT /keys/a%20b 6 => 201
            PUT /keys/%FF%FE 7 => 201
            PUT /keys/ 8 => 201
            PUT /keys/%22%5C 9 => 201
            GET /keys/a%2Fb => 200 {"value":"1"}
            GET /keys/100%25 => 200 {"value":"2"}
            GET /keys/caf%c3%a9 => 200 {"value":"3"}
            GET /keys/x%00y => 200 {"value":"4"}
            GET /keys/a%2Bb => 200 {"value":"5"}
            GET /keys/a%20b => 200 {"value":"6"}
            GET /keys/%ff%fe => 200 {"value":"7"}
            GET /keys/ => 200 {"value":"8"}
            GET /keys/%22%5c => 200 {"value":"9"}
            GET /keyspace => 200 {"count":9}
            PUT /keys/v {"value":{"base64":"/wA="}} => 201
            GET /keys/v => 200 {"value":{"base64":"/wA="}}
            GET /keys/v/length => 200 {"length":2}
            PUT /keys/v {"value":"\\"\\u0000\\n"} => 200
            GET /keys/v => 200 {"value":"\\"\\u0000\\n"}
            GET /keys/%zz => 400 ERR
            GET /keys/%f => 400 ERR
            GET /keys/a/b => 404 NOTFOUND
            GET /keys/v/ => 404 NOTFOUND
            """)
    }

    @Test(arguments: [
        "{\"value\":true}", "{\"value\":null}", "{\"value\":[1]}", "{\"value\":{\"a\":1}}",
        "{\"value\":{\"base64\":\"/w\"}}", "{\"value\":\"a\",\"ttl\":1}", "{}", "[\"a\"]", "{\"value\":\"a\"",
        "{\"value\":\"a\",\"value\":\"b\"}", "{\"value\":\"\u{FFFD}\"}}",
    ])
    func refusesADocument(_ body: String) throws {
        try play(
            """
            PUT /keys/k \(body) => 400 ERR
            GET /keys/k => 404 NOTFOUND
            """)
    }

    @Test func bodiesAreRawUnlessTheyAreJSON() throws {
        try play(
            """
            PUT /keys/k [Content-Type: application/x-www-form-urlencoded] a=b => 201
            GET /keys/k => 200 {"value":"a=b"}
            PUT /keys/k [Content-Type: text/json] {"value":"x"} => 200
            GET /keys/k?raw => 200 {"value":"x"}
            PUT /keys/k [Content-Type: application/vnd.api+json; charset=utf-8] {"value":"y"} => 200
            GET /keys/k => 200 {"value":"y"}
            PUT /keys/k [Content-Type: Application/JSON ; a=b] {"value":"z"} => 200
            GET /keys/k => 200 {"value":"z"}
            PUT /keys/k [Content-Encoding: gzip] x => 415 MEDIATYPE
            PUT /keys/k [Content-Encoding: identity] x => 200
            GET /keys/k body => 400 ERR
            DELETE /keys/k body => 400 ERR
            PUT /keys/k [Content-Range: bytes 0-0/*] x => 400 ERR
            """)
    }

    @Test func expiriesOfAWrite() throws {
        try play(
            """
            PUT /keys/k?ttl=100.5 a => 201
            GET /keys/k/ttl => 200 ~{"ttl":100.
            PUT /keys/k?keep_ttl b => 200
            GET /keys/k/ttl => 200 ~{"ttl":100.
            PUT /keys/k c => 200
            GET /keys/k/ttl => 200 {"ttl":null,"expire_at":null}
            PUT /keys/k?expire_at=4102444800.123 d => 200
            GET /keys/k/ttl => 200 ~"expire_at":4102444800.123}
            PUT /keys/k?expire_at=1 e => 200
            GET /keys/k => 404 NOTFOUND
            PUT /keys/k?ttl=1&expire_at=2 x => 400 ERR
            PUT /keys/k?ttl=1&keep_ttl x => 400 ERR
            PUT /keys/k?ttl=1&ttl=2 x => 400 ERR
            PUT /keys/k?keep_ttl=2 x => 400 ERR
            PUT /keys/k?tll=1 x => 400 ~'tll' is not a parameter of PUT /keys/{key}
            """)
    }

    @Test(arguments: ["-1", "0", "0.0", "abc", "", "1e30", "nan", "inf", "99999999999999999999", "1x"])
    func refusesAnExpiry(_ seconds: String) throws {
        try play(
            """
            PUT /keys/k?ttl=\(seconds) x => 400 ERR
            PUT /keys/k?expire_at=\(seconds) x => 400 ERR
            GET /keys/k => 404 NOTFOUND
            """)
    }

    @Test func conditionsOfAWrite() throws {
        try play(
            """
            PUT /keys/k?xx a => 412 CONDITION
            PUT /keys/k [If-Match: *] a => 412 CONDITION
            PUT /keys/k?nx a => 201
            PUT /keys/k?nx b => 412 CONDITION
            PUT /keys/k [If-None-Match: *] b => 412 CONDITION
            PUT /keys/k?nx=false b => 200
            PUT /keys/k?nx&xx b => 400 ERR
            PUT /keys/k?xx c => 200
            PUT /keys/k [If-Match: $etag] d => 200
            PUT /keys/k?nx [If-Match: $etag] e => 412 CONDITION
            PUT /keys/k?xx [If-Match: $etag] e => 200
            PUT /keys/k [If-Match: "00000000-1"] f => 412 CONDITION
            PUT /keys/k [If-Match: "00000000-1", $etag] f => 200
            PUT /keys/k [If-None-Match: $etag] g => 412 CONDITION
            PUT /keys/k [If-None-Match: "x"] g => 200
            GET /keys/k => 200 {"value":"g"}
            DELETE /keys/k [If-Match: "x"] => 412 CONDITION
            DELETE /keys/k [If-Match: $etag] => 204
            DELETE /keys/k [If-Match: *] => 412 CONDITION
            PUT /keys/k [If-Match: "x"] [If-Match: "y"] f => 400 ERR
            """)
    }

    @Test func conditionsOfARead() throws {
        try play(
            """
            GET /keys/k [If-None-Match: *] => 404 NOTFOUND
            GET /keys/k [If-Match: *] => 412 CONDITION
            PUT /keys/k hello => 201
            GET /keys/k [If-None-Match: $etag] => 304
            HEAD /keys/k [If-None-Match: $etag] => 304
            GET /keys/k?raw [If-None-Match: $etag] => 304
            GET /keys/k [If-None-Match: "a", W/$etag] => 304
            GET /keys/k [If-None-Match: *] => 304
            GET /keys/k [If-None-Match: "other"] => 200 {"value":"hello"}
            GET /keys/k [If-Match: $etag] => 200 {"value":"hello"}
            GET /keys/k [If-Match: "other"] => 412 CONDITION
            GET /keys/k/type [If-None-Match: $etag] => 304
            GET /keys/k/ttl [If-None-Match: $etag] => 304
            POST /keys/k/append x => 200
            GET /keys/k [If-None-Match: $etag] => 304
            PUT /keys/k/ttl 100 => 200
            GET /keys/k [If-None-Match: "00000000-1"] => 200 {"value":"hellox"}
            """)
    }

    @Test func theTagOfTheBytesDiffersFromTheDocuments() throws {
        let service = try TestService()
        try service.play("PUT /keys/k hello => 201")
        let document = try service.connection.request("GET", "/keys/k")
        let bytes = try service.connection.request("GET", "/keys/k?raw")
        let tag = try #require(document["etag"])
        #expect(bytes["etag"] == tag.dropLast() + "-raw\"")
        for answer in [document, bytes] {
            #expect(answer["vary"] == "Accept, Accept-Encoding")
            #expect(answer["accept-ranges"] == "bytes")
        }
        #expect(document["content-type"] == "application/json")
        #expect(bytes["content-type"] == "application/octet-stream")
        let unchanged = try service.connection.request(
            "GET", "/keys/k?raw", headers: ["If-None-Match: \(tag)"])
        #expect(unchanged.status == 304)
        #expect(unchanged["etag"] == bytes["etag"])
        #expect(unchanged["vary"] == "Accept, Accept-Encoding")
        let head = try service.connection.request("HEAD", "/keys/k")
        #expect(head["content-length"] == "\(document.body.count)")
        #expect(head["etag"] == tag)
    }

    @Test func previousValues() throws {
        try play(
            """
            PUT /keys/k?previous a => 201 {"previous":null}
            PUT /keys/k?previous b => 200 {"previous":"a"}
            PUT /keys/k?previous&raw c => 200 b
            PUT /keys/n?previous&raw c => 201
            DELETE /keys/k?previous => 200 {"previous":"c"}
            DELETE /keys/k?previous => 404 NOTFOUND
            DELETE /keys/n?previous&raw => 200 c
            PATCH /sets/s {"members":["a"]} => 201
            PUT /keys/s?previous a => 409 WRONGTYPE
            DELETE /keys/s?previous => 409 WRONGTYPE
            GET /keys/s => 409 WRONGTYPE
            GET /keys/s [Range: bytes=0-1] => 409 WRONGTYPE
            PUT /keys/s a => 200
            GET /keys/s => 200 {"value":"a"}
            """)
    }

    @Test func patchesPartOfAString() throws {
        try play(
            """
            PATCH /keys/k [Content-Range: bytes 2-4/*] abc => 201 {"length":5}
            GET /keys/k => 200 {"value":"\\u0000\\u0000abc"}
            PUT /keys/k hello_world => 200
            PATCH /keys/k [Content-Range: bytes 6-10/*] there => 200 {"length":11}
            GET /keys/k => 200 {"value":"hello_there"}
            PATCH /keys/k [Content-Range: bytes 0-1/*] {"value":"HE"} => 200 {"length":11}
            PATCH /keys/k there => 400 ERR
            PATCH /keys/k [Content-Range: bytes 0-5/*] there => 400 ERR
            PATCH /keys/k [Content-Range: bytes 0-3/*] there => 400 ERR
            PATCH /keys/k [Content-Range: bytes 0-4/11] there => 400 ERR
            PATCH /keys/k [Content-Range: bytes=0-4/*] there => 400 ERR
            PATCH /keys/k [Content-Range: bytes 4-0/*] there => 400 ERR
            PATCH /keys/k [Content-Range: bytes 99999999999999999999-99999999999999999999/*] a => 400 ERR
            PATCH /keys/k [Content-Range: bytes 536870912-536870912/*] a => 413 TOOLARGE
            PATCH /keys/long [Content-Range: bytes 67108863-67108863/*] a => 201 {"length":67108864}
            HEAD /keys/long => 200
            PATCH /keys/long [Content-Range: bytes 67108864-67108864/*] a => 200 {"length":67108865}
            HEAD /keys/long => 413
            GET /keys/long => 413 TOOLARGE
            GET /keys/long [Range: bytes=67108864-] => 206 a
            HEAD /keys/long?raw => 200
            PATCH /keys/k [Content-Range: bytes 0-0/*] [If-Match: "x"] a => 412 CONDITION
            GET /keys/k => 200 {"value":"HEllo_there"}
            """)
    }
}
