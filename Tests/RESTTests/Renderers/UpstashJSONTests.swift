import Bytes
import Engine
import Testing

@testable import REST

@Suite struct UpstashJSONTests {
    private func render(base64: Bool = false, _ write: (inout Reply) -> Void) -> String {
        var reply = Reply()
        write(&reply)
        var buffer = ByteBuffer()
        var reader = reply.reader
        while !reader.isAtEnd { UpstashJSON(base64: base64).append(entry: &reader, to: &buffer) }
        return buffer.view.string
    }

    @Test func scalars() {
        #expect(render { $0.null() } == #"{"result":null}"#)
        #expect(render { $0.nullArray() } == #"{"result":null}"#)
        #expect(render { $0.integer(Int64.min) } == #"{"result":-9223372036854775808}"#)
        #expect(render { $0.double(1.5) } == #"{"result":"1.5"}"#)
        #expect(render { $0.double(-.infinity) } == #"{"result":"-inf"}"#)
        #expect(render { $0.bytes("a\"b\\\n") } == #"{"result":"a\"b\\\n"}"#)
        #expect(render { $0.bytes("") } == #"{"result":""}"#)
        #expect(render { $0.ok() } == #"{"result":"OK"}"#)
        #expect(render { $0.status("PONG") } == #"{"result":"PONG"}"#)
        #expect(render { $0.error("ERR a \"b\"") } == #"{"error":"ERR a \"b\""}"#)
    }

    @Test func containers() {
        let nested = render { reply in
            reply.array(3)
            reply.bytes("0")
            reply.array(0)
            reply.map(2)
            for name in ["a", "b"] as [StaticString] {
                reply.bytes(name)
                reply.double(2)
            }
        }
        #expect(nested == #"{"result":["0",[],["a","2","b","2"]]}"#)
    }

    @Test func entriesFollowEachOther() {
        let two = render { reply in
            reply.array(1)
            reply.null()
            reply.integer(1)
        }
        #expect(two == #"{"result":[null]}{"result":1}"#)
    }

    @Test func base64IsForEveryStringOfAResult() {
        func coded(_ write: (inout Reply) -> Void) -> String { render(base64: true, write) }
        #expect(coded { $0.bytes("bar") } == #"{"result":"YmFy"}"#)
        #expect(coded { $0.bytes("") } == #"{"result":""}"#)
        #expect(coded { $0.bytes("OK") } == #"{"result":"T0s="}"#)
        #expect(coded { $0.ok() } == #"{"result":"OK"}"#)
        #expect(coded { $0.status("PONG") } == #"{"result":"UE9ORw=="}"#)
        #expect(coded { $0.double(1.5) } == #"{"result":"MS41"}"#)
        #expect(coded { $0.integer(7) } == #"{"result":7}"#)
        #expect(coded { $0.null() } == #"{"result":null}"#)
        #expect(coded { $0.error("ERR x") } == #"{"error":"ERR x"}"#)
        let array = coded { reply in
            reply.array(3)
            reply.ok()
            reply.array(1)
            [0xFF, 0x00].withByteView { reply.bytes($0) }
            reply.double(3)
        }
        #expect(array == #"{"result":["T0s=",["/wA="],"Mw=="]}"#)
    }

    /// As Python's `bytes.decode(errors="replace")` has them.
    @Test(
        arguments: [
            ([0xFF], "\u{FFFD}"), ([0x61, 0x80, 0x62], "a\u{FFFD}b"), ([0xE2, 0x82], "\u{FFFD}"),
            ([0xE2, 0x82, 0x41], "\u{FFFD}A"), ([0xF0, 0x9F, 0x98], "\u{FFFD}"),
            ([0xF0, 0x9F, 0x98, 0xF0, 0x9F, 0x98, 0x80], "\u{FFFD}\u{1F600}"),
            ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"), ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}"),
            ([0xF5, 0x80], "\u{FFFD}\u{FFFD}"), ([0xC3, 0xC3, 0xA9], "\u{FFFD}é"),
            ([0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0xFE], "abcdefgh\u{FFFD}"),
        ] as [([UInt8], String)])
    func invalidUTF8IsReplaced(_ bytes: [UInt8], _ text: String) {
        #expect(render { reply in bytes.withByteView { reply.bytes($0) } } == "{\"result\":\"\(text)\"}")
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
}
