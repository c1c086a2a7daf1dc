import Testing

private let board = #"PUT /zsets/z {"scores":{"a":1,"b":2,"c":3.5,"d":"inf"}} => 201 {"count":4}"#
private let names = #"PUT /zsets/n {"scores":{"a":0,"b":0,"c":0,"d":0}} => 201 {"count":4}"#

@Suite struct SortedSetResourcesTests {
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
            GET /zsets/z?start=-9223372036854775808&stop=9223372036854775807 => 200 ~"a","score":-0}
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
            PUT /sets/s?ttl=9199999999999999 {"members":["a"]} => 201
            PUT /sets/s?ttl=9300000000000000 {"members":["b"]} => 400 ERR
            PUT /sets/s?expire_at=9199999999999999 {"members":["a"]} => 200
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

@Suite struct SortedSetWriteResourcesTests {
    @Test func patchMerges() throws {
        try play(
            """
            PATCH /zsets/z {"scores":{"a":1,"b":"-inf"}} => 201 {"added":2,"removed":0}
            PATCH /zsets/z {"members":[{"member":"a","score":5},{"score":7e2,"member":{"base64":"/wA="}}]} => 200 {"added":1,"removed":0}
            PATCH /zsets/z?ch {"scores":{"a":6,"b":null}} => 200 {"changed":1,"removed":1}
            GET /zsets/z => 200 {"members":[{"member":"a","score":6},{"member":{"base64":"/wA="},"score":700}]}
            PATCH /zsets/z?nx {"scores":{"a":9,"c":1}} => 200 {"added":1,"removed":0}
            PATCH /zsets/z?xx {"scores":{"a":9,"d":1}} => 200 {"added":0,"removed":0}
            PATCH /zsets/z?gt&ch {"scores":{"a":8,"c":2}} => 200 {"changed":1,"removed":0}
            PATCH /zsets/z?lt&ch {"scores":{"a":8,"c":3}} => 200 {"changed":1,"removed":0}
            GET /zsets/z?member=a&member=c&member=d => 200 {"members":[{"member":"a","score":8},{"member":"c","score":2},{"member":"d","score":null}]}
            PATCH /zsets/z {"members":[{"member":"x","score":1},{"member":"x","score":null},{"member":"y","score":null},{"member":"y","score":4}]} => 200 {"added":1,"removed":0}
            PATCH /zsets/no {"scores":{"a":null}} => 200 {"added":0,"removed":0}
            PATCH /zsets/no?xx {"scores":{"a":1}} => 200 {"added":0,"removed":0}
            GET /zsets/no => 404 NOTFOUND
            """)
    }

    @Test func putReplaces() throws {
        try play(
            """
            PUT /keys/z text => 201
            PUT /zsets/z?ttl=60 {"members":[{"member":"a","score":1},{"member":"a","score":2}]} => 200 {"count":1}
            GET /zsets/z => 200 {"members":[{"member":"a","score":2}]}
            PUT /zsets/new [If-None-Match: *] {"scores":{"a":-0.5}} => 201 {"count":1}
            PUT /zsets/new [If-None-Match: *] {"scores":{"a":1}} => 412 CONDITION
            PUT /zsets/new [If-Match: "0-0"] {"scores":{"a":1}} => 412 CONDITION
            GET /zsets/new => 200 {"members":[{"member":"a","score":-0.5}]}
            GET /zsets/new [If-None-Match: $etag] => 304
            """)
    }

    @Test func delete() throws {
        try play(
            """
            PUT /zsets/z {"scores":{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}} => 201
            DELETE /zsets/z?member=a&member=x => 200 {"removed":1}
            DELETE /zsets/z?start=0&stop=0 => 200 {"removed":1}
            DELETE /zsets/z?min=(3&max=4 => 200 {"removed":1}
            DELETE /zsets/z?start=10&stop=20 => 200 {"removed":0}
            DELETE /zsets/z => 400 ~DELETE /keys/{key}
            DELETE /zsets/z?start=0 => 400 ~both bounds
            DELETE /zsets/z?max=0 => 400 ~both bounds
            DELETE /zsets/z?by=score => 400 ~both bounds
            DELETE /zsets/z?member=a&start=0&stop=1 => 400 ERR
            DELETE /zsets/z?min=x&max=1 => 400 ERR
            DELETE /zsets/z?min=-inf&max=inf [If-Match: "0-0"] => 412 CONDITION
            DELETE /zsets/z?min=-inf&max=inf => 200 {"removed":3}
            GET /zsets/z => 404 NOTFOUND
            \(names)
            DELETE /zsets/n?by=lex&min=[b&max=(d => 200 {"removed":2}
            DELETE /zsets/n?by=lex&min=-&max=%2B => 200 {"removed":2}
            """)
    }

    @Test func pop() throws {
        try play(
            """
            PUT /zsets/z {"scores":{"a":1,"b":2,"c":3,"d":4}} => 201
            POST /zsets/z/pop => 200 {"member":"a","score":1}
            POST /zsets/z/pop?end=max => 200 {"member":"d","score":4}
            POST /zsets/z/pop?count=0 => 200 {"members":[]}
            POST /zsets/no/pop?or=z&end=max => 200 {"key":"z","members":[{"member":"c","score":3}]}
            POST /zsets/no/pop?or=z&count=0 => 400 ERR
            POST /zsets/z/pop?raw => 400 ERR
            POST /zsets/z/pop?end=left => 400 ERR
            POST /zsets/z/pop?count=5&end=min => 200 {"members":[{"member":"b","score":2}]}
            POST /zsets/z/pop?count=5 => 404 NOTFOUND
            """)
    }

    @Test(arguments: [
        #"PATCH /zsets/z {"scores":{"a":"1"}}"#, #"PATCH /zsets/z {"scores":{"a":"nan"}}"#,
        #"PATCH /zsets/z {"scores":{"a":1e400}}"#, #"PATCH /zsets/z {"scores":{"a":true}}"#,
        #"PATCH /zsets/z {"scores":{}}"#, #"PATCH /zsets/z {}"#, #"PATCH /zsets/z {"members":[]}"#,
        #"PATCH /zsets/z {"scores":{"a":1},"members":[{"member":"a","score":1}]}"#,
        #"PATCH /zsets/z {"members":[{"member":"a"}]}"#, #"PATCH /zsets/z {"members":["a"]}"#,
        #"PATCH /zsets/z {"members":[{"member":"a","score":1,"rank":0}]}"#,
        #"PATCH /zsets/z?nx&xx {"scores":{"a":1}}"#, #"PATCH /zsets/z?nx&gt {"scores":{"a":1}}"#,
        #"PATCH /zsets/z?lt&gt {"scores":{"a":1}}"#, #"PUT /zsets/z {"scores":{"a":null}}"#,
        #"PUT /zsets/z {"scores":[["a",1]]}"#, #"PUT /zsets/z?nx {"scores":{"a":1}}"#,
        #"PUT /zsets/z {"scores":{"a":1},"x":2}"#, "PUT /zsets/z/members/a nan", "PUT /zsets/z/members/a",
        "PUT /zsets/z/members/a x", #"PUT /zsets/z/members/a {"score":"x"}"#, #"PUT /zsets/z/members/a {}"#,
        #"PUT /zsets/z/members/a {"score":1,"rank":-1}"#, "PUT /zsets/z/members/a?nx&xx 1",
        "PUT /zsets/z/members/a?gt&lt 1", "POST /zsets/z/members/a/increment?by=nan",
        "POST /zsets/z/members/a/increment?by=x", "POST /zsets/z/members/a/increment?nx&gt",
    ])
    func bad(_ request: String) throws {
        try play("\(board)\n\(request) => 400 ERR\nGET /zsets/z/count => 200 {\"count\":4}")
    }

    @Test func onlyJSON() throws {
        try play("PUT /zsets/z text => 415 MEDIATYPE\nPATCH /zsets/z text => 415 MEDIATYPE")
    }
}

@Suite struct SortedSetMemberResourcesTests {
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

@Suite struct SortedSetAlgebraResourcesTests {
    private let sources = """
        PUT /zsets/a {"scores":{"x":1,"y":2}} => 201
        PUT /zsets/b {"scores":{"y":10,"z":20}} => 201
        """

    @Test func reads() throws {
        try play(
            """
            \(sources)
            GET /zsets/a/union?with=b => 200 {"members":[{"member":"x","score":1},{"member":"y","score":12},{"member":"z","score":20}]}
            GET /zsets/a/union?with=b&weight=2&weight=0.5&aggregate=max => 200 {"members":[{"member":"x","score":2},{"member":"y","score":5},{"member":"z","score":10}]}
            GET /zsets/a/intersection?with=b&aggregate=min => 200 {"members":[{"member":"y","score":2}]}
            GET /zsets/a/difference?with=b => 200 {"members":[{"member":"x","score":1}]}
            GET /zsets/no/union?with=never => 200 {"members":[]}
            GET /zsets/a/intersection/count?with=b => 200 {"count":1}
            GET /zsets/a/intersection/count?with=a&limit=1 => 200 {"count":1}
            GET /zsets/a/union?with=b&weight=2 => 400 ~weight
            GET /zsets/a/union?with=b&weight=2&weight=x => 400 ERR
            GET /zsets/a/union?aggregate=avg => 400 ERR
            GET /zsets/a/difference?weight=1 => 400 ERR
            """)
    }

    @Test func store() throws {
        try play(
            """
            \(sources)
            POST /zsets/d/store {"union":["a","b"],"weights":[1,2],"aggregate":"max"} => 201 {"count":3}
            GET /zsets/d => 200 {"members":[{"member":"x","score":1},{"member":"y","score":20},{"member":"z","score":40}]}
            POST /zsets/d/store {"intersection":["a","b"]} => 200 {"count":1}
            POST /zsets/d/store {"difference":["a","b"]} => 200 {"count":1}
            GET /zsets/d => 200 {"members":[{"member":"x","score":1}]}
            POST /zsets/d/store {"range":"b","stop":0,"reverse":true} => 200 {"count":1}
            GET /zsets/d => 200 {"members":[{"member":"z","score":20}]}
            POST /zsets/d/store {"range":"b","min":"(10"} => 200 {"count":1}
            POST /zsets/d/store {"range":"b","by":"score","max":10} => 200 {"count":1}
            GET /zsets/d => 200 {"members":[{"member":"y","score":10}]}
            POST /zsets/d/store {"range":"a","by":"lex","min":"[y","limit":5} => 200 {"count":1}
            GET /zsets/d => 200 {"members":[{"member":"y","score":2}]}
            POST /zsets/d/store [If-Match: $etag] {"range":"no"} => 200 {"count":0}
            GET /zsets/d => 404 NOTFOUND
            POST /zsets/d/store [If-Match: *] {"range":"a"} => 412 CONDITION
            """)
    }

    @Test(arguments: [
        "{}", #"{"union":["a"],"range":"a"}"#, #"{"union":["a"],"weights":[1,2]}"#,
        #"{"union":["a"],"weights":["1"]}"#, #"{"union":["a"],"aggregate":"avg"}"#,
        #"{"difference":["a"],"weights":[1]}"#, #"{"difference":[]}"#, #"{"union":"a"}"#,
        #"{"range":"a","weights":[1]}"#, #"{"range":"a","limit":1}"#, #"{"range":"a","start":0,"min":1}"#,
        #"{"range":["a"]}"#, #"{"range":"a","by":"name"}"#, #"{"range":"a","min":"x"}"#, "[]",
    ])
    func bad(_ document: String) throws { try play("POST /zsets/d/store \(document) => 400 ERR") }
}
