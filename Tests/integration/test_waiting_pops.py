"""Pops and moves that wait: over REST and as commands, against real clients that come, go and hang up."""

import http.client
import json
import socket
import threading
import time
from pathlib import Path

import pytest

from http_client import Client, Response
from program import PATIENCE, Program, wait_until
from redis_server import RedisServer, ReplyError, encode, parse_reply

LONG = 60


class Waiting:
    """A request on a connection of its own, whose answer is read later."""

    def __init__(self, port, path, body=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.connection.request("POST", path, None if body is None else json.dumps(body))

    def answer(self):
        answer = self.connection.getresponse()
        try:
            return Response(answer.status, answer.headers, answer.read())
        finally:
            self.connection.close()

    def hang_up(self):
        self.connection.close()


class WaitingForRedis:
    """A command on a connection of its own to redis-server, whose reply is read later."""

    def __init__(self, redis, command):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(PATIENCE)
        self.connection.connect(str(Path(redis.directory.name) / "socket"))
        self.connection.sendall(encode(command))

    def answer(self):
        with self.connection, self.connection.makefile("rb") as reader:
            return parse_reply(reader)


@pytest.fixture(scope="module")
def program():
    with Program() as program:
        yield program


@pytest.fixture
def client(program):
    with Client(program.port) as client:
        run(client, "FLUSHALL")
        yield client
        run(client, "FLUSHALL")
        assert blocked(client) == 0, "somebody still waits"


def blocked(client):
    return client.get("/info?section=clients").json["clients"]["blocked_clients"]


def waits(client, count):
    wait_until(lambda: blocked(client) == count, f"{count} who wait")


def run(client, *command):
    return client.post("/", list(command)).json


def push(client, key, *values):
    response = client.post(f"/lists/{key}", {"values": values})
    assert response.status in (200, 201), response.body


@pytest.mark.parametrize(
    ("path", "fill", "expected"),
    [
        ("/lists/k/pop?wait=60", ["RPUSH", "k", "a", "b"], {"value": "a"}),
        ("/lists/k/pop?wait=60&end=right", ["RPUSH", "k", "a", "b"], {"value": "b"}),
        ("/lists/k/pop?wait=60&count=9", ["RPUSH", "k", "a", "b"], {"values": ["a", "b"]}),
        ("/lists/k/pop?wait=60&or=l", ["RPUSH", "l", "a"], {"key": "l", "values": ["a"]}),
        ("/lists/k/move?wait=60&to=m", ["RPUSH", "k", "a"], {"value": "a"}),
        ("/zsets/k/pop?wait=60", ["ZADD", "k", "1", "a"], {"member": "a", "score": 1}),
        ("/zsets/k/pop?wait=60&end=max&count=1", ["ZADD", "k", "1", "a", "2", "b"], {"members": [{"member": "b", "score": 2}]}),
        ("/zsets/k/pop?wait=60&or=l", ["ZADD", "l", "1", "a"], {"key": "l", "members": [{"member": "a", "score": 1}]}),
    ],
)  # fmt: skip
def test_what_comes_is_answered(program, client, path, fill, expected):
    waiting = Waiting(program.port, path)
    waits(client, 1)
    run(client, *fill)
    response = waiting.answer()
    assert (response.status, response.json) == (200, expected)
    # The same is answered where it is there already.
    run(client, "FLUSHALL")
    run(client, *fill)
    response = client.post(path)
    assert (response.status, response.json) == (200, expected)


@pytest.mark.parametrize("path", ["/lists/k/pop", "/lists/k/move?to=m", "/zsets/k/pop"])
def test_the_time_is_over(client, path):
    separator = "&" if "?" in path else "?"
    began = time.monotonic()
    response = client.post(f"{path}{separator}wait=0.2")
    assert response.status == 204 and response.body == b""
    assert time.monotonic() - began >= 0.2
    assert client.post(path).status == 404


@pytest.mark.parametrize("wait", ["0", "-1", "x", "", "nan", "inf", "86401", "1e300"])
def test_bad_times(client, wait):
    for path in ("/lists/k/pop", "/zsets/k/pop", "/lists/k/move"):
        response = client.post(f"{path}?wait={wait}&to=m" if "move" in path else f"{path}?wait={wait}")
        assert response.status == 400 and "wait" in response.json["detail"], response.body


def test_no_conditions(client):
    for header in ({"If-Match": '"x"'}, {"If-None-Match": "*"}):
        response = client.request("POST", "/lists/k/pop?wait=1", headers=header)
        assert response.status == 400 and "condition" in response.json["detail"]


def test_who_came_first_is_served_first(program, client):
    waiting = []
    for number in range(5):
        waiting.append(Waiting(program.port, f"/lists/k/pop?wait={LONG}"))
        waits(client, number + 1)
    for number in range(5):
        push(client, "k", str(number))
        assert waiting[number].answer().json == {"value": str(number)}


@pytest.mark.parametrize("path", ["/lists/k/pop", "/lists/k/move?to=m"])
def test_a_hang_up_loses_nothing(program, client, path):
    separator = "&" if "?" in path else "?"
    for _ in range(20):
        gone = Waiting(program.port, f"{path}{separator}wait={LONG}")
        waits(client, 1)
        gone.hang_up()
        # At once: whether the server has heard of it is its business.
        push(client, "k", "v")
        assert client.get("/lists/k").json == {"values": ["v"]}
        waits(client, 0)
        client.delete("/keys/k")


def test_a_push_in_a_transaction_serves_after_it(program, client):
    for path, commands in (
        ("/multi-exec", [["RPUSH", "k", "a"], ["LPUSH", "k", "b"], ["LLEN", "k"]]),
        ("/transactions", {"commands": [["RPUSH", "k", "a"], ["LPUSH", "k", "b"], ["LLEN", "k"]]}),
    ):
        waiting = Waiting(program.port, f"/lists/k/pop?wait={LONG}")
        waits(client, 1)
        response = client.post(path, commands)
        assert response.status == 200 and "2" in response.body.decode()
        assert waiting.answer().json == {"value": "b"}
        client.delete("/keys/k")


@pytest.mark.parametrize("path", ["/pipeline", "/multi-exec"])
def test_nothing_waits_among_others(client, path):
    response = client.post(path, [["BLPOP", "k", "0"], ["BZPOPMIN", "z", "0"], ["PING"]])
    assert [entry["result"] for entry in response.json] == [None, None, "PONG"]


@pytest.mark.parametrize("form", ["body", "path"])
def test_commands_wait(program, client, form):
    command = ["BLPOP", "k", "l", str(LONG)]
    if form == "body":
        waiting = Waiting(program.port, "/", command)
    else:
        waiting = Waiting(program.port, "/" + "/".join(command))
    waits(client, 1)
    push(client, "l", "v")
    assert waiting.answer().json == {"result": ["l", "v"]}
    assert run(client, "BLPOP", "k", "0.05") == {"result": None}
    response = client.post("/", ["BLPOP", "k", "-1"])
    assert response.status == 400 and response.json == {"error": "ERR timeout is negative"}


def test_a_stop_answers_those_who_wait():
    with Program() as program, Client(program.port) as client:
        waiting = Waiting(program.port, f"/lists/k/pop?wait={LONG}")
        waits(client, 1)
        program.stop()
        response = waiting.answer()
        assert response.status == 503 and "stopping" in response.json["detail"]


def test_what_was_taken_is_taken_after_a_restart(tmp_path):
    flags = ["--appendonly", "yes", "--appendfsync", "always"]
    with Program(*flags, directory=tmp_path) as program, Client(program.port) as client:
        waiting = [Waiting(program.port, f"/lists/k/pop?wait={LONG}"), Waiting(program.port, f"/lists/k/move?wait={LONG}&to=m")]
        waits(client, 2)
        push(client, "k", "a", "b", "c")
        assert sorted(each.answer().json["value"] for each in waiting) == ["a", "b"]
        moved = client.get("/lists/m").json["values"]
        program.process.kill()
        program.process.wait()
    with Program(*flags, directory=tmp_path) as program, Client(program.port) as client:
        wait_until(lambda: client.get("/readyz").status == 200, "the data to be loaded")
        assert client.get("/lists/k").json == {"values": ["c"]}
        assert client.get("/lists/m").json == {"values": moved}


SCRIPTS = {
    "order": ([["BLPOP", "k", "0"], ["BRPOP", "k", "0"]], [["RPUSH", "k", "a", "b", "c"]]),
    "several keys": ([["BLPOP", "a", "b", "c", "0"]], [["RPUSH", "c", "1"], ["RPUSH", "a", "2"]]),
    "chain": ([["BLMOVE", "a", "b", "LEFT", "RIGHT", "0"], ["BRPOPLPUSH", "b", "c", "0"], ["BLPOP", "c", "0"]], [["RPUSH", "a", "v"]]),
    "wrong destination": ([["BLMOVE", "a", "s", "LEFT", "LEFT", "0"]], [["SET", "s", "x"], ["RPUSH", "a", "v"]]),
    "another type": ([["BZPOPMIN", "k", "0"]], [["SET", "k", "x"], ["DEL", "k"], ["RPUSH", "k", "x"], ["DEL", "k"], ["ZADD", "k", "1", "m"]]),
    "sorted sets": ([["BZPOPMAX", "z", "0"], ["BZMPOP", "0", "2", "y", "z", "MIN", "COUNT", "2"]], [["ZADD", "z", "1", "a", "2", "b", "3", "c"]]),
    "several at once": ([["BLMPOP", "0", "2", "x", "k", "RIGHT", "COUNT", "2"], ["BLPOP", "k", "0"]], [["RPUSH", "k", "1", "2", "3"]]),
    "rename": ([["BLPOP", "k", "0"]], [["RPUSH", "other", "v"], ["RENAME", "other", "k"]]),
    "copy": ([["BLPOP", "k", "0"]], [["RPUSH", "other", "v"], ["COPY", "other", "k"]]),
    "sort": ([["BLPOP", "k", "0"]], [["RPUSH", "other", "2", "1"], ["SORT", "other", "STORE", "k"]]),
    "same key": ([["BLMOVE", "k", "k", "LEFT", "RIGHT", "0"], ["BLPOP", "k", "0"]], [["RPUSH", "k", "a", "b"]]),
}  # fmt: skip


def as_json(value):
    """A reply of redis-server as Redwing's endpoint writes it."""
    if isinstance(value, ReplyError):
        return value.args[0]
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value.decode() if isinstance(value, bytes) else value


def contents(execute):
    """What all keys hold."""
    held = {}
    for key in ["a", "b", "c", "k", "s", "x", "y", "z", "other"]:
        kind = execute("TYPE", key)
        read = {"list": ["LRANGE", key, "0", "-1"], "zset": ["ZRANGE", key, "0", "-1"], "string": ["GET", key]}
        held[key] = execute(*read[kind]) if kind in read else kind
    return held


@pytest.mark.parametrize("name", SCRIPTS)
def test_as_redis_does(program, client, name):
    clients, commands = SCRIPTS[name]
    with RedisServer() as redis:
        theirs = []
        for command in clients:
            theirs.append(WaitingForRedis(redis, command))
            count = b"blocked_clients:%d\r" % len(theirs)
            wait_until(lambda count=count: count in redis.execute("INFO", "clients"), "a blocked client")
        replies = [as_json(redis.execute(*command)) for command in commands]
        answers = [as_json(waiting.answer()) for waiting in theirs]
        held = contents(lambda *command: as_json(redis.execute(*command)))
    own = []
    for command in clients:
        own.append(Waiting(program.port, "/", command))
        waits(client, len(own))
    assert [run(client, *command)["result"] for command in commands] == replies
    seen = [waiting.answer().json for waiting in own]
    assert [each.get("result", each.get("error")) for each in seen] == answers
    assert contents(lambda *command: run(client, *command)["result"]) == held


@pytest.mark.parametrize(
    ("command", "source", "store", "answer"),
    [
        (["BLPOP", "k", "60"], ["RPUSH", "l", "v"], ["SORT", "l", "ALPHA", "STORE", "k"], ["k", "v"]),
        (["BZPOPMIN", "k", "60"], ["ZADD", "l", "1", "v"], ["ZUNIONSTORE", "k", "1", "l"], ["k", "v", "1"]),
        (["BZPOPMIN", "k", "60"], ["ZADD", "l", "1", "v"], ["ZRANGESTORE", "k", "l", "0", "-1"], ["k", "v", "1"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("together", [True, False])
def test_what_takes_the_place_of_another_type(program, client, command, source, store, answer, together):
    """redis-server 7.0 forgets those who wait then, until something is pushed after a DEL; later ones don't."""
    run(client, *source)
    waiting = Waiting(program.port, "/", command)
    waits(client, 1)
    if together:
        client.post("/multi-exec", [["SET", "k", "x"], store])
    else:
        run(client, "SET", "k", "x")
        assert blocked(client) == 1
        run(client, *store)
    assert waiting.answer().json == {"result": answer}


@pytest.mark.parametrize("path", ["/lists/k/pop", "/lists/k/move?to=m"])
def test_of_many_those_who_hung_up_are_passed_over(program, client, path):
    """Every other one hangs up just before the push: the others get all of it, in the order in which they came."""
    separator = "&" if "?" in path else "?"
    waiting = []
    for number in range(20):
        waiting.append(Waiting(program.port, f"{path}{separator}wait={LONG}"))
        waits(client, number + 1)
    # The first in line last: of that one the server has hardly heard when something comes.
    for gone in reversed(waiting[::2]):
        gone.hang_up()
    push(client, "k", *(str(number) for number in range(12)))
    assert [each.answer().json["value"] for each in waiting[1::2]] == [str(number) for number in range(10)]
    assert client.get("/lists/k").json == {"values": ["10", "11"]}
    waits(client, 0)


def test_restore_serves(program, client):
    run(client, "RPUSH", "l", "v")
    dump = client.get("/keys/l/dump")
    assert dump.status == 200
    waiting = Waiting(program.port, "/lists/k/pop?wait=60")
    waits(client, 1)
    assert client.put("/keys/k/dump", dump.body).status in (200, 201, 204)
    assert waiting.answer().json == {"value": "v"}


def test_a_failed_transaction_serves_nobody(program, client):
    waiting = Waiting(program.port, f"/lists/k/pop?wait={LONG}")
    waits(client, 1)
    refused = client.post("/multi-exec", [["RPUSH", "k", "a"], ["NOSUCH"]])
    assert refused.status == 400 and blocked(client) == 1
    push(client, "k", "b")
    assert waiting.answer().json == {"value": "b"}
