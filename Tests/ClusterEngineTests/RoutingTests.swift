import Bytes
import Engine
import Testing

@testable import ClusterEngine

@Suite struct RoutingTests {
    private let source = NodeAddress(host: "10.0.0.9", port: 1)

    private func redirection(_ text: String) -> Redirection? {
        Array(text.utf8).withByteView { Redirection($0, from: source) }
    }

    @Test func whatErrorsSayOfRouting() {
        let node = NodeAddress(host: "127.0.0.1", port: 6381)
        #expect(redirection("MOVED 3999 127.0.0.1:6381") == .moved(slot: 3999, to: node))
        #expect(redirection("ASK 3999 127.0.0.1:6381") == .ask(node))
        #expect(
            redirection("MOVED 3999 :6381")
                == .moved(slot: 3999, to: NodeAddress(host: "10.0.0.9", port: 6381)))
        #expect(redirection("MOVED 0 ::1:6381") == .moved(slot: 0, to: NodeAddress(host: "::1", port: 6381)))
        for text in [
            "TRYAGAIN Multiple keys request during rehashing of slot", "CLUSTERDOWN Hash slot not served",
        ] {
            #expect(redirection(text) == .later)
        }
        #expect(redirection("READONLY You can't write against a read only replica.") == .replica)
    }

    @Test(arguments: [
        "", "ERR MOVED", "MOVED", "MOVED 1", "MOVED 16384 h:1", "MOVED -1 h:1", "MOVED 1 h:0", "ASK 1 h",
    ])
    func otherErrorsAreNoMatterOfRouting(_ text: String) { #expect(redirection(text) == nil) }

    @Test func addresses() {
        #expect(NodeAddress("[::1]:7000")?.description == "[::1]:7000")
        #expect(NodeAddress("redis-1.example:7000") == NodeAddress(host: "redis-1.example", port: 7000))
        for text in ["", "host", "host:", ":7000", "host:0", "host:65536", "host:x"] {
            #expect(NodeAddress(text) == nil)
        }
    }

    @Test func cursorsAreHandedOnIn63Bits() throws {
        let cursor = ScanCursor(slot: 16383, tag: 255, position: 1 << 41 - 1)
        let value = try #require(cursor.value)
        #expect(value < 1 << 63)
        let read = try #require(ScanCursor(value))
        #expect(read.slot == 16383 && read.tag == 255 && read.position == cursor.position)
        #expect(ScanCursor(slot: 0, tag: 1, position: 1 << 41).value == nil)
        #expect(ScanCursor(1 << 63) == nil && ScanCursor(0)?.position == 0)
        // A primary's tag is never 0: a cursor in use is told from the first.
        #expect((0..<2000).allSatisfy { ScanCursor.tag(of: "node\($0)") > 0 })
    }
}
