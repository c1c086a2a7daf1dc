import TestSupport
import Testing

@Suite(.keyspaces) struct TransactionResourcesTests {
    @Test func withoutConditions() throws {
        try play(
            #"""
            POST /transactions {"commands":[["SET","n",1],["LPUSH","n","x"],["INCR","n"]]} => 200 [{"result":"OK"},{"error":"WRONGTYPE Operation against a key holding the wrong kind of value"},{"result":2}]
            POST /transactions [Upstash-Encoding: base64] {"commands":[["GET","n"]]} => 200 [{"result":"Mg=="}]
            POST /transactions {"if":{},"commands":[["GET","n"]]} => 200 [{"result":"2"}]
            POST /transactions {"commands":[]} => 200 []
            """#)
    }

    @Test func aStateThatHolds() throws {
        let service = try TestService()
        try service.play("PUT /keys/stock:7 7 => 201")
        let tag = try #require(try service.connection.request("GET", "/keys/stock:7")["etag"])
        let written = tag.replacing("\"", with: "\\\"")
        let raw = written.replacing("\\\"", with: "-raw\\\"", maxReplacements: 2)
        #expect(raw != written)
        try service.play(
            """
            POST /transactions {"if":{"stock:7":"\(written)","lock":null},"commands":[["DECR","stock:7"],["SET","lock","me"]]} => 200 [{"result":6},{"result":"OK"}]
            POST /transactions {"if":{"stock:7":"\(written)","lock":null},"commands":[["DECR","stock:7"]]} => 412 ~"keys":["stock:7","lock"]}
            POST /transactions {"if":{"stock:7":"*"},"commands":[["GET","stock:7"]]} => 200 [{"result":"6"}]
            POST /transactions {"if":{"none":"*"},"commands":[["GET","stock:7"]]} => 412 ~"keys":["none"]}
            POST /transactions {"if":{"stock:7":"\\"00000000-1\\""},"commands":[["GET","stock:7"]]} => 412 CONDITION
            POST /transactions {"if":[["stock:7","*"],["lock",null]],"commands":[["GET","stock:7"]]} => 412 ~"keys":["lock"]}
            GET /keys/stock:7 => 200 {"value":"6"}
            """)
    }

    @Test func suffixesOfTagsDoNotMatter() throws {
        let service = try TestService()
        try service.play("PUT /keys/k v => 201")
        let tag = try #require(try service.connection.request("GET", "/keys/k?raw")["etag"])
        #expect(tag.hasSuffix("-raw\""))
        for form in [tag, "W/" + tag] {
            let written = form.replacing("\"", with: "\\\"")
            try service.play(
                """
                POST /transactions {"if":{"k":"\(written)"},"commands":[["GET","k"]]} => 200 [{"result":"v"}]
                """)
        }
    }

    @Test func binaryKeys() throws {
        try play(
            #"""
            POST /transactions {"if":[[{"base64":"/wA="},null]],"commands":[["SET",{"base64":"/wA="},1]]} => 200 [{"result":"OK"}]
            POST /transactions {"if":[[{"base64":"/wA="},null]],"commands":[["DEL",{"base64":"/wA="}]]} => 412 ~"keys":[{"base64":"/wA="}]}
            GET /keys/%FF%00 => 200 {"value":"1"}
            """#)
    }

    @Test(arguments: [
        "{}", "[]", #"{"commands":{}}"#, #"{"commands":[1]}"#, #"{"commands":[[]]}"#,
        #"{"commands":[["GET",null]]}"#,
        #"{"commands":[],"x":1}"#, #"{"commands":[],"if":1}"#, #"{"commands":[],"if":{"k":1}}"#,
        #"{"commands":[],"if":{"k":"5f3a9c01-1d"}}"#, #"{"commands":[],"if":{"k":"\"a\", \"b\""}}"#,
        #"{"commands":[],"if":[["k"]]}"#, #"{"commands":[],"if":["k",null]}"#,
        #"{"commands":[],"if":{"k":"\""}}"#,
        #"{"commands":[],"if":[[null,null]]}"#, #"{"commands":[],"if":{"k":null,"k":null}}"#,
        #"{"commands":[["SET","k",1]]} x"#,
    ])
    func malformedDocuments(_ body: String) throws {
        try play(
            """
            POST /transactions \(body) => 400 ERR
            GET /keyspace => 200 {"count":0}
            """)
    }

    @Test func aFailedConditionNamesEachKeyOnce() throws {
        try play(
            #"""
            POST /transactions {"commands":[],"if":[["k","*"],["k","\"0-0\""]]} => 412 ~Nothing was executed: 'k' is not as wanted; read
            POST /transactions {"commands":[],"if":[["k","*"],["k","*"]]} => 412 ~"keys":["k"]
            POST /transactions {"commands":[],"if":[["k","*"],["l","*"]]} => 412 ~'k', 'l' are not as wanted;
            """#)
    }

    @Test func refusals() throws {
        try play(
            #"""
            POST /transactions {"commands":[["SET","k",1],["NOPE"]]} => 400 EXECABORT
            POST /transactions {"commands":[["SET","k",1],["GET"]]} => 400 EXECABORT
            POST /transactions [Content-Type: text/plain] {"commands":[["SET","k",1]]} => 415 MEDIATYPE
            POST /transactions [If-Match: "x"] {"commands":[["SET","k",1]]} => 400 ERR
            POST /transactions [Upstash-Encoding: x] {"commands":[["SET","k",1]]} => 400 ERR
            GET /transactions => 405 METHOD
            GET /keyspace => 200 {"count":0}
            """#)
    }
}
