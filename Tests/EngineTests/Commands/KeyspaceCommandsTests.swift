import Engine
import TestSupport
import Testing

/// DBSIZE, FLUSHALL, KEYS, RANDOMKEY and SCAN. The replies are those of redis-server 7.0.15.
@Suite(.keyspaces) struct KeyspaceCommandsTests {
    @Test("DBSIZE and FLUSHALL") func dbsizeAndFLUSHALL() {
        expectTranscript(
            #"""
            > DBSIZE
            (integer) 0
            > MSET a 1 b 2
            OK
            > DBSIZE
            (integer) 2
            > FLUSHALL
            OK
            > DBSIZE
            (integer) 0
            > MSET a 1 b 2
            OK
            > FLUSHDB
            OK
            > KEYS *
            []
            > MSET a 1 b 2
            OK
            > FLUSHALL ASYNC
            OK
            > SET a 1
            OK
            > FLUSHALL sync
            OK
            > SET a 1
            OK
            > FLUSHDB async
            OK
            > SET a 1
            OK
            > FLUSHDB SYNC
            OK
            > DBSIZE
            (integer) 0
            > FLUSHALL FOO
            (error) ERR syntax error
            > FLUSHALL ASYNC SYNC
            (error) ERR syntax error
            > FLUSHDB FOO
            (error) ERR syntax error
            > DBSIZE x
            (error) ERR wrong number of arguments for 'dbsize' command
            """#)
    }

    @Test("KEYS") func keys() {
        expectTranscript(
            #"""
            > KEYS *
            []
            > SET hello 1
            OK
            > KEYS *
            ["hello"]
            > KEYS h?llo
            ["hello"]
            > KEYS h*o
            ["hello"]
            > KEYS h[ae]llo
            ["hello"]
            > KEYS h[^e]llo
            []
            > KEYS h[a-f]llo
            ["hello"]
            > KEYS HELLO
            []
            > KEYS h\\ello
            []
            > KEYS ""
            []
            > SET "" 1
            OK
            > KEYS ""
            [""]
            > KEYS
            (error) ERR wrong number of arguments for 'keys' command
            > KEYS a b
            (error) ERR wrong number of arguments for 'keys' command
            """#)
    }

    @Test("RANDOMKEY") func randomkey() {
        expectTranscript(
            #"""
            > RANDOMKEY
            (nil)
            > SET a 1
            OK
            > RANDOMKEY
            "a"
            > RANDOMKEY x
            (error) ERR wrong number of arguments for 'randomkey' command
            """#)
    }

    @Test("SCAN") func scan() {
        expectTranscript(
            #"""
            > SCAN 0
            ["0", []]
            > SET hello 1
            OK
            > SCAN 0
            ["0", ["hello"]]
            > SCAN 0 MATCH h*
            ["0", ["hello"]]
            > SCAN 0 MATCH x*
            ["0", []]
            > SCAN 0 MATCH *
            ["0", ["hello"]]
            > SCAN 0 COUNT 100 MATCH h*
            ["0", ["hello"]]
            > SCAN 0 TYPE string
            ["0", ["hello"]]
            > SCAN 0 TYPE STRING
            ["0", ["hello"]]
            > SCAN 0 TYPE list
            ["0", []]
            > SCAN 0 TYPE foo
            ["0", []]
            > SCAN 0 TYPE foo TYPE string
            ["0", ["hello"]]
            > SCAN 0 MATCH x MATCH h*
            ["0", ["hello"]]
            > SCAN +0
            ["0", ["hello"]]
            > SCAN ""
            ["0", ["hello"]]
            > SCAN x
            (error) ERR invalid cursor
            > SCAN 0x
            (error) ERR invalid cursor
            > SCAN " 0"
            (error) ERR invalid cursor
            > SCAN 18446744073709551616
            (error) ERR invalid cursor
            > SCAN 0 COUNT
            (error) ERR syntax error
            > SCAN 0 MATCH
            (error) ERR syntax error
            > SCAN 0 TYPE
            (error) ERR syntax error
            > SCAN 0 FOO
            (error) ERR syntax error
            > SCAN 0 FOO x
            (error) ERR syntax error
            > SCAN 0 COUNT 0
            (error) ERR syntax error
            > SCAN 0 COUNT -1
            (error) ERR syntax error
            > SCAN 0 COUNT x
            (error) ERR value is not an integer or out of range
            > SCAN x COUNT 0
            (error) ERR invalid cursor
            > SCAN
            (error) ERR wrong number of arguments for 'scan' command
            """#)
    }

    @Test("SCAN WITHTYPE: Upstash's flat list of keys and types") func scanWithType() {
        expectTranscript(
            #"""
            > SET s 1
            OK
            > SCAN 0 WITHTYPE
            ["0", ["s", "string"]]
            > SCAN 0 withtype MATCH s COUNT 10 TYPE string
            ["0", ["s", "string"]]
            > SCAN 0 WITHTYPE TYPE list
            ["0", []]
            > SCAN 0 MATCH WITHTYPE
            ["0", []]
            > SCAN 0 MATCH
            (error) ERR syntax error
            > SCAN 0 WITHTYPE COUNT
            (error) ERR syntax error
            > HSCAN h 0
            ["0", []]
            > HSET h f v
            (integer) 1
            > HSCAN h 0 WITHTYPE
            (error) ERR syntax error
            > HSCAN h 0 WITHTYPE x
            (error) ERR syntax error
            """#)
        let engine = TestEngine()
        for line in ["SET s 1", "RPUSH l 1", "SADD t 1", "ZADD z 1 a", "HSET h f v"] { _ = run(engine, line) }
        #expect(
            unordered(run(engine, "SCAN 0 WITHTYPE"), 2)
                == unordered(
                    #"["0", ["h", "hash", "l", "list", "s", "string", "t", "set", "z", "zset"]]"#, 2))
    }

    /// The keys of a scan, call by call.
    private func calls(_ engine: some CommandEngine, _ options: String) -> [[String]] {
        var calls: [[String]] = []
        var cursor = "0"
        repeat {
            let words = run(engine, "SCAN \(cursor) \(options)").split(separator: "\"")
            cursor = String(words[1])
            // Every other word is what stands between two quotes.
            let keys = stride(from: 3, to: words.count, by: 2).map { String(words[$0]) }
            calls.append(keys.filter { $0 != "]]" })
        } while cursor != "0"
        return calls
    }

    @Test("COUNT 1 answers one key a call, whatever is filtered out or has expired") func scanCountOne() {
        let engine = TestEngine()
        _ = run(engine, "DEBUG SET-ACTIVE-EXPIRE 0")
        for i in 0..<60 { _ = run(engine, "SET key:\(i) x") }
        for i in 0..<10 { _ = run(engine, "RPUSH list:\(i) x") }
        for i in 0..<300 { _ = run(engine, "SET gone:\(i) x PX 1") }
        waitUntil { run(engine, "TTL gone:299") == "(integer) -2" }
        for (options, count) in [
            ("COUNT 1", 70), ("MATCH key:* COUNT 1", 60), ("TYPE list COUNT 1", 10),
            ("MATCH key:7 COUNT 1", 1),
        ] {
            let calls = calls(engine, options)
            // The last call may find that what is left has expired or is not asked for.
            for call in calls.dropLast() { #expect(call.count == 1, "\(options)") }
            #expect(calls.joined().count == count && Set(calls.joined()).count == count, "\(options)")
        }
        #expect(calls(engine, "COUNT 10").dropLast().allSatisfy { $0.count == 10 })
    }

    @Test("A filter without COUNT goes through some dozens of keys in one call") func scanFilter() {
        let engine = TestEngine()
        for i in 0..<90 { _ = run(engine, "SET user:\(i) x") }
        for i in 0..<90 { _ = run(engine, "SADD other:\(i) x") }
        for options in ["MATCH user:*", "TYPE string", "MATCH user:* TYPE string"] {
            #expect(calls(engine, options).map(\.count) == [90], "\(options)")
        }
        #expect(calls(engine, "").first?.count == 10)
        // But not without bounds: 5,000 keys of which one is asked for take several calls.
        for i in 0..<5000 { _ = run(engine, "SET many:\(i) x") }
        for options in ["MATCH user:1", "MATCH user:1 COUNT 1"] {
            let calls = calls(engine, options)
            // COUNT 1 ends a call at the one key.
            #expect((5...7).contains(calls.count) && Array(calls.joined()) == ["user:1"], "\(options)")
        }
    }

    @Test("A filter of HSCAN, SSCAN and ZSCAN without COUNT goes as far") func elementScanFilter() {
        let engine = TestEngine()
        for i in 0..<900 {
            _ = run(engine, "HSET h f\(i) x")
            _ = run(engine, "SADD s f\(i)")
            _ = run(engine, "ZADD z 1 f\(i)")
        }
        for scan in ["HSCAN h", "SSCAN s", "ZSCAN z"] {
            #expect(run(engine, "\(scan) 0 MATCH f89?").hasPrefix(#"["0", ["f89"#), "\(scan)")
            #expect(!run(engine, "\(scan) 0").hasPrefix(#"["0""#), "\(scan)")
            #expect(!run(engine, "\(scan) 0 MATCH f89? COUNT 10").hasPrefix(#"["0""#), "\(scan)")
        }
    }
}
