"""Directories full of data, made once by redis-server and copied for every server that starts on one."""

from __future__ import annotations

import shutil
from pathlib import Path

from .contestants import start_redis, start_redwing
from .loading import check_redis, check_strings, load_strings
from .processes import BenchmarkError, Fleet
from .readiness import wait_until_ready
from .resp_exchange import ask
from .settings import Settings

SNAPSHOT = "dump.rdb"
APPEND_ONLY = "appendonlydir"
MANIFEST = "appendonly.aof.manifest"
WITHOUT_FILE = ["--appendonly", "no"]
WITH_FILE = ["--appendonly", "yes", "--appendfsync", "everysec"]

# Ten members each, as small as what applications keep most of: all stay in their compact encodings.
_MIXED = """
for i = 1, tonumber(ARGV[1]) do
    local fields, members, scores = {}, {}, {}
    for j = 1, 10 do
        fields[#fields + 1] = 'field:' .. j
        fields[#fields + 1] = 'value:' .. i * j
        members[j] = 'member:' .. i + j
        scores[#scores + 1] = i % 1000 + j / 4
        scores[#scores + 1] = 'member:' .. j
    end
    local suffix = string.format('%09d', i)
    redis.call('HSET', 'hash:' .. suffix, unpack(fields))
    redis.call('RPUSH', 'list:' .. suffix, unpack(members))
    redis.call('SADD', 'set:' .. suffix, unpack(members))
    redis.call('ZADD', 'zset:' .. suffix, unpack(scores))
    redis.call('SET', 'string:' .. suffix, 'value:' .. i)
end
"""


def string_snapshot(fleet: Fleet, keys: int) -> Path:
    """A directory with a snapshot of `keys` string keys."""
    directory = fleet.directory("strings")
    redis = start_redis(fleet, directory, WITHOUT_FILE)
    load_strings(fleet, redis, "resp", keys)
    check_redis(fleet, redis, ["DBSIZE"], keys)
    _expect(ask(redis.port, "SAVE"), "OK")
    fleet.stop(redis)
    return directory


def mixed_snapshot(fleet: Fleet, keys: int) -> Path:
    """A directory with a snapshot of `keys` keys, a fifth of each data type."""
    directory = fleet.directory("mixed")
    redis = start_redis(fleet, directory, WITHOUT_FILE)
    ask(redis.port, "EVAL", _MIXED, "0", str(keys // 5))
    check_redis(fleet, redis, ["DBSIZE"], keys // 5 * 5)
    _expect(ask(redis.port, "SAVE"), "OK")
    fleet.stop(redis)
    return directory


def redis_increment(fleet: Fleet, keys: int) -> Path:
    """A directory with an increment of redis-server's: `keys` SETs, and no base."""
    directory = fleet.directory("redis-increment")
    redis = start_redis(fleet, directory, WITH_FILE)
    load_strings(fleet, redis, "resp", keys)
    fleet.stop(redis)
    _drop_base(directory)
    return directory


def redwing_increment(fleet: Fleet, settings: Settings, keys: int) -> Path:
    """A directory with an increment of Redwing's: `keys` PUTs, and no base."""
    directory = fleet.directory("redwing-increment")
    redwing = start_redwing(fleet, settings, directory=directory, persistence=WITH_FILE)
    wait_until_ready(redwing, "http")
    load_strings(fleet, redwing, "http", keys)
    check_strings(redwing, keys)
    fleet.stop(redwing)
    _drop_base(directory)
    return directory


def copy(fleet: Fleet, origin: Path, name: str) -> Path:
    """A copy of a data directory, for one server to write in."""
    directory = fleet.directory(name)
    shutil.copytree(origin, directory, dirs_exist_ok=True)
    return directory


def _drop_base(directory: Path) -> None:
    """An empty start may have written an empty base: what is measured is the increment."""
    manifest = directory / APPEND_ONLY / MANIFEST
    kept: list[str] = []
    for line in manifest.read_text().splitlines(keepends=True):
        words = line.split()
        if words[words.index("type") + 1] == "b":
            (manifest.parent / words[words.index("file") + 1]).unlink()
        else:
            kept.append(line)
    if not kept:
        raise BenchmarkError(f"{manifest} has no increment")
    manifest.write_text("".join(kept))


def _expect(reply: str, expected: str) -> None:
    if reply != expected:
        raise BenchmarkError(f"redis-server answered {reply}, not {expected}")
