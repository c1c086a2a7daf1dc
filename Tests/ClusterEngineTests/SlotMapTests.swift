import Bytes
import Engine
import Testing

@testable import ClusterEngine

@Suite struct SlotMapTests {
    private let source = NodeAddress(host: "10.0.0.9", port: 1)

    /// The map of CLUSTER SLOTS' answer in the nodes' protocol.
    private func slotMap(_ text: String) -> SlotMap? {
        let replies = NodeReplies()
        Array(text.utf8).withUnsafeBytes { replies.feed($0) }
        return replies.next() ? SlotMap(replies.tape, from: source) : nil
    }

    private func node(_ host: String, _ port: Int, _ id: String) -> String {
        "*4\r\n\(host)\r\n:\(port)\r\n$\(id.utf8.count)\r\n\(id)\r\n*0\r\n"
    }

    @Test func ownersAndPrimaries() throws {
        let text =
            "*3\r\n*4\r\n:8192\r\n:16383\r\n" + node("$8\r\n10.0.0.2", 7001, "b")
            + node("$8\r\n10.0.0.3", 7002, "c")
            + "*3\r\n:0\r\n:100\r\n" + node("$0\r\n", 7000, "a") + "*3\r\n:101\r\n:8191\r\n"
            + node("$-1", 7000, "a")
        let map = try #require(slotMap(text))
        #expect(map.shards.map(\.first) == [0, 8192])
        #expect(map.shards.map(\.id) == ["a", "b"])
        // A node without a name is where it was asked.
        #expect(
            map.owners[0] == NodeAddress(host: "10.0.0.9", port: 7000) && map.owners[0] == map.owners[8191])
        #expect(map.owners[16383] == NodeAddress(host: "10.0.0.2", port: 7001))
        var moved = map
        moved.move(5, to: source)
        #expect(moved.owners[5] == source && moved.owners[6] == map.owners[6])
    }

    @Test(arguments: [
        "*0\r\n", "+OK\r\n", "-ERR This instance has cluster support disabled\r\n", "*1\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n$1\r\nh\r\n:1\r\n",
        "*1\r\n*3\r\n:5\r\n:4\r\n*2\r\n$1\r\nh\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n$1\r\nh\r\n:70000\r\n", "*1\r\n*3\r\n:0\r\n:1\r\n:2\r\n",
    ])
    func whatIsNoMapIsRefused(_ text: String) { #expect(slotMap(text) == nil) }
}
