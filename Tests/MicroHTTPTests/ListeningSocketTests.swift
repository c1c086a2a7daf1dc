import Glibc
import Testing

@testable import MicroHTTP

@Suite struct ListeningSocketTests {
    private func option(_ level: Int32, _ name: Int32, of descriptor: Int32) -> Int32 {
        var value: Int32 = -1
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, level, name, &value, &length)
        return value
    }

    @Test func acceptedConnectionsAreProbedWhenNothingComes() throws {
        let listening = try ListeningSocket(address: "127.0.0.1", port: 0, backlog: 1)
        defer { close(listening.descriptor) }
        let client = Client(port: listening.port)
        var accepted: Int32 = -1
        #expect(
            eventually {
                if case .connection(let descriptor, _) = listening.next() { accepted = descriptor }
                return accepted >= 0
            })
        defer { close(accepted) }
        let tcp = Int32(IPPROTO_TCP)
        #expect(option(SOL_SOCKET, SO_KEEPALIVE, of: accepted) == 1)
        #expect(option(tcp, TCP_KEEPIDLE, of: accepted) == 300)
        #expect(option(tcp, TCP_KEEPINTVL, of: accepted) == 100)
        #expect(option(tcp, TCP_KEEPCNT, of: accepted) == 3)
        withExtendedLifetime(client) {}
    }
}
