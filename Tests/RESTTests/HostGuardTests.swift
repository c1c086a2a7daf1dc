import Bytes
import Testing

@testable import REST

@Suite struct HostGuardTests {
    private func admits(_ host: String, _ names: [String] = []) -> Bool {
        Array(host.utf8).withByteView { HostGuard(names: names).admits($0) }
    }

    @Test(arguments: [
        "localhost", "LocalHost", "localhost:8080", "localhost:", "app.localhost", "a.b.localhost:80",
        "127.0.0.1", "127.0.0.1:8080", "127.255.255.254", "127.1.2.3:1", "[::1]", "[::1]:8080",
    ])
    func loopbackNames(_ host: String) { #expect(admits(host)) }

    @Test(arguments: [
        "", ":8080", "evil.test", "evil.test:8080", "localhost.evil.test", "evillocalhost", "xlocalhost:80",
        ".localhost.", "127.0.0.1.evil.test", "127.evil.test", "127.0.0", "127.0.0.1.", "127..0.1",
        "127.0.0.0001", "128.0.0.1", "1270.0.0.1", "192.168.0.1", "0.0.0.0", "[::2]", "[::1", "[::1]x",
        "[::1]:x", "localhost:80x", "localhost:80:80", "user@localhost", "localhost@evil.test",
        "evil.test#localhost", "[::1].evil.test", "evil.test/.localhost", "a b.localhost", "..localhost",
        "evil.test?.localhost", "\u{ff}.localhost", ".localhost", "a..b.localhost", "localhos", "localhostx",
    ])
    func otherNames(_ host: String) { #expect(!admits(host)) }

    @Test func furtherNames() {
        let names = ["Redwing.Example", "192.168.1.7", "[fe80::1]"]
        for host in ["redwing.example", "REDWING.example:81", "192.168.1.7:80", "[FE80::1]:80", "localhost"] {
            #expect(admits(host, names), "\(host)")
        }
        for host in ["a.redwing.example", "redwing.example.org", "redwing", "192.168.1.70", "[fe80::2]"] {
            #expect(!admits(host, names), "\(host)")
        }
    }
}
