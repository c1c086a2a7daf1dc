import Bytes
import Testing

@testable import Engine

@Suite struct MemoryKeyspaceTests {
    @Test func expiredKeysAreInvisibleOnEveryPath() {
        let engine = MemoryEngine()
        _ = run(engine, "DEBUG SET-ACTIVE-EXPIRE 0")
        for command in [
            "GET k", "STRLEN k", "EXISTS k", "TYPE k", "TTL k", "OBJECT ENCODING k", "RENAME k other",
            "COPY k c",
            "PERSIST k", "EXPIRE k 100", "KEYS *", "SCAN 0", "RANDOMKEY", "MGET k", "TOUCH k", "DUMPLESS",
        ] where command != "DUMPLESS" {
            _ = run(engine, "FLUSHALL")
            let missing = run(engine, command)
            _ = run(engine, "SET k v PX 1")
            // Not by asking for the key: the first look removes it, and the command's is to be the first.
            let stored = Clock.milliseconds()
            waitUntil { Clock.milliseconds() > stored + 1 }
            #expect(run(engine, command) == missing, "\(command)")
        }
    }

    @Test func versionsMoveWithEveryChangeAndOnlyThen() {
        let engine = MemoryEngine()
        func version(_ command: String) -> UInt64 { outcome(engine, command).version }
        var last = version("GET k")
        for command in [
            "SET k 1", "INCR k", "APPEND k x", "EXPIRE k 100", "PERSIST k", "SETRANGE k 0 a", "DEL k",
            "HSET k f v",
            "HSET k f w", "HDEL k f", "RPUSH k a b", "LSET k 0 c", "LPOP k", "DEL k", "SADD k a", "SREM k a",
            "ZADD k 1 a", "ZINCRBY k 1 a", "ZREM k a",
        ] {
            let next = version(command)
            #expect(next != last, "\(command)")
            last = next
            #expect(version("EXISTS k") == last, "\(command) then EXISTS")
        }
        for command in [
            "GET k", "DEL k", "EXPIRE k 5", "HDEL k f", "LPOP k", "SREM k m", "ZREM k m", "PERSIST k",
        ] {
            #expect(version(command) == last, "\(command) changes nothing")
        }
        _ = run(engine, "SET k v")
        last = version("GET k")
        _ = run(engine, "FLUSHALL")
        #expect(version("GET k") != last)
    }

    @Test func emptiedCollectionsAreGone() {
        let engine = MemoryEngine()
        for (fill, empty) in [
            ("RPUSH c a b", "LTRIM c 5 9"), ("SADD c a", "SPOP c"), ("HSET c f v", "HDEL c f"),
            ("ZADD c 1 a", "ZPOPMIN c"), ("RPUSH c a", "RPOPLPUSH c d"), ("SADD c a", "SMOVE c d a"),
        ] {
            _ = run(engine, "FLUSHALL")
            _ = run(engine, fill)
            _ = run(engine, empty)
            #expect(run(engine, "EXISTS c") == "(integer) 0", "\(fill) / \(empty)")
        }
    }

    @Test func hitsAndMissesAreThoseOfReads() {
        let engine = MemoryEngine()
        for command in ["GET a", "SET a 1", "GET a", "INCR a", "HSET h f v", "HGET h f", "DEL a"] {
            _ = run(engine, command)
        }
        let info = run(engine, "INFO stats")
        #expect(info.contains("keyspace_hits:2"))
        #expect(info.contains("keyspace_misses:1"))
    }

    @Test func theBackgroundReclaimsWhatNobodyAsksFor() {
        let engine = MemoryEngine()
        for number in 0..<2_000 { _ = run(engine, "SET key:\(number) v PX 20") }
        _ = run(engine, "SET stays v")
        waitUntil { run(engine, "DBSIZE") == "(integer) 1" }
        #expect(run(engine, "INFO stats").contains("expired_keys:2000"))
    }
}
