import TestSupport
import Testing

private let board = #"PUT /zsets/z {"scores":{"a":1,"b":2,"c":3.5,"d":"inf"}} => 201 {"count":4}"#
private let names = #"PUT /zsets/n {"scores":{"a":0,"b":0,"c":0,"d":0}} => 201 {"count":4}"#

@Suite(.keyspaces) struct SortedSetResourcesTests {
    @Test func ranges() throws {
        try play(
            """
            \(board)
            GET /zsets/z => 200 {"members":[{"member":"a","score":1},{"member":"b","score":2},{"member":"c","score":3.5},{"member":"d","score":"inf"}]}
            GET /zsets/z?start=0&stop=1&reverse => 200 {"members":[{"member":"d","score":"inf"},{"member":"c","score":3.5}]}
            GET /zsets/z?by=rank&start=-1 => 200 {"members":[{"member":"d","score":"inf"}]}
            GET /zsets/z?start=9 => 200 {"members":[]}
            GET /zsets/z?min=(1&max=3 => 200 {"members":[{"member":"b","score":2}]}
            GET /zsets/z?max=2 => 200 {"members":[{"member":"a","score":1},{"member":"b","score":2}]}
            GET /zsets/z?min=2&reverse&limit=1&offset=1 => 200 {"members":[{"member":"c","score":3.5}]}
            GET /zsets/z?by=score&limit=1 => 200 {"members":[{"member":"a","score":1}]}
            GET /zsets/z?by=score&offset=3 => 200 {"members":[{"member":"d","score":"inf"}]}
            GET /zsets/z?by=score&limit=0 => 200 {"members":[]}
            GET /zsets/z?member=c&member=x => 200 {"members":[{"member":"c","score":3.5},{"member":"x","score":null}]}
            GET /zsets/z?match=[ad]&count=50 => 200 {"members":[{"member":"a","score":1},{"member":"d","score":"inf"}],"cursor":"0"}
            GET /zsets/z/count => 200 {"count":4}
            GET /zsets/z/count?min=2 => 200 {"count":3}
            GET /zsets/z/count?min=(2&max=3.5 => 200 {"count":1}
            """)
    }

    @Test func lexRanges() throws {
        try play(
            """
            \(names)
            GET /zsets/n?by=lex&min=[b&max=(d => 200 {"members":[{"member":"b","score":0},{"member":"c","score":0}]}
            GET /zsets/n?by=lex&reverse&limit=1 => 200 {"members":[{"member":"d","score":0}]}
            GET /zsets/n?by=lex&min=[b&reverse&offset=2 => 200 {"members":[{"member":"b","score":0}]}
            GET /zsets/n?by=lex&min=[z => 200 {"members":[]}
            GET /zsets/n?by=lex&max=%2B&min=- => 200 ~"a"
            GET /zsets/n/count?by=lex&min=[b => 200 {"count":3}
            GET /zsets/n/count?by=lex => 200 {"count":4}
            GET /zsets/n?by=lex [If-None-Match: $etag] => 304
            GET /zsets/no?by=lex => 404 NOTFOUND
            """)
    }

    @Test func extremeNumbers() throws {
        try play(
            """
            PUT /zsets/z {"scores":{"a":-0.0,"b":1e-300,"c":1.7976931348623157e308}} => 201
            GET /zsets/z?start=-9223372036854775808&stop=9223372036854775807 => 200 ~"a","score":0}
            GET /zsets/z?by=score&limit=9223372036854775807&offset=9223372036854775807 => 200 {"members":[]}
            GET /zsets/z?count=9223372036854775807 => 200 ~"cursor":"0"
            GET /zsets/z?cursor=18446744073709551615 => 200
            GET /zsets/z?cursor=18446744073709551616 => 400 ERR
            GET /zsets/z/random?count=9223372036854775807 => 400 ERR
            GET /zsets/z/random?count=-9223372036854775808 => 400 ERR
            GET /zsets/z/intersection/count?limit=9223372036854775807 => 200 {"count":3}
            PUT /sets/s {"members":["a"]} => 201
            GET /sets/s?count=9223372036854775807 => 200 {"members":["a"],"cursor":"0"}
            GET /sets/s/random?count=9223372036854775807 => 200 {"members":["a"]}
            GET /sets/s/random?count=-9223372036854775808 => 400 ERR
            POST /sets/s/pop?count=9223372036854775807 => 200 {"members":["a"]}
            PUT /lists/l {"values":["a"]} => 201
            GET /lists/l/positions?value=a&rank=9223372036854775807&max_length=9223372036854775807 => 200
            GET /lists/l/positions?value=a&rank=-9223372036854775807 => 200 {"positions":[]}
            DELETE /lists/l?value=b&count=-9223372036854775808 => 200 {"removed":0}
            POST /lists/no/pop?or=l&count=9223372036854775807 => 200 {"key":"l","values":["a"]}
            PUT /lists/l {"values":["a"]} => 201
            POST /lists/l/pop?count=9223372036854775807 => 200 {"values":["a"]}
            POST /zsets/no/pop?or=z&count=9223372036854775807&end=max => 200 ~"c"
            PUT /sets/s?ttl=9199999999990000 {"members":["a"]} => 201
            PUT /sets/s?ttl=9300000000000000 {"members":["b"]} => 400 ERR
            PUT /sets/s?expire_at=9199999999990000 {"members":["a"]} => 200
            GET /sets/s => 200 {"members":["a"]}
            """)
    }

    @Test func random() throws {
        try play(
            """
            PUT /zsets/z {"scores":{"a":1.5}} => 201
            GET /zsets/z/random => 200 {"member":"a","score":1.5}
            GET /zsets/z/random?count=3 => 200 {"members":[{"member":"a","score":1.5}]}
            GET /zsets/z/random?count=-2 => 200 {"members":[{"member":"a","score":1.5},{"member":"a","score":1.5}]}
            GET /zsets/z/random?count=0 => 200 {"members":[]}
            GET /zsets/no/random => 404 NOTFOUND
            GET /zsets/no/random?count=0 => 404 NOTFOUND
            """)
    }

    @Test(arguments: [
        "GET /zsets/no", "GET /zsets/no?start=5", "GET /zsets/no?min=1", "GET /zsets/no?member=a",
        "GET /zsets/no?match=*", "GET /zsets/no/count", "GET /zsets/no/count?min=1",
        "GET /zsets/no/members/a",
        "DELETE /zsets/no?member=a", "DELETE /zsets/no?start=0&stop=1", "DELETE /zsets/no/members/a",
        "POST /zsets/no/pop", "POST /zsets/no/pop?count=0", "POST /zsets/no/pop?or=never",
    ])
    func missing(_ request: String) throws { try play("\(request) => 404 NOTFOUND") }

    @Test(arguments: [
        "GET /zsets/s", "GET /zsets/s?by=lex", "GET /zsets/s?member=a", "GET /zsets/s?match=*",
        "GET /zsets/s/count", "GET /zsets/s/count?min=1", "GET /zsets/s/random", "GET /zsets/s/members/a",
        "PUT /zsets/s/members/a 1", "PUT /zsets/s/members/a?gt 1", "DELETE /zsets/s/members/a",
        "POST /zsets/s/members/a/increment", "POST /zsets/s/pop", "POST /zsets/no/pop?or=s",
        "DELETE /zsets/s?member=a", "DELETE /zsets/s?start=0&stop=1", #"PATCH /zsets/s {"scores":{"a":1}}"#,
        #"PATCH /zsets/s {"scores":{"a":null}}"#, "GET /zsets/s/union", "GET /zsets/z/difference?with=s",
        #"POST /zsets/d/store {"range":"s"}"#, #"POST /zsets/d/store {"union":["s"]}"#,
    ])
    func wrongType(_ request: String) throws {
        try play(
            """
            PUT /keys/s text => 201
            \(board)
            \(request) => 409 WRONGTYPE
            """)
    }

    @Test(arguments: [
        "GET /zsets/z?by=rank&min=1", "GET /zsets/z?by=score&start=1", "GET /zsets/z?start=1&min=1",
        "GET /zsets/z?limit=1", "GET /zsets/z?offset=1", "GET /zsets/z?min=x", "GET /zsets/z?min=(nan",
        "GET /zsets/z?by=lex&min=a", "GET /zsets/z?by=name", "GET /zsets/z?member=a&start=1",
        "GET /zsets/z?member=a&cursor=0", "GET /zsets/z?reverse&match=*", "GET /zsets/z?by=score&limit=-1",
        "GET /zsets/z/count?by=rank", "GET /zsets/z/count?min=x", "GET /zsets/z/count?by=lex&min=x",
        "GET /zsets/z?start=x", "GET /zsets/z?reverse=2",
    ])
    func bad(_ request: String) throws { try play("\(board)\n\(request) => 400 ERR") }
}
