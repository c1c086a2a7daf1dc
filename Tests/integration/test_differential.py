"""The same random pipelines to redis-server and, over HTTP, to Redwing: the bytes of their RESP2 are the same.

The commands' semantics are compared at length in Tests/ModelTests; here it is what lies between: the JSON and
the path, the windows of a pipeline, transactions, RESP2. REDWING_SEED runs one sequence again.
"""

import base64
import json
import os
import random
from urllib.parse import quote_from_bytes

import pytest

from redis_server import to_bytes

SEQUENCES = 12
PIPELINES = 12
LENGTH = 150

KEYS = [b"a", b"b", b"c", b"key:1", b"key:2", "ü".encode(), b"\xff\x00", b"", b"a/b", b"x y"]
VALUES = [
    b"", b"x", b"0", b"-1", b"12", b"9223372036854775807", b"1.5", b"3e5", "日本🍓".encode(), b"\xff\xfe\x00",
    b"with \"quotes\" and \\", b"line\r\nend", b"OK", b"y" * 70, b"z" * 3000,
]  # fmt: skip
FIELDS = [b"f", b"g", b"n", b"\xc3\x28", "é".encode()]
SCORES = ["1", "-2.5", "0.1", "inf", "-inf", "3", "1e20", "(1", "nan", "x"]
INTEGERS = ["0", "1", "-1", "2", "5", "-3", "100", "9223372036854775807", "x"]
# Words: K a key, V a value, F a field or member, S a score, I an integer; else the word itself.
PATTERNS = """
SET K V; SET K V; SET K V NX; SET K V XX GET; SET K V EX 1000; GET K; GETSET K V; GETDEL K; APPEND K V; STRLEN K
GETRANGE K I I; SETRANGE K 5 V; MSET K V K V; MSETNX K V K V; MGET K K K; INCR K; INCRBY K I; DECRBY K I
INCRBYFLOAT K S; SETBIT K 7 1; GETBIT K I; BITCOUNT K; BITPOS K 1; LCS K K; LCS K K IDX; BITFIELD K GET u8 0 SET i8 #1 I
DEL K; DEL K K; EXISTS K K K; TYPE K; RENAME K K; COPY K K REPLACE; PERSIST K; EXPIRE K 1000; TTL K; EXPIRE K I NX
HSET K F V; HSET K F V F V; HGET K F; HMGET K F F; HDEL K F; HLEN K; HEXISTS K F; HINCRBY K F I; HINCRBYFLOAT K F S
HSTRLEN K F; HSETNX K F V
RPUSH K V V; LPUSH K V V V; LPOP K; RPOP K I; LRANGE K I I; LINDEX K I; LSET K I V; LINSERT K BEFORE V V; LLEN K
LREM K I V; LTRIM K I I; LPOS K V; LPOS K V COUNT 0; LMOVE K K LEFT RIGHT; LMPOP 2 K K LEFT COUNT 2; RPOPLPUSH K K
SADD K F F; SREM K F; SCARD K; SISMEMBER K F; SMISMEMBER K F F; SMOVE K K F; SINTERCARD 2 K K; SUNIONSTORE K K K
SDIFFSTORE K K K
ZADD K S F; ZADD K S F S F; ZADD K GT CH S F; ZADD K INCR S F; ZINCRBY K S F; ZSCORE K F; ZMSCORE K F F; ZCARD K
ZRANK K F; ZREVRANK K F; ZRANGE K I I WITHSCORES; ZRANGE K S S BYSCORE LIMIT 0 3; ZREVRANGE K 0 -1; ZCOUNT K S S
ZREM K F; ZPOPMIN K; ZPOPMAX K 2; ZUNIONSTORE K 2 K K; ZINTER 2 K K WITHSCORES; ZMPOP 1 K MIN; ZREMRANGEBYRANK K I I
PING; ECHO V; NOSUCH K; GET; SET K; HSET K F; DBSIZE; OBJECT REFCOUNT none; SORT K ALPHA
"""
COMMANDS = [pattern.split() for line in PATTERNS.strip().splitlines() for pattern in line.split(";")]
DRAWN = {"K": KEYS, "V": VALUES, "F": FIELDS, "S": SCORES, "I": INTEGERS}


def draw(source):
    return [source.choice(DRAWN[word]) if word in DRAWN else word for word in source.choice(COMMANDS)]


def as_json(argument, source):
    """An argument in one of the forms that JSON has for it."""
    data = to_bytes(argument)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}
    if text.lstrip("-").isdigit() and source.random() < 0.5:
        return int(text)
    return {"base64": base64.b64encode(data).decode()} if source.random() < 0.1 else text


def as_command(words, source):
    """A command as an array; its name is a string."""
    return [words[0], *(as_json(word, source) for word in words[1:])]


def negative_zero(reply):
    """Whether a sorted set keeps the sign of -0 is a matter of its encoding (docs/differences.md)."""
    return reply.replace(b"$2\r\n-0\r\n", b"$1\r\n0\r\n")


def seeds():
    given = os.environ.get("REDWING_SEED")
    return [int(given)] if given else range(1, SEQUENCES + 1)


@pytest.mark.parametrize("seed", seeds())
def test_pipelines_answer_what_redis_answers(client, redis_server, seed):
    print("seed", seed)
    source = random.Random(seed)
    redis_server.execute("FLUSHALL")
    for number in range(PIPELINES):
        commands = [draw(source) for _ in range(source.choice([1, 2, 15, 16, 17, 33, LENGTH]))]
        body = json.dumps(
            [as_command(words, source) for words in commands],
            ensure_ascii=source.random() < 0.5,
        )
        answer = client.post("/pipeline", body, Upstash_Response_Format="resp2")
        assert answer.status == 200, answer
        expected = redis_server.raw(commands)
        if answer.body == b"".join(expected):
            continue
        rest = answer.body
        for words, reply in zip(commands, expected, strict=True):
            rest_as_theirs = negative_zero(rest)
            reply = negative_zero(reply)
            assert rest_as_theirs.startswith(reply), (
                f"seed {seed}, pipeline {number}: {words}: {rest[:120]!r}, redis-server: {reply[:120]!r}"
            )
            rest = rest_as_theirs[len(reply) :]
        assert rest == b""


@pytest.mark.parametrize("seed", seeds())
def test_single_commands_answer_what_redis_answers(client, redis_server, seed):
    """`POST /` and the path form, by turns; an error is the same line, with status 400."""
    print("seed", seed)
    source = random.Random(seed)
    redis_server.execute("FLUSHALL")
    headers = {"Upstash-Response-Format": "resp2"}
    for _ in range(LENGTH):
        words = draw(source)
        (expected,) = redis_server.raw([words])
        if source.random() < 0.5:
            body = json.dumps(as_command(words, source))
            answer = client.request("POST", "/", body, headers)
        else:
            path = "/".join(quote_from_bytes(to_bytes(word), safe="") for word in words)
            answer = client.request(source.choice(["GET", "POST", "PUT"]), "/" + path, None, headers)
        assert negative_zero(answer.body) == negative_zero(expected), (seed, words)
        assert answer.status == (400 if expected.startswith(b"-") else 200), (words, answer)


@pytest.mark.parametrize("seed", seeds())
def test_transactions_answer_what_redis_answers(client, redis_server, seed):
    """/multi-exec beside MULTI and EXEC: the same results, failures within included; or nothing at all."""
    print("seed", seed)
    source = random.Random(seed)
    redis_server.execute("FLUSHALL")
    for _ in range(PIPELINES):
        commands = [draw(source) for _ in range(source.randrange(1, 8))]
        *_, expected = redis_server.raw([["MULTI"], *commands, ["EXEC"]])
        body = json.dumps([as_command(words, source) for words in commands])
        answer = client.post("/multi-exec", body, Upstash_Encoding="base64")
        if expected.startswith(b"-EXECABORT"):
            assert answer.status == 400 and answer.json["error"].startswith("EXECABORT "), (commands, answer)
            continue
        assert answer.status == 200, (commands, answer)
        ours = b"*%d\r\n" % len(commands) + b"".join(map(from_json, answer.json))
        assert negative_zero(ours) == negative_zero(bulk_statuses(expected)), (seed, commands)


def from_json(entry):
    """An entry of the answer as RESP2, statuses but OK as strings: JSON does not tell them apart."""
    if "error" in entry:
        return b"-" + entry["error"].encode() + b"\r\n"
    return from_value(entry["result"])


def from_value(value):
    if value is None:
        return b"$-1\r\n"
    if isinstance(value, int):
        return b":%d\r\n" % value
    if isinstance(value, list):
        return b"*%d\r\n" % len(value) + b"".join(map(from_value, value))
    if value == "OK":
        return b"+OK\r\n"
    data = base64.b64decode(value, validate=True)
    return b"$%d\r\n%b\r\n" % (len(data), data)


def bulk_statuses(reply):
    for name in (b"PONG", b"string", b"hash", b"list", b"set", b"zset", b"none"):
        reply = reply.replace(b"+" + name + b"\r\n", b"$%d\r\n%b\r\n" % (len(name), name))
    return reply.replace(b"*-1\r\n", b"$-1\r\n")
