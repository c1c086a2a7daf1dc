"""The engine on disk: what was written is there, whatever ends the server."""

import signal

import pytest

from http_client import Client, problem
from program import Program, run, wait_until

OPTIONS = ["--engine", "disk", "--disk-cache", "16mb"]

EVERYTHING = [
    ["SET", "string", "value"],
    ["SET", "volatile", "value", "EX", "1000"],
    ["HSET", "hash", "a", "1", "b", "2"],
    ["RPUSH", "list", *(f"item:{n}" for n in range(300))],
    ["SADD", "set", *(f"member:{n}" for n in range(300))],
    ["ZADD", "zset", *(word for n in range(300) for word in (str(n), f"member:{n}"))],
    ["LREM", "list", "1", "item:100"],
    ["ZREM", "zset", "member:0"],
]


def command(client, *words):
    answer = client.post("/", list(words))
    assert answer.status == 200, answer
    return answer.json["result"]


def check_everything(client):
    assert command(client, "GET", "string") == "value"
    assert 900 < command(client, "TTL", "volatile") <= 1000
    assert command(client, "HGETALL", "hash") in (["a", "1", "b", "2"], ["b", "2", "a", "1"])
    assert command(client, "LINDEX", "list", "100") == "item:101"
    assert command(client, "LLEN", "list") == 299
    assert sorted(command(client, "SMEMBERS", "set")) == sorted(f"member:{n}" for n in range(300))
    assert command(client, "ZRANK", "zset", "member:200") == 199
    assert command(client, "DBSIZE") == 6


@pytest.mark.parametrize("policy", ["always", "everysec", "no"])
def test_everything_is_there_after_a_restart(tmp_path, policy):
    options = [*OPTIONS, "--appendfsync", policy]
    with Program(*options, directory=tmp_path) as program, Client(program.port) as client:
        for words in EVERYTHING:
            command(client, *words)
        check_everything(client)
        assert program.stop() == 0
    with Program(*options, directory=tmp_path) as program, Client(program.port) as client:
        check_everything(client)
        command(client, "FLUSHALL")
        assert command(client, "DBSIZE") == 0
        assert program.stop() == 0
    with Program(*options, directory=tmp_path) as program, Client(program.port) as client:
        assert command(client, "DBSIZE") == 0
        assert command(client, "EXISTS", "string", "hash", "list", "set", "zset") == 0


def test_nothing_answered_is_lost_by_a_kill(tmp_path):
    options = [*OPTIONS, "--appendfsync", "always"]
    with Program(*options, directory=tmp_path) as program, Client(program.port) as client:
        for words in EVERYTHING:
            command(client, *words)
        program.process.send_signal(signal.SIGKILL)
        program.process.wait()
    with Program(*options, directory=tmp_path) as program, Client(program.port) as client:
        check_everything(client)


def test_what_expires_goes_by_itself(tmp_path):
    with Program(*OPTIONS, directory=tmp_path) as program, Client(program.port) as client:
        for number in range(200):
            command(client, "SET", f"k{number}", "v", "PX", "50")
        wait_until(lambda: command(client, "DBSIZE") == 0, "the expiry")


def test_two_servers_on_one_directory(tmp_path):
    with Program(*OPTIONS, directory=tmp_path):
        done = run("serve", *OPTIONS, "--dir", tmp_path, "--port", "0")
        assert done.returncode != 0 and "--dir" in done.stderr


def test_what_is_not_there_says_so(tmp_path):
    with Program(*OPTIONS, directory=tmp_path) as program, Client(program.port) as client:
        for path in ("/snapshots", "/aof/rewrite"):
            assert client.post(path).status >= 400
        assert client.get("/snapshots").status == 200
        problem(client.get("/snapshots/latest"), 404)
