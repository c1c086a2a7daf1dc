import Bytes
import TestSupport
import Testing

@testable import Engine

@Suite(.keyspaces) struct PipelineTests {
    private let engine = TestEngine()

    /// Executes the lines as one pipeline; the replies, and how far each call got.
    private func pipeline(_ lines: [String]) -> (replies: [String], calls: [Int]) {
        let commands = lines.map(splitCommandLine)
        return withViews(Array(commands.joined())) { views in
            var pipeline = Transaction()
            var next = 0
            for words in commands {
                if let command = engine.find(views[next]) {
                    pipeline.command(command)
                } else {
                    pipeline.unknownCommand(views[next])
                }
                for index in next + 1..<next + words.count { pipeline.argument(views[index]) }
                next += words.count
            }
            var reply = Reply()
            var calls: [Int] = []
            var step = 0
            while step < pipeline.count {
                step = engine.executeSome(of: pipeline, from: step, into: &reply)
                calls.append(step)
                #expect(calls.count < 2 || calls[calls.count - 2] < step)
            }
            return (printedAll(reply), calls)
        }
    }

    @Test func repliesStandInTheOrderOfTheCommands() {
        let (replies, _) = pipeline([
            "SET a 1", "INCR a", "LPUSH a x", "GET", "NOSUCH b c", "GET a", "PING", "MSET b 1 c 2",
            "MGET a b c",
        ])
        #expect(
            replies == [
                "OK", "(integer) 2",
                "(error) WRONGTYPE Operation against a key holding the wrong kind of value",
                "(error) ERR wrong number of arguments for 'get' command", replies[4], "\"2\"", "PONG", "OK",
                "[\"2\", \"1\", \"2\"]",
            ])
        #expect(replies[4].hasPrefix("(error) ERR unknown command 'NOSUCH'"))
    }

    @Test func aWindowIsBounded() {
        let (replies, calls) = pipeline((0..<100).map { "HSET h:\($0) f \($0)" })
        #expect(replies == Array(repeating: "(integer) 1", count: 100))
        // Fewer where the clock ticks meanwhile.
        #expect(calls.count >= 7 && calls[0] <= 16)
        #expect(run(engine, "DBSIZE") == "(integer) 100")
    }

    @Test func aCommandOnAllKeysRunsAlone() {
        let (replies, calls) = pipeline(["PING", "ECHO x", "DBSIZE", "FLUSHALL", "PING"])
        #expect(replies == ["PONG", "\"x\"", "(integer) 0", "OK", "PONG"])
        #expect(calls.contains(2) && calls.contains(3) && calls.contains(4))
    }

    @Test func manyKeysEndAWindow() {
        let keys = (0..<30).map { "k\($0)" }.joined(separator: " ")
        let manyKeys = (0..<200).map { "k\($0)" }.joined(separator: " ")
        let (replies, calls) = pipeline(["EXISTS \(keys)", "EXISTS \(keys)", "EXISTS \(manyKeys)", "PING"])
        #expect(replies == ["(integer) 0", "(integer) 0", "(integer) 0", "PONG"])
        #expect(calls == [1, 2, 3, 4])
    }

    /// Commands of more keys than there is room for on the stack, in every way of executing.
    @Test(arguments: [39, 40, 41, 1000])
    func commandsOfManyKeys(count: Int) {
        let pairs = (0..<count).map { "k\($0) v\($0)" }.joined(separator: " ")
        let keys = (0..<count).map { "k\($0)" }.joined(separator: " ")
        let values = "[" + (0..<count).map { "\"v\($0)\"" }.joined(separator: ", ") + "]"
        #expect(run(engine, "MSET \(pairs)") == "OK")
        #expect(run(engine, "MGET \(keys)") == values)
        #expect(pipeline(["MGET \(keys)", "PING", "DEL \(keys)"]).replies[0] == values)
        #expect(run(engine, "DBSIZE") == "(integer) 0")
    }

    @Test func commandsAreCounted() {
        func processed() -> Int {
            let info = run(engine, "INFO stats")
            let rest = info.split(separator: "total_commands_processed:")[1]
            return Int(rest.prefix { $0.isNumber }) ?? -1
        }
        let before = processed()
        _ = pipeline(["SET a 1", "GET a", "NOSUCH", "GET", "LPUSH a x"])
        // Those that were not executed are not counted; INFO itself is.
        #expect(processed() - before == 4)
    }

    @Test func anEmptiedCollectionIsGoneForTheNextCommand() {
        let (replies, _) = pipeline(["SADD s a", "SREM s a", "EXISTS s", "TYPE s", "LPUSH s x", "TYPE s"])
        #expect(
            replies == ["(integer) 1", "(integer) 1", "(integer) 0", "none", "(integer) 1", "list"])
    }

    @Test func aSlowCommandEndsTheWindow() {
        let members = (0..<200).map { "m\($0)" }.joined(separator: " ")
        for index in 0..<500 { _ = run(engine, "SADD big \(members.replacing("m", with: "m\(index)-"))") }
        let lines = Array(repeating: "SORT_RO big ALPHA LIMIT 0 1", count: 2) + ["PING"]
        #expect(pipeline(lines).replies.count == 3)
        let (_, calls) = pipeline(Array(repeating: "SUNIONSTORE copy big none", count: 8))
        #expect(calls.count > 1, "eight unions of 100,000 members in one window")
    }
}
