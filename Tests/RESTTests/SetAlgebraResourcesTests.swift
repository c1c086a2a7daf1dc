import TestSupport
import Testing

@Suite(.keyspaces) struct SetAlgebraResourcesTests {
    @Test func reads() throws {
        try play(
            """
            PUT /sets/a {"members":["1","2","3"]} => 201
            PUT /sets/b {"members":["2","3","4"]} => 201
            GET /sets/a/union?with=b&with=no => 200 {"members":["1","2","3","4"]}
            GET /sets/a/union => 200 {"members":["1","2","3"]}
            GET /sets/a/intersection?with=b => 200 {"members":["2","3"]}
            GET /sets/a/intersection?with=no => 200 {"members":[]}
            GET /sets/a/difference?with=b => 200 {"members":["1"]}
            GET /sets/no/difference?with=b => 200 {"members":[]}
            GET /sets/a/intersection/count?with=b => 200 {"count":2}
            GET /sets/a/intersection/count?with=b&limit=1 => 200 {"count":1}
            GET /sets/a/intersection/count?with=b&limit=-1 => 400 ERR
            GET /sets/a/union?weight=1 => 400 ERR
            """)
    }

    @Test func store() throws {
        try play(
            """
            PUT /sets/a {"members":["1","2","3"]} => 201
            PUT /sets/b {"members":["2","3","4"]} => 201
            POST /sets/d/store {"union":["a","b"]} => 201 {"count":4}
            POST /sets/d/store {"intersection":["a","b"]} => 200 {"count":2}
            GET /sets/d => 200 {"members":["2","3"]}
            POST /sets/d/store [If-Match: $etag] {"difference":["a","b"]} => 200 {"count":1}
            POST /sets/d/store [If-None-Match: *] {"union":["a"]} => 412 CONDITION
            POST /sets/d/store {"intersection":["a","no"]} => 200 {"count":0}
            GET /sets/d => 404 NOTFOUND
            POST /sets/d/store {"intersection":["a","no"]} => 200 {"count":0}
            PUT /keys/d text => 201
            POST /sets/d/store {"union":["a"]} => 200 {"count":3}
            POST /sets/d/store {"union":[]} => 400 ERR
            POST /sets/d/store {} => 400 ERR
            POST /sets/d/store {"union":["a"],"difference":["b"]} => 400 ERR
            POST /sets/d/store {"union":"a"} => 400 ERR
            POST /sets/d/store {"weights":[1]} => 400 ~weights
            POST /sets/d/store text => 415 MEDIATYPE
            """)
    }
}
