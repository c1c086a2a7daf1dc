"""DUMP and RESTORE beside redis-server: each takes what the other answers, of every type in every encoding."""

import io
import random

import pytest

from persistence import READS, Commands, pipeline
from redis_server import ReplyError, parse_reply

PACKED = {
    "hash-max-listpack-entries": "100000", "hash-max-listpack-value": "100000",
    "zset-max-listpack-entries": "100000", "zset-max-listpack-value": "100000",
    "set-max-intset-entries": "100000", "list-max-listpack-size": "-5",
}  # fmt: skip
UNPACKED = dict.fromkeys(PACKED, "0") | {"list-max-listpack-size": "1"}


@pytest.fixture(params=["usual", "packed", "unpacked", "uncompressed"])
def redis_configured(request, redis_server):
    """redis-server under settings by which it writes each of its encodings; afterwards as before."""
    settings = {
        "usual": {}, "packed": PACKED, "unpacked": UNPACKED, "uncompressed": {"rdbcompression": "no"},
    }[request.param]  # fmt: skip
    before = {name: redis_server.execute("CONFIG", "GET", name)[1] for name in settings}
    for name, value in settings.items():
        redis_server.execute("CONFIG", "SET", name, value)
    redis_server.execute("FLUSHALL")
    yield redis_server
    for name, value in before.items():
        redis_server.execute("CONFIG", "SET", name, value)


def elements(source, count):
    """Distinct byte strings of many kinds: numbers of each width, text, what compresses, any bytes."""
    found = {b"", b"0", b"-1", b"127", b"128", b"-32769", b"2147483648", b"9223372036854775807", b"007", b"+1"}
    found |= {b"a" * 64, b"b" * 65, b"long " * 900, b"\xff\x00\x80", "ü".encode()}
    found = set(source.sample(sorted(found), min(count, len(found))))
    while len(found) < count:
        found.add(source.randbytes(source.randrange(1, 90)) if source.random() < 0.3 else b"%d" % source.getrandbits(40))
    return sorted(found, key=lambda _: source.random())


def sample(source):
    """Commands that make keys of each type, of few and of many elements."""
    commands = [["SET", b"string:%d" % n, value] for n, value in enumerate(elements(source, 25))]
    for size in (1, 5, 100, 700):
        some = elements(source, size)
        scores = [source.choice(["1", "-inf", "inf", "0.1", "-2.5e300", str(n)]) for n in range(size)]
        commands += [
            ["RPUSH", f"list:{size}", *some, *some[:3]],
            ["SADD", f"set:{size}", *some],
            ["SADD", f"integers:{size}", *(source.randrange(-(10**source.randrange(1, 18)), 10**9) for _ in some)],
            ["HSET", f"hash:{size}", *(word for name in some for word in (name, source.choice(some)))],
            ["ZADD", f"zset:{size}", *(word for pair in zip(scores, some, strict=True) for word in pair)],
        ]  # fmt: skip
    return commands


def contents(server, key):
    kind = server.execute("TYPE", key)
    value = server.execute(*READS[kind](key))
    if kind == "set":
        return kind, set(value)
    if kind == "hash":
        return kind, dict(zip(value[::2], value[1::2], strict=True))
    return kind, value


@pytest.mark.parametrize("seed", range(1, 4))
def test_each_takes_what_the_other_dumps(program, redis_configured, seed):
    print("seed", seed)
    commands = sample(random.Random(seed))
    keys = [command[1] for command in commands]
    with Commands(program.port) as redwing:
        for dumping, restoring in ((redwing, redis_configured), (redis_configured, redwing)):
            for server in (dumping, restoring):
                server.execute("FLUSHALL")
            pipeline(dumping, commands)
            for key in keys:
                assert restoring.execute("RESTORE", key, 0, dumping.execute("DUMP", key)) == "OK", key
                assert contents(restoring, key) == contents(dumping, key), key


def test_the_payloads_of_redis_by_http(program, client, redis_server):
    """The resource takes and answers the bytes of redis-server."""
    redis_server.execute("FLUSHALL")
    redis_server.execute("ZADD", "z", "1.5", "a", "2", "b")
    payload = redis_server.execute("DUMP", "z")
    assert client.put("/keys/z/dump?ttl=60", payload).status == 201
    assert 0 < client.get("/keys/z/ttl").json["ttl"] <= 60
    answer = client.get("/keys/z/dump")
    assert (answer.status, answer.content_type, answer.body) == (200, "application/octet-stream", payload)
    for damaged in (b"", payload[:-1], payload[:5] + b"x" + payload[6:], b"x" * 40):
        assert client.put("/keys/z/dump?replace", damaged).status == 400
    assert client.put("/keys/z/dump", payload).json["code"] == "BUSYKEY"
    assert redis_server.execute("RESTORE", "copy", 0, answer.body) == "OK"
    assert contents(redis_server, "copy") == contents(redis_server, "z")


ERRORS = [
    ["RESTORE", "k", 0, b"PAYLOAD"], ["RESTORE", "k", "x", b"PAYLOAD"], ["RESTORE", "k", -1, b"PAYLOAD", "REPLACE"],
    ["RESTORE", "n", "x", b"PAYLOAD"], ["RESTORE", "n", -1, b"PAYLOAD"], ["RESTORE", "n", 0, b""],
    ["RESTORE", "n", 0, b"x" * 30], ["RESTORE", "k", "x", b"", "REPLACE"], ["RESTORE", "n", 0, b"PAYLOAD", "bogus"],
    ["RESTORE", "n", 0, b"PAYLOAD", "IDLETIME"], ["RESTORE", "n", 0, b"PAYLOAD", "IDLETIME", "-1"],
    ["RESTORE", "n", 0, b"PAYLOAD", "IDLETIME", "x"], ["RESTORE", "n", 0, b"PAYLOAD", "FREQ", "256"],
    ["RESTORE", "n", 0, b"PAYLOAD", "FREQ", "1", "IDLETIME", "1"], ["RESTORE", "n", 0], ["DUMP"], ["DUMP", "a", "b"],
]  # fmt: skip


@pytest.mark.parametrize("command", ERRORS, ids=str)
def test_errors_are_those_of_redis(program, redis_server, command):
    redis_server.execute("FLUSHALL")
    with Commands(program.port) as redwing:
        replies = []
        for server in (redwing, redis_server):
            server.execute("SET", "k", "before")
            payload = server.execute("DUMP", "k")
            words = [payload if word == b"PAYLOAD" else word for word in command]
            (raw,) = server.pipeline([words]) if server is redwing else server.raw([words])
            replies.append(raw if server is redwing else parse_reply(io.BytesIO(raw)))
            assert server.execute("GET", "k") == b"before"
            assert server.execute("EXISTS", "n") == 0
        assert isinstance(replies[1], ReplyError)
        assert replies[0] == replies[1]
