"""The same random commands to redis-server and, over HTTP, to Redwing: their replies in RESP2 are the same bytes,
but for what has no order and for times, which are compared as such (`command_patterns`, which says what is left out).

The commands' semantics are compared at length in Tests/ModelTests; here it is what lies between: the JSON and
the path, the windows of a pipeline, transactions, RESP2. REDWING_SEED runs one sequence again.
"""

import base64
import io
import json
import os
import random
from urllib.parse import quote_from_bytes

import pytest

from command_patterns import COMMANDS_IN_TRANSACTIONS, as_command, draw, same
from redis_server import ReplyError, parse_reply, read_raw, to_bytes

SEQUENCES = 12
PIPELINES = 12
LENGTH = 150


def seeds():
    given = os.environ.get("REDWING_SEED")
    return [int(given)] if given else range(1, SEQUENCES + 1)


def value_of(raw):
    """The reply that these bytes are, all of them."""
    reader = io.BytesIO(raw)
    value = parse_reply(reader)
    assert reader.read() == b"", raw
    return value


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
        replies = io.BytesIO(answer.body)
        for words, theirs in zip(commands, redis_server.raw(commands), strict=True):
            ours = read_raw(replies)
            assert ours == theirs or same(words, value_of(ours), value_of(theirs)), (
                f"seed {seed}, pipeline {number}: {words}: {ours[:200]!r}, redis-server: {theirs[:200]!r}"
            )
        assert replies.read() == b""


@pytest.mark.parametrize("seed", seeds())
def test_single_commands_answer_what_redis_answers(client, redis_server, seed):
    """`POST /` and the path form, by turns; an error is the same line, with status 400."""
    print("seed", seed)
    source = random.Random(seed)
    redis_server.execute("FLUSHALL")
    headers = {"Upstash-Response-Format": "resp2"}
    for _ in range(LENGTH):
        words = draw(source)
        (theirs,) = redis_server.raw([words])
        if source.random() < 0.5:
            body = json.dumps(as_command(words, source))
            answer = client.request("POST", "/", body, headers)
        else:
            path = "/".join(quote_from_bytes(to_bytes(word), safe="") for word in words)
            answer = client.request(source.choice(["GET", "POST", "PUT"]), "/" + path, None, headers)
        assert answer.body == theirs or same(words, value_of(answer.body), value_of(theirs)), (
            f"seed {seed}: {words}: {answer.body[:200]!r}, redis-server: {theirs[:200]!r}"
        )
        assert answer.status == (400 if theirs.startswith(b"-") else 200), (words, answer)


@pytest.mark.parametrize("seed", seeds())
def test_transactions_answer_what_redis_answers(client, redis_server, seed):
    """/multi-exec beside MULTI and EXEC: the same results, failures within included; or nothing at all."""
    print("seed", seed)
    source = random.Random(seed)
    redis_server.execute("FLUSHALL")
    for _ in range(PIPELINES):
        commands = [draw(source, COMMANDS_IN_TRANSACTIONS) for _ in range(source.randrange(1, 8))]
        *_, raw = redis_server.raw([["MULTI"], *commands, ["EXEC"]])
        expected = value_of(raw)
        body = json.dumps([as_command(words, source) for words in commands])
        answer = client.post("/multi-exec", body, Upstash_Encoding="base64")
        if isinstance(expected, ReplyError):
            assert str(expected).startswith("EXECABORT ")
            assert answer.status == 400 and answer.json["error"].startswith("EXECABORT "), (commands, answer)
            continue
        assert answer.status == 200, (commands, answer)
        for words, entry, theirs in zip(commands, answer.json, expected, strict=True):
            ours = ReplyError(entry["error"]) if "error" in entry else from_json(entry["result"])
            assert same(words, ours, without_statuses(theirs)), f"seed {seed}: {words}: {ours}, not {theirs}"


def from_json(value):
    """A result as `parse_reply` has it. JSON does not tell statuses from strings."""
    if isinstance(value, list):
        return [from_json(element) for element in value]
    if isinstance(value, str):
        return b"OK" if value == "OK" else base64.b64decode(value, validate=True)
    return value


def without_statuses(reply):
    if isinstance(reply, list):
        return [without_statuses(element) for element in reply]
    return reply.encode() if isinstance(reply, str) else reply


SIZE = 700
COLLECTIONS = {
    "HSCAN": [["HSET", "h", f"f{n}", str(n)] for n in range(SIZE)],
    "SSCAN": [["SADD", "s", f"m{n}"] for n in range(SIZE)],
    "ZSCAN": [["ZADD", "z", str(n % 40), f"m{n}"] for n in range(SIZE)],
    "SCAN": [["SET" if n % 3 else "SADD", f"k{n}", "1"] for n in range(SIZE)],
}
OPTIONS = [
    [], ["COUNT", 1], ["COUNT", 37], ["COUNT", 100_000], ["MATCH", "*9*"], ["MATCH", "[mkf]1?"],
    ["MATCH", "none"], ["COUNT", 7, "MATCH", "*1*"],
]  # fmt: skip


@pytest.mark.parametrize("name", COLLECTIONS)
def test_whole_scans_find_what_redis_finds(client, redis_server, name):
    """Call by call, to the end. Both may find an element twice."""
    redis_server.execute("FLUSHALL")
    redis_server.raw(COLLECTIONS[name])
    client.post("/pipeline", json.dumps(COLLECTIONS[name]))
    key = [] if name == "SCAN" else [name[0].lower()]

    def ours(command):
        return client.post("/", json.dumps(command)).json["result"]

    def theirs(command):
        cursor, page = redis_server.execute(*command)
        return cursor.decode(), [element.decode() for element in page]

    def everything(execute, options):
        cursor, found = "0", set()
        while True:
            cursor, page = execute([name, *key, cursor, *options])
            pairs = name in ("HSCAN", "ZSCAN")
            found |= set(zip(page[::2], page[1::2], strict=True)) if pairs else set(page)
            if cursor == "0":
                return found

    types = [["TYPE", "set"], ["TYPE", "string", "COUNT", 50], ["TYPE", "hash"]] if name == "SCAN" else []
    for options in OPTIONS + types:
        found = everything(ours, options)
        assert found == everything(theirs, options), options
        assert found or "none" in options or "hash" in options or name[0].lower() == options[1][1:2], options
