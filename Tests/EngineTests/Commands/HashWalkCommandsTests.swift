import Engine
import TestSupport
import Testing

/// The commands that walk a hash; the sessions were recorded from redis-server 7.0.15.
@Suite(.keyspaces) struct HashWalkCommandsTests {
    @Test func hrandfield() {
        expectSession(
            #"""
            > HRANDFIELD missing
            (nil)
            > HRANDFIELD missing 5
            []
            > HRANDFIELD missing -5
            []
            > HRANDFIELD missing 5 WITHVALUES
            []
            > HSET h f v
            (integer) 1
            > HRANDFIELD h
            "f"
            > HRANDFIELD h 0
            []
            > HRANDFIELD h 5
            ["f"]
            > HRANDFIELD h -3
            ["f", "f", "f"]
            > HRANDFIELD h 5 withvalues
            ["f", "v"]
            > HRANDFIELD h -2 WITHVALUES
            ["f", "v", "f", "v"]
            > HRANDFIELD h 0 WITHVALUES
            []
            > HSET h g w k x
            (integer) 2
            ~> HRANDFIELD h 3
            ["f", "g", "k"]
            ~> HRANDFIELD h 4
            ["f", "g", "k"]
            ~2> HRANDFIELD h 3 WITHVALUES
            ["f", "v", "g", "w", "k", "x"]
            ~> HRANDFIELD h 9223372036854775807
            ["f", "g", "k"]
            > HRANDFIELD h abc
            (error) ERR value is not an integer or out of range
            > HRANDFIELD h 9223372036854775808
            (error) ERR value is not an integer or out of range
            > HRANDFIELD h -9223372036854775808
            (error) ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807
            > HRANDFIELD h -9223372036854775808 FOO
            (error) ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807
            > HRANDFIELD h 5 FOO
            (error) ERR syntax error
            > HRANDFIELD h abc FOO
            (error) ERR value is not an integer or out of range
            > HRANDFIELD h 5 WITHVALUES FOO
            (error) ERR syntax error
            > HRANDFIELD h 4611686018427387904 WITHVALUES
            (error) ERR value is out of range
            > HRANDFIELD h -4611686018427387904 WITHVALUES
            (error) ERR value is out of range
            ~2> HRANDFIELD h 4611686018427387903 WITHVALUES
            ["f", "v", "g", "w", "k", "x"]
            > HRANDFIELD missing 4611686018427387904 WITHVALUES
            (error) ERR value is out of range
            > HRANDFIELD missing abc
            (error) ERR value is not an integer or out of range
            """#)
    }

    @Test func hscan() {
        expectSession(
            #"""
            > HSCAN missing 0
            ["0", []]
            > HSCAN missing 0 FOO
            ["0", []]
            > HSCAN missing abc
            (error) ERR invalid cursor
            > HSET h a 1 b 2 ab 3
            (integer) 3
            ~2> HSCAN h 0
            ["0", ["a", "1", "ab", "3", "b", "2"]]
            ~2> HSCAN h 0 MATCH *b
            ["0", ["ab", "3", "b", "2"]]
            ~2> HSCAN h 0 MATCH * COUNT 100
            ["0", ["a", "1", "ab", "3", "b", "2"]]
            ~2> HSCAN h 0 count 1 match zz
            ["0", []]
            > HSCAN h 0 COUNT 0
            (error) ERR syntax error
            > HSCAN h 0 COUNT -1
            (error) ERR syntax error
            > HSCAN h 0 COUNT abc
            (error) ERR value is not an integer or out of range
            > HSCAN h 0 COUNT
            (error) ERR syntax error
            > HSCAN h 0 MATCH
            (error) ERR syntax error
            > HSCAN h 0 FOO
            (error) ERR syntax error
            > HSCAN h 0 TYPE hash
            (error) ERR syntax error
            > HSCAN h abc
            (error) ERR invalid cursor
            > HSCAN h " 0"
            (error) ERR invalid cursor
            > HSCAN h 18446744073709551616
            (error) ERR invalid cursor
            > HSCAN h
            (error) ERR wrong number of arguments for 'hscan' command
            > HSCAN h 0 COUNT abc FOO
            (error) ERR value is not an integer or out of range
            > HSCAN h x FOO
            (error) ERR invalid cursor
            """#)
    }

    @Test(arguments: [3, 600, 5000])
    func scanMeetsEveryField(count: Int) {
        let engine = TestEngine()
        for i in 0..<count { _ = run(engine, "HSET h field\(i) \(i)") }
        var seen: Set<String> = []
        var cursor = "0"
        repeat {
            let reply = elements(run(engine, "HSCAN h \(cursor) COUNT 50"))
            cursor = String(reply[0].dropFirst().dropLast())
            let pairs = elements(reply[1])
            for i in stride(from: 0, to: pairs.count, by: 2) {
                #expect(pairs[i] == "\"field" + pairs[i + 1].dropFirst())
                seen.insert(pairs[i])
            }
        } while cursor != "0"
        #expect(seen.count == count)
        let whole = elements(run(engine, "HSCAN h 0 COUNT 9223372036854775807"))
        #expect(whole[0] == "\"0\"")
        #expect(elements(whole[1]).count == 2 * count)
    }

    @Test(arguments: [4, 600])
    func randomFieldsKeepTheirValues(size: Int) {
        let engine = TestEngine()
        for i in 0..<size { _ = run(engine, "HSET h f\(i) f\(i)") }
        for count in [-7, 1, 3, 100, size] {
            let reply = elements(run(engine, "HRANDFIELD h \(count) WITHVALUES"))
            #expect(reply.count == 2 * (count < 0 ? -count : min(count, size)))
            let fields = stride(from: 0, to: reply.count, by: 2).map { reply[$0] }
            #expect(fields == stride(from: 1, to: reply.count, by: 2).map { reply[$0] })
            if count > 0 { #expect(Set(fields).count == fields.count) }
        }
    }
}
