import TestSupport
import Testing

@Suite(.keyspaces) struct HashResourcesTests {
    @Test func patchMergesAndGetReads() throws {
        try play(
            """
            PATCH /hashes/user {"fields":{"name":"Ada","age":36}} => 201 {"added":2,"removed":0}
            PATCH /hashes/user {"fields":{"name":"Bob","age":null,"zip":"9","no":null}} => 200 {"added":1,"removed":1}
            GET /hashes/user => 200 {"fields":{"name":"Bob","zip":"9"}}
            GET /hashes/user?pairs => 200 {"fields":[["name","Bob"],["zip","9"]]}
            GET /hashes/user?field=zip&field=no&field=zip => 200 {"fields":{"zip":"9","no":null}}
            GET /hashes/user?field=zip&field=no&field=zip&pairs=1 => 200 {"fields":[["zip","9"],["no",null],["zip","9"]]}
            GET /hashes/user?match=z* => 200 {"fields":{"zip":"9"},"cursor":"0"}
            GET /hashes/user?count=100&pairs => 200 {"fields":[["name","Bob"],["zip","9"]],"cursor":"0"}
            GET /hashes/user/count => 200 {"count":2}
            GET /hashes/user/fields => 200 {"names":["name","zip"]}
            GET /hashes/user/values => 200 {"values":["Bob","9"]}
            PATCH /hashes/user {"fields":{"name":null,"zip":null}} => 200 {"added":0,"removed":2}
            GET /hashes/user => 404 NOTFOUND
            PATCH /hashes/user {"fields":{"a":null}} => 200 {"added":0,"removed":0}
            """)
    }

    @Test func replacingTheLastFieldKeepsTheExpiry() throws {
        try play(
            """
            PUT /hashes/h?ttl=100 {"fields":{"a":"1"}} => 201 {"count":1}
            PATCH /hashes/h {"fields":{"a":null,"b":"2"}} => 200 {"added":1,"removed":1}
            PATCH /hashes/h?pairs {"fields":[["b",null],["c","2"]]} => 200 {"added":1,"removed":1}
            GET /hashes/h => 200 {"fields":{"c":"2"}}
            """)
    }

    @Test func theLastPairOfANameCounts() throws {
        try play(
            """
            PATCH /hashes/h?pairs {"fields":[["a","1"],["a",null],["b",null],["b","1"],["b","2"]]} => 201 {"added":1,"removed":0}
            GET /hashes/h => 200 {"fields":{"b":"2"}}
            PUT /hashes/h?pairs {"fields":[["x",1],["x",2]]} => 200 {"count":1}
            GET /hashes/h => 200 {"fields":{"x":"2"}}
            """)
    }

    @Test func putReplacesAnyType() throws {
        try play(
            """
            PUT /keys/k text => 201
            PUT /hashes/k {"fields":{"a":"1","b":1.50}} => 200 {"count":2}
            GET /hashes/k => 200 {"fields":{"a":"1","b":"1.50"}}
            PUT /hashes/k {"fields":{"c":""}} => 200 {"count":1}
            GET /hashes/k => 200 {"fields":{"c":""}}
            PUT /hashes/new {"fields":{"base64":"QQ=="}} => 201 {"count":1}
            GET /hashes/new => 200 {"fields":{"base64":"QQ=="}}
            PUT /hashes/gone?expire_at=1 {"fields":{"a":"1"}} => 201 {"count":1}
            GET /hashes/gone => 404 NOTFOUND
            """)
    }

    @Test func namesAndValuesOfAnyBytes() throws {
        try play(
            """
            PUT /hashes/h?pairs {"fields":[[{"base64":"/wA="},{"base64":"/w=="}]]} => 201 {"count":1}
            GET /hashes/h => 409 ENCODING
            GET /hashes/h => 409 ~?pairs
            GET /hashes/h?count=9 => 409 ENCODING
            GET /hashes/h?field=%FF%00 => 409 ENCODING
            GET /hashes/h/random?count=1&with_values => 409 ENCODING
            GET /hashes/h?pairs => 200 {"fields":[[{"base64":"/wA="},{"base64":"/w=="}]]}
            GET /hashes/h?pairs&field=%FF%00 => 200 {"fields":[[{"base64":"/wA="},{"base64":"/w=="}]]}
            GET /hashes/h/fields => 200 {"names":[{"base64":"/wA="}]}
            GET /hashes/h/random => 200 {"name":{"base64":"/wA="}}
            GET /hashes/h/fields/%FF%00 => 200 {"value":{"base64":"/w=="}}
            DELETE /hashes/h?field=%FF%00 => 200 {"removed":1}
            PUT /hashes/a%2Fb/fields/x%2Fy+z v => 201
            GET /hashes/a%2Fb => 200 {"fields":{"x/y+z":"v"}}
            PUT /hashes/h/fields/ empty => 201
            GET /hashes/h => 200 {"fields":{"":"empty"}}
            """)
    }

    @Test func deleteNeedsFields() throws {
        try play(
            """
            PUT /hashes/h {"fields":{"a":"1","b":"2","c":"3"}} => 201
            DELETE /hashes/h => 400 ~DELETE /keys/{key}
            DELETE /hashes/h?field=a&field=a&field=z => 200 {"removed":1}
            DELETE /hashes/h?field=z => 200 {"removed":0}
            DELETE /hashes/h?field=b&field=c => 200 {"removed":2}
            DELETE /hashes/h?field=b => 404 NOTFOUND
            """)
    }

    @Test func random() throws {
        try play(
            """
            PUT /hashes/h {"fields":{"a":"1"}} => 201
            GET /hashes/h/random => 200 {"name":"a"}
            GET /hashes/h/random?count=5 => 200 {"names":["a"]}
            GET /hashes/h/random?count=-2 => 200 {"names":["a","a"]}
            GET /hashes/h/random?count=0 => 200 {"names":[]}
            GET /hashes/h/random?count=0&with_values => 200 {"fields":{}}
            GET /hashes/h/random?count=2&with_values => 200 {"fields":{"a":"1"}}
            GET /hashes/h/random?count=-2&with_values&pairs => 200 {"fields":[["a","1"],["a","1"]]}
            GET /hashes/h/random?count=-2&with_values => 400 ~pairs
            GET /hashes/h/random?with_values => 400 ~count
            GET /hashes/h/random?count=-9223372036854775808 => 400 ERR
            GET /hashes/no/random?count=0 => 404 NOTFOUND
            GET /hashes/no/random => 404 NOTFOUND
            """)
        let service = try TestService()
        try service.play("PUT /hashes/h {\"fields\":{\"a\":\"1\"}} => 201")
        let answer = try service.connection.request("GET", "/hashes/h/random")
        #expect(answer["cache-control"] == "no-store")
        #expect(answer["etag"] == nil)
    }

    @Test(arguments: [
        "GET /hashes/no", "GET /hashes/no?field=a", "GET /hashes/no?match=*", "GET /hashes/no/count",
        "GET /hashes/no/fields", "GET /hashes/no/values", "HEAD /hashes/no", "GET /hashes/no/random?count=3",
    ])
    func missing(_ request: String) throws { try play("\(request) => 404") }

    @Test(arguments: [
        "GET /hashes/s", "GET /hashes/s?field=a", "GET /hashes/s?cursor=0", "GET /hashes/s/count",
        "GET /hashes/s/fields", "GET /hashes/s/values", "GET /hashes/s/random", "DELETE /hashes/s?field=a",
        #"PATCH /hashes/s {"fields":{"a":"1"}}"#, #"PATCH /hashes/s {"fields":{"a":null}}"#,
    ])
    func wrongType(_ request: String) throws {
        try play(
            """
            PUT /keys/s text => 201
            \(request) => 409 WRONGTYPE
            GET /keys/s?raw => 200 text
            """)
    }

    @Test(arguments: [
        #"PUT /hashes/h {"fields":{}}"#, #"PUT /hashes/h {"fields":[]}"#, #"PUT /hashes/h {}"#,
        #"PUT /hashes/h {"fields":{"a":null}}"#, #"PUT /hashes/h {"fields":{"a":true}}"#,
        #"PUT /hashes/h {"fields":{"a":["1"]}}"#, #"PUT /hashes/h {"fields":{"a":{"b":"c"}}}"#,
        #"PUT /hashes/h {"fields":{"a":"1"},"more":1}"#, #"PUT /hashes/h {"fields":{"a":"1","a":"2"}}"#,
        #"PUT /hashes/h {"fields":[["a","1"]]}"#, #"PUT /hashes/h?pairs {"fields":{"a":"1"}}"#,
        #"PUT /hashes/h?pairs {"fields":[["a"]]}"#, #"PUT /hashes/h?pairs {"fields":[["a","1","2"]]}"#,
        #"PUT /hashes/h?pairs {"fields":["a","1"]}"#, #"PUT /hashes/h?pairs {"fields":[[null,"1"]]}"#,
        #"PUT /hashes/h?ttl=1&expire_at=9 {"fields":{"a":"1"}}"#,
        #"PUT /hashes/h?ttl=-1 {"fields":{"a":"1"}}"#, #"PUT /hashes/h?ttl=abc {"fields":{"a":"1"}}"#,
        #"PUT /hashes/h?tll=1 {"fields":{"a":"1"}}"#, #"PUT /hashes/h {"fields":{"a":{"base64":"?"}}}"#,
        #"PATCH /hashes/h {"fields":{}}"#, #"PATCH /hashes/h {"fields":{"a":false}}"#,
        "GET /hashes/h?field=a&match=*", "GET /hashes/h?count=0", "GET /hashes/h?count=x",
        "GET /hashes/h?cursor=-1", "GET /hashes/h?cursor=x", "GET /hashes/h?pairs=maybe",
        "GET /hashes/h?pairs&pairs", "GET /hashes/h?nonsense=1", "GET /hashes/h?field",
        "GET /hashes/h/random?count=x", "GET /hashes/h text",
    ])
    func bad(_ request: String) throws {
        try play(
            """
            PUT /hashes/h {"fields":{"old":"1"}} => 201
            \(request) => 400 ERR
            GET /hashes/h => 200 {"fields":{"old":"1"}}
            """)
    }

    @Test(arguments: ["PUT", "PATCH"])
    func onlyJSON(_ method: String) throws {
        try play("\(method) /hashes/h text => 415 MEDIATYPE")
        try play("\(method) /hashes/h [Content-Type: text/plain] {\"fields\":{\"a\":\"1\"}} => 415 MEDIATYPE")
        try play("\(method) /hashes/h [Content-Type: application/x+json] {\"fields\":{\"a\":\"1\"}} => 201")
    }

    @Test func conditions() throws {
        try play(
            """
            PUT /hashes/h [If-Match: *] {"fields":{"a":"1"}} => 412 CONDITION
            PUT /hashes/h [If-None-Match: *] {"fields":{"a":"1"}} => 201
            GET /hashes/h [If-None-Match: $etag] => 304
            GET /hashes/h/count [If-None-Match: $etag] => 304
            GET /hashes/h?field=a [If-None-Match: $etag] => 304
            GET /hashes/h?match=* [If-None-Match: $etag] => 304
            GET /hashes/h [If-Match: $etag] => 200
            PATCH /hashes/h [If-Match: $etag] {"fields":{"a":"2"}} => 200
            PATCH /hashes/h [If-Match: "0-0"] {"fields":{"a":"3"}} => 412 CONDITION
            PATCH /hashes/h [If-None-Match: *] {"fields":{"a":"3"}} => 412 CONDITION
            DELETE /hashes/h?field=a [If-Match: "0-0"] => 412 CONDITION
            GET /hashes/h [If-Match: "0-0"] => 412 CONDITION
            GET /hashes/h => 200 {"fields":{"a":"2"}}
            GET /hashes/no [If-Match: *] => 412 CONDITION
            GET /hashes/no [If-None-Match: *] => 404 NOTFOUND
            """)
    }

    @Test func aLargePatchIsLinear() throws {
        let service = try TestService()
        func patch(_ count: Int, _ value: (Int) -> String) throws -> TestAnswer {
            let pairs = (0..<count).map { "[\"field-\($0)\",\(value($0))]" }.joined(separator: ",")
            return try service.connection.request(
                "PATCH", "/hashes/big?pairs", headers: ["Content-Type: application/json"],
                body: Array("{\"fields\":[\(pairs)]}".utf8))
        }
        let count = 100_000
        #expect(try patch(count) { "\"\($0)\"" }.text == #"{"added":100000,"removed":0}"#)
        let object = (0..<count).map { "\"field-\($0)\":\"x\"" }.joined(separator: ",")
        let merged = try service.connection.request(
            "PATCH", "/hashes/big", headers: ["Content-Type: application/json"],
            body: Array("{\"fields\":{\(object)}}".utf8))
        #expect(merged.text == #"{"added":0,"removed":0}"#)
        #expect(
            try patch(count) { $0 % 2 == 0 ? "null" : "\"\($0)\"" }.text == #"{"added":0,"removed":50000}"#)
        try service.play("GET /hashes/big/count => 200 {\"count\":50000}")
    }

    @Test func aScanReturnsAll() throws {
        let service = try TestService()
        let members = (0..<1000).map { "\"f\($0)\":\"\($0)\"" }.joined(separator: ",")
        try service.play("PUT /hashes/h {\"fields\":{\(members)}} => 201 {\"count\":1000}")
        var seen: Set<Substring> = []
        var cursor = "0"
        repeat {
            let text = try service.connection.request("GET", "/hashes/h?cursor=\(cursor)&count=50").text
            for match in text.matches(of: #/"(f[0-9]+)":/#) { seen.insert(match.1) }
            cursor = text.firstMatch(of: #/"cursor":"([0-9]+)"}/#).map { String($0.1) } ?? "0"
        } while cursor != "0"
        #expect(seen.count == 1000)
    }
}
