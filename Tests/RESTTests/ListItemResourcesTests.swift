import TestSupport
import Testing

@Suite(.keyspaces) struct ListItemResourcesTests {
    @Test func items() throws {
        try play(
            """
            PUT /lists/l {"values":["a","b",{"base64":"/wA="}]} => 201
            GET /lists/l/items/0 => 200 {"value":"a"}
            GET /lists/l/items/1?raw => 200 b
            GET /lists/l/items/-1 => 200 {"value":{"base64":"/wA="}}
            GET /lists/l/items/3 => 404 NOTFOUND
            GET /lists/l/items/-4 => 404 NOTFOUND
            GET /lists/no/items/0 => 404 NOTFOUND
            GET /lists/l/items/x => 400 ERR
            GET /lists/l/items/ => 400 ERR
            GET /lists/l/items/9223372036854775808 => 400 ERR
            PUT /lists/l/items/-1 c => 200
            PUT /lists/l/items/0 {"value":"A"} => 200
            GET /lists/l => 200 {"values":["A","b","c"]}
            PUT /lists/l/items/3 x => 404
            PUT /lists/no/items/0 x => 404
            PUT /lists/l/items/x x => 400 ERR
            GET /lists/l/items/0 => 200
            PUT /lists/l/items/0 [If-Match: $etag] a => 200
            PUT /lists/l/items/0 [If-None-Match: *] a => 412 CONDITION
            PUT /lists/l/items/9 [If-Match: *] a => 412 CONDITION
            GET /lists/l/items/0 [If-None-Match: $etag] => 304
            """)
    }

    @Test func pop() throws {
        try play(
            """
            PUT /lists/l {"values":["a","b","c","d","e","f"]} => 201
            POST /lists/l/pop => 200 {"value":"a"}
            POST /lists/l/pop?end=right => 200 {"value":"f"}
            POST /lists/l/pop?raw => 200 b
            POST /lists/l/pop?count=0 => 200 {"values":[]}
            POST /lists/l/pop?count=2&end=right => 200 {"values":["e","d"]}
            POST /lists/l/pop?count=1&raw => 400 ERR
            POST /lists/l/pop?or=m&raw => 400 ERR
            POST /lists/l/pop?count=-1 => 400 ERR
            POST /lists/l/pop?end=top => 400 ERR
            POST /lists/l/pop [If-Match: "0-0"] => 412 CONDITION
            POST /lists/l/pop?count=10 [Accept: application/octet-stream] => 200 {"values":["c"]}
            POST /lists/l/pop => 404 NOTFOUND
            POST /lists/l/pop?count=0 => 404 NOTFOUND
            POST /lists/l/pop?count=2 => 404 NOTFOUND
            """)
    }

    @Test func popFromSeveral() throws {
        try play(
            """
            PUT /lists/low {"values":["x","y","z"]} => 201
            POST /lists/high/pop?or=mid&or=low => 200 {"key":"low","values":["x"]}
            POST /lists/high/pop?or=low&count=5&end=right => 200 {"key":"low","values":["z","y"]}
            POST /lists/high/pop?or=low => 404 NOTFOUND
            POST /lists/high/pop?or=low&count=0 => 400 ERR
            POST /lists/high/pop?or=low [If-Match: *] => 412 CONDITION
            """)
    }

    @Test func move() throws {
        try play(
            """
            PUT /lists/l {"values":["a","b","c"]} => 201
            POST /lists/l/move?to=d => 200 {"value":"a"}
            POST /lists/l/move?to=d&end=right&to_end=left&raw => 200 c
            GET /lists/d => 200 {"values":["c","a"]}
            POST /lists/d/move?to=d => 200 {"value":"c"}
            GET /lists/d => 200 {"values":["a","c"]}
            POST /lists/no/move?to=d => 404 NOTFOUND
            POST /lists/l/move => 400 ~to
            POST /lists/l/move?to=d&to_end=x => 400 ERR
            """)
    }
}
