import Bytes
import Testing

@testable import REST

@Suite struct OriginGuardTests {
    /// Whether a page may call, that sends these fields (nil: not at all).
    private func admits(
        origin: String?, host: String? = "localhost:8080", site: String? = nil, referer: String? = nil,
        origins: [String] = []
    ) -> Bool {
        // The views live as long as the arrays, to the end of the function.
        let (first, second, third) = (
            Array((origin ?? "").utf8), Array((host ?? "").utf8), Array((site ?? "").utf8)
        )
        let fourth = Array((referer ?? "").utf8)
        return first.withByteView { originView in
            second.withByteView { hostView in
                third.withByteView { siteView in
                    fourth.withByteView { refererView in
                        OriginGuard.refusal(
                            origin: origin == nil ? nil : originView, site: site == nil ? nil : siteView,
                            referer: referer == nil ? nil : refererView,
                            host: host == nil ? nil : hostView, CORS(origins: origins)) == nil
                    }
                }
            }
        }
    }

    @Test func itsOwnPages() {
        #expect(admits(origin: "http://localhost:8080", site: "same-origin"))
        #expect(admits(origin: "http://LOCALHOST:8080"))
        // Another origin on this machine; of another machine it may be a proxy that speaks TLS.
        #expect(!admits(origin: "https://localhost:8080"))
        #expect(!admits(origin: "https://127.0.0.1", host: "127.0.0.1"))
        #expect(admits(origin: "https://redwing.example", host: "redwing.example"))
        #expect(admits(origin: "http://[::1]", host: "[::1]"))
    }

    @Test(arguments: [
        "null", "", "http://localhost", "http://localhost:80801", "http://localhost:3000",
        "https://evil.test",
        "http://127.0.0.1:8080", "localhost:8080", "ftp://localhost:8080", "http://", "file://",
    ])
    func foreignPages(_ origin: String) {
        #expect(!admits(origin: origin))
        #expect(!admits(origin: origin, host: nil))
        #expect(!admits(origin: origin, host: ""))
        // The other field, which a page can't forge either, does not make up for it.
        #expect(!admits(origin: origin, site: "same-origin"))
        #expect(!admits(origin: origin, origins: ["https://app.test"]))
        #expect(admits(origin: origin, site: "cross-site", origins: ["*"]))
        #expect(admits(origin: origin, site: "same-site", origins: ["https://app.test", origin]))
    }

    @Test(arguments: [
        ("cross-site", false), ("same-site", false), ("Cross-Site", false), ("same-origin", true),
        ("none", true), ("", false), ("unheard-of", false), ("cross-site, none", false),
    ])
    func pagesWithoutAnOrigin(_ site: String, _ expected: Bool) {
        #expect(admits(origin: nil, site: site) == expected)
        // What CORS lets in says who it is.
        #expect(admits(origin: nil, site: site, origins: ["https://app.test"]) == expected)
    }

    @Test(arguments: [
        ("http://localhost:8080", true), ("http://localhost:8080/", true), ("HTTP://LocalHost:8080/a", false),
        ("http://LocalHost:8080/a/b?c#d", true), ("https://localhost:8080?x", false),
        ("http://localhost:8080#/", true),
        ("http://localhost/", false), ("http://localhost:80801/", false),
        ("http://localhost:8080.evil/", false),
        ("http://evil.test/", false), ("http://evil.test/http://localhost:8080/", false),
        ("http://evil.test?http://localhost:8080", false), ("http://evil@localhost:8080/", false),
        ("http://localhost:8080@evil.test/", false), ("http://localhost:8080\\@evil.test/", false),
        ("/keys", false), ("localhost:8080", false), ("://localhost:8080/", false), ("about:blank", false),
        ("null", false), ("http://", false), ("http:", false), ("", false),
    ])
    func pagesThatOnlyTheRefererNames(_ referer: String, _ expected: Bool) {
        #expect(admits(origin: nil, referer: referer) == expected)
        #expect(admits(origin: nil, site: "none", referer: referer) == expected)
        #expect(admits(origin: nil, host: nil, referer: referer) == false)
        #expect(!admits(origin: nil, site: "cross-site", referer: referer))
        #expect(admits(origin: nil, referer: referer, origins: ["*"]))
        // Where there is an origin, that counts.
        #expect(admits(origin: "http://localhost:8080", referer: referer))
        #expect(!admits(origin: "http://evil.test", referer: referer))
    }

    @Test func refererOfAPageThatCORSNames() {
        let origins = ["https://app.test"]
        #expect(admits(origin: nil, referer: "https://app.test/page?x", origins: origins))
        #expect(admits(origin: nil, referer: "https://app.test", origins: origins))
        #expect(!admits(origin: nil, referer: "https://app.test.evil/", origins: origins))
        #expect(!admits(origin: nil, referer: "https://app.test:81/", origins: origins))
        #expect(!admits(origin: nil, referer: "http://app.test/", origins: origins))
    }
}
