import TestSupport
import Testing

@Suite(.keyspaces) struct StringActionResourcesTests {
    @Test func lengthAndAppend() throws {
        try play(
            """
            GET /keys/k/length => 404 NOTFOUND
            POST /keys/k/append abc => 201 {"length":3}
            POST /keys/k/append {"value":{"base64":"/wA="}} => 200 {"length":5}
            GET /keys/k/length => 200 {"length":5}
            GET /keys/k/length [If-None-Match: $etag] => 304
            GET /keys/k/length [If-Match: "x"] => 412 CONDITION
            PUT /keys/e => 201
            GET /keys/e/length => 200 {"length":0}
            PATCH /sets/s {"members":["a"]} => 201
            GET /keys/s/length => 409 WRONGTYPE
            POST /keys/s/append x => 409 WRONGTYPE
            POST /keys/k/append [If-None-Match: *] x => 412 CONDITION
            GET /keys/k/length?raw => 400 ERR
            """)
    }

    @Test func increments() throws {
        try play(
            """
            POST /keys/n/increment => 201 {"value":1}
            POST /keys/n/increment?by=41 => 200 {"value":42}
            POST /keys/n/increment?by=-50 => 200 {"value":-8}
            POST /keys/n/increment?by=1.0 => 200 {"value":-7}
            POST /keys/n/increment?by=0.5 => 200 {"value":-6.5}
            POST /keys/n/increment?by=1e2 => 200 {"value":93.5}
            POST /keys/n/increment => 409 ERR
            POST /keys/f/increment?by=0.1 => 201 {"value":0.1}
            PUT /keys/n 9223372036854775807 => 200
            POST /keys/n/increment => 409 ERR
            POST /keys/n/increment?by=0 => 200 {"value":9223372036854775807}
            PUT /keys/n text => 200
            POST /keys/n/increment => 409 ERR
            POST /keys/n/increment?by=1.5 => 409 ERR
            PATCH /sets/s {"members":["a"]} => 201
            POST /keys/s/increment => 409 WRONGTYPE
            POST /keys/new/increment [If-Match: *] => 412 CONDITION
            GET /keys/new => 404
            """)
    }

    @Test(arguments: ["abc", "", "9223372036854775808", "0x10", "0x1.0", "nan", "inf", "1.0.0", "1 ", "--1"])
    func refusesAnIncrement(_ by: String) throws {
        try play(
            """
            POST /keys/n/increment?by=\(by.replacing(" ", with: "+")) => 400 ERR
            GET /keys/n => 404
            """)
    }

    @Test func renews() throws {
        try play(
            """
            POST /keys/k/renew?ttl=10 => 404 NOTFOUND
            PUT /keys/k hello => 201
            POST /keys/k/renew?ttl=100 => 200 {"value":"hello"}
            GET /keys/k/ttl => 200 ~{"ttl":
            POST /keys/k/renew?persist&raw => 200 hello
            GET /keys/k/ttl => 200 {"ttl":null,"expire_at":null}
            POST /keys/k/renew?expire_at=4102444800 => 200 {"value":"hello"}
            GET /keys/k/ttl => 200 ~"expire_at":4102444800}
            POST /keys/k/renew => 400 ERR
            POST /keys/k/renew?ttl=1&persist => 400 ERR
            POST /keys/k/renew?persist=false => 400 ERR
            POST /keys/k/renew?ttl=-1 => 400 ERR
            POST /keys/k/renew?ttl=1 [If-Match: "x"] => 412 CONDITION
            PATCH /sets/s {"members":["a"]} => 201
            POST /keys/s/renew?ttl=10 => 409 WRONGTYPE
            """)
    }

    @Test func longestCommonSubsequences() throws {
        try play(
            """
            PUT /keys/a ohmytext => 201
            PUT /keys/b mynewtext => 201
            GET /keys/a/lcs?with=b => 200 {"value":"mytext"}
            GET /keys/a/lcs?with=b&len => 200 {"length":6}
            GET /keys/a/lcs?with=b&idx => 200 {"matches":[{"first":[4,7],"second":[5,8]},{"first":[2,3],"second":[0,1]}],"length":6}
            GET /keys/a/lcs?with=b&idx&with_match_len&min_match_len=4 => 200 {"matches":[{"first":[4,7],"second":[5,8],"length":4}],"length":6}
            GET /keys/a/lcs?with=none => 200 {"value":""}
            GET /keys/none/lcs?with=a&len => 200 {"length":0}
            GET /keys/a/lcs => 400 ERR
            GET /keys/a/lcs?with=b&len&idx => 400 ERR
            GET /keys/a/lcs?with=b&with_match_len => 400 ERR
            GET /keys/a/lcs?with=b&min_match_len=2 => 400 ERR
            GET /keys/a/lcs?with=b&idx&min_match_len=-1 => 400 ERR
            PATCH /sets/s {"members":["a"]} => 201
            GET /keys/a/lcs?with=s => 409 ERR
            """)
    }
}
