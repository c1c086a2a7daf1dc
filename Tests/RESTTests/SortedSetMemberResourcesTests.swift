import TestSupport
import Testing

@Suite(.keyspaces) struct SortedSetMemberResourcesTests {
    @Test func readAndWrite() throws {
        try play(
            """
            PUT /zsets/z/members/ann 12 => 201
            PUT /zsets/z/members/bob {"score":7.5} => 201
            GET /zsets/z/members/ann => 200 {"score":12,"rank":1}
            GET /zsets/z/members/ann?reverse => 200 {"score":12,"rank":0}
            PUT /zsets/z/members/ann {"score":12,"rank":1} => 200
            PUT /zsets/z/members/ann -inf => 200
            GET /zsets/z/members/ann => 200 {"score":"-inf","rank":0}
            GET /zsets/z/members/cid => 404 NOTFOUND
            DELETE /zsets/z/members/ann => 204
            DELETE /zsets/z/members/ann => 404 NOTFOUND
            """)
    }

    @Test func options() throws {
        try play(
            """
            PUT /zsets/z/members/a?xx 1 => 412 CONDITION
            PUT /zsets/z/members/a?nx 1 => 201
            PUT /zsets/z/members/a?nx 2 => 412 CONDITION
            PUT /zsets/z/members/a?nx 1 => 412 CONDITION
            PUT /zsets/z/members/a?xx 1 => 200
            PUT /zsets/z/members/a?gt 1 => 412 CONDITION
            PUT /zsets/z/members/a?gt 2 => 200
            PUT /zsets/z/members/a?lt 2 => 412 CONDITION
            PUT /zsets/z/members/a?lt&xx 1.5 => 200
            PUT /zsets/z/members/b?gt 5 => 201
            PUT /zsets/z/members/c?lt 5 => 201
            PUT /zsets/z/members/d?gt&xx 5 => 412 CONDITION
            GET /zsets/z/members/a => 200 {"score":1.5,"rank":0}
            """)
    }

    @Test func increment() throws {
        try play(
            """
            POST /zsets/z/members/a/increment => 201 {"score":1}
            POST /zsets/z/members/a/increment?by=2.5 => 200 {"score":3.5}
            POST /zsets/z/members/a/increment?nx => 412 CONDITION
            POST /zsets/z/members/b/increment?xx => 412 CONDITION
            POST /zsets/z/members/a/increment?gt&by=-1 => 412 CONDITION
            POST /zsets/z/members/a/increment?lt&by=-1 => 200 {"score":2.5}
            POST /zsets/z/members/b/increment?gt&by=4 => 201 {"score":4}
            POST /zsets/z/members/a/increment?by=inf => 200 {"score":"inf"}
            POST /zsets/z/members/a/increment?by=-inf => 409 ERR
            POST /zsets/z/members/c/increment [If-Match: *] => 412 CONDITION
            POST /zsets/z/members/c/increment [If-None-Match: *] => 201 {"score":1}
            """)
    }

    @Test func conditionsSpeakOfTheMember() throws {
        try play(
            """
            PUT /zsets/z/members/a 0 => 201
            PUT /zsets/z/members/b [If-None-Match: *] 0 => 201
            PUT /zsets/z/members/b [If-None-Match: *] 1 => 412 CONDITION
            PUT /zsets/z/members/c [If-Match: *] 1 => 412 CONDITION
            GET /zsets/z/members/a => 200
            GET /zsets/z/members/a [If-None-Match: $etag] => 304
            PUT /zsets/z/members/a [If-Match: $etag] 2 => 200
            DELETE /zsets/z/members/a [If-Match: "0-0"] => 412 CONDITION
            """)
    }
}
