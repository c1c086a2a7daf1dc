"""PUT throughput with an append-only file: every second against none, and always against webdis."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from . import datasets
from .contestants import start_redis, start_redwing, start_webdis
from .http_exchange import exchange
from .load_generators import CONNECTIONS, wrk
from .loading import check_redis, check_strings, load_strings
from .processes import BenchmarkError, Fleet, Server
from .programs import COUNT_FSYNC
from .readiness import wait_until_ready
from .rounds import Contestant, ratios, take_turns
from .settings import Settings
from .table import Result, Row

_ALWAYS = ["--appendonly", "yes", "--appendfsync", "always"]
_FAST_FSYNC_MILLISECONDS = 0.3
_PROBES = 300
_FLUSHED_SECONDS = 1.2
"""After this the last second's writes are on disk, and not in the next contestant's turn."""


def measure_persist(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """PUT /keys/{k} with 32 bytes, over keys that are there."""
    every_second = _measure_every_second(fleet, settings, report)
    always = _measure_always(fleet, settings, report)
    return Result([*every_second.rows, *always.rows], [*every_second.absolute, *always.absolute])


def _measure_every_second(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    without = start_redwing(fleet, settings)
    directory = fleet.directory("everysec")
    every_second = start_redwing(fleet, settings, "redwing-everysec", directory, datasets.WITH_FILE)
    wait_until_ready(every_second, "http")
    for server in (without, every_second):
        load_strings(fleet, server, "http", settings.keys)
    time.sleep(_FLUSHED_SECONDS)
    fsyncs = _fsyncs_of_redwing(every_second)

    def flushed(number: int) -> float:
        rate = _puts(fleet, settings, every_second, "/keys/", number)
        time.sleep(_FLUSHED_SECONDS)
        return rate

    contestants = [
        Contestant("everysec", flushed),
        Contestant("none", lambda number: _puts(fleet, settings, without, "/keys/", number)),
    ]
    figures = take_turns(contestants, settings.rounds, report)
    check_strings(every_second, settings.keys)
    if _fsyncs_of_redwing(every_second) == fsyncs:
        raise BenchmarkError("redwing, appendfsync everysec: no fsync at all")
    fleet.kill(without, every_second)
    fleet.remove(directory)
    what = f"PUT, appendfsync everysec, {settings.keys:,} keys"
    values = ratios(figures["everysec"], figures["none"])
    return Result(
        [Row(what, "redwing --ephemeral", values, 0.9, True)],
        [f"PUT: {name} {median(values):,.0f} requests/s" for name, values in figures.items()],
    )


def _measure_always(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    origin = datasets.string_snapshot(fleet, settings.keys)
    directory = datasets.copy(fleet, origin, "always")
    fsync = _fsync_milliseconds(directory)
    redwing = start_redwing(fleet, settings, "redwing-always", directory, _ALWAYS)
    wait_until_ready(redwing, "http")
    check_strings(redwing, settings.keys)
    # redis-server would not load the snapshot beside an append-only file: it is written to again.
    counter = origin / "fsyncs"
    environment = {"LD_PRELOAD": str(COUNT_FSYNC), "COUNT_FSYNC_FILE": str(counter)}
    (origin / datasets.SNAPSHOT).unlink()
    redis = start_redis(fleet, origin, _ALWAYS, environment)
    load_strings(fleet, redis, "resp", settings.keys, connections=16, window=256)
    check_redis(fleet, redis, ["DBSIZE"], settings.keys)
    webdis = start_webdis(fleet, settings, redis)
    fsyncs: dict[str, list[float]] = {"redwing": [], "webdis": []}

    def counting(
        name: str, server: Server, prefix: str, count: Callable[[], int]
    ) -> Callable[[int], float]:
        def measure(number: int) -> float:
            before, began = count(), time.monotonic()
            rate = _puts(fleet, settings, server, prefix, number)
            fsyncs[name].append((count() - before) / (time.monotonic() - began))
            return rate

        return measure

    contestants = [
        Contestant("redwing", counting("redwing", redwing, "/keys/", lambda: _fsyncs_of_redwing(redwing))),
        Contestant("webdis", counting("webdis", webdis, "/SET/", lambda: _counted(counter))),
    ]
    figures = take_turns(contestants, settings.rounds, report)
    check_strings(redwing, settings.keys)
    fleet.kill(webdis, redis, redwing)
    fleet.remove(origin, directory)
    target = 1.5 if fsync < _FAST_FSYNC_MILLISECONDS else 1
    against = f"webdis (threads: {settings.webdis_threads}) + redis-server, the same"
    values = ratios(figures["redwing"], figures["webdis"])
    return Result(
        [Row(f"PUT, appendfsync always, {CONNECTIONS} connections", against, values, target, True)],
        [
            f"PUT, always: {name} {median(values):,.0f} requests/s, {median(fsyncs[name]):,.0f} fsyncs/s"
            for name, values in figures.items()
        ]
        + [f"PUT, always: writing 4 KiB and fdatasync take {fsync:.3f} ms here"],
    )


def _puts(fleet: Fleet, settings: Settings, server: Server, prefix: str, number: int) -> float:
    return wrk(fleet, server, "PUT", prefix, settings.keys, settings.persist_seconds, number)


def _fsyncs_of_redwing(server: Server) -> int:
    response = exchange(server.port, "GET", "/aof")
    if response.status != 200:
        raise BenchmarkError(f"GET /aof: {response.raw!r}")
    return int(json.loads(response.body)["fsyncs"])


def _counted(counter: Path) -> int:
    """What load/count_fsync.c counted: INFO does not say."""
    return int.from_bytes(counter.read_bytes(), "little")


def _fsync_milliseconds(directory: Path) -> float:
    """The median of writing 4 KiB to the end of a file and syncing it."""
    path = directory / "probe"
    block = os.urandom(4096)
    times: list[float] = []
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    try:
        for _ in range(_PROBES):
            began = time.perf_counter()
            os.write(descriptor, block)
            os.fdatasync(descriptor)
            times.append(time.perf_counter() - began)
    finally:
        os.close(descriptor)
        path.unlink()
    return 1000 * median(times)
