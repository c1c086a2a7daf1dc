"""Resident memory per key, against redis-server: the growth of VmRSS from an empty to a loaded server."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from .contestants import start_redis, start_redwing
from .loading import ZSET_KEY, check_redis, check_sorted_set, check_strings, load_sorted_set, load_strings
from .processes import Fleet, Server
from .rounds import ratios
from .settings import Settings
from .table import Result, Row

SETTLE_SECONDS = 30.0


def measure_memory(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """String keys, then one large sorted set; a fresh process every time."""

    def redwing_strings(server: Server) -> None:
        seconds = load_strings(fleet, server, "http", settings.memory_keys)
        report(f"  loaded {settings.memory_keys:,} keys over HTTP in {seconds:.1f} s")
        check_strings(server, settings.memory_keys)

    def redis_strings(server: Server) -> None:
        load_strings(fleet, server, "resp", settings.memory_keys)
        check_redis(fleet, server, ["DBSIZE"], settings.memory_keys)

    def redwing_sorted_set(server: Server) -> None:
        load_sorted_set(fleet, server, "http", settings.memory_members)
        check_sorted_set(server, settings.memory_members)

    def redis_sorted_set(server: Server) -> None:
        load_sorted_set(fleet, server, "resp", settings.memory_members)
        check_redis(fleet, server, ["ZCARD", ZSET_KEY], settings.memory_members)

    strings = _compare(fleet, settings, redwing_strings, redis_strings, settings.memory_keys, "key", report)
    members = _compare(
        fleet, settings, redwing_sorted_set, redis_sorted_set, settings.memory_members, "member", report
    )
    of_strings = f"resident memory, {settings.memory_keys:,} string keys (16 + 32 bytes)"
    of_members = f"resident memory, a sorted set of {settings.memory_members:,} members (16 bytes)"
    return Result(
        [
            Row(of_strings, "redis-server", ratios(*strings), 0.65, False),
            Row(of_members, "redis-server", ratios(*members), 0.5, False),
        ],
        [
            f"memory: redwing {median(own):.1f}, redis-server {median(theirs):.1f} bytes a {unit}"
            for unit, (own, theirs) in {"string key": strings, "sorted-set member": members}.items()
        ],
    )


def _compare(
    fleet: Fleet,
    settings: Settings,
    load_redwing: Callable[[Server], None],
    load_redis: Callable[[Server], None],
    count: int,
    unit: str,
    report: Callable[[str], None],
) -> tuple[list[float], list[float]]:
    own: list[float] = []
    theirs: list[float] = []
    for number in range(1, settings.memory_repetitions + 1):
        quiet = settings.memory_quiet_seconds
        own.append(_growth(fleet, start_redwing(fleet, settings), load_redwing, quiet) / count)
        theirs.append(_growth(fleet, start_redis(fleet), load_redis, quiet) / count)
        report(
            f"  repetition {number} of {settings.memory_repetitions}: "
            f"redwing {own[-1]:.1f}, redis {theirs[-1]:.1f} bytes a {unit}"
        )
    return own, theirs


def _growth(fleet: Fleet, server: Server, load: Callable[[Server], None], quiet: float) -> int:
    empty = settled(server, quiet=0.5)
    load(server)
    loaded = settled(server, quiet)
    fleet.stop(server)
    return loaded - empty


def settled(server: Server, quiet: float) -> int:
    """Resident memory once it has not changed for `quiet` seconds: allocators tidy up in the background."""
    began = changed = time.monotonic()
    bytes_then = server.resident_bytes()
    while time.monotonic() - changed < quiet and time.monotonic() - began < SETTLE_SECONDS:
        time.sleep(0.25)
        bytes_now = server.resident_bytes()
        if abs(bytes_now - bytes_then) >= 65536:
            bytes_then, changed = bytes_now, time.monotonic()
    return bytes_then
