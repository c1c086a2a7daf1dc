import TestSupport
import Testing

@testable import Persistence

/// A score of -0: a sorted set that is no listpack keeps it, as in redis-server 7.0.15.
@Suite struct NegativeZeroTests {
    /// Sorted sets with and without other members, small and large, with a long member.
    private static let script = """
        cli zadd small -0 a 0 b >/dev/null
        cli config set zset-max-listpack-entries 0 >/dev/null
        cli eval '
        for i = 1, 300 do
            redis.call("zadd", "mixed", i % 3 == 0 and "-0" or i % 3, "m" .. i)
            redis.call("zadd", "all", "-0", "m" .. i)
        end
        redis.call("zadd", "few", "-0", "a", 1, "b")
        redis.call("zadd", "long", "-0", "a", "-0", string.rep("x", 70))
        redis.call("zadd", "one", "-0", string.rep("x", 70))
        ' 0 >/dev/null
        cli config set zset-max-listpack-entries 128 >/dev/null
        """

    @Test(arguments: [1, 3]) func aSnapshotKeepsIt(_ threads: Int) throws {
        let directory = try TemporaryDirectory()
        try directory.withRedis("", NegativeZeroTests.script + "\ncli save")
        // What Redis has when it has loaded its own file.
        let keys = ["small", "mixed", "all", "few", "long", "one"]
        let expected = try directory.withRedis(
            "", keys.map { "cli zrange \($0) 0 -1 withscores" }.joined(separator: "\n"))
        #expect(expected.contains("-0"))
        let loaded = try Loaded(directory.path, threads: threads)
        let found = keys.flatMap { loaded.engine.replay("ZRANGE", $0, "0", "-1", "WITHSCORES") }
        #expect(found == expected.split(whereSeparator: \.isNewline).map(String.init))
    }
}
