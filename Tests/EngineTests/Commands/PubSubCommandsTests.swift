import Bytes
import Engine
import TestSupport
import Testing

@Suite(.keyspaces) struct PubSubCommandsTests {
    @Test func repliesAreRedis() {
        let engine = TestEngine()
        let (_, first) = engine.pubSub.record(channel("a"), channel("b"), pattern("[ab]"), pattern("b*"))
        expectTranscript(
            """
            > PUBLISH a x
            (integer) 2
            > PUBLISH b x
            (integer) 3
            > PUBLISH c x
            (integer) 0
            > SPUBLISH b x
            (integer) 1
            > PUBLISH a
            (error) ERR wrong number of arguments for 'publish' command
            > PUBSUB NUMSUB a c a
            ["a", (integer) 1, "c", (integer) 0, "a", (integer) 1]
            > PUBSUB NUMSUB
            []
            > PUBSUB SHARDNUMSUB b
            ["b", (integer) 1]
            > PUBSUB NUMPAT
            (integer) 2
            > PUBSUB CHANNELS b*
            ["b"]
            > PUBSUB SHARDCHANNELS [a]
            ["a"]
            > PUBSUB CHANNELS x y
            (error) ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. Try PUBSUB HELP.
            > PUBSUB NUMPAT x
            (error) ERR wrong number of arguments for 'pubsub|numpat' command
            > PUBSUB foo
            (error) ERR unknown subcommand 'foo'. Try PUBSUB HELP.
            > PUBSUB
            (error) ERR wrong number of arguments for 'pubsub' command
            """, on: engine)
        #expect(elements(run(engine, "PUBSUB CHANNELS")).sorted() == [#""a""#, #""b""#])
        let info = run(engine, "INFO stats")
        #expect(info.contains("pubsub_channels:2") && info.contains("pubsub_patterns:2"))
        engine.pubSub.unsubscribe(first)
        #expect(run(engine, "PUBSUB CHANNELS") == "[]")
        #expect(run(engine, "PUBSUB NUMPAT") == "(integer) 0")
    }
}
