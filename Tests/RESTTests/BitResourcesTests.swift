import TestSupport
import Testing

@Suite(.keyspaces) struct BitResourcesTests {
    @Test func singleBits() throws {
        try play(
            """
            GET /keys/k/bits/0 => 404 NOTFOUND
            PUT /keys/k/bits/7 1 => 201 {"previous":0}
            GET /keys/k/bits/7 => 200 {"value":1}
            GET /keys/k/bits/7 [If-None-Match: $etag] => 304
            GET /keys/k/bits/4294967295 => 200 {"value":0}
            PUT /keys/k/bits/7 {"value":0} => 200 {"previous":1}
            PUT /keys/k/bits/7 [If-None-Match: *] 1 => 412 CONDITION
            GET /keys/k?raw => 200 \u{0}
            GET /keys/k/length => 200 {"length":1}
            PATCH /sets/s {"members":["a"]} => 201
            GET /keys/s/bits/0 => 409 WRONGTYPE
            PUT /keys/s/bits/0 1 => 409 WRONGTYPE
            """)
    }

    @Test(arguments: ["-1", "4294967296", "a", "", "1.0", "99999999999999999999"])
    func refusesAnOffset(_ offset: String) throws {
        try play(
            """
            GET /keys/k/bits/\(offset) => 400 ERR
            PUT /keys/k/bits/\(offset) 1 => 400 ERR
            """)
    }

    @Test(arguments: [
        "2", "-1", "a", "01", "{\"value\":2}", "{\"value\":\"1\"}", "{\"value\":true}", "{\"bit\":1}",
    ])
    func refusesABit(_ body: String) throws {
        try play(
            """
            PUT /keys/k/bits/0 \(body) => 400 ERR
            GET /keys/k => 404
            """)
    }

    @Test func counting() throws {
        try play(
            """
            GET /keys/k/bit-count => 404 NOTFOUND
            PUT /keys/k foobar => 201
            GET /keys/k/bit-count => 200 {"count":26}
            GET /keys/k/bit-count?start=0&stop=0 => 200 {"count":4}
            GET /keys/k/bit-count?start=1&stop=1 => 200 {"count":6}
            GET /keys/k/bit-count?start=-2 => 200 {"count":7}
            GET /keys/k/bit-count?stop=0 => 200 {"count":4}
            GET /keys/k/bit-count?start=5&stop=30&unit=bit => 200 {"count":17}
            GET /keys/k/bit-count?unit=bit => 200 {"count":26}
            GET /keys/k/bit-count?unit=byte&start=1&stop=1 => 200 {"count":6}
            GET /keys/k/bit-count?unit=word => 400 ERR
            GET /keys/k/bit-count?start=x => 400 ERR
            GET /keys/k/bit-count [If-None-Match: *] => 304
            PUT /keys/e => 201
            GET /keys/e/bit-count => 200 {"count":0}
            """)
    }

    @Test func positions() throws {
        try play(
            """
            GET /keys/k/bit-position?bit=1 => 404 NOTFOUND
            PUT /keys/k {"value":{"base64":"//AA"}} => 201
            GET /keys/k/bit-position?bit=0 => 200 {"position":12}
            GET /keys/k/bit-position?bit=1 => 200 {"position":0}
            GET /keys/k/bit-position?bit=1&start=2 => 200 {"position":null}
            GET /keys/k/bit-position?bit=1&stop=-1&unit=bit => 200 {"position":0}
            GET /keys/k/bit-position?bit=0&start=7&stop=15&unit=bit => 200 {"position":12}
            GET /keys/k/bit-position?bit=1&unit=bit => 400 ERR
            GET /keys/k/bit-position => 400 ERR
            GET /keys/k/bit-position?bit=2 => 400 ERR
            PUT /keys/k {"value":{"base64":"//8="}} => 200
            GET /keys/k/bit-position?bit=0 => 200 {"position":16}
            GET /keys/k/bit-position?bit=0&stop=1 => 200 {"position":null}
            """)
    }

    @Test func combining() throws {
        try play(
            """
            PUT /keys/a abc => 201
            PUT /keys/b ab => 201
            POST /keys/d/store {"and":["a","b"]} => 201 {"length":3}
            GET /keys/d => 200 {"value":"ab\\u0000"}
            GET /keys/d [If-None-Match: $etag] => 304
            POST /keys/d/store {"or":["a","b"]} => 200 {"length":3}
            GET /keys/d => 200 {"value":"abc"}
            POST /keys/d/store {"xor":["a","a"]} => 200 {"length":3}
            POST /keys/d/store {"not":["b"]} => 200 {"length":2}
            GET /keys/d => 200 {"value":{"base64":"np0="}}
            POST /keys/d/store [If-Match: "x"] {"and":["a"]} => 412 CONDITION
            POST /keys/d/store {"and":["none"]} => 200 {"length":0}
            GET /keys/d => 404
            POST /keys/d/store {"and":["none"]} => 200 {"length":0}
            POST /keys/%FF/store {"or":[{"base64":"YQ=="}]} => 201 {"length":3}
            PATCH /sets/s {"members":["a"]} => 201
            POST /keys/s/store {"or":["a"]} => 200 {"length":3}
            PATCH /sets/t {"members":["a"]} => 201
            POST /keys/d/store {"or":["t"]} => 409 WRONGTYPE
            """)
    }

    @Test(arguments: [
        "{}", "{\"and\":[]}", "{\"and\":\"a\"}", "{\"not\":[\"a\",\"b\"]}",
        "{\"and\":[\"a\"],\"or\":[\"a\"]}",
        "{\"nor\":[\"a\"]}", "{\"and\":[null]}", "[]",
    ])
    func refusesAStore(_ body: String) throws {
        try play("POST /keys/d/store \(body) => 400 ERR")
    }

    @Test func aStoreIsADocument() throws {
        try play("POST /keys/d/store text => 415 MEDIATYPE")
    }
}
