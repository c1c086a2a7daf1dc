import Bytes
import TestSupport
import Testing

@testable import Engine

@Suite(.keyspaces) struct ChangesTests {
    private let engine = TestEngine()

    @Test(arguments: [
        "SET k v", "APPEND s x", "SETRANGE s 1 x", "INCR n", "DEL s", "GETDEL s", "RENAME s t", "COPY s t",
        "EXPIRE s 100", "PERSIST volatile", "EXPIRE s -1", "HSET h f v2", "HDEL h f", "LPUSH l x", "LPOP l",
        "LSET l 0 y", "LTRIM l 1 0", "SADD set z", "SREM set a", "SPOP set", "SMOVE set other a",
        "ZADD z 2 a",
        "ZREM z a", "ZINCRBY z 1 a", "SUNIONSTORE t set", "FLUSHALL", "MSET a 1 b 2", "GETSET s x",
    ])
    func everyChangeMovesIt(_ command: String) {
        prepare()
        let before = engine.changes
        #expect(!run(engine, command).hasPrefix("(error)"))
        #expect(engine.changes > before)
    }

    @Test(arguments: [
        "GET s", "MGET s n", "EXISTS s", "TTL volatile", "HGETALL h", "LRANGE l 0 -1", "SMEMBERS set",
        "ZRANGE z 0 -1", "DBSIZE", "KEYS *", "PING", "DEL nosuch", "SREM set nosuch", "GET h", "LPUSH s x",
        "SETNX s x", "PERSIST s",
    ])
    func nothingElseDoes(_ command: String) {
        prepare()
        let before = engine.changes
        _ = run(engine, command)
        #expect(engine.changes == before)
    }

    @Test func expiryMovesIt() {
        prepare()
        _ = run(engine, "PEXPIRE s 1")
        let before = engine.changes
        // A look at the key, or the background: whoever comes first.
        waitUntil { run(engine, "EXISTS s") == "(integer) 0" }
        #expect(engine.changes > before)
    }

    @Test func theBackgroundsReclaimingMovesIt() {
        _ = run(engine, "SET s v PX 1")
        let before = engine.changes
        waitUntil { engine.changes > before }
        #expect(run(engine, "DBSIZE") == "(integer) 0")
    }

    private func prepare() {
        for line in [
            "SET s v", "SET n 1", "SET volatile v EX 1000", "HSET h f v", "RPUSH l a b", "SADD set a b",
            "ZADD z 1 a",
        ] { _ = run(engine, line) }
    }
}
