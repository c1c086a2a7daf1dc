import Testing

@testable import Bytes

@Suite struct JSONWriterTests {
    @Test(arguments: [
        ("", #""""#), ("hello", #""hello""#), ("a\"b", #""a\"b""#), ("a\\b", #""a\\b""#), ("a/b", #""a/b""#),
        ("\n\r\t\u{08}\u{0C}", #""\n\r\t\b\f""#), ("\0", #""\u0000""#), ("\u{1F}", #""\u001f""#),
        ("\u{7F}", "\"\u{7F}\""),
        ("café", #""café""#), ("日本語日本語日本語", #""日本語日本語日本語""#), ("👍🏽 ok", #""👍🏽 ok""#),
        ("12345678", #""12345678""#), ("1234567\"", #""1234567\"""#), ("12345678\"", #""12345678\"""#),
        ("plain text before é and after\n", #""plain text before é and after\n""#),
        ("\u{2028}", "\"\u{2028}\""),
    ])
    func strings(_ text: String, _ expected: String) { #expect(json(text.bytes) == expected) }

    @Test(
        arguments: [
            ([0xFF], #"{"base64":"/w=="}"#), ([0x61, 0x80], #"{"base64":"YYA="}"#),
            (Array("0123456789\n".utf8) + [0xC3], #"{"base64":"MDEyMzQ1Njc4OQrD"}"#),
            ([0xED, 0xA0, 0x80], #"{"base64":"7aCA"}"#),
        ] as [([UInt8], String)])
    func whatIsNoTextIsBase64(_ bytes: [UInt8], _ expected: String) { #expect(json(bytes) == expected) }

    @Test func eachSpecialByteAtEachPlace() {
        for byte in UInt8.min...(.max) {
            for place in 0..<20 {
                var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 20)
                bytes[place] = byte
                let text = json(bytes)
                let plain = byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
                #expect((text.utf8.count == 22) == plain)
                #expect(text.hasPrefix("{\"base64\"") == (byte >= 0x80))
            }
        }
    }

    @Test func appendsAfterContents() {
        var buffer = ByteBuffer()
        buffer.append("[")
        "a\u{1}".bytes.withByteView { buffer.appendJSONString($0) }
        buffer.append(",")
        [0xC0].withByteView { buffer.appendJSONString($0) }
        #expect(buffer.view.string == #"["a\u0001",{"base64":"wA=="}"#)
    }

    @Test func readsBackWhatItWrites() throws {
        var random = SeededRandom("JSON strings")
        for round in 0..<5000 {
            let bytes =
                round % 2 == 0
                ? random.bytes(upTo: 40, of: 0...127) : random.bytes(upTo: 30, from: "aé\n\"日\u{1}")
            let text = writtenBytes { out in bytes.withByteView { out.appendJSONString($0) } }
            let read = try text.withByteView { text in
                let document = try JSONDocument(parsing: text)
                return document.root.binaryString?.array
            }
            #expect(read == bytes, "seed \(random.seed)")
        }
    }

    @Test func numbers() {
        #expect(written { $0.appendJSON(Int64.min) } == "-9223372036854775808")
        #expect(written { $0.appendJSON(UInt64.max) } == "18446744073709551615")
        #expect(written { $0.appendJSON(-5) } == "-5")
        #expect(written { $0.appendJSON(7.5) } == "7.5")
        #expect(written { $0.appendJSON(1e20) } == "1e+20")
        #expect(written { $0.appendJSON(Double.infinity) } == #""inf""#)
        #expect(written { $0.appendJSON(-Double.infinity) } == #""-inf""#)
        #expect(written { $0.appendJSON(Double.nan) } == #""nan""#)
        #expect(written { $0.appendJSON(true) } == "true")
        #expect(written { $0.appendJSON(false) } == "false")
    }

    private func json(_ bytes: [UInt8]) -> String {
        written { out in bytes.withByteView { out.appendJSONString($0) } }
    }
}
