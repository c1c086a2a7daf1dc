import TestSupport
import Testing

@Suite(.keyspaces) struct ConfigResourcesTests {
    @Test func readsAndChanges() throws {
        try play(
            """
            GET /config => 200 ~"hash-max-listpack-entries":"512"
            GET /config?match=hash-max-listpack-entries => 200 {"config":{"hash-max-listpack-entries":"512"}}
            GET /config?match=none* => 200 {"config":{}}
            GET /config?match=zset-max-listpack-entries&match=hash-max-listpack-v* => 200 ~"zset-max-listpack-entries"
            GET /config/hash-max-listpack-entries => 200 {"value":"512"}
            GET /config/hash-max-listpack-entries?raw => 200 512
            GET /config/none => 404 NOTFOUND
            GET /config/hash-max-listpack-entrie%3F => 404 NOTFOUND
            GET /config/hash-max-listpack-entrie* => 404 NOTFOUND
            PUT /config/hash-max-listpack-entries 64 => 200
            GET /config/hash-max-listpack-entries => 200 {"value":"64"}
            PUT /config/hash-max-listpack-entries {"value":32} => 200
            GET /config/hash-max-listpack-entries => 200 {"value":"32"}
            PUT /config/hash-max-listpack-entries abc => 400 ERR
            PUT /config/none 1 => 404 NOTFOUND
            PATCH /config {"config":{"hash-max-listpack-entries":"300","zset-max-listpack-entries":7}} => 200 ~"300"
            GET /config/zset-max-listpack-entries => 200 {"value":"7"}
            PATCH /config {"config":{"hash-max-listpack-entries":"1","none":"2"}} => 400 ERR
            GET /config/hash-max-listpack-entries => 200 {"value":"300"}
            PATCH /config {"config":{}} => 400 ERR
            PATCH /config {"settings":{"a":"1"}} => 400 ERR
            PATCH /config {"config":{"hash-max-listpack-entries":null}} => 400 ERR
            PATCH /config text => 415 MEDIATYPE
            DELETE /config => 405 METHOD
            """)
    }

    @Test func settingsTakeEffect() throws {
        try play(
            """
            PATCH /hashes/h {"fields":{"a":"1","b":"2"}} => 201
            GET /keys/h/object/encoding => 200 {"encoding":"listpack"}
            PUT /config/hash-max-listpack-entries 2 => 200
            PATCH /hashes/h {"fields":{"c":"3"}} => 200
            GET /keys/h/object/encoding => 200 {"encoding":"hashtable"}
            """)
    }
}
