"""The engine on disk: what was written is there, whatever ends the server."""

import signal
import threading
import time

import pytest

from http_client import Client, problem
from program import Program, run, wait_until
from redis_server import RedisServer

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


def test_there_is_no_append_only_file(tmp_path):
    with Program(*OPTIONS, directory=tmp_path) as program, Client(program.port) as client:
        problem(client.post("/aof/rewrite"), 409)
        assert client.get("/aof").json["enabled"] is False
        assert "no append-only file" in client.post("/", ["BGREWRITEAOF"]).json["error"]


def test_a_snapshot_is_downloaded_as_an_rdb_file(tmp_path):
    with Program(*OPTIONS, directory=tmp_path / "data") as program, Client(program.port) as client:
        answer = client.get("/snapshots/latest")
        assert "POST /snapshots" in problem(answer, 404)["detail"]
        for words in EVERYTHING:
            command(client, *words)
        answer = client.post("/snapshots")
        assert (answer.status, answer.json["watch"]) == (202, "/snapshots")
        wait_until(lambda: not client.get("/snapshots").json["running"], "the snapshot")
        command(client, "SET", "later", "value")
        last = client.get("/snapshots").json
        assert last["last"]["result"] == "ok" and last["last"]["keys"] == 6 and last["last"]["size"] > 0
        assert last["changes_since_last_save"] == 1
        answer = client.get("/snapshots/latest")
        assert answer.headers["content-disposition"] == 'attachment; filename="dump.rdb"'
        assert client.request("HEAD", "/snapshots/latest").status == 200
        assert command(client, "SAVE") == "OK"
        assert abs(command(client, "LASTSAVE") - time.time()) < 60
    (tmp_path / "dump.rdb").write_bytes(answer.body)
    with RedisServer("--dir", str(tmp_path)) as redis:
        assert redis.execute("GET", "string") == b"value" and redis.execute("DBSIZE") == 6
        assert redis.execute("LINDEX", "list", "100") == b"item:101"
    # The snapshot, of which SAVE has made a new one, is a data directory itself.
    with Program(*OPTIONS, directory=tmp_path / "data/snapshot") as program, Client(program.port) as client:
        assert command(client, "GET", "later") == "value"


def test_a_snapshot_is_one_instant(tmp_path):
    """Two keys that are changed together are the same in each snapshot."""
    with Program(*OPTIONS, directory=tmp_path / "data") as program:
        stop = threading.Event()
        written = []

        def write():
            with Client(program.port) as client:
                number = 0
                while not stop.is_set():
                    number += 1
                    words = [["SET", "a", str(number)], ["SET", "b", str(number)]]
                    assert client.post("/multi-exec", words).status == 200
                written.append(number)

        writers = [threading.Thread(target=write) for _ in range(2)]
        for writer in writers:
            writer.start()
        with Client(program.port) as client:
            for _ in range(5):
                assert command(client, "SAVE") == "OK"
                (tmp_path / "dump.rdb").write_bytes(client.get("/snapshots/latest").body)
                with RedisServer("--dir", str(tmp_path)) as redis:
                    assert redis.execute("GET", "a") == redis.execute("GET", "b") is not None
        stop.set()
        for writer in writers:
            writer.join()
        assert min(written) > 0


def test_data_goes_from_engine_to_engine(tmp_path):
    def values(*options, directory):
        with Program(*options, directory=directory) as program, Client(program.port) as client:
            check_everything(client)

    disk, memory, back = tmp_path / "disk", tmp_path / "memory", tmp_path / "back"
    with Program(*OPTIONS, directory=disk) as program, Client(program.port) as client:
        for words in EVERYTHING:
            command(client, *words)
        refused = run("import", disk, "--dir", memory)
        assert refused.returncode != 0 and "in use" in refused.stderr
    assert run("import", disk, "--dir", memory).returncode == 0
    values(directory=memory)
    assert run("import", memory, "--dir", back, "--engine", "disk").returncode == 0
    values(*OPTIONS, directory=back)
    for options, directory in (([], disk), (OPTIONS, memory)):
        refused = run("serve", *options, "--dir", directory, "--port", "0")
        assert refused.returncode != 0 and "redwing import" in refused.stderr
    done = run("export", "--dir", back, tmp_path / "dump.rdb")
    assert done.returncode == 0 and "6 keys" in done.stdout
    with RedisServer("--dir", str(tmp_path)) as redis:
        assert redis.execute("DBSIZE") == 6


@pytest.mark.parametrize("size", ["7mb", "99999gb"])
def test_a_cache_out_of_bounds_is_refused(tmp_path, size):
    done = run("serve", "--engine", "disk", "--dir", str(tmp_path / "d"), "--disk-cache", size)
    assert done.returncode != 0 and "--disk-cache takes 8mb or more, and at most" in done.stderr
    assert not (tmp_path / "d").exists()
