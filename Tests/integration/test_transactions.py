"""`POST /transactions`: compare-and-set over several keys; and isolation, whatever else reads and writes."""

import base64
import json
import threading

import pytest

from http_client import Client, problem
from program import wait_until


def transact(client, commands, conditions=None, **headers):
    document = {"commands": commands}
    if conditions is not None:
        document["if"] = conditions
    return client.post("/transactions", document, **headers)


def results(answer):
    assert answer.status == 200, answer
    return [entry["result"] for entry in answer.json]


def etag(client, key):
    return client.get(f"/keys/{key}").etag


def test_commands_run_as_one(client):
    answer = transact(client, [["SET", "stock:7", "5"], ["DECR", "stock:7"], ["GET", "stock:7"]])
    assert results(answer) == ["OK", 4, "4"]
    assert transact(client, []).json == []
    # The array is that of /multi-exec: a failure is an entry.
    answer = transact(client, [["SET", "a", "x"], ["INCR", "a"], ["SET", "b", "x"]])
    assert answer.status == 200 and [list(entry) for entry in answer.json] == [
        ["result"],
        ["error"],
        ["result"],
    ]
    encoded = transact(client, [["GET", "a"]], Upstash_Encoding="base64")
    assert encoded.json == [{"result": base64.b64encode(b"x").decode()}]


def test_conditions_that_hold(client):
    client.put("/keys/stock:7", b"5")
    tag = etag(client, "stock:7")
    answer = transact(client, [["DECR", "stock:7"]], {"stock:7": tag, "lock": None})
    assert results(answer) == [4]
    # As pairs, and with a key that is no text.
    client.put("/keys/%FF", b"1")
    pairs = [["stock:7", etag(client, "stock:7")], [{"base64": "/w=="}, etag(client, "%FF")], ["no", None]]
    assert results(transact(client, [["INCR", {"base64": "/w=="}]], pairs)) == [2]
    # An ETag is of the key, whatever its type and whichever representation it came with.
    client.put("/hashes/h", {"fields": {"a": "1"}})
    assert results(transact(client, [["HLEN", "h"]], {"h": client.get("/hashes/h").etag})) == [1]
    raw = client.get("/keys/stock:7?raw").etag
    assert results(transact(client, [["PING"]], {"stock:7": raw})) == ["PONG"]


def test_conditions_that_fail(client):
    client.put("/keys/a", b"1")
    client.put("/keys/b", b"1")
    old_a, old_b = etag(client, "a"), etag(client, "b")
    client.put("/keys/a", b"2")
    cases = [
        ({"a": old_a, "b": old_b}, ["a"]),
        ({"a": None, "b": None, "c": None}, ["a", "b"]),
        ({"gone": old_a}, ["gone"]),
        ({"a": '"0-0"'}, ["a"]),
        ([["b", old_b], ["a", old_a]], ["a"]),
        ([["a", old_a], ["gone", "*"], ["a", None]], ["a", "gone"]),
    ]
    for conditions, changed in cases:
        answer = transact(client, [["SET", "done", "1"]], conditions)
        document = problem(answer, 412)
        assert document["keys"] == changed, (conditions, document)
        for key in changed:
            assert document["detail"].count(f"'{key}'") == 1
        assert ("is" if len(changed) == 1 else "are") + " not as wanted" in document["detail"]
        assert client.get("/keys/done").status == 404
    # What was removed and made again is another.
    tag = etag(client, "b")
    client.delete("/keys/b")
    problem(transact(client, [["PING"]], {"b": tag}), 412)
    client.put("/keys/b", b"1")
    problem(transact(client, [["PING"]], {"b": tag}), 412)
    client.put("/keys/%FF", b"1")
    document = problem(transact(client, [["PING"]], [[{"base64": "/w=="}, None]]), 412)
    assert document["keys"] == [{"base64": "/w=="}]


def test_what_expired_is_absent(client):
    client.put("/keys/k?ttl=0.001", b"x")
    wait_until(lambda: transact(client, [["SET", "k", "new"]], {"k": None}).status == 200, "the expiry")
    assert client.get("/keys/k").json == {"value": "new"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"commands": {}},
        {"commands": None},
        {"commands": [["SET", "done", "1"], ["NOSUCH"]]},
        {"commands": [["SET", "done", "1"], ["GET"]]},
        {"commands": [["SET", "done", "1"], []]},
        {"commands": [["SET", "done", None]]},
        {"commands": ["SET", "done", "1"]},
        {"commands": [["SET", "done", "1"]], "if": 1},
        {"commands": [["SET", "done", "1"]], "if": {"k": 1}},
        {"commands": [["SET", "done", "1"]], "if": {"k": "no quotes"}},
        {"commands": [["SET", "done", "1"]], "if": [["k"]]},
        {"commands": [["SET", "done", "1"]], "if": [["k", None, None]]},
        {"commands": [["SET", "done", "1"]], "iff": {}},
        [],
        "x",
    ],
    ids=json.dumps,
)
def test_what_is_malformed(client, document):
    problem(client.post("/transactions", document, Content_Type="application/json"), 400)
    assert client.get("/keys/done").status == 404


def test_other_bodies(client):
    problem(client.post("/transactions", b"{", Content_Type="application/json"), 400)
    problem(client.post("/transactions", b'{"commands":[]}', Content_Type="text/plain"), 415)
    problem(client.get("/transactions"), 405)


# Isolation

ACCOUNTS = [f"account:{index}" for index in range(24)]
ROUNDS = 300


class Readers:
    """Threads that read until told to end; what one of them raises ends the test."""

    def __init__(self, port, read, count=4):
        self.stopped, self.failures, self.reads = threading.Event(), [], 0
        self.threads = [threading.Thread(target=self._run, args=(port, read, n)) for n in range(count)]

    def _run(self, port, read, number):
        try:
            with Client(port) as client:
                while not self.stopped.is_set():
                    read(client, number)
                    self.reads += 1
        except BaseException as error:
            self.failures.append(error)
            self.stopped.set()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        if self.failures:
            raise self.failures[0]
        assert self.reads > 0


def same(client, number):
    """Reads all values at once, in one of the ways that promise to see one state."""
    command = ["MGET", *ACCOUNTS]
    ways = [
        lambda: client.post("/", command).json["result"],
        lambda: [e["result"] for e in client.post("/multi-exec", [["GET", k] for k in ACCOUNTS]).json],
        lambda: [
            e["result"]
            for e in client.post("/transactions", {"commands": [["GET", k] for k in ACCOUNTS]}).json
        ],
    ]
    values = ways[number % 3]()
    assert len(set(values)) == 1, f"half of a write is seen: {values}"


@pytest.mark.parametrize("way", ["MSET", "/multi-exec", "/transactions", "MSET in a pipeline"])
def test_a_write_of_many_keys_is_seen_whole(program, client, way):
    client.post("/", ["MSET", *(word for key in ACCOUNTS for word in (key, "0"))])
    with Readers(program.port, same) as readers:
        for value in map(str, range(1, ROUNDS)):
            if readers.failures:
                break
            flat = ["MSET", *(word for key in ACCOUNTS for word in (key, value))]
            sets = [["SET", key, value] for key in ACCOUNTS]
            if way == "MSET":
                answer = client.post("/", flat)
            elif way == "/multi-exec":
                answer = client.post("/multi-exec", sets)
            elif way == "/transactions":
                answer = client.post("/transactions", {"commands": sets})
            else:
                answer = client.post("/pipeline", [["PING"], flat, ["PING"]])
            assert answer.status == 200


def test_money_is_neither_made_nor_lost(program, client):
    """Transfers on several connections, each a compare-and-set; every reader sees the same sum."""
    client.post("/", ["MSET", *(word for key in ACCOUNTS for word in (key, "100"))])

    def total(client, number):
        answer = client.post("/multi-exec", [["GET", key] for key in ACCOUNTS])
        values = [int(entry["result"]) for entry in answer.json]
        assert sum(values) == 100 * len(ACCOUNTS), values

    moved = [0] * 3

    def transfer(client, number):
        source, target = ACCOUNTS[moved[number] % 3], ACCOUNTS[3 + number]
        before = client.get(f"/keys/{source}")
        if int(before.json["value"]) == 0:
            moved[number] += 1
            return
        answer = transact(client, [["DECR", source], ["INCR", target]], {source: before.etag})
        assert answer.status in (200, 412), answer
        moved[number] += answer.status == 200

    with Readers(program.port, total, count=2), Readers(program.port, transfer, count=3) as transfers:
        while sum(moved) < 150 and not transfers.failures:
            assert client.get("/healthz").status == 200
    assert min(int(client.get(f"/keys/{key}").json["value"]) for key in ACCOUNTS) >= 0


def test_compare_and_set_loses_no_increment(program):
    """Read, add one, write if nothing changed: what WATCH is for, on several connections."""
    with Client(program.port) as client:
        client.put("/keys/n", b"0")
    rounds, threads, lost = 40, 4, []

    def add():
        try:
            with Client(program.port) as client:
                for _ in range(rounds):
                    while True:
                        before = client.get("/keys/n")
                        value = str(int(before.json["value"]) + 1)
                        answer = transact(client, [["SET", "n", value]], {"n": before.etag})
                        if answer.status == 200:
                            break
                        problem(answer, 412)
        except BaseException as error:
            lost.append(error)

    workers = [threading.Thread(target=add) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not lost
    with Client(program.port) as client:
        assert client.get("/keys/n").json == {"value": str(rounds * threads)}
