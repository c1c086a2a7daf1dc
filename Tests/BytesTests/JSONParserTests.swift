import Testing

@testable import Bytes

@Suite struct JSONParserTests {
    @Test(arguments: [
        "null", "true", " false ", "0", "-0", "-1.5e+10", "1E5", "0.1", "\"\"", "[]", "{}", "[ ]", "{ }",
        "[[],{}]",
        "\t\r\n[1 , 2]\n", #"{"a":{"b":[null,true,{"c":"d"}]},"":0}"#, #""\u0000\ud83d\ude00\/""#,
        "\"\u{7F}é日👍\"",
        "[1,[2,[3]],4]", #"{"a":[],"b":{}}"#, "9999999999999999999999999999.5e-999",
    ])
    func takes(_ text: String) {
        #expect(failure(text.bytes) == nil)
    }

    @Test(
        arguments: [
            ("", .empty, 0), (" \n", .empty, 2), ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2),
            ("[1,", .unexpectedEnd, 3),
            ("{", .unexpectedEnd, 1), (#"{"a""#, .unexpectedEnd, 4), (#"{"a":"#, .unexpectedEnd, 5),
            (#"{"a":1"#, .unexpectedEnd, 6),
            (#"{"a":1,"#, .unexpectedEnd, 7), ("\"abc", .unexpectedEnd, 4), ("\"12345678", .unexpectedEnd, 9),
            ("tru", .unexpectedEnd, 3),
            ("\"\\", .unexpectedEnd, 2), ("\"\\u12", .unexpectedEnd, 5),
            ("[1,]", .unexpectedByte(0x5D, expected: "a value"), 3),
            ("[,1]", .unexpectedByte(0x2C, expected: "a value"), 1),
            ("[1 2]", .unexpectedByte(0x32, expected: "',' or ']'"), 3),
            ("[1}", .unexpectedByte(0x7D, expected: "',' or ']'"), 2),
            ("[}", .unexpectedByte(0x7D, expected: "a value"), 1),
            ("{]", .unexpectedByte(0x5D, expected: "a member name or '}'"), 1),
            (#"{"a":1,}"#, .unexpectedByte(0x7D, expected: "a member name"), 7),
            ("{1:2}", .unexpectedByte(0x31, expected: "a member name or '}'"), 1),
            (#"{"a" 1}"#, .unexpectedByte(0x31, expected: "':'"), 5),
            (#"{"a":1]"#, .unexpectedByte(0x5D, expected: "',' or '}'"), 6),
            ("nul!", .unexpectedByte(0x21, expected: "'null'"), 3),
            ("+1", .unexpectedByte(0x2B, expected: "a value"), 0),
            ("NaN", .unexpectedByte(0x4E, expected: "a value"), 0),
            ("'a'", .unexpectedByte(0x27, expected: "a value"), 0),
            ("]", .unexpectedByte(0x5D, expected: "a value"), 0),
            ("[\u{A0}1]", .unexpectedByte(0xC2, expected: "a value"), 1),
            ("\u{FEFF}1", .unexpectedByte(0xEF, expected: "a value"), 0),
            ("01", .malformedNumber, 0), ("-", .malformedNumber, 0), ("[1.]", .malformedNumber, 1),
            ("-01", .malformedNumber, 0),
            ("1.e5", .malformedNumber, 0), ("1e", .malformedNumber, 0), ("1e+", .malformedNumber, 0),
            ("-a", .malformedNumber, 0), ("00", .malformedNumber, 0),
            ("1 1", .trailingBytes, 2), ("{}}", .trailingBytes, 2), ("0x1", .trailingBytes, 1),
            ("nulls", .trailingBytes, 4), ("1\0", .trailingBytes, 1),
            ("\"a\nb\"", .controlCharacter(0x0A), 2), ("\"\0\"", .controlCharacter(0), 1),
            (#""\x""#, .malformedEscape, 1), (#""\u12G4""#, .malformedEscape, 1),
            (#""\'""#, .malformedEscape, 1),
            (#""\ud800""#, .loneSurrogate, 1), (#""\udc00""#, .loneSurrogate, 1),
            (#""\ud800\ud800""#, .loneSurrogate, 1),
            (#""\ud800x""#, .loneSurrogate, 1), (#""ab\ud83d\n""#, .loneSurrogate, 3),
            (#"{"a":1,"b":2,"a":3}"#, .duplicateMember("a".bytes), 13),
            (#"{"a":1,"\u0061":3}"#, .duplicateMember("a".bytes), 0),
            (#"[{"":1,"":2}]"#, .duplicateMember([]), 7),
            (#"{"k":{"x":1,"x":1},"k":2}"#, .duplicateMember("x".bytes), 12),
        ] as [(String, JSONError.Reason, Int)])
    func refuses(_ text: String, _ reason: JSONError.Reason, _ offset: Int) {
        #expect(failure(text.bytes) == JSONError(reason: reason, offset: offset))
    }

    @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x61, 0xC3]] as [[UInt8]])
    func refusesInvalidUTF8(_ bytes: [UInt8]) {
        let text = [0x22] + bytes + [0x22]
        #expect(failure(text)?.reason == .invalidUTF8)
        let name = [0x7B] + text + "1:1}".bytes
        #expect(failure(name)?.reason == .invalidUTF8)
    }

    @Test func depth() {
        func nested(_ n: Int) -> [UInt8] {
            [UInt8](repeating: UInt8(ascii: "["), count: n) + [UInt8](repeating: UInt8(ascii: "]"), count: n)
        }
        #expect(failure(nested(64)) == nil)
        #expect(failure(nested(65)) == JSONError(reason: .nestedTooDeep(limit: 64), offset: 64))
        #expect(failure(nested(10_000))?.description == "nested deeper than 64 at byte 64")
        #expect(failure(nested(10_000), maxDepth: 10_000) == nil)
        #expect(failure("1".bytes, maxDepth: 0) == nil)
        #expect(failure("[]".bytes, maxDepth: 0)?.reason == .nestedTooDeep(limit: 0))
        let objects = String(repeating: "{\"a\":", count: 10_000)
        #expect(failure(objects.bytes)?.reason == .nestedTooDeep(limit: 64))
    }

    @Test func manyMembersAreStillUnique() {
        let members = (0..<50_000).map { "\"member\($0)\":\($0)" }
        let unique = "{" + members.joined(separator: ",") + "}"
        #expect(failure(unique.bytes) == nil)
        let twice = "{" + members.joined(separator: ",") + ",\"member777\":0}"
        #expect(failure(twice.bytes)?.reason == .duplicateMember("member777".bytes))
    }

    @Test(arguments: 2...20)
    func duplicatesAmongAnyNumber(_ count: Int) {
        let names = (0..<count).map { "\"\($0)\":[{\"x\":1}]" }
        #expect(failure("{\(names.joined(separator: ","))}".bytes) == nil)
        for name in 0..<count {
            let text = "{" + names.joined(separator: ",") + ",\"\(name)\":0}"
            #expect(failure(text.bytes)?.reason == .duplicateMember("\(name)".bytes))
        }
    }

    @Test(arguments: [
        ("[1}", "expected ',' or ']' but found '}' at byte 2"),
        ("\"\n\"", "unescaped control character (byte 0x0A) in a string at byte 1"),
        (#"{"a":1,"a":2}"#, #"duplicate member "a" at byte 7"#), ("", "the JSON document is empty at byte 0"),
        ("01", "malformed number at byte 0"),
        ("1 x", "unexpected bytes after the JSON document at byte 2"),
        ("{", "the JSON document ends too early at byte 1"),
    ])
    func saysWhatIsWrong(_ text: String, _ message: String) {
        #expect(failure(text.bytes)?.description == message)
    }

    /// No cut and no changed byte of a document may do worse than an error; where a changed one is still
    /// JSON, what the tape says is walked to the end.
    @Test func survivesDamage() {
        let text =
            #"{"a":[1,-2.5e3,{"base64":"QUJD"}],"b\n\u00e9":{"c":"é\ud83d\ude00","d":[[],{}]},"e":[true,false,null]}"#
            .bytes
        for end in 0..<text.count { #expect(failure(Array(text[..<end])) != nil) }
        var random = SeededRandom("JSON damage")
        for _ in 0..<5000 {
            var damaged = text
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<text.count, using: &random)] =
                    Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random) : text.randomElement(using: &random)!
            }
            _ = failure(damaged)
        }
    }

    private func failure(_ text: [UInt8], maxDepth: Int = 64) -> JSONError? {
        text.withByteView { text in
            do throws(JSONError) {
                let document = try JSONDocument(parsing: text, maxDepth: maxDepth)
                walk(document.root)
                return nil
            } catch {
                #expect(error.offset >= 0 && error.offset <= text.count)
                return error
            }
        }
    }

    /// Visits every value; the depth is the parser's.
    private func walk(_ value: JSONValue) {
        if value.count > 0 {
            for element in value.elements { walk(element) }
            for member in value.members { walk(member.value) }
        }
        _ = value.binaryString?.array
    }
}
