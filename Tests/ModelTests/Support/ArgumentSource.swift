import Engine

/// Draws arguments of each kind: mostly ordinary ones from small pools, so that commands meet each other's
/// keys and members, some at the edges, some wrong.
struct ArgumentSource: Sendable {
    /// How a sequence of commands differs from others.
    struct Profile: Sendable {
        /// Members and fields come from 700 names rather than 20, so that collections grow large.
        var wide = false
        /// Members are integers only.
        var integers = false
        /// Percent of arguments that are wrong on purpose.
        var wrong = 3
        /// Percent of values of 16 KiB or more.
        var large = 1
    }

    var random: SeededGenerator
    var profile: Profile

    init(seed: Int) {
        random = SeededGenerator(seed: UInt64(bitPattern: Int64(seed)))
        profile = Profile()
        profile.wide = random.chance(30)
        profile.integers = random.chance(25)
    }

    /// How often a repeated part stands: once to three times, seldom very often.
    mutating func repetitions() -> Int {
        if random.chance(profile.wide ? 12 : 2) { return 20 + random.below(180) }
        return 1 + random.below(3)
    }

    mutating func draw(_ name: String, _ words: inout Words) {
        switch name {
        case "keys:z", "keys:l", "keys:S":
            let kind = String(name.last ?? "z")
            let count = 1 + random.below(3)
            words.append(random.chance(profile.wrong) ? integer() : Array("\(count)".utf8))
            for _ in 0..<count { words.append(key(kind)) }
        default: words.append(draw(name))
        }
    }

    /// One argument of the kind.
    mutating func draw(_ name: String) -> [UInt8] {
        switch name {
        case "k", "s", "h", "l", "S", "z": return key(name)
        case "Z": return key(random.chance(20) ? "S" : "z")
        case "v": return value()
        case "m": return member()
        case "e": return element()
        case "int": return integer()
        case "count": return count()
        case "score": return score()
        case "min", "max": return bound(name == "min")
        case "lexmin", "lexmax": return lexBound(name == "lexmin")
        case "float": return float()
        case "offset": return offset(33_000, past: ["536870912", "9223372036854775807"])
        case "bit": return bitOffset()
        case "field": return bitField()
        case "seconds", "milliseconds", "at", "atms": return time(name)
        case "glob": return glob()
        case "by": return text(["w*", "h*->a", "nosort", "s*", "*", "h0->a", "h*->", "", "s*->*"])
        case "get": return text(["#", "s*", "h*->a", "w", "h*->1", "*", "", "h*->"])
        case "setting":
            let hasWrong = profile.wrong > 0 && random.chance(10)
            return text(Self.settings + (hasWrong ? ["nosuch"] : []))
        case "config": return text(Self.settings + ["hash-max-*", "ZSET-max-*", "set-max-intset-?ntries"])
        case "limit": return text(["0", "1", "2", "3", "5", "8", "64", "128", "512", "-1", "abc", "1kb"])
        case "n": return Array(String(random.below(6)).utf8)
        case "whole":
            return Array((random.chance(20) ? "\(random.below(9)).5" : "\(random.below(19) - 9)").utf8)
        case "moment": return text(["1", "33177117420000", "33177117421000", "33177117422500"])
        case "soon": return Array("\(1 + random.below(4))".utf8)
        case "soonat": return Array("\(Clock.milliseconds() + Int64(random.below(4)))".utf8)
        case "threshold": return text(["0", "1", "2", "4", "8", "64", "128", "512"])
        case "type": return text(["string", "list", "set", "zset", "hash", "STRING", "stream", "nosuch"])
        default: fatalError("no such argument: {\(name)}")
        }
    }

    static let settings = [
        "hash-max-listpack-entries", "hash-max-listpack-value", "hash-max-ziplist-entries",
        "hash-max-ziplist-value", "set-max-intset-entries", "zset-max-listpack-entries",
        "zset-max-listpack-value", "zset-max-ziplist-entries", "zset-max-ziplist-value",
    ]

    mutating func text(_ choices: [String]) -> [UInt8] { Array(random.pick(choices).utf8) }

    /// A key: of the kind by habit, but RENAME, COPY and mistakes bring others.
    mutating func key(_ kind: String) -> [UInt8] {
        let odd: [[UInt8]] = [[], [0], [0, 255, 13, 10], Array("ключ".utf8), Array("a b".utf8)]
        if random.chance(6) { return random.pick(odd) }
        if kind == "k" || random.chance(5) { return key(random.pick(["s", "h", "l", "S", "z"])) }
        return Array((kind + String(random.below(4))).utf8)
    }

    /// A member of a set or sorted set, or a field.
    mutating func member() -> [UInt8] {
        if random.chance(1) { return value() }
        if profile.integers { return Array(String(random.below(profile.wide ? 900 : 12) - 3).utf8) }
        if profile.wide { return Array("m\(random.below(700))".utf8) }
        let odd: [[UInt8]] = [[], [0], [255, 254], Array("é".utf8), Array(repeating: 120, count: 64)]
        if random.chance(10) { return random.pick(odd) }
        return text(["a", "b", "c", "d", "ab", "abc", "0", "1", "2", "-1", "10", "99", "a1", "B"])
    }

    /// An element of a list.
    mutating func element() -> [UInt8] {
        if random.chance(4) { return value() }
        return text(["a", "b", "c", "0", "1", "2", "3", "-1", "10", "1.5", "x", ""])
    }

    /// A string's value.
    mutating func value() -> [UInt8] {
        if random.chance(profile.large) {
            let length = random.pick([16383, 16384, 16385, 20000, 40000, 70000])
            let first = random.next()
            return (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(truncatingIfNeeded: first)) }
        }
        switch random.below(12) {
        case 0, 1, 2: return integer()
        case 3: return float()
        case 4:
            let length = random.pick([0, 1, 20, 21, 43, 44, 45, 63, 64, 65, 127, 128, 254, 255, 256])
            return Array(repeating: UInt8(97 + random.below(26)), count: length)
        case 5: return (0..<random.below(12)).map { _ in UInt8(random.below(256)) }
        case 6: return Array("foobar".utf8)
        case 7: return [0xff, 0xf0, 0x00]
        default: return text(["a", "b", "c", "hello", "hello world", "ohmytext", "mynewtext", "abcabc"])
        }
    }

    static let wrong = [
        "", "abc", " 1", "1 ", "+1", "01", "-0", "1.5", "0x10", "1e3", "nan", "inf", "-inf", "(1", "[a",
        "9223372036854775808", "-9223372036854775809", "99999999999999999999", "1\u{0}", "é", "1.0", ".5",
    ]

    mutating func integer() -> [UInt8] {
        if random.chance(profile.wrong) { return text(Self.wrong) }
        if random.chance(8) {
            return text([
                "9223372036854775807", "-9223372036854775808", "9223372036854775806", "4294967296",
                "-9223372036854775807", "2147483648", "-2147483649", "1000000", "-1000000",
            ])
        }
        return Array(String(random.below(19) - 6).utf8)
    }

    /// A count of random elements to be answered: small, for a negative one is answered in full.
    mutating func count() -> [UInt8] {
        if random.chance(profile.wrong) { return text(Self.wrong + ["-9223372036854775808"]) }
        if random.chance(5) {
            return text(["100", "-100", "1000", "9223372036854775807", "4611686018427387904"])
        }
        return Array(String(random.below(14) - 6).utf8)
    }

    mutating func float() -> [UInt8] {
        if random.chance(profile.wrong) { return text(Self.wrong) }
        return text([
            "0", "1", "-1", "2", "3", "0.5", "0.1", "-0.1", "1.1", "3.0e3", "1e20", "-1e20", "1e-5",
            "5.0e-324",
            "1.7976931348623157e308", "3.14159265358979", "123456789.123", "1e17", "12345678901234567890",
            "100",
            "10.5", "0.000001", "1e16", "1e15", "-5",
        ])
    }

    mutating func score() -> [UInt8] {
        if random.chance(profile.wrong) { return text(Self.wrong) }
        if random.chance(6) { return text(["inf", "-inf", "+inf", "1e308", "-1e308", "0.1", "3.3", "-0.0"]) }
        if random.chance(15) { return text(["0.5", "-2.25", "1e3", "1.5", "9007199254740993", "1e-3"]) }
        return Array(String(random.below(12) - 3).utf8)
    }

    mutating func bound(_ isLow: Bool) -> [UInt8] {
        if random.chance(profile.wrong) { return text(Self.wrong) }
        if random.chance(35) { return text(isLow ? ["-inf", "(-inf", "-1"] : ["+inf", "inf", "(inf", "5"]) }
        return Array((random.chance(30) ? "(" : "").utf8) + score()
    }

    mutating func lexBound(_ isLow: Bool) -> [UInt8] {
        if random.chance(profile.wrong) { return text(Self.wrong) }
        if random.chance(30) { return text(isLow ? ["-", "-", "+"] : ["+", "+", "-"]) }
        return Array((random.chance(40) ? "(" : "[").utf8) + member()
    }

    /// An offset up to `limit`, or one too large for any string: what lies between would take much memory.
    mutating func offset(_ limit: Int, past: [String]) -> [UInt8] {
        if random.chance(profile.wrong) { return text(past + ["-1", "abc", "", "1.5"]) }
        return Array(String(random.below(random.chance(3) ? limit : 24)).utf8)
    }

    mutating func bitOffset() -> [UInt8] {
        let offset = offset(300_000, past: ["4294967296", "9223372036854775807", "-9223372036854775808"])
        return random.chance(20) ? Array(String(random.below(180)).utf8) : offset
    }

    /// A type of BITFIELD.
    mutating func bitField() -> [UInt8] {
        if random.chance(profile.wrong) {
            return text(["u64", "i65", "u0", "i0", "x8", "u", "", "u-1", "i08"])
        }
        return Array((random.chance(50) ? "u\(1 + random.below(63))" : "i\(1 + random.below(64))").utf8)
    }

    /// Times that no run comes near: what has passed long ago, or a future at least 100 seconds away.
    mutating func time(_ kind: String) -> [UInt8] {
        if random.chance(profile.wrong) { return text(Self.wrong) }
        if random.chance(4) {
            return text([
                "9223372036854775807", "-9223372036854775808", "9223372036854775", "9999999999999999",
            ])
        }
        if random.chance(6) {
            return text(kind.hasPrefix("at") ? ["1", "1000", "0", "-1"] : ["0", "-1", "-1000"])
        }
        switch kind {
        case "seconds": return Array(String(100 + random.below(1_000_000)).utf8)
        case "milliseconds": return Array(String(100_000 + random.below(1_000_000_000)).utf8)
        case "at": return Array(String(33_177_117_420 + random.below(3)).utf8)
        default: return Array(String(33_177_117_420_000 + random.below(3) * 500).utf8)
        }
    }

    mutating func glob() -> [UInt8] {
        text([
            "*", "*", "s*", "?0", "[sh]*", "[^s]*", "[a-m]?", "*1", "a*", "\\a*", "", "[", "h[0-1", "**",
            "m1?",
            "[^a-c]", "é", "a?c", "*b*", "z\\", "[z-a]*", "k", "m*7",
        ])
    }
}
