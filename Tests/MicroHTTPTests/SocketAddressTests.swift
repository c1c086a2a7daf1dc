import MicroHTTP
import Testing

@Suite struct SocketAddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:80"), ("::1", "[::1]:80"), ("2001:db8::7", "[2001:db8::7]:80"),
        ("::ffff:10.0.0.1", "10.0.0.1:80"), ("0.0.0.0", "0.0.0.0:80"), ("::", "[::]:80"),
    ])
    func readsAndPrints(text: String, printed: String) {
        #expect(SocketAddress(text, port: 80)?.description == printed)
    }

    @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", ":::", "127.0.0.1:80", "[::1]"])
    func refusesWhatIsNoAddress(text: String) {
        #expect(SocketAddress(text, port: 80) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.8.7", true), ("::1", true), ("::ffff:127.0.0.1", true),
        ("128.0.0.1", false), ("0.0.0.0", false), ("10.127.0.1", false), ("::", false), ("::2", false),
        ("1::1", false), ("fe80::1", false), ("::7f00:1", false),
    ])
    func loopback(text: String, expected: Bool) {
        #expect(SocketAddress(text, port: 80)?.isLoopback == expected)
    }

    @Test func oneClientIsOneHost() {
        #expect(SocketAddress("::ffff:10.0.0.1", port: 1) == SocketAddress("10.0.0.1", port: 1))
        #expect(SocketAddress("10.0.0.1", port: 2) != SocketAddress("10.0.0.1", port: 1))
    }
}
