import Bytes
import Engine
import Synchronization
import Testing

@testable import Persistence

/// What is said of a change is heard once the change is durable, where replies wait for that too.
@Suite struct MessageTests {
    private final class Listener: Subscriber {
        let heard = Mutex<[String]>([])
        func receive(_ message: Message, topic: Int) {
            heard.withLock { $0.append(message.content.string) }
        }
        func missed(topic: Int, after: UInt64?, before: UInt64) {}
        var contents: [String] { heard.withLock { $0 } }
    }

    /// `SET k payload` and `PUBLISH a payload` as one.
    private func publish(_ payload: StaticString, _ engine: MemoryEngine) -> UInt64 {
        guard let set = engine.find(ByteView("SET")), let publish = engine.find(ByteView("PUBLISH")) else {
            preconditionFailure("no such commands")
        }
        var transaction = Transaction()
        transaction.add(set, ByteView("k"), ByteView(payload))
        transaction.add(publish, ByteView("a"), ByteView(payload))
        var reply = Reply()
        engine.execute(transaction, into: &reply)
        return reply.ticket
    }

    @Test func messagesWaitWhileTheDiskFails() throws {
        let files = FaultyFiles()
        let kept = try Kept.loaded(files)
        let listener = Listener()
        let subscription = kept.engine.pubSub.subscribe(listener, to: [.channel(Array("a".utf8))])
        _ = publish("1", kept.engine)
        eventually("heard") { listener.contents == ["1"] }
        files.set { $0.fault = { op, path in op == .write && FailureTests.isIncrement(path) ? 5 : nil } }
        let ticket = publish("2", kept.engine)
        eventually("failing") { kept.told.failing == [true] }
        // What would tell of the change before it is kept waits with it; others do not.
        #expect(kept("PUBLISH", "a", "3") == "1")
        #expect(kept("PUBLISH", "b", "x") == "0")
        #expect(kept.told.durable < ticket && listener.contents == ["1"])
        files.set { $0.fault = { _, _ in nil } }
        eventually("heard") { listener.contents == ["1", "2", "3"] }
        #expect(kept.told.durable >= ticket)
        kept.engine.pubSub.unsubscribe(subscription)
        kept.worker.stop()
    }

    @Test(arguments: [SyncPolicy.everySecond, .no])
    func messagesGoAtOnceWhereNothingWaits(_ policy: SyncPolicy) throws {
        let kept = try Kept.loaded(FaultyFiles(), .hasty(policy))
        let listener = Listener()
        let subscription = kept.engine.pubSub.subscribe(listener, to: [.channel(Array("a".utf8))])
        #expect(publish("1", kept.engine) == 0)
        #expect(listener.contents == ["1"])
        kept.engine.pubSub.unsubscribe(subscription)
        kept.worker.stop()
    }
}
