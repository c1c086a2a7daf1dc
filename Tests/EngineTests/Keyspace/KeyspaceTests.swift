import Bytes
import TestSupport
import Testing

@testable import Engine

@Suite(.keyspaces) struct KeyspaceTests {
    @Test func expiredKeysAreInvisibleOnEveryPath() {
        let engine = TestEngine()
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

    /// Each command finds a hash as it would be had the expired fields been deleted, small and large.
    @Test(arguments: [2, 200], [[], ["stays"]])
    func expiredFieldsAreInvisibleOnEveryPath(fields: Int, left: [String]) {
        let engine = TestEngine()
        _ = run(engine, "DEBUG SET-ACTIVE-EXPIRE 0")
        _ = run(engine, "CONFIG SET hash-max-listpack-entries 100")
        func fill(_ names: [String]) {
            _ = run(engine, "FLUSHALL")
            _ = run(engine, "RPUSH l 1")
            if !names.isEmpty { _ = run(engine, "HSET h \(names.joined(separator: " 7 ")) 7") }
        }
        let going = (0..<fields).map { "\($0)" }
        for command in [
            "HGET h 1", "HMGET h 1 stays", "HGETALL h", "HLEN h", "HSCAN h 0 COUNT 10000", "HKEYS h",
            "HVALS h",
            "HRANDFIELD h", "HRANDFIELD h 5", "HRANDFIELD h -3 WITHVALUES", "HSTRLEN h 1", "HEXISTS h 1",
            "HINCRBY h 1 5", "HINCRBYFLOAT h 1 5", "HSETNX h 1 5", "HSET h 1 5", "HDEL h 1",
            "HTTL h FIELDS 1 1",
            "HPERSIST h FIELDS 1 1", "HEXPIRE h 100 FIELDS 1 1", "HEXPIRE h 100 XX FIELDS 1 1",
            "HGETEX h PERSIST FIELDS 2 1 stays", "HGETDEL h FIELDS 2 1 stays", "HSETEX h FXX FIELDS 1 1 v",
            "HSETEX h FNX FIELDS 1 1 v", "HSETEX h KEEPTTL FIELDS 1 1 v", "SORT l BY h->*", "SORT l GET h->*",
            "SORT l GET x*->1", "EXISTS h", "TYPE h", "TTL h", "TOUCH h", "EXPIRE h 100", "PERSIST h",
            "RENAME h other", "RENAMENX h other", "COPY h other", "DEL h", "UNLINK h", "KEYS *", "SCAN 0",
            "GET h",
            "SET h 1 XX", "SETNX h 1", "LPUSH h 1", "SUNION h", "OBJECT REFCOUNT h",
        ] {
            fill(left)
            let expected = run(engine, command)
            let after = ["HGETALL h", "HTTL h FIELDS 2 1 stays", "HGETALL other", "EXISTS h"]
            let expectedAfter = after.map { unordered(run(engine, $0), 2) }
            fill(going + left)
            _ = run(engine, "HPEXPIRE h 1 FIELDS \(fields) \(going.joined(separator: " "))")
            // Not by asking for the key: the first look removes them, and the command's is to be the first.
            let stored = Clock.milliseconds()
            waitUntil { Clock.milliseconds() > stored + 1 }
            #expect(run(engine, command) == expected, "\(command)")
            #expect(after.map { unordered(run(engine, $0), 2) } == expectedAfter, "after \(command)")
        }
    }

    @Test func anExpiredFieldMovesTheVersion() {
        let engine = TestEngine()
        _ = run(engine, "DEBUG SET-ACTIVE-EXPIRE 0")
        func version(_ command: String) -> UInt64 { outcome(engine, command).version }
        _ = run(engine, "HSET h a 1 b 2")
        var last = version("HPEXPIRE h 1 FIELDS 1 a")
        waitUntil { version("HGET h b") != last }
        last = version("HGET h b")
        for command in [
            "HPEXPIREAT h 4102444800000 FIELDS 1 b", "HPEXPIRE h 100000 FIELDS 1 b", "HPERSIST h FIELDS 1 b",
            "HGETEX h EX 100 FIELDS 1 b", "HGETEX h PERSIST FIELDS 1 b", "HSETEX h EX 100 FIELDS 1 b 2",
            "HGETDEL h FIELDS 1 b",
        ] {
            let next = version(command)
            #expect(next != last, "\(command)")
            last = next
        }
        _ = run(engine, "HSET h a 1")
        last = version("HTTL h FIELDS 1 a")
        for command in [
            "HPERSIST h FIELDS 1 a", "HGETEX h PERSIST FIELDS 1 a", "HGETEX h FIELDS 1 a",
            "HEXPIRE h 100 XX FIELDS 1 a", "HEXPIRE h 100 FIELDS 1 b", "HSETEX h FNX FIELDS 1 a 1",
            "HSETEX h FXX FIELDS 1 b 1", "HGETDEL h FIELDS 1 b", "HGETEX h EX 10 FIELDS 1 b",
        ] {
            #expect(version(command) == last, "\(command) changes nothing")
        }
    }

    @Test func theBackgroundReclaimsFieldsThatNobodyAsksFor() {
        let engine = TestEngine()
        var versions: [UInt64] = []
        for number in 0..<300 {
            _ = run(engine, "HSETEX whole:\(number) PX 20 FIELDS 2 a 1 b 2")
            _ = run(engine, "HSET part:\(number) stays 1 goes 1")
            versions.append(outcome(engine, "HPEXPIRE part:\(number) 20 FIELDS 1 goes").version)
        }
        waitUntil { run(engine, "DBSIZE") == "(integer) 300" }
        // A subcommand that there is not tells the version without looking at the key.
        for number in 0..<300 {
            waitUntil { outcome(engine, "OBJECT NOTHING part:\(number)").version != versions[number] }
            #expect(run(engine, "HGETALL part:\(number)") == #"["stays", "1"]"#)
        }
        #expect(run(engine, "INFO stats").contains("expired_keys:300"))
    }

    @Test func versionsMoveWithEveryChangeAndOnlyThen() {
        let engine = TestEngine()
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
        let engine = TestEngine()
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
        let engine = TestEngine()
        for command in ["GET a", "SET a 1", "GET a", "INCR a", "HSET h f v", "HGET h f", "DEL a"] {
            _ = run(engine, command)
        }
        let info = run(engine, "INFO stats")
        #expect(info.contains("keyspace_hits:2"))
        #expect(info.contains("keyspace_misses:1"))
    }

    @Test func theBackgroundReclaimsWhatNobodyAsksFor() {
        let engine = TestEngine()
        for number in 0..<2_000 { _ = run(engine, "SET key:\(number) v PX 20") }
        _ = run(engine, "SET stays v")
        waitUntil { run(engine, "DBSIZE") == "(integer) 1" }
        #expect(run(engine, "INFO stats").contains("expired_keys:2000"))
    }
}
