import TestSupport
import Testing

@Suite(.keyspaces) struct SortedSetAlgebraResourcesTests {
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
