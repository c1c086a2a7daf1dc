import TestSupport
import Testing

@Suite(.keyspaces) struct SortResourcesTests {
    @Test func sorts() throws {
        try play(
            """
            GET /keys/l/sort => 404 NOTFOUND
            POST /lists/l {"values":["10","2","1"]} => 201
            GET /keys/l/sort => 200 {"values":["1","2","10"]}
            GET /keys/l/sort?reverse => 200 {"values":["10","2","1"]}
            GET /keys/l/sort?alpha => 200 {"values":["1","10","2"]}
            GET /keys/l/sort?limit=2 => 200 {"values":["1","2"]}
            GET /keys/l/sort?offset=1 => 200 {"values":["2","10"]}
            GET /keys/l/sort?limit=1&offset=1 => 200 {"values":["2"]}
            GET /keys/l/sort?limit=0 => 200 {"values":[]}
            PATCH /keys {"values":{"w_1":"3","w_2":"2","w_10":"1","n_1":"one"}} => 200
            GET /keys/l/sort?by=w_* => 200 {"values":["10","2","1"]}
            GET /keys/l/sort?by=w_*&get=n_*&get=%23 => 200 {"values":[null,"10",null,"2","one","1"]}
            GET /keys/l/sort?by=nosort => 200 {"values":["10","2","1"]}
            PATCH /sets/s {"members":["b","a"]} => 201
            GET /keys/s/sort => 409 ERR
            GET /keys/s/sort?alpha => 200 {"values":["a","b"]}
            GET /keys/w_1/sort => 409 WRONGTYPE
            GET /keys/l/sort?limit=-1 => 400 ERR
            GET /keys/l/sort?order=desc => 400 ERR
            """)
    }
}
