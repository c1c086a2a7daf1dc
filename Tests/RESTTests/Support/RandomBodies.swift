import Bytes

/// Bodies that are commands, or nearly.
struct RandomBodies: ~Copyable {
    var source: SeededSource
    private var out = ByteBuffer()

    init(seed: UInt64) { source = SeededSource(state: seed) }

    mutating func make(nested: Bool) -> [UInt8] {
        out.clear()
        if nested {
            separated(upTo: 5, "[", "]") { $0.command() }
        } else {
            command()
        }
        var bytes = out.view.array
        if Int.random(in: 0..<2, using: &source) == 0 { return bytes }
        let at = Int.random(in: 0..<bytes.count, using: &source)
        switch Int.random(in: 0..<5, using: &source) {
        case 0: bytes.removeSubrange(at...)
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(contentsOf: pick(fragments), at: at)
        case 3: bytes[at] = .random(in: 0...255, using: &source)
        default: bytes[at...].append(contentsOf: pick(fragments))
        }
        return bytes
    }

    private let fragments: [[UInt8]] =
        [
            "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\udc00", "null", "true", "-", ".",
            "e", "0", " ",
            "\n", "\0", "é", "x",
        ].map { Array($0.utf8) } + [[0xC3], [0xFF]]

    private mutating func pick<T>(_ choices: [T]) -> T {
        choices[Int.random(in: 0..<choices.count, using: &source)]
    }

    private mutating func separated(
        upTo count: Int, _ open: StaticString, _ close: StaticString, _ body: (inout RandomBodies) -> Void
    ) {
        out.append(open)
        for index in 0..<Int.random(in: 0...count, using: &source) {
            if index > 0 { out.append(",") }
            space()
            body(&self)
            space()
        }
        out.append(close)
    }

    private mutating func space() {
        if Int.random(in: 0..<8, using: &source) == 0 {
            out.append(pick([" ", "\n\t", "\r  "] as [StaticString]))
        }
    }

    private mutating func command() {
        out.append("[")
        out.append(pick(["\"GET\"", "\"set\"", "\"\"", "\"n\\u006fpe\"", "\"MGET\" "] as [StaticString]))
        for _ in 0..<Int.random(in: 0...4, using: &source) {
            out.append(",")
            space()
            argument()
            space()
        }
        out.append("]")
    }

    private mutating func argument() {
        switch Int.random(in: 0..<20, using: &source) {
        case 0..<6: out.appendJSONString(ByteView("plain text of some length"))
        case 6..<10:
            let bytes = (0..<Int.random(in: 0..<40, using: &source)).map { _ in
                UInt8.random(in: 0...127, using: &source)
            }
            bytes.withByteView { out.appendJSONString($0) }
        case 10..<12:
            let bytes = (0..<Int.random(in: 0..<40, using: &source)).map { _ in
                UInt8.random(in: 0...255, using: &source)
            }
            bytes.withByteView { out.appendJSONString($0) }
        case 12: out.appendJSON(Int64.random(in: .min ... .max, using: &source))
        case 13: out.appendJSON(Double(Int.random(in: -1000...1000, using: &source)) / 7)
        case 14: out.append(pick(["true", "false", "1e400", "-0", "1.0"] as [StaticString]))
        case 15:
            out.append(pick(["\"\\ud83d\\udc4d\\\\\"", "\"\\/\\u0000\"", "\"é\\n日\""] as [StaticString]))
        case 16: out.append(pick(["null", "[]", "{}", "01", "{\"a\":1}", "[\"x\"]"] as [StaticString]))
        case 17: out.append(pick(["{\"base64\":\"YQ==\"}", "{\"base64\":\"Y\"}"] as [StaticString]))
        case 18: out.append("{\"b\\u0061se64\" : \"Y\\u0051==\"}")
        default: out.append("\"\"")
        }
    }
}

/// A random source that a printed seed replays (SplitMix64).
struct SeededSource: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
