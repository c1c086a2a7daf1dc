import Bytes
import Engine
import TestSupport
import Testing

@Suite(.keyspaces) struct WaitingTests {
    private let engine = TestEngine()

    private func wait(_ line: String) -> WaitingClient { WaitingClient(engine, line) }

    @Test(arguments: [
        ("BLPOP a b 0", "RPUSH b 1 2", "[\"b\", \"1\"]"),
        ("BRPOP a b 0", "RPUSH b 1 2", "[\"b\", \"2\"]"),
        ("BLMPOP 0 2 a b LEFT COUNT 5", "RPUSH b 1 2", "[\"b\", [\"1\", \"2\"]]"),
        ("BLMPOP 0 2 a b RIGHT", "RPUSH b 1 2", "[\"b\", [\"2\"]]"),
        ("BLMOVE b d LEFT RIGHT 0", "RPUSH b 1 2", "\"1\""),
        ("BRPOPLPUSH b d 0", "RPUSH b 1 2", "\"2\""),
        ("BZPOPMIN a b 0", "ZADD b 1 x 2 y", "[\"b\", \"x\", \"1\"]"),
        ("BZPOPMAX a b 0", "ZADD b 1 x 2 y", "[\"b\", \"y\", \"2\"]"),
        ("BZMPOP 0 2 a b MIN COUNT 2", "ZADD b 1 x 2 y", "[\"b\", [[\"x\", \"1\"], [\"y\", \"2\"]]]"),
        ("BZMPOP 0 2 a b MAX", "ZADD b 1 x 2 y", "[\"b\", [[\"y\", \"2\"]]]"),
    ]) func waitsForItsKeysAndFindsWhatIsThere(line: String, push: String, reply: String) {
        let client = wait(line)
        #expect(client.waits && client.wakings == 0 && client.milliseconds == nil)
        #expect(client.end() == nil)
        #expect(wait("PING").atOnce == "PONG")
        let other = wait(line)
        _ = run(engine, push)
        #expect(other.wakings == 1 && other.answer == reply)
        // What is there is taken at once.
        _ = run(engine, "DEL b")
        _ = run(engine, push)
        #expect(wait(line).atOnce == reply)
        // The one that has ended its waiting has taken nothing.
        #expect(client.wakings == 0)
    }

    @Test func whoCameFirstIsServedFirst() {
        let clients = (0..<5).map { _ in wait("BLPOP l 0") }
        _ = run(engine, "RPUSH l a b")
        #expect(clients.map(\.wakings) == [1, 1, 0, 0, 0])
        _ = run(engine, "RPUSH l c d e f")
        #expect(clients.map { $0.answer?.suffix(3).first } == ["a", "b", "c", "d", "e"])
        #expect(run(engine, "LRANGE l 0 -1") == "[\"f\"]")
    }

    @Test func ofSeveralKeysThatBecomeReadyTheFirstCounts() {
        let client = wait("BLPOP a b c 0")
        _ = runTogether(engine, ["RPUSH c 3", "RPUSH b 2", "RPUSH a 1"], asTransaction: true)
        #expect(client.answer == "[\"c\", \"3\"]")
        #expect(run(engine, "LLEN a") == "(integer) 1" && run(engine, "LLEN b") == "(integer) 1")
    }

    @Test func itIsServedAfterTheTransaction() {
        let client = wait("BLPOP l 0")
        let answer = runTogether(engine, ["RPUSH l a", "LPUSH l b", "LLEN l"], asTransaction: true)
        #expect(answer.values == ["(integer) 1", "(integer) 2", "(integer) 2"])
        #expect(client.answer == "[\"l\", \"b\"]")
        let other = wait("BLPOP m 0")
        _ = runTogether(engine, ["RPUSH m a", "DEL m"], asTransaction: true)
        #expect(other.wakings == 0 && other.end() == nil)
    }

    @Test func inAPipelineItIsServedBeforeTheNextCommand() {
        let client = wait("BLPOP l 0")
        let answer = runTogether(engine, ["RPUSH l a", "LLEN l", "RPUSH l b"], asTransaction: false)
        #expect(answer.values == ["(integer) 1", "(integer) 0", "(integer) 1"])
        #expect(client.answer == "[\"l\", \"a\"]")
    }

    @Test(arguments: [true, false]) func nothingWaitsAmongOthers(asTransaction: Bool) {
        let lines = ["BLPOP l 0", "BLMOVE l m LEFT LEFT 0", "BZPOPMIN z 0"]
        let answer = runTogether(engine, lines, asTransaction: asTransaction)
        #expect(answer.values == ["(nil array)", "(nil)", "(nil array)"])
        #expect(engine.waiterCount == 0)
    }

    @Test func aClientThatHasHungUpTakesNothing() {
        let gone = wait("BLPOP l 0")
        let other = wait("BLPOP l 0")
        gone.hangUp()
        _ = run(engine, "RPUSH l a b")
        #expect(gone.wakings == 0 && gone.end() == nil)
        #expect(other.answer == "[\"l\", \"a\"]")
        #expect(run(engine, "LRANGE l 0 -1") == "[\"b\"]")
        #expect(engine.waiterCount == 0)
    }

    @Test func onlyItsOwnTypeServesIt() {
        let list = wait("BLPOP k 0")
        let zset = wait("BZPOPMIN k 0")
        _ = run(engine, "SET k v")
        #expect(list.wakings + zset.wakings == 0)
        _ = runTogether(engine, ["DEL k", "ZADD k 1 m"], asTransaction: true)
        #expect(zset.answer == "[\"k\", \"m\", \"1\"]" && list.wakings == 0)
        _ = run(engine, "RPUSH k v")
        #expect(list.answer == "[\"k\", \"v\"]")
        _ = run(engine, "SET k v")
        #expect(wait("BLPOP other k 0").atOnce.hasPrefix("(error) WRONGTYPE"))
    }

    @Test func aDestinationOfTheWrongTypeIsAnErrorAndTakesNothing() {
        let client = wait("BLMOVE src dst LEFT LEFT 0")
        _ = run(engine, "SET dst string")
        _ = run(engine, "RPUSH src v")
        #expect(client.answer?.hasPrefix("(error) WRONGTYPE") == true)
        #expect(run(engine, "LRANGE src 0 -1") == "[\"v\"]")
    }

    /// Keys of all shards, so that destinations lie in others than those locked for the push.
    @Test func chainsOfMovesReachEveryShard() {
        for number in 0..<100 {
            let keys = (0..<4).map { "chain:\(number):\($0)" }
            let moves = (0..<3).map { wait("BLMOVE \(keys[$0]) \(keys[$0 + 1]) LEFT RIGHT 0") }
            let last = wait("BLPOP \(keys[3]) 0")
            _ = run(engine, "RPUSH \(keys[0]) v")
            #expect(moves.allSatisfy { $0.answer == "\"v\"" })
            #expect(last.answer == "[\"\(keys[3])\", \"v\"]")
            #expect(run(engine, "EXISTS \(keys.joined(separator: " "))") == "(integer) 0")
        }
    }

    @Test func aCircleOfMovesEnds() {
        let clients = [
            wait("BLMOVE a b LEFT RIGHT 0"), wait("BLMOVE b a LEFT RIGHT 0"), wait("BLMOVE a a LEFT RIGHT 0"),
        ]
        _ = run(engine, "RPUSH a v")
        #expect(clients.allSatisfy { $0.answer == "\"v\"" })
        #expect(run(engine, "LRANGE a 0 -1") == "[\"v\"]")
    }

    @Test(arguments: [
        "RPUSH k v", "LPUSH k v", "RENAME other k", "RENAMENX other k", "COPY other k",
        "LMOVE other k LEFT LEFT",
        "RPOPLPUSH other k", "SORT other BY nosort STORE k", "LINSERT k BEFORE x y",
    ]) func whateverMakesAListServesIt(line: String) {
        _ = run(engine, "RPUSH other v")
        let client = wait("BLPOP k 0")
        _ = run(engine, line)
        #expect(client.answer == (line.hasPrefix("LINSERT") ? nil : "[\"k\", \"v\"]"))
    }

    @Test(arguments: [
        "ZADD k 1 m", "ZINCRBY k 1 m", "ZUNIONSTORE k 1 other", "ZRANGESTORE k other 0 -1", "RENAME other k",
        "COPY other k", "ZINTERSTORE k 1 other", "ZDIFFSTORE k 1 other",
    ]) func whateverMakesASortedSetServesIt(line: String) {
        _ = run(engine, "ZADD other 1 m")
        let client = wait("BZPOPMIN k 0")
        _ = run(engine, line)
        #expect(client.answer == "[\"k\", \"m\", \"1\"]")
    }

    @Test func aKeyNamedTwiceIsWaitedForOnce() {
        let client = wait("BLPOP k k 0")
        _ = run(engine, "RPUSH k a b")
        #expect(client.answer == "[\"k\", \"a\"]" && run(engine, "LLEN k") == "(integer) 1")
    }

    @Test(
        arguments: [
            ("BLPOP k 1.5", 1500), ("BLPOP k 0.0001", 1), ("BLMPOP 2 1 k LEFT", 2000),
            ("BZPOPMIN k 1e3", 1_000_000),
            ("BRPOPLPUSH k l 0x10", 16_000),
        ] as [(String, Int64)]) func timesAreSecondsWithDecimals(line: String, milliseconds: Int64)
    {
        #expect(wait(line).milliseconds == milliseconds)
    }

    @Test(arguments: [
        ("BLPOP k -1", "ERR timeout is negative"),
        ("BLPOP k x", "ERR timeout is not a float or out of range"),
        ("BLPOP k 1e30", "ERR timeout is negative"), ("BLPOP k inf", "ERR timeout is negative"),
        ("BLPOP k 9223371000000000", "ERR timeout is out of range"),
        ("BLMOVE a b LEFT UP 0", "ERR syntax error"),
        ("BLMPOP 0 0 a LEFT", "ERR numkeys should be greater than 0"),
        ("BZMPOP -1 1 a MIN", "ERR timeout is negative"),
        ("BZMPOP -1 0 a MIN", "ERR numkeys should be greater than 0"),
        ("BLMPOP -1 1 a UP", "ERR syntax error"),
        ("BLPOP k", "ERR wrong number of arguments for 'blpop' command"),
    ]) func badArgumentsAreErrors(line: String, error: String) {
        #expect(wait(line).atOnce == "(error) \(error)")
        #expect(engine.waiterCount == 0)
    }

    @Test func whoWaitsNoMoreIsLetGoOf() {
        weak var gone: WaitingClient?
        for ending in 0..<3 {
            do {
                let client = wait("BLPOP k 0")
                gone = client
                switch ending {
                case 0: _ = client.end()
                case 1: _ = run(engine, "RPUSH k v")
                default:
                    client.hangUp()
                    _ = runTogether(engine, ["RPUSH k v", "DEL k"], asTransaction: false)
                }
            }
            #expect(gone == nil, "ending \(ending)")
        }
    }

    @Test func watchersSeeACommandOnce() {
        let (recorder, subscription) = engine.pubSub.record(.monitor)
        let client = wait("BLPOP k 0")
        _ = run(engine, "RPUSH k v")
        #expect(client.answer != nil)
        #expect(recorder.contents.filter { $0.contains("BLPOP") }.count == 1)
        engine.pubSub.unsubscribe(subscription)
    }

    @Test func infoCountsThem() {
        let client = wait("BLPOP a b c 0")
        #expect(run(engine, "INFO clients").contains("blocked_clients:1"))
        _ = client.end()
        #expect(run(engine, "INFO clients").contains("blocked_clients:0"))
    }

    @Test func eventsComeInTheOrderOfWhatHappens() {
        let (recorder, subscription) = engine.pubSub.record(keys("*"))
        let client = wait("BLMOVE a b LEFT RIGHT 0")
        let last = wait("BLPOP b 0")
        _ = run(engine, "RPUSH a v")
        #expect(client.answer != nil && last.answer != nil)
        #expect(recorder.lines == ["a rpush", "b rpush", "a lpop", "a del", "b lpop", "b del"])
        engine.pubSub.unsubscribe(subscription)
    }

    /// Every element is taken once, whoever pushes and waits, and nobody is left waiting where there is something.
    @Test func underThreadsNothingIsLostOrTakenTwice() async {
        let engine = engine
        let each = 2000
        let taken = await withTaskGroup(of: [String].self) { group in
            for pusher in 0..<2 {
                group.addTask {
                    for number in 0..<each { _ = run(engine, "RPUSH q\(number % 3) \(pusher):\(number)") }
                    return []
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    var taken: [String] = []
                    while taken.count < each {
                        let client = WaitingClient(engine, "BLPOP q0 q1 q2 0")
                        if !client.waits {
                            taken.append(client.atOnce)
                            continue
                        }
                        // Some give up.
                        if taken.count % 7 == 0, let answer = client.end() {
                            taken.append(answer.text)
                        } else if taken.count % 7 != 0 {
                            waitUntil { client.wakings == 1 }
                            taken.append(client.answer ?? "none")
                        }
                    }
                    return taken
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(taken.count == 2 * each && Set(taken).count == 2 * each)
        #expect(engine.waiterCount == 0)
    }
}
