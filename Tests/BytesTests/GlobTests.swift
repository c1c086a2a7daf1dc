import Testing

@testable import Bytes

@Suite struct GlobTests {
    // As redis-server 7.0.15 matches them (HSCAN with MATCH on one field), on x86-64.
    @Test(
        arguments: [
            ("[^", "a", true),
            ("[a", "a", true),
            ("[a", "b", false),
            ("[", "a", false),
            ("[a-", "-", true),
            ("[a-", "a", true),
            ("[a-]", "]", true),
            ("[a-]", "_", true),
            ("[z-a]", "m", true),
            ("[\\]]", "]", true),
            ("[^\\]]", "]", false),
            ("\\", "\\", true),
            ("a\\", "a\\", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("[\\", "\\", true),
            ("[]", "a", false),
            ("[^]", "a", true),
            ("[]]", "]", false),
            ("h*llo", "heeeello", true),
            ("h*llo", "hell", false),
            ("h?llo", "hxllo", true),
            ("h[ae]llo", "hillo", false),
            ("**", "x", true),
            ("a**", "a", true),
            ("*a**b*", "xxaxxbxx", true),
            ("*?", "a", true),
            ("*??", "a", false),
            ("?*", "a", true),
            ("**", "", false),
            ("?", "", false),
            ("[a-z]*[0-9]", "key7", true),
            ("[a\\-z]", "m", false),
            ("[a\\-z]", "-", true),
            ("[--a]", "A", true),
            ("[a-\\]]", "^]", true),
            ("*?c**ca\\", "a", false),
            ("[?\\[ab", "b]b?]", false),
            ("*", "*", true),
            ("]b[]a", "bc*b", false),
            ("??^[", "\\^?-", false),
            ("*?", "-\\\\b", true),
            ("???ab", "]^*", false),
            ("-b", "[cb", false),
            ("[a-cac*", "]\\a\\", false),
            ("--\\b\\[\\a", "\\b^", false),
            ("-[", "^?a[?", false),
            ("*^[[", "*]", false),
            ("*[ca*", "]^", false),
            ("?[*[a", "^", false),
            ("*", "?[", true),
            ("b?[*", "*", false),
            ("?", "]", true),
            ("*", "[c^c-", true),
            ("[", "aa", false),
            ("a*[]", "*\\^", false),
            ("\\c", "*-]", false),
            ("??*", "c[\\", true),
            ("^^", "c*]ab", false),
            ("a", "\\-\\^c", false),
            ("?*", "?b", true),
            ("*", "bb[]", true),
            ("^\\]^?c]a", "*", false),
            ("a]", "a*??[", false),
            ("b[?^?-", "*a-", false),
            ("][?\\*[?", "*^", false),
            ("[\\c][", "\\\\\\", false),
            ("[???\\", "aa", false),
            ("^acab", "-?", false),
            ("**", "*[^^[", true),
            ("^*]", "b^[b-", false),
            ("-\\[[-", "*]-", false),
            ("*b[", "?a*-", false),
            ("]b", "b[b", false),
            ("??*", "c[*]", true),
            ("]", "*", false),
            ("c?c?", "\\-*^", false),
            ("^*[", "c?-", false),
            ("*[][^b\\[", "b[bc", false),
            ("?[cb-[a[", "\\c", true),
            ("ca?^c?]", "\\-", false),
            ("c??", "*\\a*b", false),
            ("\\[", "[\\", false),
            ("c\\[", "^", false),
            ("*", "]^", true),
            ("*", "]b\\]c", true),
            ("[[--?^^", "\\", false),
            ("b\\c", "a?*?", false),
            ("b--", "]c[\\*", false),
            ("-", "?[^", false),
            ("??", "?c", true),
            ("[^\\-?[[a", "b", true),
            ("?a*-", "cc^-a", false),
            ("[[---***", "*-]]", false),
            ("[", "\\*^a", false),
            ("^*^\\]?b[", "[\\*", false),
            ("\\?]*", "[", false),
            ("[a^-c[-", "?ba", false),
            ("]c[[**", "]\\[[", false),
            ("*", "*?*?*", true),
            ("[???^*", "*c", false),
            ("*][?c*", "]c\\?c", false),
            ("-?", "-?-", false),
            ("[-c?", "c", true),
            ("*", "bb?[a", true),
            ("b\\-a?", "[", false),
            ("*]b*", "[[", false),
            ("*\\-][?", "[*^-]", false),
            ("[*", "cb[", false),
            ("?[b^*c", "a\\^^", false),
            ("*\\bb]\\?^", "^\\", false),
            ("^^[]b", "b-b^*", false),
            ("a]a?c*", "ac^", false),
            ("\\c?-", "c-]", false),
            ("a*", "?^b]^", false),
            ("-*", "-", true),
            ("c\\b", "??\\?", false),
            ("b^", "?[", false),
            ("*[*^[-*^", "^", true),
            ("??bb]*", "bb]?-", false),
            ("^a^^?*?-", "]]-^", false),
            ("\\*", "-^]^", false),
            ("a**", "c", false),
            ("c-??b^", "^*", false),
            ("b[\\", "ab", false),
            ("a^a**", "-\\ba[", false),
            ("^?^]", "*[]", false),
            ("*?*?[--", "[c", false),
            ("-a", "^", false),
            ("^*", "b*", false),
            ("?]]***[?", "a**", false),
            ("*?", "ab?", true),
            ("*cb[\\\\", "\\^-?b", false),
            ("\\a[*a*^", "aa", true),
            ("^[-c", "^", false),
            ("-?*c**", "--?c", true),
            ("-[*c*^", "c", false),
            ("[^[[ac[", "^*][", false),
            ("?\\-ba", "-", false),
            ("c\\^a\\", "*", false),
            ("[[[*a?", "^", false),
            ("-?", "a-b", false),
            ("*b??[??", "\\^]*?", false),
            ("[", "]ab", false),
            ("?", "ab-\\", false),
            ("\\[a", "[a", true),
            ("[aa][", "\\c?c", false),
            ("*-?-", "[\\\\aa", false),
            ("[[?*]*", "\\", false),
            ("**", "[^aa", true),
            ("-b^?", "-", false),
            ("\\[^", "c]\\-", false),
        ] as [(String, String, Bool)])
    func matchesAsRedis(_ pattern: String, _ text: String, _ expected: Bool) {
        #expect(matches(pattern.bytes, text.bytes) == expected)
    }

    @Test(
        arguments: [
            ([0x5B, 0x61, 0x2D, 0xFF, 0x5D], [0x41], true), ([0x5B, 0x61, 0x2D, 0xFF, 0x5D], [0x62], false),
            ([0x5B, 0x61, 0x2D, 0xFF, 0x5D], [0xFE], false), ([0x5B, 0x80, 0x2D, 0xFF, 0x5D], [0xC3], true),
            ([0x61, 0x00, 0x62], [0x61, 0x00, 0x62], true), ([0x61, 0x2A, 0x00], [0x61, 0x78, 0x00], true),
            ([0x2A], [], false), ([], [], true), ([], [0x61], false),
        ] as [([UInt8], [UInt8], Bool)])
    func matchesBytesAsRedis(_ pattern: [UInt8], _ text: [UInt8], _ expected: Bool) {
        #expect(matches(pattern, text) == expected)
    }

    @Test(arguments: [
        ("HELLO", "hello", true), ("[A-Z]x", "qX", true), ("[^a]", "A", false), ("h*O", "Hello", true),
        ("[_]", "_", true),
        ("\\A", "a", true), ("[\\A]", "a", false), ("a", "b", false),
    ])
    func ignoresCase(_ pattern: String, _ text: String, _ expected: Bool) {
        let result = pattern.bytes.withByteView { pattern in
            text.bytes.withByteView { globMatches(pattern: pattern, text: $0, ignoringCase: true) }
        }
        #expect(result == expected)
    }

    @Test func manyStarsTakeNoExponentialTime() {
        let pattern = String(repeating: "a*", count: 2000) + "b"
        #expect(!matches(pattern.bytes, [UInt8](repeating: UInt8(ascii: "a"), count: 5000)))
    }

    @Test func tellsPatternsFromNames() {
        for pattern in ["*", "a?", "[", "\\"] { #expect(pattern.bytes.withByteView { isGlobPattern($0) }) }
        for name in ["", "plain", "]", "^-"] { #expect(!name.bytes.withByteView { isGlobPattern($0) }) }
    }

    /// Stars, questions and letters against the definition, by recursion.
    @Test func agreesWithTheDefinition() {
        func naive(_ p: ArraySlice<UInt8>, _ t: ArraySlice<UInt8>) -> Bool {
            guard let first = p.first else { return t.isEmpty }
            if first == UInt8(ascii: "*") {
                return naive(p.dropFirst(), t) || !t.isEmpty && naive(p, t.dropFirst())
            }
            guard let byte = t.first, first == UInt8(ascii: "?") || first == byte else { return false }
            return naive(p.dropFirst(), t.dropFirst())
        }
        var random = SeededRandom("Glob")
        for _ in 0..<20_000 {
            let pattern = random.bytes(upTo: 8, from: "ab**?")
            let text = random.bytes(upTo: 8, from: "ab") + [UInt8(ascii: "a")]
            #expect(
                matches(pattern, text) == naive(pattern[...], text[...]),
                "seed \(random.seed), \(pattern) \(text)")
        }
    }

    private func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        pattern.withByteView { pattern in text.withByteView { globMatches(pattern: pattern, text: $0) } }
    }
}
