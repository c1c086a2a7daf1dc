import TestSupport
import Testing

/// `Range` on `GET /keys/{key}` (RFC 9110, section 14).
@Suite(.keyspaces) struct StringRangeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let range: String
        let status: Int
        let body: String
        let contentRange: String?
        var testDescription: String { range }
    }

    static let cases: [Case] = [
        Case(range: "bytes=0-4", status: 206, body: "hello", contentRange: "bytes 0-4/11"),
        Case(range: "bytes=6-", status: 206, body: "world", contentRange: "bytes 6-10/11"),
        Case(range: "bytes=-3", status: 206, body: "rld", contentRange: "bytes 8-10/11"),
        Case(range: "bytes=-99", status: 206, body: "hello world", contentRange: "bytes 0-10/11"),
        Case(range: "bytes=4-4", status: 206, body: "o", contentRange: "bytes 4-4/11"),
        Case(range: "bytes=10-99", status: 206, body: "d", contentRange: "bytes 10-10/11"),
        Case(
            range: "bytes=0-99999999999999999999", status: 206, body: "hello world",
            contentRange: "bytes 0-10/11"),
        Case(range: "bytes=11-", status: 416, body: "", contentRange: "bytes */11"),
        Case(range: "bytes=-0", status: 416, body: "", contentRange: "bytes */11"),
        Case(range: "bytes=99999999999999999999-", status: 416, body: "", contentRange: "bytes */11"),
        // Disregarded: malformed, of other units, or several.
        Case(range: "bytes=4-0", status: 200, body: "{\"value\":\"hello world\"}", contentRange: nil),
        Case(range: "bytes=a-b", status: 200, body: "{\"value\":\"hello world\"}", contentRange: nil),
        Case(range: "lines=0-1", status: 200, body: "{\"value\":\"hello world\"}", contentRange: nil),
        Case(range: "bytes=0-1,3-4", status: 200, body: "{\"value\":\"hello world\"}", contentRange: nil),
        Case(range: "bytes=-", status: 200, body: "{\"value\":\"hello world\"}", contentRange: nil),
    ]

    @Test(arguments: cases)
    func selectsBytes(_ item: Case) throws {
        let service = try TestService()
        _ = try service.connection.request("PUT", "/keys/k", body: Array("hello world".utf8))
        let answer = try service.connection.request("GET", "/keys/k", headers: ["Range: \(item.range)"])
        #expect(answer.status == item.status)
        #expect(answer["content-range"] == item.contentRange)
        if item.status == 416 {
            #expect(answer.text.contains("\"code\":\"RANGE\""))
        } else {
            #expect(answer.text == item.body)
            #expect(answer["accept-ranges"] == "bytes")
        }
        if item.status == 206 {
            #expect(answer["content-type"] == "application/octet-stream")
            #expect(answer["etag"]?.hasSuffix("-raw\"") == true)
        }
    }

    @Test func conditionsComeFirst() throws {
        try play(
            """
            GET /keys/k [Range: bytes=0-4] => 404 NOTFOUND
            GET /keys/k [Range: bytes=0-4] [If-Match: *] => 412 CONDITION
            PUT /keys/k hello_world => 201
            GET /keys/k [Range: bytes=0-4] [If-Range: $etag] => 206 hello
            GET /keys/k [Range: bytes=0-4] [If-Range: "other"] => 200 hello_world
            GET /keys/k [Range: bytes=0-4] [If-Range: W/$etag] => 200 hello_world
            GET /keys/k [Range: bytes=0-4] [If-Range: Sat, 01 Jan 2000 00:00:00 GMT] => 200 hello_world
            GET /keys/k [If-Range: "other"] => 200 {"value":"hello_world"}
            GET /keys/k [Range: bytes=0-4] [If-None-Match: $etag] => 304
            GET /keys/k [Range: bytes=99-] [If-None-Match: $etag] => 304
            GET /keys/k [Range: bytes=0-4] [If-Match: "other"] => 412 CONDITION
            HEAD /keys/k [Range: bytes=0-4] => 200
            """)
    }

    @Test func ofAnEmptyString() throws {
        try play(
            """
            PUT /keys/k => 201
            GET /keys/k [Range: bytes=0-] => 416 RANGE
            GET /keys/k [Range: bytes=-1] => 416 RANGE
            GET /keys/k [Range: bytes=0-] [If-Range: "other"] => 200
            GET /keys/k [Range: bytes=0-] [If-None-Match: $etag] => 304
            """)
    }
}
