"""The real `upstash-redis` client, sync and asyncio, between the commands: loops over SCAN, pipelines and
transactions, errors, encodings, tokens."""

import pytest
from upstash_redis.errors import UpstashError

from http_client import Client
from program import Program
from upstash import WORDS, ReferencePipeline, connect, refused


def every_page(scan):
    """What a loop over a SCAN command collects, and how many calls it took."""
    cursor, found, calls = 0, [], 0
    while True:
        cursor, page = scan(cursor)
        found += page
        calls += 1
        if cursor == 0:
            return found, calls


def test_scan_loops(redis):
    keys = [f"key:{index}" for index in range(1000)]
    redis.mset({key: "x" for key in keys})
    redis.hset("hash", values={f"f{index}": str(index) for index in range(1000)})
    redis.sadd("set", *range(1000))
    redis.zadd("zset", {f"m{index}": index for index in range(1000)})
    found, calls = every_page(lambda cursor: redis.scan(cursor))
    assert set(found) == {*keys, "hash", "set", "zset"} and calls > 1
    found, _ = every_page(lambda cursor: redis.scan(cursor, match="key:1*", count=100))
    assert sorted(found) == sorted(key for key in keys if key.startswith("key:1"))
    found, _ = every_page(lambda cursor: redis.scan(cursor, type="zset", count=500))
    assert found == ["zset"]
    found, calls = every_page(lambda cursor: redis.sscan("set", cursor, count=50))
    assert {int(member) for member in found} == set(range(1000)) and calls > 1
    found, _ = every_page(lambda cursor: redis.zscan("zset", cursor, match="m9*"))
    assert dict(found) == {f"m{index}": index for index in range(1000) if str(index)[0] == "9"}
    cursor, fields = redis.hscan("hash", 0, count=100)
    while cursor:
        cursor, page = redis.hscan("hash", cursor, count=100)
        fields |= page
    assert fields == {f"f{index}": str(index) for index in range(1000)}


def batch(pipeline):
    pipeline.set("a", 1)
    pipeline.incr("a")
    pipeline.get("a").hset("h", values={"x": "ü"}).hgetall("h")
    pipeline.zadd("z", {"m": 1.5})
    pipeline.zrange("z", 0, -1, withscores=True)
    pipeline.get("none")
    pipeline.rpush("l", "x", "OK")
    pipeline.lrange("l", 0, -1)
    pipeline.scan(0, match="h")
    return pipeline.exec()


EXPECTED = [True, 2, "2", 1, {"x": "ü"}, 1, [("m", 1.5)], None, 2, ["x", "OK"], (0, ["h"])]


@pytest.mark.parametrize("kind", ["pipeline", "multi"])
def test_batches(redis, redis_server, kind):
    redis_server.execute("FLUSHALL")
    assert batch(getattr(redis, kind)()) == EXPECTED
    assert batch(ReferencePipeline(redis_server, kind == "multi")) == EXPECTED


@pytest.mark.parametrize("kind", ["pipeline", "multi"])
def test_a_failure_in_a_batch(redis, kind):
    """The client raises the first error; what stands around it was executed all the same."""
    redis.set("k", "text")
    pipeline = getattr(redis, kind)()
    pipeline.set("before", "x")
    pipeline.incr("k")
    pipeline.set("after", "x")
    assert refused(pipeline.exec) == "ERR value is not an integer or out of range"
    assert redis.exists("before", "after") == 2


def test_a_transaction_with_a_syntax_error_is_discarded(redis):
    for wrong in (["NOSUCH"], ["GET"], ["SET", "k"]):
        pipeline = redis.multi()
        pipeline.set("before", "x")
        pipeline.execute(wrong)
        # The answer is one error, which this client, expecting an array, can't read.
        with pytest.raises((UpstashError, TypeError, AttributeError)):
            pipeline.exec()
        assert redis.exists("before") == 0


# What Redwing does not have yet: name of the command, and how the client calls it.
LACKING = {
    "EVAL": lambda redis: redis.eval("return 1"),
    "XADD": lambda redis: redis.xadd("x", "*", {"a": "1"}),
    "GEOADD": lambda redis: redis.geoadd("g", (13.4, 52.5, "Berlin")),
    "PFADD": lambda redis: redis.pfadd("p", "a"),
    "JSON.SET": lambda redis: redis.json.set("j", "$", {"a": 1}),
    "SCRIPT": lambda redis: redis.script_load("return 1"),
}


@pytest.mark.parametrize("name", LACKING)
def test_a_lacking_command_says_so(redis, name):
    message = refused(LACKING[name], redis)
    assert message.startswith("ERR ") and name.lower() in message.lower(), message
    assert redis.dbsize() == 0


def test_an_unknown_script(redis):
    assert refused(redis.evalsha, "f" * 40) == "NOSCRIPT No matching script. Please use EVAL."


def test_a_command_by_its_words(redis):
    assert redis.execute(["SET", "k", "v"]) is True
    assert redis.execute(["get", "k"]) == "v"
    assert refused(redis.execute, ["GET"]) == "ERR wrong number of arguments for 'get' command"


def test_without_base64(form, program):
    """Strings as they are; what is not valid UTF-8 has U+FFFD."""
    with connect(form, program.port, rest_encoding=None) as redis, Client(program.port) as client:
        for word in WORDS:
            redis.set("k", word)
            assert redis.get("k") == word
        redis.hset("h", values={"ü": "🍓"})
        assert redis.hgetall("h") == {"ü": "🍓"}
        client.put("/keys/k", b"a\xffb\xf0\x9f")
        assert redis.get("k").replace("\ufffd\ufffd", "\ufffd") == "a\ufffdb\ufffd"


def test_the_sync_token_moves_with_writes(form, program):
    with connect(form, program.port) as redis:
        redis.set("k", "1")
        first = redis._sync_token
        redis.set("k", "2")
        second = redis._sync_token
        assert first and second and first != second


def test_authentication(form):
    with Program("--token", "s3cret") as program:
        with connect(form, program.port, token="s3cret") as redis:
            assert redis.set("k", "v") is True
            assert redis.pipeline().get("k").exec() == ["v"]
        with connect(form, program.port, token="wrong") as redis:
            assert refused(redis.get, "k").startswith("WRONGPASS ")
