"""Data on disk: what the routes and commands of persistence do, and what a start finds."""

import random
import re
import shutil
import threading
import time
from pathlib import Path

import pytest
from http_client import Client, problem
from persistence import Commands, finished, keyspace, pipeline, refusal, same, serve
from program import Program, run, wait_until
from redis_server import RedisServer, ReplyError

COLLECTIONS = [
    ["SET", "string", "value"],
    ["SET", "expiring", "value", "PXAT", 2_000_000_000_123],
    ["RPUSH", "list", *range(1000)],
    ["SADD", "set", *range(0, 2000, 2), "word"],
    ["HSET", "hash", *(part for index in range(1000) for part in (f"f{index}", index))],
    ["ZADD", "zset", *(part for index in range(1000) for part in (index / 7, f"m{index}"))],
    ["SADD", "intset", 1, 2, 3],
    ["SET", b"\xff\0", b"\0\xfe"],
]


def fill(redwing):
    pipeline(redwing, COLLECTIONS)
    return keyspace(redwing)


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def test_all_is_there_after_a_clean_stop(data):
    with serve(data) as program, Commands(program.port) as redwing:
        content = fill(redwing)
        assert program.stop() == 0
    with serve(data) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), content)


def test_it_is_kept_by_default(tmp_path):
    """Without options: in ./data, appended to; with --ephemeral: nowhere."""
    program = Program(directory=str(tmp_path / "data"))
    with program:
        with Client(program.port) as client:
            state = client.get("/aof").json
            assert state["enabled"] is True and state["fsync"] == "everysec"
            assert client.get("/config/save").json == {"value": "3600 1 300 100 60 10000"}
            assert client.get("/config/appendonly").json == {"value": "yes"}
        assert program.stop() == 0
    with Program(engine="memory") as program, Client(program.port) as client:
        problem(client.get("/aof"), 409)
        problem(client.post("/snapshots"), 409)
        assert program.stop() == 0


def test_a_clean_stop_makes_a_snapshot(data):
    with serve(data, "--save", "3600 1") as program, Commands(program.port) as redwing:
        content = fill(redwing)
        assert not (data / "dump.rdb").exists()
        assert program.stop() == 0
    written = (data / "dump.rdb").read_bytes()
    # Redis loads it.
    with RedisServer("--dir", str(data)) as server:
        same(content, keyspace(server))
    # Nothing has changed: none is made. And without save points none at all.
    with serve(data, "--save", "3600 1") as program:
        inode = (data / "dump.rdb").stat().st_ino
        assert program.stop() == 0
    assert (data / "dump.rdb").stat().st_ino == inode
    with serve(data) as program, Commands(program.port) as redwing:
        redwing.execute("SET", "new", 1)
        assert program.stop() == 0
    assert (data / "dump.rdb").read_bytes() == written


def test_snapshots_alone(data):
    """--appendonly no: what the last snapshot has is there, after a clean stop everything."""
    options = ["--appendonly", "no", "--save", "3600 1"]
    with serve(data, *options) as program, Commands(program.port) as redwing:
        content = fill(redwing)
        finished(program)
        redwing.execute("SET", "later", 1)
        program.kill()
    assert not (data / "appendonlydir").exists()
    with serve(data, *options) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), content)
        with Client(program.port) as client:
            assert client.get("/aof").json["enabled"] is False
            problem(client.post("/aof/rewrite"), 409)
        redwing.execute("SET", "later", 2)
        content = keyspace(redwing)
        assert program.stop() == 0
    with serve(data, *options) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), content)
        program.kill()
    # And to an append-only file: the snapshot becomes its base.
    with serve(data) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), content)
        program.kill()
    (data / "dump.rdb").unlink()
    with serve(data) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), content)


def test_a_snapshot_by_itself(data):
    with serve(data, "--save", "1 5") as program, Commands(program.port) as redwing:
        pipeline(redwing, [["SET", f"k{index}", 1] for index in range(5)])
        wait_until((data / "dump.rdb").exists, "a snapshot")
        wait_until(lambda: redwing.execute("LASTSAVE") >= int(time.time()) - 60, "its time")
        program.kill()


def test_a_snapshot_that_is_there_is_adopted(data):
    """With no manifest a dump.rdb is loaded and becomes the base; with one it is not looked at."""
    data.mkdir()
    with RedisServer("--dir", str(data)) as server:
        pipeline(server, COLLECTIONS)
        content = keyspace(server)
        server.execute("SAVE")
    with serve(data) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), content)
        redwing.execute("SET", "string", "newer")
        program.kill()
    content[b"string"] = ("string", b"newer", -1)
    with serve(data) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), content)


def test_keys_that_expire_while_it_is_down(data):
    soon = int(time.time() * 1000) + 1500
    with serve(data, "--save", "3600 1") as program, Commands(program.port) as redwing:
        pipeline(redwing, [["SET", f"soon{index}", 1, "PXAT", soon] for index in range(100)])
        redwing.execute("SET", "base", 1, "PXAT", soon)
        finished(program, "/aof")
        pipeline(redwing, [["SET", f"late{index}", 1, "PXAT", soon] for index in range(100)])
        pipeline(redwing, [["HSET", "hash", "stays", 1, "goes", 2], ["HPEXPIREAT", "hash", soon, "FIELDS", 1, "goes"]])
        pipeline(redwing, [["HSET", "gone", "goes", 2], ["HPEXPIREAT", "gone", soon, "FIELDS", 1, "goes"]])
        # A key that is made anew after it has expired must not be taken for the old one.
        redwing.execute("SET", "again", 1, "PXAT", int(time.time() * 1000) + 20)
        wait_until(lambda: redwing.execute("GET", "again") is None, "the expiry")
        redwing.execute("SET", "again", 2)
        redwing.execute("RPUSH", "list", 1)
        assert redwing.execute("DBSIZE") > 200 or time.time() * 1000 > soon
        program.kill()
    wait_until(lambda: time.time() * 1000 > soon + 10, "the expiry")
    for _ in range(2):
        with serve(data) as program, Commands(program.port) as redwing:
            assert sorted(redwing.execute("KEYS", "*")) == [b"again", b"hash", b"list"]
            wait_until(lambda: redwing.execute("DBSIZE") == 3, "what has expired to be removed")
            assert redwing.execute("GET", "again") == b"2"
            assert redwing.execute("HGETALL", "hash") == [b"stays", b"1"]
            program.kill()


def test_expiries_of_fields_over_a_restart(data):
    when = 2_000_000_000_123
    with serve(data) as program, Commands(program.port) as redwing:
        redwing.execute("HSET", "hash", *(part for index in range(700) for part in (f"f{index}", index)))
        redwing.execute("HPEXPIREAT", "hash", when, "FIELDS", 2, "f1", "f2")
        redwing.execute("HSET", "small", "a", 1, "b", 2)
        redwing.execute("HPEXPIREAT", "small", when + 1, "FIELDS", 1, "a")
        redwing.execute("PEXPIREAT", "small", when + 2)

        def state(redwing):
            return [
                keyspace(redwing),
                redwing.execute("HPEXPIRETIME", "hash", "FIELDS", 3, "f1", "f2", "f3"),
                redwing.execute("HPEXPIRETIME", "small", "FIELDS", 2, "a", "b"),
            ]

        before = state(redwing)
        assert before[1:] == [[when, when, -1], [when + 1, -1]]
        program.kill()
    for resource in (None, "/aof", None):
        with serve(data) as program, Commands(program.port) as redwing:
            assert state(redwing) == before
            if resource:
                finished(program, resource)
                redwing.execute("HPERSIST", "hash", "FIELDS", 1, "f2")
                before = state(redwing)
                assert before[1] == [when, -1, -1]
            program.kill()


@pytest.mark.parametrize("policy", ["always", "everysec"])
@pytest.mark.parametrize("resource", ["/aof", "/snapshots"])
def test_flushall_while_a_file_is_written(data, policy, resource):
    """Before, during and after: what is there afterwards is what came after it."""
    with serve(data, "--appendfsync", policy) as program, Commands(program.port) as redwing:
        pipeline(redwing, [["SET", f"k{index}", "x" * 200] for index in range(30_000)])
        pipeline(redwing, COLLECTIONS)
        with Client(program.port) as client:
            flushed = 0
            for _ in range(8):
                answer = client.post(resource if resource != "/aof" else "/aof/rewrite")
                assert answer.status in (202, 409)
                redwing.execute("FLUSHALL", *random.Random(flushed).choice([[], ["ASYNC"], ["SYNC"]]))
                flushed += 1
                pipeline(redwing, [["SET", f"k{index}", flushed] for index in range(flushed * 200)])
            wait_until(
                lambda: not (state := client.get(resource).json).get("running", state.get("rewriting")), "the end"
            )
        content = keyspace(redwing)
        assert len(content) == flushed * 200
        if policy == "everysec":
            redwing.execute("CONFIG", "SET", "appendfsync", "always")
            redwing.execute("DEL", "none")
            redwing.execute("SET", "k0", flushed)
        program.kill()
    with serve(data) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), content)


def test_debug_reload_keeps_everything(data):
    with serve(data) as program, Commands(program.port) as redwing:
        content = fill(redwing)
        redwing.execute("HSET", "fields", "a", 1, "b", 2)
        redwing.execute("HPEXPIREAT", "fields", 2_000_000_000_123, "FIELDS", 1, "a")
        content = keyspace(redwing)
        assert redwing.execute("DEBUG", "RELOAD") == "OK"
        same(keyspace(redwing), content)
        assert redwing.execute("HPEXPIRETIME", "fields", "FIELDS", 2, "a", "b") == [2_000_000_000_123, -1]
        redwing.execute("SET", "after", 1)
        content = keyspace(redwing)
        program.kill()
    with serve(data) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), content)


def test_debug_reload_under_load(data):
    """Writes come before or after it, and none is lost."""
    counts = [0] * 4
    stopping = threading.Event()
    failures = []

    def write(number):
        with Commands(program.port) as redwing:
            while not stopping.is_set():
                try:
                    counts[number] = redwing.execute("INCR", f"n{number}")
                except ReplyError as error:
                    if "LOADING" not in str(error):
                        failures.append(error)
                        return

    with serve(data) as program, Commands(program.port) as redwing:
        fill(redwing)
        threads = [threading.Thread(target=write, args=(number,)) for number in range(len(counts))]
        for thread in threads:
            thread.start()
        for _ in range(5):
            reached = sum(counts)
            assert redwing.execute("DEBUG", "RELOAD") == "OK"
            wait_until(lambda: sum(counts) > reached or failures, "writes to go on")
        stopping.set()
        for thread in threads:
            thread.join()
        assert not failures
        values = pipeline(redwing, [["GET", f"n{number}"] for number in range(len(counts))])
        assert [int(value) for value in values] == counts
        content = keyspace(redwing)
        assert program.stop() == 0
    with serve(data) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), content)


def test_two_servers_on_one_directory(data):
    with serve(data) as program, Commands(program.port) as redwing:
        log = refusal(data)
        assert "in use" in log and str(program.pid) in log, log
        for tool in (["check", str(data)], ["export", "--dir", str(data), str(data.parent / "out.rdb")]):
            result = run(*tool)
            assert result.returncode != 0 and "use" in result.stderr, result
        # The first one is not harmed.
        redwing.execute("SET", "a", 1)
        program.kill()
    with serve(data) as program, Commands(program.port) as redwing:
        assert redwing.execute("GET", "a") == b"1"


def test_the_lock_falls_with_the_process(data):
    with serve(data) as program:
        program.kill()
    with serve(data) as program:
        assert program.stop() == 0


def test_while_it_loads(data):
    """/readyz answers 503 and says how far it is, requests LOADING, /healthz 200."""
    with serve(data) as program, Commands(program.port) as redwing:
        pipeline(redwing, [["SET", f"{index}:{number}", "x" * 500] for index in range(100) for number in range(1500)])
        finished(program, "/aof")
        assert program.stop() == 0
    program = serve(data)
    try:
        program.directory = None
        program.ready()
        with Client(program.port) as client:
            seen = []
            while (answer := client.get("/readyz")).status != 200:
                assert answer.status == 503, answer
                seen.append(answer)
                assert client.get("/healthz").status == 200
                other = client.get("/keys/1:1")
                if other.status == 503:
                    assert problem(other, 503)["code"] == "LOADING"
                    assert other.headers["Retry-After"]
                    refused = client.put("/keys/1:1", b"x")
                    assert refused.status in (200, 503), refused
            assert seen, "it was loaded before it could be asked"
            assert answer.json == {"status": "ready"}
            assert client.get("/keys?count=1").status == 200
    finally:
        program.kill()


def test_a_stop_while_it_loads(data):
    """It does not wait until all is loaded, and changes nothing."""
    with serve(data) as program, Commands(program.port) as redwing:
        pipeline(redwing, [["SET", f"{index}:{number}", "x" * 500] for index in range(100) for number in range(1500)])
        finished(program, "/aof")
        assert program.stop() == 0
    before = {path: path.read_bytes() for path in data.rglob("*.*") if path.suffix != ".lock"}
    program = serve(data)
    program.directory = None
    try:
        program.ready()
        assert program.stop() == 0
        program.wait_for_line("stopped while the data was loaded")
    finally:
        program.kill()
    assert {path: path.read_bytes() for path in data.rglob("*.*") if path.suffix != ".lock"} == before
    with serve(data) as program, Commands(program.port) as redwing:
        assert redwing.execute("DBSIZE") == 150_000


def test_the_snapshot_is_one_instant(data):
    """Keys that transactions change together are never seen apart, in the snapshot or in a rewritten file."""
    stopping, failures = threading.Event(), []
    names = [f"k{index}" for index in range(50)]

    def write(number):
        with Client(program.port) as client:
            chance = random.Random(number)
            while not stopping.is_set():
                pair = chance.sample(names, 2)
                # The sum stays 0.
                answer = client.post("/multi-exec", [["INCRBY", pair[0], "3"], ["DECRBY", pair[1], "3"]])
                if answer.status != 200:
                    failures.append(answer)
                    return

    with serve(data) as program, Commands(program.port) as redwing:
        # Something to walk through, in which the keys lie scattered.
        pipeline(redwing, [["SET", f"filler{index}", "x" * 50] for index in range(60_000)])
        pipeline(redwing, [["SET", name, 0] for name in names])
        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        try:
            for attempt in range(3):
                finished(program)
                copy = data.parent / f"copy{attempt}"
                copy.mkdir()
                shutil.copy(data / "dump.rdb", copy)
                with RedisServer("--dir", str(copy)) as server:
                    values = [int(value) for value in pipeline(server, [["GET", name] for name in names])]
                    assert sum(values) == 0 and any(values), values
                    assert server.execute("DBSIZE") == 60_050
        finally:
            stopping.set()
            for thread in threads:
                thread.join()
        assert not failures, failures
        program.kill()


def test_routes_of_snapshots(data):
    with serve(data) as program, Client(program.port) as client:
        problem(client.get("/snapshots/latest"), 404)
        state = client.get("/snapshots").json
        assert state["running"] is False and state["last"] is None
        client.put("/keys/a", b"1")
        report = finished(program)
        file = (data / "dump.rdb").read_bytes()
        assert report["size"] == len(file) and report["keys"] == 1
        answer = client.get("/snapshots/latest")
        assert answer.status == 200 and answer.body == file
        assert client.head("/snapshots/latest").headers["Content-Length"] == str(len(file))
        report = finished(program, "/aof")
        assert report["keys"] == 1
        assert client.get("/aof").json["base_size"] > 0
        program.kill()


def test_commands_of_persistence(data):
    with serve(data) as program, Commands(program.port) as redwing:
        redwing.execute("SET", "a", 1)
        before = redwing.execute("LASTSAVE")
        assert redwing.execute("SAVE") == "OK"
        assert redwing.execute("LASTSAVE") >= before
        assert (data / "dump.rdb").exists()
        assert redwing.execute("BGSAVE") == "Background saving started"
        wait_until(lambda: b"rdb_bgsave_in_progress:0" in redwing.execute("INFO", "persistence"), "BGSAVE")
        assert redwing.execute("BGREWRITEAOF") == "Background append only file rewriting started"
        payload = redwing.execute("DUMP", "a")
        assert redwing.execute("RESTORE", "b", 0, payload) == "OK"
        assert redwing.execute("GET", "b") == b"1"
        program.kill()
    with serve(data) as program, Commands(program.port) as redwing:
        assert redwing.execute("GET", "b") == b"1"


def test_a_rewrite_by_itself(data):
    options = ["--auto-aof-rewrite-min-size", "200kb", "--auto-aof-rewrite-percentage", "100"]
    with serve(data, *options) as program, Commands(program.port) as redwing:
        for number in range(200):
            pipeline(redwing, [["SET", f"k{index}", f"{number} " * 20] for index in range(50)])
        wait_until(lambda: b"aof_rewrite_in_progress:0" in redwing.execute("INFO", "persistence"), "rewrites")
        with Client(program.port) as client:
            state = wait_until(lambda: not (state := client.get("/aof").json)["rewriting"] and state, "its end")
        assert state["last_rewrite"]["result"] == "ok"
        content = keyspace(redwing)
        program.kill()
    size = sum(path.stat().st_size for path in (data / "appendonlydir").iterdir())
    assert size < 1 << 20, "it was never rewritten"
    # Nothing is left of the old files.
    names = sorted(path.name for path in (data / "appendonlydir").iterdir())
    assert len(names) == 3, names
    with serve(data) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), content)


EFFECTS = [
    (["SADD", "set", *range(100)], ["SPOP", "set", 30]),
    (["SADD", "set", *range(700)], ["SPOP", "set"]),
    (["SADD", "set", 1], ["SPOP", "set", 5]),
    (["SET", "a", 1], ["SET", "a", 2, "EX", 100]),
    (["SET", "a", 1], ["SET", "a", 2, "KEEPTTL"]),
    (["SET", "a", 1], ["GETEX", "a", "EX", 100]),
    (["SET", "a", 1], ["EXPIRE", "a", 100]),
    (["SET", "a", 1], ["EXPIRE", "a", -1]),
    (["SET", "a", 1], ["SET", "a", 5, "GET"]),
    (["SET", "a", 1, "EX", 100], ["PERSIST", "a"]),
    (["SET", "f", "0.1"], ["INCRBYFLOAT", "f", "0.2"]),
    (["HSET", "h", "f", "0.1"], ["HINCRBYFLOAT", "h", "f", "0.2"]),
    (["HSET", "h", "a", 1, "b", 2], ["HEXPIRE", "h", 100, "FIELDS", 1, "a"]),
    (["HSET", "h", "a", 1, "b", 2], ["HEXPIRE", "h", 0, "FIELDS", 2, "a", "b"]),
    (["HSET", "h", "a", 1, "b", 2], ["HGETEX", "h", "EX", 100, "FIELDS", 1, "a"]),
    (["HSET", "h", "a", 1, "b", 2], ["HGETDEL", "h", "FIELDS", 1, "a"]),
    (["HSET", "h", "a", 1], ["HSETEX", "h", "EX", 100, "FIELDS", 1, "b", 2]),
    (["RPUSH", "l", 1, 2, 3], ["LMPOP", 2, "none", "l", "RIGHT", "COUNT", 2]),
    (["ZADD", "z", 1, "a", 2, "b"], ["ZMPOP", 1, "z", "MAX"]),
    (["ZADD", "z", 1, "a", 2, "b"], ["ZADD", "z", "INCR", "0.1", "a"]),
    (["ZADD", "z", 1, "a", 2, "b"], ["ZRANGESTORE", "y", "z", 0, 0]),
    (["RPUSH", "l", 3, 1, 2], ["SORT", "l", "STORE", "sorted"]),
    (["SET", "a", 1], ["RENAME", "a", "b"]),
    (["SET", "a", 1], ["COPY", "a", "b"]),
    (["SET", "a", 1], ["GETDEL", "a"]),
    (["SET", "a", 1], ["UNLINK", "a", "none"]),
    (["SET", "a", 1], ["BITFIELD", "a", "INCRBY", "u8", 0, 3]),
    (["SET", "a", 1], ["FLUSHALL"]),
]


@pytest.mark.parametrize("policy", ["always"])
def test_every_kind_of_effect_over_a_restart(data, policy):
    """What a replay of the append-only file makes is what the commands have made."""
    for setup, command in EFFECTS:
        shutil.rmtree(data, ignore_errors=True)
        with serve(data, "--appendfsync", policy) as program, Commands(program.port) as redwing:
            redwing.execute(*setup)
            reply = redwing.execute(*command)
            before = keyspace(redwing)
            fields = redwing.execute("HPEXPIRETIME", "h", "FIELDS", 2, "a", "b") if "h" in setup else None
            program.kill()
        with serve(data) as program, Commands(program.port) as redwing:
            same(before, keyspace(redwing))
            if fields:
                assert redwing.execute("HPEXPIRETIME", "h", "FIELDS", 2, "a", "b") == fields, (command, reply)
            program.kill()
