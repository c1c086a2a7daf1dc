import TestSupport
import Testing

@Suite(.keyspaces) struct SetResourcesTests {
    @Test func addAndRead() throws {
        try play(
            """
            PATCH /sets/s {"members":["1","2",2]} => 201 {"added":2}
            PATCH /sets/s {"members":["2","3"]} => 200 {"added":1}
            GET /sets/s => 200 {"members":["1","2","3"]}
            GET /sets/s?member=3&member=9&member=1 => 200 {"members":["3","1"]}
            GET /sets/s?member=9 => 200 {"members":[]}
            GET /sets/s?match=[12] => 200 {"members":["1","2"],"cursor":"0"}
            GET /sets/s?cursor=0&count=100 => 200 {"members":["1","2","3"],"cursor":"0"}
            GET /sets/s/count => 200 {"count":3}
            PUT /sets/s {"members":[{"base64":"/wA="}]} => 200 {"count":1}
            GET /sets/s => 200 {"members":[{"base64":"/wA="}]}
            GET /sets/s?match=* => 200 {"members":[{"base64":"/wA="}],"cursor":"0"}
            PUT /sets/t?expire_at=4102444800 {"members":["a","a"]} => 201 {"count":1}
            DELETE /sets/t => 400 ~DELETE /keys/{key}
            DELETE /sets/t?member=b => 200 {"removed":0}
            DELETE /sets/t?member=a&member=b => 200 {"removed":1}
            DELETE /sets/t?member=a => 404 NOTFOUND
            """)
    }

    @Test func popAndRandom() throws {
        try play(
            """
            PUT /sets/s {"members":["a"]} => 201
            GET /sets/s/random => 200 {"member":"a"}
            GET /sets/s/random?count=5 => 200 {"members":["a"]}
            GET /sets/s/random?count=-3 => 200 {"members":["a","a","a"]}
            GET /sets/s/random?count=0 => 200 {"members":[]}
            GET /sets/no/random?count=0 => 404 NOTFOUND
            GET /sets/no/random => 404 NOTFOUND
            POST /sets/s/pop?count=0 => 200 {"members":[]}
            POST /sets/s/pop?count=1&raw => 400 ERR
            POST /sets/s/pop?count=-1 => 400 ERR
            POST /sets/s/pop [If-Match: "0-0"] => 412 CONDITION
            POST /sets/s/pop => 200 {"member":"a"}
            POST /sets/s/pop => 404 NOTFOUND
            POST /sets/s/pop?count=0 => 404 NOTFOUND
            POST /sets/s/pop?count=3 => 404 NOTFOUND
            PUT /sets/s {"members":["a"]} => 201
            POST /sets/s/pop?raw => 200 a
            PUT /sets/s {"members":["a"]} => 201
            POST /sets/s/pop?count=3 => 200 {"members":["a"]}
            """)
    }

    @Test(arguments: [
        "GET /sets/no", "GET /sets/no?member=a", "GET /sets/no?match=*", "GET /sets/no/count",
        "GET /sets/no/random?count=3", "DELETE /sets/no?member=a",
    ])
    func missing(_ request: String) throws { try play("\(request) => 404 NOTFOUND") }

    @Test(arguments: [
        "GET /sets/s", "GET /sets/s?member=a", "GET /sets/s?match=*", "GET /sets/s/count",
        "GET /sets/s/random",
        "DELETE /sets/s?member=a", "POST /sets/s/pop", #"PATCH /sets/s {"members":["a"]}"#,
        "GET /sets/s/members/a", "PUT /sets/s/members/a", "DELETE /sets/s/members/a",
        "POST /sets/s/members/a/move?to=x", "POST /sets/t/members/a/move?to=s", "GET /sets/s/union",
        "GET /sets/t/intersection?with=s", "GET /sets/t/difference?with=s", "GET /sets/s/intersection/count",
        #"POST /sets/d/store {"union":["t","s"]}"#,
    ])
    func wrongType(_ request: String) throws {
        try play(
            """
            PUT /keys/s text => 201
            PUT /sets/t {"members":["a"]} => 201
            \(request) => 409 WRONGTYPE
            """)
    }

    @Test(arguments: [
        #"PUT /sets/s {"members":[]}"#, #"PUT /sets/s {"members":{"a":1}}"#, #"PATCH /sets/s {"members":[]}"#,
        #"PATCH /sets/s {"members":[null]}"#, #"PATCH /sets/s {"member":"a"}"#, #"PATCH /sets/s ["a"]"#,
        #"PATCH /sets/s?nx {"members":["a"]}"#, "GET /sets/s?member=a&cursor=0", "GET /sets/s?pairs",
        "GET /sets/s/random?count=many", "PUT /sets/s/members/a body", "POST /sets/s/members/a/move",
    ])
    func bad(_ request: String) throws { try play("\(request) => 400 ERR") }

    @Test func onlyJSON() throws {
        try play("PUT /sets/s text => 415 MEDIATYPE\nPATCH /sets/s text => 415 MEDIATYPE")
    }

    @Test func conditions() throws {
        try play(
            """
            PATCH /sets/s [If-Match: *] {"members":["a"]} => 412 CONDITION
            PATCH /sets/s [If-None-Match: *] {"members":["a"]} => 201
            GET /sets/s [If-None-Match: $etag] => 304
            GET /sets/s?member=a [If-None-Match: $etag] => 304
            GET /sets/s?count=5 [If-None-Match: $etag] => 304
            PATCH /sets/s [If-Match: $etag] {"members":["b"]} => 200
            PATCH /sets/s [If-None-Match: $etag] {"members":["c"]} => 412 CONDITION
            DELETE /sets/s?member=a [If-Match: $etag] => 200
            PUT /sets/s [If-Match: "0-0"] {"members":["c"]} => 412 CONDITION
            """)
    }
}
