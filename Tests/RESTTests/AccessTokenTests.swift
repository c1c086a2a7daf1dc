import Bytes
import Testing

@testable import REST

@Suite struct AccessTokenTests {
    @Test(arguments: [
        ("secret", true), ("a", true), ("A-._~+/=!", true), ("", false), ("two words", false),
        (" led", false), ("tab\t", false), ("line\n", false), ("é", false), ("\u{7F}", false),
    ])
    func whatATokenMayBe(_ text: String, _ expected: Bool) {
        #expect((AccessToken(text) != nil) == expected)
    }

    @Test func howLongATokenMayBe() {
        #expect(AccessToken(String(repeating: "x", count: AccessToken.maxCount)) != nil)
        #expect(AccessToken(String(repeating: "x", count: AccessToken.maxCount + 1)) == nil)
    }

    @Test(arguments: [
        ("secret", true), ("", false), ("s", false), ("secre", false), ("secretsecret", false),
        ("secretx", false), ("Secret", false), ("secreT", false), ("xecret", false),
    ])
    func matchesItselfAlone(_ given: String, _ expected: Bool) throws {
        let token = try #require(AccessToken("secret"))
        #expect(Array(given.utf8).withByteView { token.matches($0) } == expected)
    }

    @Test func isNotPrinted() throws {
        let token = try #require(AccessToken("hush-hush"))
        var dumped = ""
        dump(token, to: &dumped)
        var options = AccessOptions()
        options.tokens = [token]
        for text in [
            "\(token)", String(reflecting: token), dumped, "\(options)", String(reflecting: options),
        ] {
            #expect(!text.contains("hush"))
        }
    }
}
