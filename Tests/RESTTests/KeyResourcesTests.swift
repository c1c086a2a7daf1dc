import TestSupport
import Testing

@Suite(.keyspaces) struct KeyResourcesTests {
    @Test func types() throws {
        try play(
            """
            GET /keys/k/type => 404 NOTFOUND
            PUT /keys/k a => 201
            PATCH /hashes/h {"fields":{"a":"1"}} => 201
            POST /lists/l {"values":["a"]} => 201
            PATCH /sets/s {"members":["a"]} => 201
            PATCH /zsets/z {"scores":{"a":1}} => 201
            GET /keys/k/type => 200 {"type":"string"}
            GET /keys/h/type => 200 {"type":"hash"}
            GET /keys/l/type => 200 {"type":"list"}
            GET /keys/s/type => 200 {"type":"set"}
            GET /keys/z/type => 200 {"type":"zset"}
            HEAD /keys/z/type => 200
            GET /keys/z/type [If-Match: "x"] => 412 CONDITION
            DELETE /keys/z => 204
            GET /keys/z/type => 404 NOTFOUND
            """)
    }

    @Test func touching() throws {
        try play(
            """
            POST /keys/k/touch => 404 NOTFOUND
            PUT /keys/k a => 201
            POST /keys/k/touch => 204
            POST /keys/k/touch [If-Match: $etag] => 204
            POST /keys/k/touch [If-None-Match: *] => 412 CONDITION
            POST /keys/k/touch x => 400 ERR
            """)
    }

    @Test func renaming() throws {
        try play(
            """
            POST /keys/a/rename?to=b => 404 NOTFOUND
            POST /keys/a/rename?to=b&nx => 404 NOTFOUND
            PUT /keys/a 1 => 201
            POST /keys/a/rename => 400 ERR
            POST /keys/a/rename?to => 400 ERR
            POST /keys/a/rename?to=b => 201 {"key":"b"}
            GET /keys/b [If-None-Match: $etag] => 304
            GET /keys/a => 404
            PUT /keys/a 2 => 201
            POST /keys/a/rename?to=b&nx => 412 CONDITION
            POST /keys/a/rename?to=b [If-Match: "x"] => 412 CONDITION
            POST /keys/a/rename?to=b => 200 {"key":"b"}
            GET /keys/b => 200 {"value":"2"}
            POST /keys/b/rename?to=c+d [If-Match: $etag] => 201 {"key":"c d"}
            GET /keys/c%20d [If-None-Match: $etag] => 304
            POST /keys/c%20d/rename?to=%FF&nx => 201 {"key":{"base64":"/w=="}}
            POST /keys/%FF/rename?to=%FF => 200 {"key":{"base64":"/w=="}}
            POST /keys/%FF/rename?to=%zz => 400 ERR
            """)
    }

    @Test func copying() throws {
        try play(
            """
            POST /keys/a/copy?to=b => 404 NOTFOUND
            POST /keys/a/copy?to=b [If-Match: *] => 412 CONDITION
            PATCH /sets/a {"members":["x"]} => 201
            POST /keys/a/copy?to=b => 201 {"key":"b"}
            GET /sets/b [If-None-Match: $etag] => 304
            POST /keys/a/copy?to=b => 412 CONDITION
            POST /keys/a/copy?to=b&replace => 200 {"key":"b"}
            POST /keys/a/copy?to=a => 400 ERR
            POST /keys/a/copy => 400 ERR
            GET /sets/b => 200 {"members":["x"]}
            """)
    }

    @Test func howAKeyIsKept() throws {
        try play(
            """
            GET /keys/k/object/encoding => 404 NOTFOUND
            GET /keys/k/object/idletime => 404 NOTFOUND
            GET /keys/k/object/refcount => 404 NOTFOUND
            GET /keys/k/object/freq => 404 NOTFOUND
            GET /keys/k/memory => 404 NOTFOUND
            PUT /keys/k hello => 201
            GET /keys/k/object/encoding => 200 {"encoding":"embstr"}
            GET /keys/k/object/idletime => 200 {"idletime":0}
            GET /keys/k/object/refcount => 200 {"refcount":1}
            GET /keys/k/object/freq => 409 ERR
            GET /keys/k/memory => 200 ~{"bytes":
            GET /keys/k/memory?samples=0 => 200 ~{"bytes":
            GET /keys/k/memory?samples=-1 => 400 ERR
            GET /keys/k/memory?samples=x => 400 ERR
            PUT /keys/k 12 => 200
            GET /keys/k/object/encoding => 200 {"encoding":"int"}
            GET /keys/k/object/encoding?raw => 400 ERR
            GET /keys/k/object => 404 NOTFOUND
            """)
    }
}
