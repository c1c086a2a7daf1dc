import Bytes
import Engine
import Testing

/// What commands that wait write down, and what they wait for under `appendfsync always`.
@Suite struct WaitingJournalTests {
    @Test(arguments: [
        ("BLPOP k 0", "RPUSH k 1 2", ["RPUSH k 1 2", "LPOP k"]),
        ("BRPOP k 0", "RPUSH k 1 2", ["RPUSH k 1 2", "RPOP k"]),
        ("BLMPOP 0 1 k LEFT COUNT 5", "RPUSH k 1 2", ["RPUSH k 1 2", "LPOP k 2"]),
        ("BLMOVE k d LEFT RIGHT 0", "RPUSH k 1 2", ["RPUSH k 1 2", "LMOVE k d LEFT RIGHT"]),
        ("BRPOPLPUSH k d 0", "RPUSH k 1 2", ["RPUSH k 1 2", "RPOPLPUSH k d"]),
        ("BZPOPMIN k 0", "ZADD k 1 x", ["ZADD k 1 x", "ZPOPMIN k"]),
        ("BZPOPMAX k 0", "ZADD k 1 x", ["ZADD k 1 x", "ZPOPMAX k"]),
        ("BZMPOP 0 1 k MAX COUNT 3", "ZADD k 1 x 2 y", ["ZADD k 1 x 2 y", "ZPOPMAX k 2"]),
    ]) func whatItTakesFollowsThePush(line: String, push: String, effects: [String]) {
        let engine = journalledEngine()
        let client = WaitingClient(engine, line)
        #expect(takeEffects(engine).isEmpty)
        _ = run(engine, push)
        #expect(client.answer != nil)
        #expect(takeEffects(engine) == effects)
        // At once it is the same.
        _ = run(engine, "DEL k")
        _ = run(engine, push)
        _ = takeEffects(engine)
        #expect(!WaitingClient(engine, line).waits)
        #expect(takeEffects(engine) == [effects[1]])
    }

    @Test func itFollowsTheTransaction() {
        let engine = journalledEngine()
        let client = WaitingClient(engine, "BLPOP k 0")
        _ = runTogether(engine, ["RPUSH k a", "RPUSH k b"], asTransaction: true)
        #expect(client.answer != nil)
        #expect(takeEffects(engine) == ["MULTI", "RPUSH k a", "RPUSH k b", "EXEC", "LPOP k"])
    }

    @Test func itsReplyAwaitsThePush() throws {
        let engine = journalledEngine(awaitsWrites: true)
        let client = WaitingClient(engine, "BLMOVE k far LEFT RIGHT 0")
        let push = reply(engine, "RPUSH k a").ticket
        let answer = try #require(client.end())
        #expect(push > 0 && answer.ticket == push)
        // Who reads what it has moved waits, too.
        #expect(reply(engine, "LRANGE far 0 -1").ticket == push)
        #expect(reply(engine, "EXISTS k").ticket == push)
    }
}
