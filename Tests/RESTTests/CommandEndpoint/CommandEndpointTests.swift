import Bytes
import Engine
import MicroHTTP
import TestSupport
import Testing

@testable import REST

@Suite(.keyspaces) struct CommandEndpointTests {
    @Test func oneCommand() throws {
        try play(
            #"""
            POST / ["SET","k","v"] => 200 {"result":"OK"}
            POST / ["get","k"] => 200 {"result":"v"}
            POST / [Content-Type: text/plain] ["GET","none"] => 200 {"result":null}
            POST // ["STRLEN","k"] => 200 {"result":1}
            POST /   [ "SET" , "n" , 9007199254740993 ]   => 200 {"result":"OK"}
            POST / ["GET","n"] => 200 {"result":"9007199254740993"}
            POST / ["RPUSH","l",1.50,1e3,true,false,{"base64":"YWI="}] => 200 {"result":5}
            POST / ["LRANGE","l",0,-1] => 200 {"result":["1.50","1e3","true","false","ab"]}
            POST / ["ZADD","z",1.5,"a",2,"b"] => 200 {"result":2}
            POST / ["ZSCORE","z","a"] => 200 {"result":"1.5"}
            POST / ["ZRANGE","z",0,-1,"WITHSCORES"] => 200 {"result":["a","1.5","b","2"]}
            POST / ["HSET","h","f","v"] => 200 {"result":1}
            POST / ["HGETALL","h"] => 200 {"result":["f","v"]}
            POST / ["SSCAN","none","0"] => 200 {"result":["0",[]]}
            POST / ["SET","é\u0000","\ud83d\ude00"] => 200 {"result":"OK"}
            GET /keys/%C3%A9%00 => 200 {"value":"😀"}
            """#)
    }

    @Test func errors() throws {
        try play(
            #"""
            POST / ["SET","k"] => 400 {"error":"ERR wrong number of arguments for 'set' command"}
            POST / ["LPUSH","l","a"] => 200 {"result":1}
            POST / ["GET","l"] => 400 {"error":"WRONGTYPE Operation against a key holding the wrong kind of value"}
            POST / ["NOPE","k"] => 400 ~{"error":"ERR unknown command 'NOPE'
            POST / ["SET","k","v","EX","x"] => 400 {"error":"ERR value is not an integer or out of range"}
            """#)
    }

    /// None of them executes anything.
    @Test(arguments: [
        "", " ", "[", #"["FLUSHALL""#, #"["FLUSHALL"] x"#, #"["SET","k",null]"#, #"["SET","k",{}]"#,
        #"["SET","k",{"base64":"/wA"}]"#, #"["SET","k",{"base64":"/wA=","x":1}]"#, #"["SET","k",["v"]]"#,
        "[]",
        "{}", "null", "1", #""FLUSHALL""#, #"["SET","k","\ud800"]"#, #"["SET","k",01]"#, "[null]",
        #"{"command":["FLUSHALL"]}"#,
    ])
    func malformedBodies(_ body: String) throws {
        let service = try TestService()
        try service.play(#"POST / ["SET","kept","1"] => 200 {"result":"OK"}"#)
        for (target, text) in [
            ("/", body), ("/pipeline", "[[\"SET\",\"other\",1],\(body)]"),
            ("/multi-exec", "[[\"SET\",\"other\",1],\(body)]"),
        ] {
            let answer = try service.connection.request("POST", target, body: Array(text.utf8))
            #expect(answer.status == 400, "\(target) \(text): \(answer.text)")
            #expect(answer.text.hasPrefix("{\"error\":\"ERR "), "\(target) \(text): \(answer.text)")
            #expect(answer["content-type"] == "application/json")
        }
        try service.play(#"POST / ["KEYS","*"] => 200 {"result":["kept"]}"#)
    }

    @Test func badBytes() throws {
        let service = try TestService()
        for body in [
            Array("[\"SET\",\"k\",\"".utf8) + [0xFF] + Array("\"]".utf8),
            Array(String(repeating: "[", count: 10_000).utf8),
            Array((String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)).utf8),
        ] {
            for target in ["/", "/pipeline", "/multi-exec"] {
                let answer = try service.connection.request("POST", target, body: body)
                #expect(answer.status == 400)
                #expect(answer.text.hasPrefix("{\"error\":\"ERR "))
            }
        }
    }

    @Test func pipelines() throws {
        try play(
            #"""
            POST /pipeline [["SET","n",1],["INCR","n"],["LPUSH","n","x"],["NOPE"],["GET"],["GET","n"]] => 200 [{"result":"OK"},{"result":2},{"error":"WRONGTYPE Operation against a key holding the wrong kind of value"},{"error":"ERR unknown command 'NOPE', with args beginning with: "},{"error":"ERR wrong number of arguments for 'get' command"},{"result":"2"}]
            POST //pipeline [["GET","n"]] => 200 [{"result":"2"}]
            POST /pipeline [] => 200 []
            POST /pipeline ["GET","n"] => 400 ~{"error":"ERR
            POST /pipeline [["SET","n",7],["GET",null]] => 400 ~{"error":"ERR
            POST /pipeline [["GET","n"]] => 200 [{"result":"2"}]
            """#)
    }

    @Test func aLongPipeline() throws {
        let service = try TestService()
        let count = 50_000
        let body = "[" + Array(repeating: #"["INCR","n"]"#, count: count).joined(separator: ",") + "]"
        let answer = try service.connection.request("POST", "/pipeline", body: Array(body.utf8))
        #expect(answer.status == 200)
        #expect(answer.text.hasPrefix(#"[{"result":1},{"result":2},"#))
        #expect(answer.text.hasSuffix(#",{"result":50000}]"#))
        #expect(answer.text.filter { $0 == "{" }.count == count)
    }

    @Test func multiExec() throws {
        try play(
            #"""
            POST /multi-exec [["SET","n",1],["LPUSH","n","x"],["INCR","n"]] => 200 [{"result":"OK"},{"error":"WRONGTYPE Operation against a key holding the wrong kind of value"},{"result":2}]
            POST /multi-exec [["SET","n",9],["NOPE"]] => 400 ~{"error":"EXECABORT Transaction discarded because of: ERR unknown command 'NOPE'
            POST /multi-exec [["SET","n",9],["GET"]] => 400 {"error":"EXECABORT Transaction discarded because of: ERR wrong number of arguments for 'get' command"}
            POST /multi-exec [["GET","n"]] => 200 [{"result":"2"}]
            POST //multi-exec [] => 200 []
            """#)
    }

    @Test func base64() throws {
        try play(
            #"""
            POST / [Upstash-Encoding: base64] ["SET","k",{"base64":"/wA="}] => 200 {"result":"OK"}
            POST / ["GET","k"] => 200 {"result":"�\u0000"}
            POST / [Upstash-Encoding: base64] ["GET","k"] => 200 {"result":"/wA="}
            POST / [Upstash-Encoding: base64] ["MGET","k","none"] => 200 {"result":["/wA=",null]}
            POST / [Upstash-Encoding: base64] ["NOPE"] => 400 ~{"error":"ERR unknown command 'NOPE'
            POST /pipeline [Upstash-Encoding: base64] [["PING"],["SET","a","b"],["GET"]] => 200 [{"result":"UE9ORw=="},{"result":"OK"},{"error":"ERR wrong number of arguments for 'get' command"}]
            POST /multi-exec [Upstash-Encoding: base64] [["GET","a"]] => 200 [{"result":"Yg=="}]
            GET /get/a [Upstash-Encoding: base64] => 200 {"result":"Yg=="}
            POST / [Upstash-Encoding: gzip] ["SET","n",1] => 400 ~{"error":"ERR Upstash-Encoding takes
            GET /exists/n => 200 {"result":0}
            """#)
    }

    @Test func resp2() throws {
        let service = try TestService()
        func ask(_ target: String, _ body: String, _ headers: [String] = []) throws -> TestAnswer {
            try service.connection.request(
                "POST", target, headers: ["Upstash-Response-Format: resp2"] + headers, body: Array(body.utf8))
        }
        for (target, body, status, text) in [
            ("/", #"["SET","k",{"base64":"/wA="}]"#, 200, "+OK\r\n"), ("/strlen/k", "", 200, ":2\r\n"),
            ("/", #"["GET"]"#, 400, "-ERR wrong number of arguments for 'get' command\r\n"),
            (
                "/pipeline", #"[["GET","none"],["KEYS","*"],["GET"]]"#, 200,
                "$-1\r\n*1\r\n$1\r\nk\r\n-ERR wrong number of arguments for 'get' command\r\n"
            ),
        ] {
            let answer = try ask(target, body)
            #expect(answer.status == status)
            #expect(answer["content-type"] == "application/octet-stream")
            #expect(answer.text == text)
        }
        #expect(try ask("/", #"["GET","k"]"#).body == Array("$2\r\n".utf8) + [0xFF, 0] + Array("\r\n".utf8))
        let transaction = try ask("/multi-exec", #"[["PING"]]"#)
        #expect(transaction["content-type"] == "application/json")
        #expect(transaction.text == #"[{"result":"PONG"}]"#)
        let both = try ask("/", #"["FLUSHALL"]"#, ["Upstash-Encoding: base64"])
        #expect(both.status == 400)
        #expect(both["content-type"] == "application/json")
        try service.play(
            #"""
            POST / [Upstash-Response-Format: resp3] ["FLUSHALL"] => 400 ~{"error":"ERR
            POST / [Upstash-Response-Format: json] ["PING"] => 200 {"result":"PONG"}
            POST / ["DBSIZE"] => 200 {"result":1}
            """#)
    }

    @Test func syncTokensChangeWithEveryWrite() throws {
        let service = try TestService()
        var seen: [String] = []
        for (target, body, writes) in [
            ("/", #"["PING"]"#, true), ("/", #"["SET","k",1]"#, true), ("/", #"["GET","k"]"#, false),
            ("/pipeline", #"[["INCR","k"]]"#, true), ("/multi-exec", #"[["INCR","k"]]"#, true),
            ("/", #"["NOPE"]"#, false), ("/", "[", false), ("/incr/k", "", true),
            ("/get", "", false), ("/pipeline", "{}", false),
        ] {
            let answer = try service.connection.request("POST", target, body: Array(body.utf8))
            let token = try #require(answer["upstash-sync-token"])
            if writes { #expect(!seen.contains(token)) } else { #expect(token == seen.last) }
            seen.append(token)
        }
        let refused = try service.connection.request("DELETE", "/get/k")
        #expect(refused["upstash-sync-token"] == seen.last)
        #expect(try service.connection.request("GET", "/keys/k")["upstash-sync-token"] == nil)
    }

    @Test(arguments: [
        ("/", "OPTIONS, POST"), ("/pipeline", "OPTIONS, POST"), ("/multi-exec", "OPTIONS, POST"),
        ("/get/k/x/y", "GET, HEAD, OPTIONS, POST, PUT"), ("/nope", "GET, HEAD, OPTIONS, POST, PUT"),
    ])
    func otherMethods(_ path: String, _ allow: String) throws {
        let service = try TestService()
        let refused = try service.connection.request("DELETE", path)
        #expect(refused.status == 405)
        #expect(refused["allow"] == allow)
        #expect(refused["content-type"] == "application/json")
        #expect(refused.text.hasPrefix("{\"error\":\"METHOD DELETE is not for this path"))
        let options = try service.connection.request("OPTIONS", path)
        #expect(options.status == 204)
        #expect(options["upstash-sync-token"] == refused["upstash-sync-token"])
        #expect(options["allow"] == allow)
    }

    @Test func whatWouldBeIgnoredIsRefused() throws {
        try play(
            #"""
            POST /?x=1 ["SET","k",1] => 400 ~{"error":"ERR 'x' is not a parameter
            POST /pipeline [Content-Encoding: gzip] [["SET","k",1]] => 415 ~{"error":"MEDIATYPE
            POST / [If-Match: "x"] ["SET","k",1] => 400 ~{"error":"ERR
            POST / [If-None-Match: *] ["SET","k",1] => 400 ~{"error":"ERR Commands know no If-Match and no If-
            GET /set/k/1 [If-Match: "x"] => 400 ~{"error":"ERR
            GET /set/k body => 400 ~{"error":"ERR GET /{command} takes no body
            GET /pipeline/x => 404 ~{"error":"NOTFOUND
            GET / => 405 ~{"error":"METHOD GET is not for this path; it takes POST. GET /openapi.yaml
            POST / ["EXISTS","k"] => 200 {"result":0}
            """#)
    }

    @Test func refusalsOfTheServerHaveTheProtocolsForm() throws {
        var options = HTTPOptions()
        options.port = 0
        options.maxBody = 100
        let server = try HTTPServer(options, handler: RESTHandler(engine: TestEngine()))
        defer { server.stop(grace: 0) }
        for path in ["/", "/pipeline", "/set/k"] {
            let connection = try TestConnection(port: server.port)
            let answer = try connection.request("POST", path, body: [UInt8](repeating: 0x20, count: 101))
            #expect(answer.status == 413)
            #expect(answer["content-type"] == "application/json")
            #expect(answer.text.hasPrefix("{\"error\":\"TOOLARGE "))
        }
    }

    @Test(arguments: [
        ("LOADING Redis is loading the dataset in memory", 503), ("CLUSTERDOWN The cluster is down", 503),
        ("TRYAGAIN Multiple keys", 503), ("MASTERDOWN Link with MASTER is down", 503),
        ("OOM command not allowed", 507), ("MISCONF Errors writing to the AOF file", 507), ("ERR no", 400),
        ("CORRUPTED x", 500), ("IOERR x", 503), ("WRONGTYPE x", 400), ("OOMPH x", 400), ("LOADING", 503),
        ("", 400),
    ])
    func statusesOfErrors(_ text: String, _ status: Int) {
        #expect(Array(text.utf8).withByteView { Problem.serverStatus(ofError: $0) ?? 400 } == status)
    }
}
