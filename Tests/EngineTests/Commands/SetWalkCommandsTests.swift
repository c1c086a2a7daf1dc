import TestSupport
import Testing

@testable import Engine

/// Random members and scans; the sessions were recorded from redis-server 7.0.15.
@Suite(.keyspaces) struct SetWalkCommandsTests {
    @Test func spop() {
        expectSession(
            #"""
            > SADD s a
            (integer) 1
            > SPOP s
            "a"
            > EXISTS s
            (integer) 0
            > SPOP s
            (nil)
            > SPOP s 0
            []
            > SPOP s 1
            []
            > SADD s a b c
            (integer) 3
            > SPOP s 0
            []
            ~> SPOP s 3
            ["a", "b", "c"]
            > EXISTS s
            (integer) 0
            > SADD s a b c
            (integer) 3
            ~> SPOP s 9223372036854775807
            ["a", "b", "c"]
            > EXISTS s
            (integer) 0
            > SADD s a
            (integer) 1
            > SPOP s -1
            (error) ERR value is out of range, must be positive
            > SPOP s abc
            (error) ERR value is out of range, must be positive
            > SPOP s 1 2
            (error) ERR syntax error
            > SPOP s abc 2
            (error) ERR syntax error
            > SPOP missing abc
            (error) ERR value is out of range, must be positive
            > SPOP missing 1 2
            (error) ERR syntax error
            > SPOP s 9223372036854775808
            (error) ERR value is out of range, must be positive
            > SPOP s 1
            ["a"]
            > EXISTS s
            (integer) 0
            """#)
    }

    @Test func srandmember() {
        expectSession(
            #"""
            > SRANDMEMBER missing
            (nil)
            > SRANDMEMBER missing 5
            []
            > SRANDMEMBER missing -5
            []
            > SADD s a
            (integer) 1
            > SRANDMEMBER s
            "a"
            > SRANDMEMBER s 0
            []
            > SRANDMEMBER s 5
            ["a"]
            > SRANDMEMBER s -3
            ["a", "a", "a"]
            > SADD s b c
            (integer) 2
            ~> SRANDMEMBER s 3
            ["a", "b", "c"]
            ~> SRANDMEMBER s 100
            ["a", "b", "c"]
            ~> SRANDMEMBER s 9223372036854775807
            ["a", "b", "c"]
            > SRANDMEMBER s abc
            (error) ERR value is not an integer or out of range
            > SRANDMEMBER s 9223372036854775808
            (error) ERR value is not an integer or out of range
            > SRANDMEMBER s -9223372036854775808
            (error) ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807
            > SRANDMEMBER s 1 2
            (error) ERR syntax error
            > SRANDMEMBER s abc 2
            (error) ERR syntax error
            > SRANDMEMBER missing abc
            (error) ERR value is not an integer or out of range
            > SCARD s
            (integer) 3
            """#)
    }

    @Test func sscan() {
        expectSession(
            #"""
            > SSCAN missing 0
            ["0", []]
            > SSCAN missing 0 FOO
            ["0", []]
            > SSCAN missing abc
            (error) ERR invalid cursor
            > SADD s a b ab
            (integer) 3
            ~> SSCAN s 0 COUNT 100
            ["0", ["a", "ab", "b"]]
            ~> SSCAN s 0 MATCH *b COUNT 100
            ["0", ["ab", "b"]]
            ~> SSCAN s 0 match * count 100
            ["0", ["a", "ab", "b"]]
            > SSCAN s 0 COUNT 100 MATCH zz
            ["0", []]
            > SADD n 1 2 3
            (integer) 3
            ~> SSCAN n 0 COUNT 1
            ["0", ["1", "2", "3"]]
            > SSCAN s 0 COUNT 0
            (error) ERR syntax error
            > SSCAN s 0 COUNT abc
            (error) ERR value is not an integer or out of range
            > SSCAN s 0 COUNT
            (error) ERR syntax error
            > SSCAN s 0 MATCH
            (error) ERR syntax error
            > SSCAN s 0 FOO
            (error) ERR syntax error
            > SSCAN s 0 TYPE set
            (error) ERR syntax error
            > SSCAN s abc
            (error) ERR invalid cursor
            > SSCAN s 18446744073709551616
            (error) ERR invalid cursor
            > SSCAN s
            (error) ERR wrong number of arguments for 'sscan' command
            """#)
    }

    @Test(arguments: [["1", "2", "3"], ["a", "b", "c", "d", "e", "f"]])
    func srandmemberIsUniform(members: [String]) {
        let engine = TestEngine()
        _ = run(engine, "SADD s " + members.joined(separator: " "))
        expectUniform(members, draws: 6000, each: 1) { [run(engine, "SRANDMEMBER s")] }
        expectUniform(members, draws: 600, each: 10) { elements(run(engine, "SRANDMEMBER s -10")) }
        expectUniform(members, draws: 6000, each: 2) { elements(run(engine, "SRANDMEMBER s 2")) }
    }

    @Test(arguments: [["1", "2", "3"], ["a", "b", "c", "d", "e", "f"]])
    func spopIsUniform(members: [String]) {
        let engine = TestEngine()
        let fill = "SADD s " + members.joined(separator: " ")
        expectUniform(members, draws: 6000, each: 1) {
            _ = run(engine, fill)
            return [run(engine, "SPOP s")]
        }
        expectUniform(members, draws: 6000, each: 2) {
            _ = run(engine, fill)
            return elements(run(engine, "SPOP s 2"))
        }
    }

    /// Large sets: drawing distinct members one by one, and one pass over all of them.
    @Test(arguments: [1, 5, 300, 500])
    func ofALargeSet(count: Int) {
        let engine = TestEngine()
        let members = (0..<1000).map { "m\($0)" }
        _ = run(engine, "SADD s " + members.joined(separator: " "))
        expectUniform(members, draws: 20000 / count, each: count) {
            elements(run(engine, "SRANDMEMBER s \(count)"))
        }
        let popped = elements(run(engine, "SPOP s \(count)"))
        #expect(Set(popped).count == count)
        #expect(run(engine, "SCARD s") == "(integer) \(1000 - count)")
        for member in popped { #expect(run(engine, "SISMEMBER s \(member)") == "(integer) 0") }
    }

    @Test(arguments: [3, 5000], ["", "m"])
    func scanMeetsEveryMember(count: Int, prefix: String) {
        let engine = TestEngine()
        for i in 0..<count { _ = run(engine, "SADD s \(prefix)\(i)") }
        var seen: Set<String> = []
        var cursor = "0"
        repeat {
            let reply = elements(run(engine, "SSCAN s \(cursor) COUNT 50"))
            cursor = String(reply[0].dropFirst().dropLast())
            seen.formUnion(elements(reply[1]))
        } while cursor != "0"
        #expect(seen.count == count)
        let whole = elements(run(engine, "SSCAN s 0 COUNT 9223372036854775807"))
        #expect(whole[0] == "\"0\"")
        #expect(elements(whole[1]).count == count)
    }

    /// Draws, and compares how often each member came with chance (Pearson's chi-squared).
    private func expectUniform(
        _ members: [String], draws: Int, each: Int, sourceLocation: SourceLocation = #_sourceLocation,
        _ draw: () -> [String]
    ) {
        // Other tests draw from the same source at the same time: to repeat a run, filter for this one.
        let seed = UInt64.random(in: .min ... .max)
        RandomSource.seed(seed)
        var counts = Dictionary(uniqueKeysWithValues: members.map { ("\"\($0)\"", 0) })
        for _ in 0..<draws {
            for member in draw() { counts[member, default: -1] += 1 }
        }
        #expect(counts.count == members.count, sourceLocation: sourceLocation)
        #expect(counts.values.reduce(0, +) == draws * each, sourceLocation: sourceLocation)
        let expected = Double(draws * each) / Double(members.count)
        let chiSquared = counts.values.reduce(0.0) { sum, count in
            sum + (Double(count) - expected) * (Double(count) - expected) / expected
        }
        // The distribution is about normal, of mean n and variance 2n for n degrees of freedom, with a
        // longer right tail; seven deviations and some are passed less than once in a million runs.
        let freedom = Double(members.count - 1)
        #expect(
            chiSquared < freedom + 7 * (2 * freedom).squareRoot() + 15, "seed \(seed): \(counts)",
            sourceLocation: sourceLocation)
    }
}
