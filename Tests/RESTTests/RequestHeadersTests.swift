import Bytes
import Testing

@testable import REST

@Suite struct RequestHeadersTests {
    @Test(arguments: [
        ("application/octet-stream", true), ("application/json", false), ("*/*", false), ("", false),
        ("application/*", false), ("application/octet-stream, application/json", false),
        ("application/octet-stream, */*", true), ("application/octet-stream;q=0.9, */*;q=0.1", true),
        ("application/octet-stream;q=0.5, application/json;q=0.6", false), ("text/html, */*;q=0.8", false),
        ("APPLICATION/Octet-Stream ; Q=1", true), ("application/octet-stream;q=0", false), ("/", false),
        (",,;q=1,application/octet-stream", true),
    ])
    func prefersBytes(_ accept: String, _ expected: Bool) {
        Array(accept.utf8).withByteView { view in
            var headers = RequestHeaders()
            headers.accept = view
            #expect(headers.prefersRaw == expected)
        }
    }

    @Test(arguments: [
        ("application/json", true), ("application/json;charset=utf-8", true), ("Application/JSON ;x", true),
        ("application/problem+json", true), ("x/y+JSON", true), ("application/jsonp", false),
        ("+json", false),
        ("text/json", false), ("", false), ("application/x-www-form-urlencoded", false),
    ])
    func jsonBodies(_ type: String, _ expected: Bool) {
        Array(type.utf8).withByteView { view in
            var headers = RequestHeaders()
            headers.contentType = view
            #expect(headers.isJSON == expected)
        }
    }

    @Test(arguments: [
        ("application/x-ndjson", true), ("application/json, application/x-ndjson;q=0.5", true),
        ("application/*", false), ("*/*", false), ("application/json", false),
    ])
    func prefersLines(_ accept: String, _ expected: Bool) {
        Array(accept.utf8).withByteView { view in
            var headers = RequestHeaders()
            headers.accept = view
            #expect(headers.prefersLines == expected)
        }
    }
}
