import Testing

@testable import Bytes

@Suite struct JSONValueTests {
    private func with<R>(_ text: String, _ body: (JSONValue) throws -> R) throws -> R {
        let bytes = text.bytes
        return try bytes.withUnsafeBufferPointer { buffer in
            let document = try JSONDocument(parsing: ByteView(buffer))
            return try body(document.root)
        }
    }

    @Test(
        arguments: [
            ("null", .null), ("true", .bool), ("false", .bool), ("1", .number), ("\"\"", .string),
            ("\"\\n\"", .string),
            ("[]", .array), ("{}", .object), (#"{"base64":"QQ=="}"#, .object),
        ] as [(String, JSONKind)])
    func kinds(_ text: String, _ kind: JSONKind) throws {
        try with(text) { #expect($0.kind == kind) }
    }

    @Test func scalars() throws {
        try with("null") {
            #expect($0.isNull && $0.bool == nil && $0.string == nil && $0.number == nil && $0.count == 0)
        }
        try with("true") { #expect($0.bool == true && !$0.isNull) }
        try with("false") { #expect($0.bool == false) }
        try with(#""a\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t\u0000""#) {
            #expect($0.string?.array == "aé😀\"\\/\u{08}\u{0C}\n\r\t\0".bytes)
        }
    }

    @Test(
        arguments: [
            ("0", 0, 0.0), ("-0", nil, -0.0), ("9223372036854775807", .max, 0x1p63),
            ("-9223372036854775808", .min, -0x1p63),
            ("9223372036854775808", nil, 0x1p63), ("1.0", nil, 1), ("1e2", nil, 100),
            ("0.1", nil, 0.1), ("1e999", nil, nil),
        ] as [(String, Int64?, Double?)])
    func numbers(_ text: String, _ integer: Int64?, _ double: Double?) throws {
        try with(" [\(text) ]") { root in
            let value = try #require(Array(root.elements).first)
            #expect(value.number?.string == text)
            #expect(value.int64 == integer)
            #expect(value.double == double)
            #expect(value.argument?.string == text)
            #expect(value.string == nil && value.binaryString == nil)
        }
    }

    @Test func walksArraysAndObjects() throws {
        try with(#"{"a":[1,[2,3],{"x":[]},"s"],"b\n":{"c":null},"d":true}"#) { root in
            #expect(root.count == 3)
            #expect(root.members.map { $0.name.string } == ["a", "b\n", "d"])
            let elements = try #require(root["a"]).elements
            #expect(elements.map { $0.kind } == [.number, .array, .object, .string])
            #expect(elements.map { $0.count } == [0, 2, 1, 0])
            #expect(elements.underestimatedCount == 4)
            #expect(root["b\n"]?["c"]?.isNull == true)
            #expect(root["d"]?.bool == true)
            #expect(root["e"] == nil && root["a"]?["x"] == nil)
            #expect(root["d"]?.elements.map { $0.kind }.isEmpty == true)
            #expect(root["a"]?.members.map { $0.name.string }.isEmpty == true)
        }
    }

    @Test(
        arguments: [
            (#""text""#, "text".bytes), (#"{"base64":""}"#, []), (#"{"base64":"/w=="}"#, [0xFF]),
            (#"{ "base64" : "QUJD" }"#, "ABC".bytes),
            (#"{"base64":"\u0051Q=="}"#, "A".bytes), (#"{"\u0062ase64":"QQ=="}"#, "A".bytes),
            (#"{"base64":"QQ"}"#, nil), (#"{"base64":"QR=="}"#, nil), (#"{"base64":1}"#, nil),
            (#"{"base64":"QQ==","x":1}"#, nil),
            (#"{"Base64":"QQ=="}"#, nil), ("{}", nil), ("[]", nil), ("1", nil), ("null", nil),
        ] as [(String, [UInt8]?)])
    func binaryStrings(_ text: String, _ expected: [UInt8]?) throws {
        try with(text) { #expect($0.binaryString?.array == expected) }
        // With neighbours, whose words lie around it.
        try with("[\(text),7]") { root in
            let elements = Array(root.elements)
            #expect(elements.count == 2 && elements[0].binaryString?.array == expected)
            #expect(elements[1].int64 == 7)
        }
    }

    @Test func aBase64ObjectIsAnObjectToo() throws {
        try with(#"{"fields":{"base64":"QQ=="}}"#) { root in
            let fields = try #require(root["fields"])
            #expect(fields.count == 1 && fields["base64"]?.string == ByteView("QQ=="))
            #expect(fields.members.map { $0.name.string } == ["base64"])
        }
    }

    @Test func largeDocuments() throws {
        let text = "[" + (0..<100_000).map { "\"value \($0)\"" }.joined(separator: ",") + "]"
        try with(text) { root in
            var i = 0
            for element in root.elements {
                #expect(element.string?.count == "value \(i)".utf8.count)
                i += 1
            }
            #expect(i == 100_000)
        }
    }
}
