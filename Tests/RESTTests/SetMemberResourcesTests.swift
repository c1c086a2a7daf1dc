import TestSupport
import Testing

@Suite(.keyspaces) struct SetMemberResourcesTests {
    @Test func members() throws {
        try play(
            """
            PUT /sets/s/members/blue => 201
            PUT /sets/s/members/blue => 200
            GET /sets/s/members/blue => 200 {"member":"blue"}
            HEAD /sets/s/members/blue => 200
            HEAD /sets/s/members/red => 404
            GET /sets/s/members/red => 404 NOTFOUND
            GET /sets/no/members/red => 404 NOTFOUND
            PUT /sets/s/members/%FF%00 => 201
            GET /sets/s/members/%FF%00 => 200 {"member":{"base64":"/wA="}}
            PUT /sets/s/members/ => 201
            GET /sets/s/members/ => 200 {"member":""}
            DELETE /sets/s/members/blue => 204
            DELETE /sets/s/members/blue => 404 NOTFOUND
            """)
    }

    @Test func conditionsSpeakOfTheMember() throws {
        try play(
            """
            PUT /sets/s/members/a => 201
            PUT /sets/s/members/b [If-None-Match: *] => 201
            PUT /sets/s/members/b [If-None-Match: *] => 412 CONDITION
            PUT /sets/s/members/c [If-Match: *] => 412 CONDITION
            GET /sets/s/members/a => 200
            GET /sets/s/members/a [If-None-Match: $etag] => 304
            DELETE /sets/s/members/b [If-Match: "0-0"] => 412 CONDITION
            DELETE /sets/s/members/b [If-Match: $etag] => 204
            """)
    }

    @Test func move() throws {
        try play(
            """
            PUT /sets/s {"members":["a","b"]} => 201
            POST /sets/s/members/a/move?to=t%FF => 200 {"key":{"base64":"dP8="}}
            POST /sets/s/members/a/move?to=t => 404 NOTFOUND
            POST /sets/no/members/a/move?to=t => 404 NOTFOUND
            GET /sets/t%FF => 200 {"members":["a"]}
            POST /sets/s/members/b/move?to=s => 200 {"key":"s"}
            GET /sets/s => 200 {"members":["b"]}
            """)
    }
}
