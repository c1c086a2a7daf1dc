import Testing

@testable import MicroHTTP

/// How many connections fit the limit of open files.
@Suite struct OpenFileLimitTests {
    @Test func whatOthersNeedIsLeftToThem() {
        // More than any limit.
        let all = 1 << 30
        let fit = raiseOpenFileLimit(for: all, beside: 128)
        #expect(fit < all)
        #expect(raiseOpenFileLimit(for: all, beside: 640) == fit - 512)
        #expect(raiseOpenFileLimit(for: all, beside: all) == 1)
        #expect(raiseOpenFileLimit(for: 100, beside: 128) == 100)
    }
}
