import TestSupport
import Testing

@Suite(.keyspaces) struct ListResourcesTests {
    @Test func pushAndRead() throws {
        try play(
            """
            POST /lists/l {"values":["a","b"]} => 201 {"length":2}
            POST /lists/l?end=left {"values":["c","d"]} => 200 {"length":4}
            POST /lists/l?end=right {"values":[5,{"base64":"/wA="}]} => 200 {"length":6}
            GET /lists/l => 200 {"values":["d","c","a","b","5",{"base64":"/wA="}]}
            GET /lists/l?start=1&stop=2 => 200 {"values":["c","a"]}
            GET /lists/l?start=-2 => 200 {"values":["5",{"base64":"/wA="}]}
            GET /lists/l?start=10 => 200 {"values":[]}
            GET /lists/l?start=-9223372036854775808&stop=9223372036854775807 => 200
            GET /lists/l/length => 200 {"length":6}
            POST /lists/l?xx {"values":["z"]} => 200 {"length":7}
            POST /lists/l?xx&end=left {"values":["z"]} => 200 {"length":8}
            POST /lists/no?xx {"values":["z"]} => 412 CONDITION
            POST /lists/no?xx&end=left {"values":["z"]} => 412 CONDITION
            GET /lists/no => 404 NOTFOUND
            """)
    }

    @Test func putReplaces() throws {
        try play(
            """
            PUT /lists/l {"values":["a","b","c"]} => 201 {"length":3}
            PUT /lists/l {"values":["d"]} => 200 {"length":1}
            GET /lists/l => 200 {"values":["d"]}
            PUT /keys/s text => 201
            PUT /lists/s?ttl=100.5 {"values":["x"]} => 200 {"length":1}
            GET /lists/s => 200 {"values":["x"]}
            """)
    }

    @Test func removeTrimInsert() throws {
        try play(
            """
            PUT /lists/l {"values":["a","b","a","c","a"]} => 201
            DELETE /lists/l?value=a&count=-1 => 200 {"removed":1}
            GET /lists/l => 200 {"values":["a","b","a","c"]}
            DELETE /lists/l?value=a => 200 {"removed":2}
            DELETE /lists/l?value=zz => 200 {"removed":0}
            DELETE /lists/l => 400 ERR
            DELETE /lists/no?value=a => 404 NOTFOUND
            POST /lists/l/insert?before=c x => 200 {"length":3}
            POST /lists/l/insert?after=c {"value":"y"} => 200 {"length":4}
            GET /lists/l => 200 {"values":["b","x","c","y"]}
            POST /lists/l/insert?after=zz y => 404 NOTFOUND
            POST /lists/no/insert?after=zz y => 404 NOTFOUND
            POST /lists/l/insert y => 400 ERR
            POST /lists/l/insert?before=b&after=b y => 400 ERR
            POST /lists/l/trim?start=1&stop=-2 => 200 {"length":2}
            GET /lists/l => 200 {"values":["x","c"]}
            POST /lists/l/trim?start=1 => 400 ~stop
            POST /lists/l/trim?stop=1 => 400 ~start
            POST /lists/l/trim?start=5&stop=6 => 200 {"length":0}
            POST /lists/l/trim?start=0&stop=-1 => 404 NOTFOUND
            """)
    }

    @Test func positions() throws {
        try play(
            """
            PUT /lists/l {"values":["a","b","a","c","a"]} => 201
            GET /lists/l/positions?value=a => 200 {"positions":[0,2,4]}
            GET /lists/l/positions?value=a&count=1 => 200 {"positions":[0]}
            GET /lists/l/positions?value=a&rank=-1 => 200 {"positions":[4,2,0]}
            GET /lists/l/positions?value=a&rank=2&max_length=3 => 200 {"positions":[2]}
            GET /lists/l/positions?value=z => 200 {"positions":[]}
            GET /lists/l/positions => 400 ERR
            GET /lists/l/positions?value=a&rank=0 => 400 ERR
            GET /lists/l/positions?value=a&count=-1 => 400 ERR
            GET /lists/no/positions?value=a => 404 NOTFOUND
            """)
    }

    @Test func storeSorted() throws {
        try play(
            """
            PUT /lists/l {"values":["3","10","1"]} => 201
            POST /lists/d/store {"sort":"l"} => 201 {"length":3}
            GET /lists/d => 200 {"values":["1","3","10"]}
            POST /lists/d/store {"sort":"l","reverse":true,"limit":2} => 200 {"length":2}
            GET /lists/d => 200 {"values":["10","3"]}
            POST /lists/d/store {"sort":"l","alpha":true,"offset":1} => 200 {"length":2}
            GET /lists/d => 200 {"values":["10","3"]}
            PUT /keys/w:3 x => 201
            POST /lists/d/store {"sort":"l","by":"nosort","get":["#","w:*"]} => 200 {"length":6}
            GET /lists/d => 200 {"values":["3","x","10","","1",""]}
            PUT /sets/s {"members":["b","a"]} => 201
            POST /lists/d/store {"sort":"s"} => 409 ERR
            POST /lists/d/store [If-None-Match: *] {"sort":"l"} => 412 CONDITION
            GET /lists/d/length => 200 {"length":6}
            POST /lists/d/store [If-Match: $etag] {"sort":"no"} => 200 {"length":0}
            GET /lists/d => 404 NOTFOUND
            POST /lists/d/store {"sort":"no"} => 200 {"length":0}
            PUT /hashes/h {"fields":{"a":"1"}} => 201
            POST /lists/d/store {"sort":"h"} => 409 WRONGTYPE
            POST /lists/d/store {"by":"x"} => 400 ERR
            POST /lists/d/store {"sort":"l","get":"x"} => 400 ERR
            POST /lists/d/store {"sort":"l","limit":-1} => 400 ERR
            POST /lists/d/store {"sort":"l","limit":"x"} => 400 ERR
            POST /lists/d/store {"sort":"l","alpha":1} => 400 ERR
            POST /lists/d/store {"sort":"l","asc":true} => 400 ~asc
            POST /lists/d/store text => 415 MEDIATYPE
            """)
    }

    @Test(arguments: [
        "GET /lists/s", "GET /lists/s/length", "GET /lists/s/positions?value=a", "DELETE /lists/s?value=a",
        "POST /lists/s {\"values\":[\"a\"]}", "POST /lists/s?xx {\"values\":[\"a\"]}",
        "POST /lists/s/trim?start=0&stop=1", "POST /lists/s/insert?before=a x", "GET /lists/s/items/0",
        "PUT /lists/s/items/0 x", "POST /lists/s/pop", "POST /lists/s/pop?count=0", "POST /lists/no/pop?or=s",
        "POST /lists/s/move?to=x", "POST /lists/l/move?to=s",
    ])
    func wrongType(_ request: String) throws {
        try play(
            """
            PUT /keys/s text => 201
            PUT /lists/l {"values":["a"]} => 201
            \(request) => 409 WRONGTYPE
            GET /lists/l => 200 {"values":["a"]}
            """)
    }

    @Test(arguments: [
        #"POST /lists/l {"values":[]}"#, #"POST /lists/l {"values":"a"}"#,
        #"POST /lists/l {"values":[null]}"#,
        #"POST /lists/l {"values":[true]}"#, #"POST /lists/l {"values":["a"],"end":"left"}"#,
        #"POST /lists/l?end=top {"values":["a"]}"#, #"PUT /lists/l {"values":[["a"]]}"#, "PUT /lists/l {}",
        #"PUT /lists/l?ttl=0 {"values":["a"]}"#, #"PUT /lists/l?xx {"values":["a"]}"#,
        "GET /lists/l?start=x", "GET /lists/l?start=9223372036854775808", "GET /lists/l?limit=1",
    ])
    func bad(_ request: String) throws {
        try play(
            """
            PUT /lists/l {"values":["old"]} => 201
            \(request) => 400 ERR
            GET /lists/l => 200 {"values":["old"]}
            """)
    }

    @Test func onlyJSON() throws {
        try play("POST /lists/l text => 415 MEDIATYPE\nPUT /lists/l text => 415 MEDIATYPE")
    }

    @Test func conditions() throws {
        try play(
            """
            POST /lists/l [If-Match: *] {"values":["a"]} => 412 CONDITION
            POST /lists/l [If-None-Match: *] {"values":["a"]} => 201
            GET /lists/l [If-None-Match: $etag] => 304
            GET /lists/l/positions?value=a [If-None-Match: $etag] => 304
            POST /lists/l [If-Match: $etag] {"values":["b"]} => 200
            POST /lists/l/trim?start=0&stop=0 [If-Match: "0-0"] => 412 CONDITION
            DELETE /lists/l?value=a [If-None-Match: $etag] => 412 CONDITION
            PUT /lists/l [If-Match: $etag] {"values":["c"]} => 200 {"length":1}
            GET /lists/l => 200 {"values":["c"]}
            """)
    }
}
