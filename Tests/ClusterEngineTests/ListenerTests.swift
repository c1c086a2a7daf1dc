import Bytes
import Testing

@testable import ClusterEngine

@Suite struct ListenerTests {
    private func listener() throws -> Listener {
        // Nobody need listen there: nothing is sent.
        let connection = try #require(NodeConnection(NodeAddress(host: "127.0.0.1", port: 1), now: 0))
        return Listener(connection, 0)
    }

    private func takes(_ listener: Listener, _ channel: String, by pattern: String?) -> Bool {
        Array(channel.utf8).withByteView { channel in
            guard let pattern else { return listener.takes(channel, by: nil) }
            return Array(pattern.utf8).withByteView { listener.takes(channel, by: $0) }
        }
    }

    private func subscribe(_ listener: Listener, _ kind: SubscribedName.Kind, _ name: String) {
        listener.subscribe(SubscribedName(kind, Array(name.utf8)))
        #expect(listener.answered(true) != nil)
    }

    @Test func ofSeveralSubscriptionsOneIsTaken() throws {
        let listener = try listener()
        subscribe(listener, .channel, "news")
        #expect(takes(listener, "news", by: nil))
        subscribe(listener, .pattern, "n*")
        subscribe(listener, .pattern, "ne*")
        #expect(!takes(listener, "news", by: nil) && takes(listener, "news", by: "n*"))
        #expect(!takes(listener, "news", by: "ne*"))
        #expect(takes(listener, "other", by: nil))
        listener.forget(SubscribedName(.pattern, Array("n*".utf8)))
        #expect(takes(listener, "news", by: "ne*") && !takes(listener, "news", by: "n*"))
    }

    @Test func whatIsRefusedIsNotSubscribed() throws {
        let listener = try listener()
        let name = SubscribedName(.shard, Array("c".utf8))
        listener.subscribe(name)
        #expect(!listener.isConfirmed(name))
        #expect(listener.answered(false) == name && listener.names.isEmpty)
        #expect(listener.answered(true) == nil)
    }

    @Test(arguments: [
        ("__keyspace@0__:a", true), ("__key*", true), ("*", true), ("?ey", true), ("_x*", true),
        ("news*", false),
    ])
    func patternsOfKeyEvents(_ pattern: String, _ may: Bool) {
        #expect(SubscribedName(.pattern, Array(pattern.utf8)).mayBeOfKeyEvents == may)
    }
}
