import TestSupport
import Testing

@Suite(.keyspaces) struct BitfieldResourcesTests {
    @Test func readsAndWrites() throws {
        try play(
            """
            GET /keys/k/bitfield?get=u8:0 => 404 NOTFOUND
            POST /keys/k/bitfield {"operations":[{"op":"get","type":"u8","offset":0}]} => 200 {"values":[0]}
            GET /keys/k => 404
            POST /keys/k/bitfield {"operations":[{"op":"set","type":"u8","offset":0,"value":255},{"op":"incrby","type":"u2","offset":"#4","by":1,"overflow":"fail"}]} => 201 {"values":[0,1]}
            GET /keys/k/bitfield?get=u8:0&get=u2:%234&get=i8:0 => 200 {"values":[255,1,-1]}
            GET /keys/k/bitfield?get=u8:0 [If-None-Match: *] => 304
            POST /keys/k/bitfield {"operations":[{"op":"incrby","type":"u8","offset":0,"by":1,"overflow":"fail"},{"op":"incrby","type":"u8","offset":0,"by":10,"overflow":"sat"},{"op":"incrby","type":"u8","offset":0,"by":2}]} => 200 {"values":[null,255,1]}
            POST /keys/k/bitfield [If-Match: "x"] {"operations":[{"op":"get","type":"u8","offset":0}]} => 412 CONDITION
            PATCH /sets/s {"members":["a"]} => 201
            GET /keys/s/bitfield?get=u8:0 => 409 WRONGTYPE
            """)
    }

    @Test(arguments: ["", "u8", "u64:0", "i65:0", "x8:0", "u8:-1", "u8:a", "u0:0", "u8:", ":0"])
    func refusesAField(_ field: String) throws {
        try play("GET /keys/k/bitfield?get=\(field) => 400 ERR")
    }

    @Test(arguments: [
        #"{}"#, #"{"operations":[]}"#, #"{"operations":{}}"#, #"{"operations":["get"]}"#,
        #"{"operations":[{"op":"get","type":"u8"}]}"#, #"{"operations":[{"op":"get","offset":0}]}"#,
        #"{"operations":[{"op":"add","type":"u8","offset":0}]}"#,
        #"{"operations":[{"op":"get","type":"u8","offset":0,"value":1}]}"#,
        #"{"operations":[{"op":"set","type":"u8","offset":0}]}"#,
        #"{"operations":[{"op":"set","type":"u8","offset":0,"value":"1"}]}"#,
        #"{"operations":[{"op":"set","type":"u8","offset":0,"value":1.5}]}"#,
        #"{"operations":[{"op":"set","type":"u8","offset":0,"by":1}]}"#,
        #"{"operations":[{"op":"incrby","type":"u8","offset":0,"by":1,"overflow":"WRAP"}]}"#,
        #"{"operations":[{"op":"get","type":"u8","offset":0,"overflow":"wrap"}]}"#,
        #"{"operations":[{"op":"get","type":"u64","offset":0}]}"#,
        ##"{"operations":[{"op":"get","type":"u8","offset":"#"}]}"##,
        #"{"operations":[{"op":"get","type":"u8","offset":-1}]}"#,
        #"{"operations":[{"op":"get","type":"u8","offset":0}],"x":1}"#,
    ])
    func refusesOperations(_ body: String) throws {
        try play(
            """
            POST /keys/k/bitfield \(body) => 400 ERR
            GET /keys/k => 404
            """)
    }

    @Test func takesADocument() throws {
        try play(
            """
            POST /keys/k/bitfield => 415 MEDIATYPE
            GET /keys/k/bitfield => 400 ERR
            """)
    }
}
