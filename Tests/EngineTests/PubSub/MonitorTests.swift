import Bytes
import TestSupport
import Testing

@testable import Engine

/// What those who watch all commands see.
@Suite(.keyspaces) struct MonitorTests {
    private func commands(_ recorder: Recorder) -> [Substring] {
        recorder.contents.map { line in
            line.split(separator: "] ", maxSplits: 1).last ?? "?"
        }
    }

    @Test func linesAreRedis() throws {
        let engine = TestEngine()
        let (recorder, _) = engine.pubSub.record(.monitor)
        let before = Clock.microseconds()
        _ = run(engine, #"set k "a\"\\\n\r\t\x07\x08\x01\x80 é""#)
        let line = try #require(recorder.contents.first)
        #expect(
            line.hasSuffix(#" [0 0.0.0.0:0] "SET" "k" "a\"\\\n\r\t\a\b\x01\x80 \xc3\xa9""#), "\(line)")
        let time = line.prefix { $0 != " " }.split(separator: ".")
        let told = try #require(Int64(time[0])) * 1_000_000 + #require(Int64(time[1]))
        #expect(time[1].count == 6)
        #expect((before...Clock.microseconds()).contains(told))
        #expect(recorder.received[0].subject == "")
    }

    @Test func passwordsAreNotShown() {
        let engine = TestEngine()
        let (recorder, subscription) = engine.pubSub.record(.monitor)
        _ = run(engine, "HELLO 2 auth user secret SETNAME me")
        #expect(commands(recorder) == [#""HELLO" "2" "auth" "(redacted)" "(redacted)" "SETNAME" "me""#])
        engine.pubSub.unsubscribe(subscription)
    }

    @Test func commandsThatFailAreShownThoseRefusedAreNot() {
        let engine = TestEngine()
        let (recorder, subscription) = engine.pubSub.record(.monitor)
        for line in ["LPUSH l 1", "GET l", "GET", "NOSUCH", "CONFIG GET port", "PING", "INFO", "DEBUG HELP"] {
            _ = run(engine, line)
        }
        #expect(commands(recorder) == [#""LPUSH" "l" "1""#, #""GET" "l""#, #""PING""#, #""INFO""#])
        engine.pubSub.unsubscribe(subscription)
        _ = run(engine, "PING")
        #expect(recorder.received.count == 4)
        #expect(engine.pubSub.wantedEvents == [])
    }

    @Test(arguments: [true, false])
    func transactionsAndPipelinesAreShownInOrder(_ asTransaction: Bool) {
        let engine = TestEngine()
        let (recorder, _) = engine.pubSub.record(.monitor)
        _ = runTogether(engine, ["SET a 1", "PUBLISH c x", "GET a"], asTransaction: asTransaction)
        #expect(commands(recorder) == [#""SET" "a" "1""#, #""PUBLISH" "c" "x""#, #""GET" "a""#])
    }
}
