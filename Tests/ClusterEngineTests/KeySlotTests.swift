import Bytes
import Testing

@testable import ClusterEngine

@Suite struct KeySlotTests {
    private func slot(_ key: String) -> Int { Array(key.utf8).withByteView { KeySlot.of($0) } }

    /// As redis-server's CLUSTER KEYSLOT answers; the last is the specification's own example of CRC16.
    @Test(arguments: [("foo", 12182), ("bar", 5061), ("", 0), ("a", 15495), ("123456789", 0x31C3)])
    func slotsAreRedis(_ key: String, _ expected: Int) { #expect(slot(key) == expected) }

    @Test func tagsDecide() {
        #expect(slot("{user1000}.following") == slot("user1000"))
        #expect(slot("foo{bar}{zap}") == slot("bar"))
        #expect(slot("foo{{bar}}zap") == slot("{bar"))
        // Nothing between the first two: the whole key counts.
        #expect(slot("foo{}{bar}") != slot("bar"))
        #expect(slot("foo{bar") != slot("bar"))
    }
}
