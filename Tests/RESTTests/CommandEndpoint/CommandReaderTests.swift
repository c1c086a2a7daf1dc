import Bytes
import Testing

@testable import Engine
@testable import REST

@Suite struct CommandReaderTests {
    static let engine = MemoryEngine()

    /// What a body is read as: each command's name (`?` where there is none) and arguments, or the error.
    private func read(_ body: [UInt8], nested: Bool = false) -> Result<[[[UInt8]]], CommandSyntaxError> {
        var reader = CommandReader()
        return commands(body, nested: nested, &reader)
    }

    private func commands(
        _ body: [UInt8], nested: Bool, _ reader: inout CommandReader
    ) -> Result<[[[UInt8]]], CommandSyntaxError> {
        body.withByteView { view in
            var transaction = Transaction()
            do throws(CommandSyntaxError) {
                if nested {
                    try reader.readCommands(view, CommandReaderTests.engine, into: &transaction)
                } else {
                    try reader.readCommand(view, CommandReaderTests.engine, into: &transaction)
                }
            } catch {
                #expect(transaction.count == 0)
                return .failure(error)
            }
            return .success(listed(transaction))
        }
    }

    private func listed(_ transaction: borrowing Transaction) -> [[[UInt8]]] {
        var result: [[[UInt8]]] = []
        for step in transaction.steps.elements {
            let arguments = transaction.arguments(of: step)
            var command = [Array("?".utf8)]
            if step.command != .unknown {
                command[0] = ByteView(CommandReaderTests.engine.commands[step.command.index].name).array
            }
            for index in 0..<arguments.count { command.append(arguments[index].array) }
            result.append(command)
        }
        return result
    }

    private func expect(_ body: String, nested: Bool = false, _ expected: [[String]]) throws {
        let result = try read(Array(body.utf8), nested: nested).get()
        #expect(result == expected.map { $0.map { Array($0.utf8) } }, "\(body)")
    }

    private func error(_ body: [UInt8], nested: Bool = false) -> String? {
        guard case .failure(let error) = read(body, nested: nested) else { return nil }
        return error.description
    }

    @Test(arguments: [
        (#"["SET","k","v"]"#, ["SET", "k", "v"]),
        (#" [ "set" , "k" , "v" ] "#, ["SET", "k", "v"]),
        ("\t\r\n[\"GET\"\t,\r\n\"\"]\n", ["GET", ""]),
        (#"["PING"]"#, ["PING"]),
        (#"["No Such","a"]"#, ["?", "No Such", "a"]),
        (#"["",1]"#, ["?", "", "1"]),
        (#"["g\u0065t","k"]"#, ["GET", "k"]),
        (#"["nop\u0065"]"#, ["?", "nope"]),
        (#"["SET","k",true,false]"#, ["SET", "k", "true", "false"]),
        (#"["SET","é日👍","\u007f"]"#, ["SET", "é日👍", "\u{7F}"]),
        (
            #"["SET","\"\\\/\b\f\n\r\t","\u0000\u00e9\u65e5\ud83d\udc4d"]"#,
            ["SET", "\"\\/\u{8}\u{C}\n\r\t", "\0é日👍"]
        ),
        (
            #"["SET","plain and long enough","12345678\\","\u00E912345678"]"#,
            ["SET", "plain and long enough", "12345678\\", "é12345678"]
        ),
        (#"["SET","a] , [\"b","\\"]"#, ["SET", "a] , [\"b", "\\"]),
        (#"["SET","k",{"base64":"aGk="}]"#, ["SET", "k", "hi"]),
        (#"["SET","k", { "base64" : "" } ]"#, ["SET", "k", ""]),
        (#"["SET","k",{"base\u00364":"aG\u006b="}]"#, ["SET", "k", "hi"]),
    ])
    func oneCommand(_ body: String, _ expected: [String]) throws { try expect(body, [expected]) }

    @Test(arguments: [
        "0", "-0", "7", "-1", "1.0", "1e400", "-1.5E+10", "2e-7", "0.10", "9223372036854775807",
        "-9223372036854775808", "18446744073709551616", "123456789012345678901234567890.5",
    ])
    func numbersAreWhatIsWritten(_ number: String) throws {
        try expect(#"["SET","k",\#(number)]"#, [["SET", "k", number]])
        try expect(#"[["SET",\#(number) ,"k"]]"#, nested: true, [["SET", number, "k"]])
    }

    @Test(arguments: [
        ("[]", []), (" [ ] ", []),
        (#"[["PING"]]"#, [["PING"]]),
        (
            #"[ ["SET","a",1] , ["nope",{"base64":"YQ=="}],["get","a"]]"#,
            [["SET", "a", "1"], ["?", "nope", "a"], ["GET", "a"]]
        ),
    ])
    func severalCommands(_ body: String, _ expected: [[String]]) throws {
        try expect(body, nested: true, expected)
    }

    @Test func bytesThatAreNoText() throws {
        #expect(
            try read(Array(#"["GET",{"base64":"/wD+"}]"#.utf8)).get() == [
                [Array("GET".utf8), [255, 0, 254]]
            ])
    }

    @Test(arguments: [
        ("", "the body is empty at byte 0"), (" \n", "the body is empty at byte 2"),
        ("[", "the body ends too early at byte 1"),
        (#"["GET""#, "the body ends too early at byte 6"),
        (#"["GET","#, "the body ends too early at byte 7"),
        (#"["GET","a"#, "the body ends inside a string at byte 9"),
        (#"["GET","a\"]"#, "the body ends inside a string at byte 12"),
        (#"["GET",{"#, "the body ends too early at byte 8"),
        (#"["GET",{"base64""#, "the body ends too early at byte 16"),
        (#"["GET",{"base64":"#, "the body ends too early at byte 17"),
        (#"["GET",{"base64":"YQ==""#, "the body ends too early at byte 23"),
        (#"["GET",tru"#, "expected a string, a number or a boolean at byte 7"),
        (#"["GET","a"]]"#, "unexpected bytes after the array at byte 11"),
        (#"["GET","a"] x"#, "unexpected bytes after the array at byte 12"),
        (#"["GET","a"]["GET","a"]"#, "unexpected bytes after the array at byte 11"),
        ("[\"GET\",\"a\"]\0", "unexpected bytes after the array at byte 11"),
        (#"{"GET":"a"}"#, "expected a command, which is an array at byte 0"),
        (#""GET""#, "expected a command, which is an array at byte 0"),
        ("null", "expected a command, which is an array at byte 0"),
        ("\u{FEFF}[\"PING\"]", "expected a command, which is an array at byte 0"),
        ("[]", "a command must have a name at byte 1"),
        ("[1]", "the name of a command must be a string at byte 1"),
        ("[true]", "the name of a command must be a string at byte 1"),
        (#"[["GET","a"]]"#, "the name of a command must be a string at byte 1"),
        (#"[{"base64":"R0VU"}]"#, "the name of a command must be a string at byte 1"),
        (#"["GET",null]"#, "null cannot be an argument at byte 7"),
        (#"["GET",["a"]]"#, "an array cannot be an argument at byte 7"),
        (#"["GET",{}]"#, "an object cannot be an argument, except {\"base64\":\"…\"} at byte 8"),
        (#"["GET",{"a":"YQ=="}]"#, "an object cannot be an argument, except {\"base64\":\"…\"} at byte 7"),
        (
            #"["GET",{"\u0061":"YQ=="}]"#,
            "an object cannot be an argument, except {\"base64\":\"…\"} at byte 8"
        ),
        (#"["GET",{"base64":1}]"#, "an object cannot be an argument, except {\"base64\":\"…\"} at byte 17"),
        (
            #"["GET",{"base64":"YQ==","a":1}]"#,
            "an object cannot be an argument, except {\"base64\":\"…\"} at byte 23"
        ),
        (#"["GET",{"base64":"YQ="}]"#, "malformed base64 at byte 18"),
        (#"["GET",{"base64":"Y\nQ="}]"#, "malformed base64 at byte 18"),
        (#"["GET","a" "b"]"#, "expected ',' or ']' at byte 11"),
        (#"["GET" "b"]"#, "expected ',' or ']' at byte 7"),
        (#"["GET","a""b"]"#, "expected ',' or ']' at byte 10"),
        (#"["GET","a"x]"#, "expected ',' or ']' at byte 10"),
        (#"["GET","a":1]"#, "expected ',' or ']' at byte 10"),
        (#"["GET"}"#, "expected ',' or ']' at byte 6"),
        (#"["GET",1 2]"#, "expected ',' or ']' at byte 9"),
        (#"["GET",1"a"]"#, "malformed number at byte 7"),
        (#"["GET",]"#, "expected a string, a number or a boolean at byte 7"),
        (#"["GET",,1]"#, "expected a string, a number or a boolean at byte 7"),
        (#"["GET",truex]"#, "expected a string, a number or a boolean at byte 7"),
        (#"["GET",nul]"#, "expected a string, a number or a boolean at byte 7"),
        (#"["GET",'a']"#, "expected a string, a number or a boolean at byte 7"),
        (#"["GET",\"a\"]"#, "expected a string, a number or a boolean at byte 7"),
        ("[\"GET\",\u{A0}1]", "expected a string, a number or a boolean at byte 7"),
        ("[\"GET\",\u{C}1]", "expected a string, a number or a boolean at byte 7"),
        ("[\"GET\",\"a\nb\"]", "unescaped control character in a string at byte 9"),
        ("[\"GET\",\"\0\"]", "unescaped control character in a string at byte 8"),
        ("[\"GE\\\"T\",\"\u{1F}\"]", "unescaped control character in a string at byte 10"),
        (#"["GET","ab\x"]"#, "malformed escape in a string at byte 10"),
        (#"["GET","\u12"]"#, "malformed escape in a string at byte 8"),
        (#"["GET","\u12G4"]"#, "malformed escape in a string at byte 8"),
        (#"["GET","\ud83d\u12"]"#, "malformed escape in a string at byte 14"),
        (#"["GET","a\ud800"]"#, "lone surrogate in a string at byte 9"),
        (#"["GET","\ud800x"]"#, "lone surrogate in a string at byte 8"),
        (#"["GET","\ud800\ud800"]"#, "lone surrogate in a string at byte 8"),
        (#"["GET","\udc00\ud800"]"#, "lone surrogate in a string at byte 8"),
    ])
    func refuses(_ body: String, _ expected: String) { #expect(error(Array(body.utf8)) == expected) }

    @Test(arguments: [
        "01", "-01", "00", "1.", "-", "1.e5", "1e", "1e+", "-a", "1.5.5", "0x10", "1_0", "1a", "--1",
        "-Infinity",
    ])
    func malformedNumbers(_ number: String) {
        #expect(error(Array(#"["GET",\#(number)]"#.utf8)) == "malformed number at byte 7")
        #expect(error(Array(#"["GET",\#(number) ,1]"#.utf8)) == "malformed number at byte 7")
    }

    @Test(arguments: [".5", "+1", "NaN", "Infinity", "undefined", "TRUE"])
    func whatIsNoValue(_ text: String) {
        #expect(
            error(Array(#"["GET",\#(text)]"#.utf8)) == "expected a string, a number or a boolean at byte 7")
    }

    @Test(arguments: [
        (#"["GET","a"]"#, "expected a command, which is an array at byte 1"),
        (#"[["GET","a"],"PING"]"#, "expected a command, which is an array at byte 13"),
        (#"[["GET","a"],]"#, "expected a command, which is an array at byte 13"),
        (#"[,["GET","a"]]"#, "expected a command, which is an array at byte 1"),
        (#"[["GET","a"],[]]"#, "a command must have a name at byte 14"),
        (#"[["GET","a"] ["GET","a"]]"#, "expected ',' or ']' at byte 13"),
        (#"[["GET","a"]"#, "the body ends too early at byte 12"),
        (#"[["GET","a"],"#, "the body ends too early at byte 13"),
        (#"[["GET","a"]]]"#, "unexpected bytes after the array at byte 13"),
        ("[],", "unexpected bytes after the array at byte 2"),
        ("{}", "expected an array of commands at byte 0"), ("7", "expected an array of commands at byte 0"),
        (#"[["GET","a"],["GET",null]]"#, "null cannot be an argument at byte 20"),
    ])
    func refusesOneAmongSeveral(_ body: String, _ expected: String) {
        #expect(error(Array(body.utf8), nested: true) == expected)
    }

    @Test(
        arguments: [
            [0xFF], [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE6, 0x97],
            [0xF0, 0x80, 0x80, 0x80],
        ] as [[UInt8]], [0, 1, 4090, 4094, 4095, 5000])
    func invalidUTF8(_ sequence: [UInt8], _ before: Int) {
        let filler =
            Array(String(repeating: "é", count: before / 2).utf8) + Array(repeating: 0x61, count: before % 2)
        let body = Array(#"["GET",""#.utf8) + filler + sequence + Array(#""]"#.utf8)
        #expect(error(body) == "invalid UTF-8 at byte \(8 + before)")
        let outside = Array(#"["GET"  "#.utf8) + sequence + Array("]".utf8)
        #expect(error(outside) == "invalid UTF-8 at byte 8")
    }

    @Test(arguments: [
        (false, "[", "the name of a command must be a string at byte 1"),
        (false, "{\"base64\":", "expected a command, which is an array at byte 0"),
        (false, "[\"a\",", "an array cannot be an argument at byte 5"),
        (
            false, "[\"a\",{\"base64\":",
            "an object cannot be an argument, except {\"base64\":\"…\"} at byte 15"
        ),
        (true, "[", "the name of a command must be a string at byte 2"),
        (true, "{\"base64\":", "expected an array of commands at byte 0"),
        (true, "[\"a\",", "expected a command, which is an array at byte 1"),
        (true, "[[\"a\",", "an array cannot be an argument at byte 6"),
    ])
    func deepNesting(_ nested: Bool, _ open: String, _ expected: String) {
        let body = Array(String(repeating: open, count: 10_000).utf8)
        #expect(error(body, nested: nested) == expected)
        let closed = body + Array(String(repeating: "]", count: 20_000).utf8)
        #expect(error(closed, nested: nested) == expected)
    }

    /// Each cut of a body is refused, and nothing past its end is read: the copy has exactly its length.
    @Test func everyCut() throws {
        let body = Array(#"[["SET","k\n",-1.5e3,true],["GET",{"base64":"YQ=="}]]"#.utf8)
        for length in 0..<body.count {
            let cut = Array(body[..<length])
            #expect(error(cut, nested: true) != nil, "\(length) bytes")
        }
        _ = try read(body, nested: true).get()
    }

    /// One command more than fits in a batch of slices, and all around it.
    @Test(arguments: [127, 128, 169, 170, 171, 254, 255, 256, 257, 510, 511, 512, 513, 1022, 1024])
    func manySlices(_ count: Int) throws {
        for arguments in 0...3 {
            let command = "[\"MSET\"" + String(repeating: ",{\"base64\":\"YQ==\"}", count: arguments) + "]"
            let body = "[" + Array(repeating: command, count: count).joined(separator: ",") + "]"
            let expected = Array(
                repeating: ["MSET"] + Array(repeating: "a", count: arguments), count: count)
            try expect(body, nested: true, expected)
        }
        let long = "[\"MGET\"" + String(repeating: ",\"a\",{\"base\\u00364\":\"YQ==\"}", count: count) + "]"
        try expect(long, [["MGET"] + Array(repeating: "a", count: 2 * count)])
        let wrong = "[\"MGET\"" + String(repeating: ",\"a\"", count: count) + ",null]"
        #expect(error(Array(wrong.utf8)) == "null cannot be an argument at byte \(8 + 4 * count)")
    }

    @Test func oneReaderReadsManyBodies() throws {
        var reader = CommandReader()
        let small = Array(#"["SET","a\n",{"base64":"YQ=="}]"#.utf8)
        let expected = [[Array("SET".utf8), Array("a\n".utf8), Array("a".utf8)]]
        for size in [10, 5000, 100_000, 3 << 20, 4095, 4097] {
            let long = String(repeating: "\\u0061", count: size / 6)
            let body = Array(#"[["SET","k","\#(long)"]]"#.utf8)
            let result = try commands(body, nested: true, &reader).get()
            #expect(
                result == [[Array("SET".utf8), Array("k".utf8), Array(repeating: 0x61, count: size / 6)]])
            #expect(try commands(small, nested: false, &reader).get() == expected)
            guard case .failure = commands(Array(small.dropLast()), nested: false, &reader) else {
                Issue.record("a cut body was read")
                return
            }
        }
    }

    @Test(arguments: [60 << 20])
    func largeBodiesPinNoMemory(_ size: Int) throws {
        var reader = CommandReader()
        let small = Array(#"["SET","a","b"]"#.utf8)
        _ = try commands(small, nested: false, &reader).get()
        let before = reader.kept
        #expect(before > 0)
        for tail in ["]", ",null]"] {
            let long = [UInt8](repeating: 0x61, count: size)
            let body = Array(#"["SET","\n",""#.utf8) + long + Array("\"\(tail)".utf8)
            switch commands(body, nested: false, &reader) {
            case .success(let result): #expect(result[0][2] == long && tail == "]")
            case .failure: #expect(tail != "]")
            }
            reader.reset()
            #expect(reader.kept < 1 << 20)
        }
        _ = try commands(small, nested: false, &reader).get()
        #expect(reader.kept <= before)
    }

    /// Random bodies, half of them damaged: Bytes' own JSON reader, which shares no code with this one, has to
    /// refuse the same ones and to read the same commands.
    @Test func agreesWithTheOtherReader() throws {
        let seed = UInt64.random(in: 0...(.max))
        print("agreesWithTheOtherReader: seed \(seed)")
        var bodies = RandomBodies(seed: seed)
        var reader = CommandReader()
        var taken = 0
        for round in 0..<20_000 {
            let nested = Bool.random(using: &bodies.source)
            let body = bodies.make(nested: nested)
            let expected = body.withByteView { CommandOracle.commands($0, nested: nested) }
            let found = try? commands(body, nested: nested, &reader).get()
            let named = found?.map { command in
                command[0] == Array("?".utf8) ? Array(command.dropFirst()) : command
            }
            try #require(
                named == expected?.map(CommandOracle.canonical), "seed \(seed), round \(round): \(body)")
            if found != nil { taken += 1 }
        }
        #expect(taken > 5_000)
    }
}
