import MicroHTTP
import Synchronization
import Testing

/// Requests that are wrong: each is answered with the status, or the connection ends; none reaches the
/// handler, and the server goes on.
@Suite struct MalformedTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let bytes: String
        let statuses: Set<Int>
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "NUL in the target", bytes: "GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n", statuses: [400]),
        Case(name: "NUL at the target's end", bytes: "GET /a\0 HTTP/1.1\r\nHost: x\r\n\r\n", statuses: [400]),
        Case(name: "NUL in the method", bytes: "GET\0X /a HTTP/1.1\r\nHost: x\r\n\r\n", statuses: [400]),
        Case(name: "NUL in the query", bytes: "GET /a?b\0c HTTP/1.1\r\nHost: x\r\n\r\n", statuses: [400]),
        Case(name: "space in the target", bytes: "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", statuses: [400]),
        Case(name: "no version", bytes: "GET /a\r\nHost: x\r\n\r\n", statuses: [400]),
        Case(name: "unknown version", bytes: "GET /a HTTP/3.0\r\nHost: x\r\n\r\n", statuses: [505]),
        Case(name: "one word", bytes: "GARBAGE\r\n\r\n", statuses: [400]),
        Case(name: "binary", bytes: "\u{1}\u{2}\u{3} \u{4}\r\n\r\n", statuses: [400]),
        Case(name: "two Hosts", bytes: "GET /a HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n", statuses: [400]),
        Case(name: "no Host", bytes: "GET /a HTTP/1.1\r\n\r\n", statuses: [400]),
        Case(
            name: "1 MB target",
            bytes: "GET /" + String(repeating: "a", count: 1 << 20) + " HTTP/1.1\r\n\r\n",
            statuses: [414]),
        Case(
            name: "1 MB field", bytes: "GET / HTTP/1.1\r\nHost: " + String(repeating: "a", count: 1 << 20),
            statuses: [431]),
        Case(
            name: "length and chunked",
            bytes:
                "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0",
            statuses: [400]),
        Case(
            name: "two lengths",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\ncontent-length: 5\r\n\r\nabcde",
            statuses: [400]),
        Case(
            name: "the same length twice",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
            statuses: [400]),
        Case(
            name: "a list of lengths", bytes: "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4, 4\r\n\r\nabcd",
            statuses: [400]),
        Case(
            name: "negative length", bytes: "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: -4\r\n\r\nabcd",
            statuses: [400]),
        Case(
            name: "signed length", bytes: "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd",
            statuses: [400]),
        Case(
            name: "overflowing length",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\nabcd",
            statuses: [413]),
        Case(
            name: "length beyond Int",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551614\r\n\r\nabcd",
            statuses: [413]),
        Case(
            name: "space before the colon",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length : 4\r\n\r\nabcd", statuses: [400]),
        Case(
            name: "NUL in a field",
            bytes: "PUT / HTTP/1.1\r\nContent-Length: 4\0 5\r\nHost: x\r\n\r\nabcd", statuses: [400]),
        Case(
            name: "NUL in the last field",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\0 5\r\n\r\nabcd", statuses: [400]),
        Case(
            name: "NUL in an empty field",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nX:\0y\r\nContent-Length: 4\r\n\r\nabcd", statuses: [400]),
        Case(
            name: "much behind a NUL",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\0" + String(repeating: "y", count: 6000)
                + "\r\n\r\nabcd", statuses: [400]),
        Case(
            name: "folded field",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\nContent-Length: 4\r\n\r\nabcd", statuses: [400]
        ),
        Case(
            name: "other transfer coding",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            statuses: [501]),
        Case(
            name: "two transfer codings",
            bytes:
                "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
            statuses: [400, 501]),
        Case(
            name: "chunked in HTTP/1.0",
            bytes: "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", statuses: [400]),
        Case(
            name: "malformed chunk",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
            statuses: [400]),
        Case(
            name: "chunk longer than it says",
            bytes: "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcdef\r\n0\r\n\r\n",
            statuses: [400]),
        Case(
            name: "field without a colon", bytes: "GET / HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n",
            statuses: [400]),
    ]

    @Test(arguments: cases) func isRefused(_ example: Case) throws {
        let server = try TestServer()
        let client = server.connect()
        client.send(example.bytes)
        if let response = client.response() {
            #expect(example.statuses.contains(response.status), "\(response.status)")
            #expect(response["connection"] == "close")
        }
        #expect(server.handler.handled.load(ordering: .relaxed) == 0)
        #expect(server.isServing())
    }

    @Test(arguments: HTTPRefusal.allCases) func refusalsHaveAStatusAndASentence(_ refusal: HTTPRefusal) {
        #expect((400...599).contains(refusal.status))
        #expect("\(refusal.message)".hasSuffix("."))
    }

    @Test func ownRefusalsSayWhy() throws {
        let server = try TestServer()
        let client = server.connect()
        client.send("GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n")
        let response = client.response()
        #expect(response?.body == "\(HTTPRefusal.nulInTarget.message)")
        #expect(response?["content-type"] == "text/plain; charset=utf-8")
        #expect(client.isClosed())
    }
}
