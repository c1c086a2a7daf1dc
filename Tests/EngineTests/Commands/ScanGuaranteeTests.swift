import Bytes
import Engine
import TestSupport
import Testing

/// What SCAN promises while the keyspace changes.
@Suite(.keyspaces) struct ScanGuaranteeTests {
    @Test("A scan returns every key once while nothing changes", arguments: [1, 10, 1000, 100_000])
    func quiet(count: Int) {
        let engine = TestEngine()
        for i in 0..<5000 { _ = run(engine, "SET key:\(i) x") }
        var seen: [String] = []
        scan(engine, "COUNT \(count)") { seen += $0 }
        #expect(seen.count == 5000)
        #expect(Set(seen).count == 5000)
    }

    @Test("Keys present from start to end are returned through inserts and removals")
    func busy() {
        let engine = TestEngine()
        for i in 0..<2000 { _ = run(engine, "SET stays:\(i) x") }
        var seen: Set<String> = []
        var round = 0
        scan(engine, "COUNT 50") { keys in
            seen.formUnion(keys)
            for i in 0..<300 {
                _ = run(engine, "SET comes:\(round):\(i) x")
                if round > 0 { _ = run(engine, "DEL comes:\(round - 1):\(i)") }
            }
            round += 1
        }
        let missed = (0..<2000).filter { !seen.contains("stays:\($0)") }
        #expect(missed.isEmpty)
        #expect(round > 10)
    }

    @Test("MATCH and TYPE choose among what is visited")
    func filters() {
        let engine = TestEngine()
        for i in 0..<300 { _ = run(engine, "SET s:\(i) x") }
        for i in 0..<200 { _ = run(engine, "RPUSH l:\(i) x") }
        var lists = 0
        scan(engine, "COUNT 20 TYPE list") { lists += $0.count }
        #expect(lists == 200)
        var matches: Set<String> = []
        scan(engine, "MATCH ?:1? COUNT 20") { matches.formUnion($0) }
        #expect(matches == Set((10..<20).flatMap { ["s:\($0)", "l:\($0)"] }))
    }

    @Test("KEYS and RANDOMKEY see what is there")
    func keys() {
        let engine = TestEngine()
        for i in 0..<1000 { _ = run(engine, "SET k\(i) x") }
        _ = run(engine, "SET gone x PXAT 1")
        let all = elements(run(engine, "KEYS k*"))
        #expect(all.count == 1000 && Set(all).count == 1000)
        #expect(elements(run(engine, "KEYS *")).count == 1000)
        #expect(Set((0..<50).map { _ in run(engine, "RANDOMKEY") }).count > 10)
        #expect(run(engine, "DBSIZE") == "(integer) 1000")
    }

    @Test("An expired key is on no path, without anyone removing it")
    func expiry() {
        let engine = TestEngine()
        _ = run(engine, "DEBUG SET-ACTIVE-EXPIRE 0")
        _ = run(engine, "SET k v PX 1")
        let started = ContinuousClock.now
        while run(engine, "EXISTS k") != "(integer) 0" {
            guard ContinuousClock.now - started < .seconds(10) else {
                Issue.record("the key does not expire")
                return
            }
        }
        for line in ["GET k", "RANDOMKEY", "OBJECT ENCODING k", "GETDEL k"] {
            #expect(run(engine, line) == "(nil)", "\(line)")
        }
        #expect(run(engine, "KEYS *") == "[]")
        #expect(run(engine, "TTL k") == "(integer) -2")
        #expect(run(engine, "TYPE k") == "none")
        #expect(run(engine, "SCAN 0") == "[\"0\", []]")
        #expect(run(engine, "INCR k") == "(integer) 1")
        #expect(run(engine, "TTL k") == "(integer) -1")
    }

    /// Scans to the end and hands out each call's keys.
    private func scan(_ engine: some CommandEngine, _ options: String, _ visit: ([String]) -> Void) {
        var cursor = "0"
        repeat {
            // ["cursor", ["key", …]]
            let all = elements(run(engine, "SCAN \(cursor) \(options)"))
            cursor = all[0]
            visit(Array(all[1...]))
        } while cursor != "0"
    }

    /// The quoted strings of a printed reply.
    private func elements(_ reply: String) -> [String] {
        reply.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
