import TestSupport
import Testing

@Suite(.keyspaces) struct PathFormTests {
    @Test func segmentsAreArguments() throws {
        try play(
            #"""
            GET /ping => 200 {"result":"PONG"}
            GET /PING/hello => 200 {"result":"hello"}
            GET /set/foo/bar => 200 {"result":"OK"}
            GET //get/foo => 200 {"result":"bar"}
            PUT /set/foo/baz/EX/100 => 200 {"result":"OK"}
            POST /ttl/foo => 200 {"result":100}
            GET /set/a%2Fb/c%20d+e => 200 {"result":"OK"}
            GET /get/a%2Fb => 200 {"result":"c d+e"}
            GET /set/x%00/%FF => 200 {"result":"OK"}
            GET /keys/x%00 => 200 {"value":{"base64":"/w=="}}
            GET /get/x%00 => 200 {"result":"�"}
            GET /set/empty/ => 200 {"result":"OK"}
            GET /get/empty => 200 {"result":""}
            GET /mget/foo/none/empty => 200 {"result":["baz",null,""]}
            GET /get/%zz => 400 ~{"error":"ERR A % in the path
            GET /get => 400 {"error":"ERR wrong number of arguments for 'get' command"}
            GET /nope/x => 400 ~{"error":"ERR unknown command 'nope'
            HEAD /set/foo/head => 200
            GET /get/foo => 200 {"result":"head"}
            """#)
    }

    @Test func theBodyAndTheQueryFollow() throws {
        try play(
            #"""
            POST /set/foo?EX=100 raw => 200 {"result":"OK"}
            GET /get/foo => 200 {"result":"raw"}
            GET /ttl/foo => 200 {"result":100}
            PUT /set/foo [Content-Type: application/json] {"a":[1]} => 200 {"result":"OK"}
            GET /get/foo => 200 {"result":"{\"a\":[1]}"}
            POST /set/foo?NX other => 200 {"result":null}
            POST /set/foo?XX&GET&EX=50 new => 200 {"result":"{\"a\":[1]}"}
            POST /set?foo&b+c%2B => 200 {"result":"OK"}
            GET /get/foo => 200 {"result":"b c+"}
            POST /set/foo?v=&x => 400 {"error":"ERR syntax error"}
            GET /echo?a=b => 400 ~wrong number of arguments
            GET /set/foo?%zz => 400 ~{"error":"ERR A % in the query
            POST /get/foo => 200 {"result":"b c+"}
            """#)
    }

    @Test func resourcesWin() throws {
        try play(
            #"""
            GET /set/save/1 => 200 {"result":"OK"}
            GET /keys => 200 {"keys":["save"],"cursor":"0"}
            GET /keys/* => 404 NOTFOUND
            GET /KEYS/* => 200 {"result":["save"]}
            GET /config/get/save => 404 NOTFOUND
            GET /CONFIG/GET/hash-max-listpack-entries => 200 {"result":["hash-max-listpack-entries","512"]}
            GET //keys/save => 200 {"value":"1"}
            POST /transactions/x => 404 NOTFOUND
            """#)
    }
}
