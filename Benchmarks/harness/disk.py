"""The disk engine, with ten times as much data as its cache: against bare RocksDB, against memory, cold, and its memory."""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from .contestants import start_redwing
from .http_exchange import Connection, exchange
from .load_generators import wrk
from .loading import ZSET_KEY, key_name, load_sorted_set, load_strings
from .processes import BenchmarkError, Fleet, Server, free_port
from .programs import ROCKS
from .readiness import wait_until_ready
from .rounds import Contestant, ratios, take_turns
from .settings import OUT, Settings
from .table import Result, Row

VALUE_BYTES = 100
_CACHE_FOR_ALL = 256 << 20
_BLOCK_BYTES = 4 << 10
_FIELD_BATCH = 1000
_HASH = "fields"
_SETTLE_SECONDS = 3.0
_SETTLE_LIMIT = 120.0


def measure_disk(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """One database of string keys for everything but the collections."""
    directory = _database(fleet, settings, report)
    parts = [
        _resident(fleet, settings, directory, report),
        _against_rocksdb(fleet, settings, directory, report),
        _against_memory(fleet, settings, directory, report),
        _cold(fleet, settings, report),
    ]
    fleet.remove(directory)
    return Result([row for part in parts for row in part.rows], [line for part in parts for line in part.absolute])


def _start(fleet: Fleet, settings: Settings, directory: Path, cache: int) -> Server:
    options = ["--engine", "disk", "--disk-cache", str(cache), "--appendfsync", "everysec"]
    server = start_redwing(fleet, settings, "redwing-disk", directory, options)
    wait_until_ready(server, "http")
    return server


def _database(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Path:
    """A directory of the disk engine with `disk_keys` keys, imported from an RDB file."""
    source = fleet.directory("disk-source") / "dump.rdb"
    _write_snapshot(source, settings.disk_keys)
    directory = fleet.directory("disk")
    began = time.monotonic()
    fleet.run([str(settings.redwing), "import", str(source), "--dir", str(directory), "--engine", "disk"])
    report(f"  imported {settings.disk_keys:,} keys in {time.monotonic() - began:.1f} s: {_size(directory):,} bytes")
    fleet.remove(source.parent)
    return directory


def _write_snapshot(path: Path, keys: int) -> None:
    """An RDB file of string keys whose values, random digits, don't compress well."""
    head = b"REDIS0010\xfe\x00\xfb" + (b"\x80" + struct.pack(">I", keys)) + b"\x00"
    value = bytes([0x40 | VALUE_BYTES >> 8, VALUE_BYTES & 255])
    generator = random.Random(keys)
    with path.open("wb", 1 << 20) as file:
        file.write(head)
        for first in range(0, keys, 10_000):
            count = min(10_000, keys - first)
            digits = generator.randbytes(count * VALUE_BYTES // 2).hex().encode()
            file.write(
                b"".join(
                    b"\x00\x10" + key_name(first + i).encode() + value + digits[i * VALUE_BYTES : (i + 1) * VALUE_BYTES]
                    for i in range(count)
                )
            )
        # No checksum: Redis's way to say that there is none.
        file.write(b"\xff" + bytes(8))


def _size(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def _resident(fleet: Fleet, settings: Settings, directory: Path, report: Callable[[str], None]) -> Result:
    """The most that is resident while everything is read and written at random."""
    server = _start(fleet, settings, directory, _CACHE_FOR_ALL)
    most = server.resident_bytes()
    for number in range(settings.disk_rounds):
        for method in ("GET", "PUT"):
            wrk(fleet, server, method, "/keys/", settings.disk_keys, settings.disk_seconds, number)
            most = max(most, server.resident_bytes())
    report(f"  resident: {most / 2**20:.0f} MB at most")
    fleet.stop(server)
    what = f"resident memory, {settings.disk_keys:,} keys of {VALUE_BYTES} bytes, --disk-cache 256mb"
    return Result([Row(what, "itself", [most / 2**20], 600, False, "MB")], [])


def _against_rocksdb(
    fleet: Fleet, settings: Settings, directory: Path, report: Callable[[str], None]
) -> Result:
    """GET and PUT against the bare program on a copy of the same database."""
    cache = max(_size(directory) // 10, 8 << 20)
    copy = fleet.directory("disk-bare")
    shutil.copytree(directory / "rocksdb", copy / "rocksdb")
    redwing = _start(fleet, settings, directory, cache)
    rocks = _start_rocks(fleet, settings, redwing, copy / "rocksdb", cache)

    def turns(method: str) -> dict[str, list[float]]:
        def measure(server: Server) -> Callable[[int], float]:
            def turn(number: int) -> float:
                rate = wrk(fleet, server, method, "/keys/", settings.disk_keys, settings.disk_seconds, number)
                # What was written is not in the next one's turn.
                time.sleep(_SETTLE_SECONDS if method == "PUT" else 0)
                return rate

            return turn

        report(f"  {method}:")
        contestants = [Contestant(server.name, measure(server)) for server in (redwing, rocks)]
        return take_turns(contestants, settings.disk_rounds, report)

    gets = turns("GET")
    puts = turns("PUT")
    fleet.kill(rocks)
    fleet.stop(redwing)
    fleet.remove(copy)
    data = f"{settings.disk_keys:,} keys, ten times the cache"
    return Result(
        [
            Row(f"GET on disk, {data}", "bare rocksdb_get", ratios(gets["redwing-disk"], gets["rocks"]), 0.6, True),
            Row(
                f"PUT on disk, everysec, {data}",
                "bare rocksdb_get and _put",
                ratios(puts["redwing-disk"], puts["rocks"]),
                0.5,
                True,
            ),
        ],
        [
            f"{method} on disk: {name} {median(values):,.0f} requests/s"
            for method, figures in (("GET", gets), ("PUT", puts))
            for name, values in figures.items()
        ],
    )


def _start_rocks(fleet: Fleet, settings: Settings, redwing: Server, database: Path, cache: int) -> Server:
    """The bare program, answering what `redwing` answers; its caches are as large as Redwing's."""
    target = "/keys/" + key_name(0)
    get = exchange(redwing.port, "GET", target)
    value = json.loads(get.body)["value"] if get.body.startswith(b"{") else get.body.decode()
    put = exchange(redwing.port, "PUT", target, value.encode())
    files = []
    for name, response in (("get", get), ("put", put)):
        path = OUT / f"{name}.disk.response"
        path.write_bytes(response.raw)
        files += [f"--{name}", str(path)]
    port = free_port()
    flags = ["--port", str(port), "--threads", str(settings.threads), *files, "--value", value]
    rows = cache // 8
    blocks = cache - max(cache // 4, 4 << 20) - rows
    flags += ["--database", str(database), "--cache", str(blocks), "--rows", str(rows)]
    rocks = fleet.serve("rocks", port, [str(ROCKS), *flags])
    for number in random.Random(1).choices(range(settings.disk_keys), k=100):
        target = "/keys/" + key_name(number)
        ours, theirs = exchange(redwing.port, "GET", target), exchange(port, "GET", target)
        if ours.body != theirs.body or ours.head[0] != theirs.head[0]:
            raise BenchmarkError(f"the bare program answers differently:\n{theirs.raw!r}\n{ours.raw!r}")
    return rocks


def _against_memory(
    fleet: Fleet, settings: Settings, directory: Path, report: Callable[[str], None]
) -> Result:
    """GET of so few keys that the blocks they lie in fit the cache, against the engine in memory with the same keys.

    They are loaded before a restart: after it they lie in files, not among what was just written.
    """
    cache = max(_size(directory) // 10, 8 << 20)
    hot = cache // _BLOCK_BYTES // 4
    memory = start_redwing(fleet, settings)
    loading = _start(fleet, settings, directory, cache)
    for server in (loading, memory):
        load_strings(fleet, server, "http", hot)
    fleet.stop(loading)
    disk = _start(fleet, settings, directory, cache)
    _settle(disk)
    contestants = [
        Contestant("disk", lambda number: wrk(fleet, disk, "GET", "/keys/", hot, settings.disk_seconds, number)),
        Contestant("memory", lambda number: wrk(fleet, memory, "GET", "/keys/", hot, settings.disk_seconds, number)),
    ]
    report(f"  GET of {hot:,} hot keys:")
    figures = take_turns(contestants, settings.disk_rounds, report)
    fleet.kill(memory)
    fleet.stop(disk)
    what = f"GET on disk, {hot:,} hot keys that fit the cache"
    return Result(
        [Row(what, "redwing --engine memory", ratios(figures["disk"], figures["memory"]), 0.7, True)],
        [f"GET of hot keys: {name} {median(values):,.0f} requests/s" for name, values in figures.items()],
    )


def _settle(server: Server) -> None:
    """Waits until the database has compacted what others have written: that is no part of what comes next."""
    busy = ("compactions_running", "flushes_running", "compaction_backlog_bytes")
    deadline = time.monotonic() + _SETTLE_LIMIT
    while time.monotonic() < deadline:
        disk = json.loads(exchange(server.port, "GET", "/info").body)["disk"]
        if not any(int(disk[f"disk_{name}"]) for name in busy):
            return
        time.sleep(0.2)
    raise BenchmarkError(f"{server.name} still compacts after {_SETTLE_LIMIT:.0f} s")


def _cold(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """One request after another to a process that has just started, of files that the system has forgotten."""
    directory = fleet.directory("disk-collections")
    members = settings.disk_members
    server = _start(fleet, settings, directory, 64 << 20)
    load_sorted_set(fleet, server, "http", members)
    for first in range(0, members, _FIELD_BATCH):
        command = ["HSET", _HASH]
        for number in range(first, first + _FIELD_BATCH):
            command += [f"field:{number:09d}", f"value:{number}"]
        response = exchange(server.port, "POST", "/", json.dumps(command).encode())
        if response.status != 200:
            raise BenchmarkError(f"a hash of {members} fields: {response.raw!r}")
    fleet.stop(server)
    rows = []
    for name, target in (
        (f"HGET of one of {members:,} fields, cold", f"/hget/{_HASH}/field:{{:09d}}"),
        (f"ZRANK of one of {members:,} members, cold", f"/zrank/{ZSET_KEY}/member:{{:09d}}"),
    ):
        values = []
        for number in range(settings.disk_repetitions):
            forget(directory)
            server = _start(fleet, settings, directory, 64 << 20)
            values.append(_p99(server, target, members, settings.disk_requests, number))
            fleet.stop(server)
        report(f"  {name}: p99 {', '.join(f'{value:.2f}' for value in values)} ms")
        rows.append(Row(f"p99, {name}", "itself", values, 5, False, "ms"))
    fleet.remove(directory)
    return Result(rows, [])


def forget(directory: Path) -> None:
    """Has the system drop what it holds of the files, which are on disk, in its page cache."""
    for path in directory.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def _p99(server: Server, target: str, count: int, requests: int, seed: int) -> float:
    """Milliseconds."""
    numbers = random.Random(seed)
    times = []
    with Connection(server.port) as connection:
        for _ in range(requests):
            path = target.format(numbers.randrange(count))
            began = time.perf_counter()
            response = connection.exchange("GET", path)
            times.append(time.perf_counter() - began)
            if response.status != 200:
                raise BenchmarkError(f"{path}: {response.raw!r}")
    return sorted(times)[len(times) * 99 // 100] * 1000
