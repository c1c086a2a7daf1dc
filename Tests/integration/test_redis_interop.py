"""Redwing's files serve redis-server 7.0, what Redis then writes serves Redwing, and Redis's own files do."""

import random
import time

import pytest
from persistence import Commands, checked_by_redis, finished, keyspace, pipeline, refusal, same, serve
from redis_server import RedisServer

# Of the largest keys: more than any packed encoding takes.
MANY, SOME = 100_000, 3_000
FAR = 2_000_000_000_123


def redis(directory, *options):
    """A redis-server on the directory of a Redwing."""
    return RedisServer("--dir", str(directory), "--appendonly", "yes", "--aof-load-truncated", "no", *options)


def chunks(name, key, parts, size=1000):
    for start in range(0, len(parts), size):
        yield [name, key, *parts[start : start + size]]


def everything(seed, members=SOME):
    """Commands that make keys of each type in each of its encodings."""
    chance = random.Random(seed)
    binary = [b"\0", b"\xff\xfe", bytes(range(256)), b"a\r\nb", b'"\'\\ ', "é🍓".encode(), b"{tag}x", b"k" * 5000]
    integers = [0, 1, -1, 127, 128, -128, -129, 32767, 32768, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63)]
    words = [b"", b"x", b"012", b"1.0", b" 1", b"a" * 10_000, chance.randbytes(10_000), b"ab" * 100_000, *binary[:7]]
    yield from (["SET", b"binary:" + key, key] for key in binary)
    yield from (["SET", f"int:{value}", value] for value in integers)
    yield from (["SET", f"word:{index}", word] for index, word in enumerate(words))
    yield ["SET", "huge", chance.randbytes(1 << 20) * 3]
    yield ["SET", "bits", b"\0" * 1000]
    yield ["SETBIT", "bits", 4001, 1]
    # Lists: one node, several, items larger than a node.
    yield ["RPUSH", "list:small", *words[:4], *integers]
    yield ["RPUSH", "list:large items", *words]
    yield ["RPUSH", "list:huge item", b"x" * 100_000, b"y", chance.randbytes(100_000)]
    yield from chunks("RPUSH", "list:many", [f"item {index}" for index in range(members)])
    # Sets: intset of each width, hashtable.
    yield ["SADD", "set:16", 1, 2, -3]
    yield ["SADD", "set:32", 1, 1 << 20]
    yield ["SADD", "set:64", *integers]
    yield ["SADD", "set:words", *words]
    yield from chunks("SADD", "set:integers", list(range(0, 3000, 3)))
    yield from chunks("SADD", "set:many", [b"m%d" % index for index in range(members)])
    # Hashes: listpack, hashtable by number and by length.
    yield ["HSET", "hash:small", "a", 1, b"\xff", b"\0", "", ""]
    yield ["HSET", "hash:long", "field", b"v" * 1000, b"f" * 1000, "value"]
    yield from chunks("HSET", "hash:many", [part for index in range(members) for part in (f"f{index}", index)])
    # Sorted sets: listpack, skiplist; all kinds of scores.
    scores = ["1", "-5", "0.1", "1e300", "-1e-300", "inf", "-inf", "3.0000000000000004", "9007199254740993", "17"]
    yield ["ZADD", "zset:small", *(part for score in scores for part in (score, f"m{score}"))]
    yield ["ZADD", "zset:same", *(part for word in words for part in (5, word))]
    yield from chunks(
        "ZADD", "zset:many", [part for index in range(members) for part in (repr(chance.uniform(-1e6, 1e6)), f"m{index}")]
    )
    for index, kind in enumerate(["int:0", "list:small", "set:16", "hash:small", "zset:small", "set:many"]):
        yield ["COPY", kind, f"expiring:{kind}"]
        yield ["PEXPIREAT", f"expiring:{kind}", FAR + index]
    yield from (["SET", f"key:{index}", index * 7] for index in range(3000))


def more(seed):
    """Commands that change what `everything` has made, and whose effects are others than they are."""
    chance = random.Random(seed)
    yield ["SPOP", "set:many", 10]
    yield ["SPOP", "set:16"]
    yield ["RPOP", "list:many", 500]
    yield ["LPUSH", "list:many", b"\0\xff", "first"]
    yield ["LINSERT", "list:small", "BEFORE", "x", "before"]
    yield ["LTRIM", "list:large items", 1, -2]
    yield ["SET", "int:1", seed]
    yield ["RENAME", "int:1", b"\xfe renamed"]
    yield ["COPY", "zset:many", "zset:copy"]
    yield ["DEL", "hash:many", "word:3"]
    yield ["HINCRBYFLOAT", "hash:small", "a", "0.1"]
    yield ["HDEL", "hash:long", "field"]
    yield ["INCRBYFLOAT", "int:2147483648", "1.5"]
    yield ["APPEND", "huge", b"\0tail"]
    yield ["SETRANGE", "word:0", 100, "far"]
    yield ["GETDEL", "int:-1"]
    yield ["SET", "soon", "x", "EX", 5000]
    yield ["EXPIRE", "list:small", 7000]
    yield ["PERSIST", "expiring:int:0"]
    yield ["ZADD", "zset:small", "GT", "CH", 5, "m1", 1, "m17"]
    yield ["ZPOPMIN", "zset:copy", 100]
    yield ["ZUNIONSTORE", "union", 2, "zset:small", "zset:same"]
    yield ["SDIFFSTORE", "difference", "set:integers", "set:64"]
    yield ["SORT", "set:integers", "BY", "nosort", "STORE", "sorted"]
    yield ["LMOVE", "list:many", "list:moved", "LEFT", "RIGHT"]
    yield ["BITOP", "NOT", "inverted", "bits"]
    for _ in range(500):
        yield ["INCRBY", f"key:{chance.randrange(3000)}", chance.randrange(-100, 100)]
    yield ["MSET", "m1", 1, "m2", 2]


@pytest.fixture(params=["increments", "rewritten", "rewritten and increments", "killed"])
def written(request, tmp_path):
    """A data directory of Redwing's with `everything`, and what is in it."""
    directory = tmp_path / "data"
    with serve(directory) as program:
        with Commands(program.port) as redwing:
            # Once as many as that: there and back takes its time.
            pipeline(redwing, list(everything(1, MANY if request.param == "rewritten and increments" else SOME)))
            if "rewritten" in request.param:
                finished(program, "/aof")
            if "increments" in request.param or request.param == "killed":
                pipeline(redwing, list(more(2)))
            content = keyspace(redwing)
            if request.param == "killed":
                # Everything is written, though perhaps not synced: the system lives on.
                redwing.execute("CONFIG", "SET", "appendfsync", "always")
                redwing.execute("SET", "last", 1)
                content[b"last"] = ("string", b"1", -1)
                program.kill()
            else:
                assert program.stop() == 0
    return directory, content


def test_there_and_back(written):
    directory, content = written
    checked_by_redis(directory)
    # Redis serves the same, and writes more.
    with redis(directory) as server:
        theirs = keyspace(server)
        same(content, theirs)
        pipeline(server, list(more(3)))
        server.execute("MULTI")
        server.execute("SET", "transaction", 1)
        server.execute("RPUSH", "list:transaction", 1, 2)
        server.execute("EXEC")
        theirs = keyspace(server)
        server.process.terminate()
        server.process.wait()
    # Redwing reads all of it back, and writes on.
    with serve(directory) as program, Commands(program.port) as redwing:
        ours = keyspace(redwing)
        same(ours, theirs)
        pipeline(redwing, list(more(4)))
        ours = keyspace(redwing)
        assert program.stop() == 0
    checked_by_redis(directory)
    with serve(directory) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), ours)
        finished(program, "/aof")
        program.kill()
    checked_by_redis(directory)
    with redis(directory) as server:
        same(keyspace(server), ours)
        # And once more, with a rewrite of Redis's.
        server.execute("BGREWRITEAOF")
        wait_for_redis(server)
        server.execute("SET", "after", "rewrite")
        theirs = keyspace(server)
        server.process.terminate()
        server.process.wait()
    with serve(directory) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), theirs)


def wait_for_redis(server):
    while True:
        info = server.execute("INFO", "persistence").decode()
        if "aof_rewrite_in_progress:0" in info and "aof_rewrite_scheduled:0" in info:
            assert "aof_last_bgrewrite_status:ok" in info, info
            return
        time.sleep(0.01)


SMALL = {
    "defaults": [],
    "hashtable": [
        *("--hash-max-listpack-entries", "0", "--set-max-intset-entries", "0"),
        *("--zset-max-listpack-entries", "0", "--list-max-listpack-size", "1"),
    ],
    "packed": [
        *("--hash-max-listpack-entries", "200000", "--hash-max-listpack-value", "20000"),
        *("--zset-max-listpack-entries", "200000", "--zset-max-listpack-value", "300000"),
        *("--set-max-intset-entries", "200000", "--list-max-listpack-size", "-5"),
    ],
    "no LZF": ["--rdbcompression", "no"],
    "no checksum": ["--rdbchecksum", "no"],
    "compressed lists": ["--list-compress-depth", "1"],
    "commands": ["--aof-use-rdb-preamble", "no"],
    "timestamps": ["--aof-timestamp-enabled", "yes"],
}


@pytest.mark.parametrize("options", SMALL.values(), ids=SMALL)
@pytest.mark.parametrize("form", ["snapshot", "increments", "rewritten"])
def test_what_redis_has_written(tmp_path, options, form):
    """With each of its encodings."""
    directory = tmp_path / "data"
    directory.mkdir()
    kept = [] if form == "snapshot" else ["--appendonly", "yes"]
    with RedisServer("--dir", str(directory), *kept, *options) as server:
        pipeline(server, list(everything(5, MANY if not options and form == "snapshot" else SOME)))
        if form == "snapshot":
            server.execute("SAVE")
        elif form == "rewritten":
            server.execute("BGREWRITEAOF")
            wait_for_redis(server)
            pipeline(server, list(more(6)))
        theirs = keyspace(server)
        if form == "snapshot":
            server.process.kill()
        else:
            server.process.terminate()
        server.process.wait()
    with serve(directory) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), theirs)
        redwing.execute("SET", "ours", 1)
        assert program.stop() == 0
    checked_by_redis(directory)
    theirs[b"ours"] = ("string", b"1", -1)
    with serve(directory) as program, Commands(program.port) as redwing:
        same(keyspace(redwing), theirs)


def test_databases_above_0(tmp_path):
    """Refused with their counts, or one is chosen."""
    directory = tmp_path / "data"
    directory.mkdir()
    with RedisServer("--dir", str(directory)) as server:
        server.execute("SET", "a", 0)
        server.execute("SELECT", 3)
        pipeline(server, [["SET", f"k{index}", index] for index in range(120)])
        server.execute("SAVE")
        server.process.kill()
        server.process.wait()
    before = (directory / "dump.rdb").read_bytes()
    log = refusal(directory)
    assert "120" in log and "--db" in log and "3" in log, log
    assert (directory / "dump.rdb").read_bytes() == before
    with serve(directory, "--db", "3") as program, Commands(program.port) as redwing:
        assert redwing.execute("DBSIZE") == 120
        assert redwing.execute("GET", "k7") == b"7"
        program.kill()
    # It is adopted: from now on there is but one.
    with serve(directory) as program, Commands(program.port) as redwing:
        assert redwing.execute("DBSIZE") == 120


def test_unknown_content(tmp_path):
    """A stream is named and counted, not left out silently."""
    directory = tmp_path / "data"
    directory.mkdir()
    with RedisServer("--dir", str(directory), "--appendonly", "yes") as server:
        server.execute("XADD", "log", "*", "field", "value")
        server.execute("SET", "a", 1)
        server.process.terminate()
        server.process.wait()
    log = refusal(directory)
    assert "stream" in log.lower() or "XADD" in log, log
