import TestSupport
import Testing

@Suite(.keyspaces) struct KeyCollectionResourcesTests {
    @Test func severalStrings() throws {
        try play(
            """
            GET /keys => 200 {"keys":[],"cursor":"0"}
            GET /keyspace => 200 {"count":0}
            GET /keyspace/random => 404 NOTFOUND
            PATCH /keys {"values":{"a":"1","b":2}} => 200 {"set":2}
            GET /keys?key=a&key=b&key=none&key=a => 200 {"values":{"a":"1","b":"2","none":null}}
            GET /keys?key=a&key=none&key=a&pairs => 200 {"values":[["a","1"],["none",null],["a","1"]]}
            PATCH /keys?nx {"values":{"c":"3","a":"x"}} => 412 CONDITION
            GET /keys?key=a&key=c => 200 {"values":{"a":"1","c":null}}
            PATCH /keys?nx {"values":{"c":"3"}} => 200 {"set":1}
            PATCH /keys?pairs {"values":[[{"base64":"/w=="},{"base64":"/g=="}],["c",4]]} => 200 {"set":2}
            GET /keys?key=%FF => 409 ENCODING
            GET /keys?key=%FF&pairs => 200 {"values":[[{"base64":"/w=="},{"base64":"/g=="}]]}
            GET /keyspace => 200 {"count":4}
            DELETE /keys?key=a&key=%FF&key=none => 200 {"removed":2}
            DELETE /keys => 400 ERR
            DELETE /keys?all&key=b => 400 ERR
            DELETE /keys?all=false => 400 ERR
            GET /keyspace => 200 {"count":2}
            DELETE /keys?all => 204
            GET /keyspace => 200 {"count":0}
            PATCH /keys [If-Match: *] {"values":{"a":"1"}} => 400 ERR
            """)
    }

    @Test func aSingleKey() throws {
        try play(
            """
            PUT /keys/only 1 => 201
            GET /keys => 200 {"keys":["only"],"cursor":"0"}
            GET /keyspace/random => 200 {"key":"only"}
            DELETE /keys/only => 204
            PUT /keys/%FF 1 => 201
            GET /keys => 200 {"keys":[{"base64":"/w=="}],"cursor":"0"}
            GET /keyspace/random => 200 {"key":{"base64":"/w=="}}
            """)
        let service = try TestService()
        try service.play("PUT /keys/only 1 => 201")
        let random = try service.connection.request("GET", "/keyspace/random")
        #expect(random["cache-control"] == "no-store")
        #expect(random["etag"] == nil)
    }

    @Test(arguments: [
        #"{}"#, #"{"values":{}}"#, #"{"values":[["a","1"]]}"#, #"{"values":{"a":null}}"#,
        #"{"values":{"a":true}}"#,
        #"{"values":{"a":"1"},"ttl":1}"#, #"{"values":{"a":"1","a":"2"}}"#, #"[]"#,
    ])
    func refusesValues(_ body: String) throws {
        try play(
            """
            PATCH /keys \(body) => 400 ERR
            GET /keyspace => 200 {"count":0}
            """)
    }

    @Test(arguments: [
        #"{"values":[]}"#, #"{"values":{"a":"1"}}"#, #"{"values":[["a"]]}"#, #"{"values":[["a","1","2"]]}"#,
        #"{"values":[[null,"1"]]}"#, #"{"values":["a","1"]}"#,
    ])
    func refusesPairs(_ body: String) throws {
        try play(
            """
            PATCH /keys?pairs \(body) => 400 ERR
            GET /keyspace => 200 {"count":0}
            """)
    }

    @Test func pagesAreChosen() throws {
        try play(
            """
            PATCH /keys {"values":{"user:1":"a","other":"b"}} => 200
            PATCH /sets/user:2 {"members":["a"]} => 201
            GET /keys?match=user:*&type=string&count=1000 => 200 {"keys":["user:1"],"cursor":"0"}
            GET /keys?match=user:*&type=set&count=1000 => 200 {"keys":["user:2"],"cursor":"0"}
            GET /keys?match=none*&count=1000 => 200 {"keys":[],"cursor":"0"}
            GET /keys?type=stream => 400 ERR
            GET /keys?count=0 => 400 ERR
            GET /keys?cursor=x => 400 ERR
            GET /keys?cursor=-1 => 400 ERR
            GET /keys?cursor => 400 ERR
            GET /keys?pairs => 400 ERR
            GET /keys?key=a&match=b => 400 ERR
            GET /keys?key=a&cursor=0 => 400 ERR
            GET /keys?keys=a => 400 ~'keys' is not a parameter of GET /keys; it takes count, cursor, key, match, pairs, type.
            PATCH /keys text => 415 MEDIATYPE
            """)
    }

    /// 5,000 keys, set in one request.
    private func filled() throws -> TestService {
        let service = try TestService()
        let members = (0..<5000).map { "\"key:\($0)\":\"\($0)\"" }.joined(separator: ",")
        let answer = try service.connection.request(
            "PATCH", "/keys", headers: ["Content-Type: application/json"],
            body: Array("{\"values\":{\(members)}}".utf8))
        #expect(answer.text == "{\"set\":5000}")
        return service
    }

    @Test func pagesTogetherHoldEveryKey() throws {
        let service = try filled()
        var seen: Set<Substring> = []
        var cursor = "0"
        var pages = 0
        repeat {
            let answer = try service.connection.request("GET", "/keys?cursor=\(cursor)&count=100")
            #expect(answer.status == 200)
            let parts = answer.text.split(separator: "\"")
            seen.formUnion(parts.filter { $0.hasPrefix("key:") })
            cursor = String(parts[parts.count - 2])
            pages += 1
        } while cursor != "0" && pages < 5000
        #expect(cursor == "0")
        #expect(pages > 1)
        #expect(seen.count == 5000)
    }

    @Test func theStreamHoldsEveryKey() throws {
        let service = try filled()
        let lines = ["Accept: application/x-ndjson"]
        let all = try service.connection.request("GET", "/keys", headers: lines)
        #expect(all["content-type"] == "application/x-ndjson")
        let keys = all.text.split(separator: "\n")
        #expect(Set(keys).count == 5000)
        #expect(keys.allSatisfy { $0.hasPrefix("\"key:") && $0.hasSuffix("\"") })
        let some = try service.connection.request("GET", "/keys?match=key:499?&type=string", headers: lines)
        #expect(Set(some.text.split(separator: "\n")).count == 10)
        let none = try service.connection.request("GET", "/keys?type=hash", headers: lines)
        #expect(none.status == 200)
        #expect(none.body.isEmpty)
        let refused = try service.connection.request("GET", "/keys?cursor=1", headers: lines)
        #expect(refused.status == 400)
    }
}
