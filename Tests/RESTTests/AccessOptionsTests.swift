import Testing

@testable import REST

@Suite struct AccessOptionsTests {
    @Test(arguments: [
        ("redwing.example", true), ("192.168.1.7", true), ("[fe80::1]", true), ("a_b", true),
        ("", false), ("redwing.example:8080", false), ("redwing.example:", false), ("http://redwing", false),
        ("*", false), ("*.example", false), ("a b", false), ("a,b", false), ("user@host", false),
        ("fe80::1", false), ("[::1", false), ("caf\u{E9}", false),
    ])
    func hostNames(_ text: String, _ expected: Bool) {
        #expect(AccessOptions.isHostName(text) == expected)
    }
}
