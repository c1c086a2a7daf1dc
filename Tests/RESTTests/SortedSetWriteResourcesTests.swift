import TestSupport
import Testing

private let board = #"PUT /zsets/z {"scores":{"a":1,"b":2,"c":3.5,"d":"inf"}} => 201 {"count":4}"#
private let names = #"PUT /zsets/n {"scores":{"a":0,"b":0,"c":0,"d":0}} => 201 {"count":4}"#

@Suite(.keyspaces) struct SortedSetWriteResourcesTests {
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
