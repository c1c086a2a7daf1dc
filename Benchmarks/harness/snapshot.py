"""A snapshot under load (memory, latency), and how fast one is written, against redis-server's fork."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from . import datasets
from .contestants import start_redis, start_redwing
from .http_exchange import exchange
from .loading import check_strings
from .open_loop import Stretch, Task, saturated_rate, under_load
from .processes import BenchmarkError, Fleet, Server
from .readiness import wait_until_ready
from .resp_exchange import ask, field
from .rounds import ratios
from .settings import Settings
from .table import Result, Row

_SATURATED_SECONDS = 3.0


@dataclass(frozen=True)
class _Pair:
    """The same load without and with a snapshot in it."""

    without: Stretch
    during: Stretch

    @property
    def growth(self) -> float:
        """Percent of the memory that the snapshot took beyond what the same writes took without it."""
        beyond = self.during.growth_bytes - self.without.growth_bytes
        return 100 * beyond / self.without.began_bytes

    def slower(self, method: str) -> float:
        """How many times the p99 without."""
        return self.during.p99[method] / self.without.p99[method]


def measure_snapshot(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """Fresh processes in every repetition, which load the same snapshot and append to a file."""
    strings = datasets.string_snapshot(fleet, settings.snapshot_keys)
    mixed = datasets.mixed_snapshot(fleet, settings.mixed_keys)
    own: list[_Pair] = []
    theirs: list[_Pair] = []
    rates: list[float] = []
    for number in range(1, settings.snapshot_repetitions + 1):
        of = f"  repetition {number} of {settings.snapshot_repetitions}"
        redwing, directory = _start_redwing(fleet, settings, strings)
        check_strings(redwing, settings.snapshot_keys)
        saturated = saturated_rate(fleet, redwing, "http", settings.snapshot_keys, _SATURATED_SECONDS)
        rates.append(saturated / 2)
        task = Task(lambda server=redwing: _begin_snapshot(server), lambda server=redwing: _runs(server))
        own.append(_pair(fleet, settings, redwing, "http", rates[-1], number, redwing.resident_bytes, task))
        fleet.kill(redwing)
        fleet.remove(directory)
        report(f"{of}, {rates[-1]:,.0f} requests/s: redwing without {own[-1].without.text()}")
        report(f"{of}: redwing during {own[-1].during.text()}")
        redis, directory = _start_redis(fleet, strings)
        task = Task(lambda server=redis: _begin_fork(server), lambda server=redis: _forked(server))
        theirs.append(
            _pair(fleet, settings, redis, "resp", rates[-1], number, _with_child(redis), task)
        )
        fleet.kill(redis)
        fleet.remove(directory)
        report(f"{of}: redis without {theirs[-1].without.text()}")
        report(f"{of}: redis during {theirs[-1].during.text()}")
    of_strings = _write(fleet, settings, strings, report)
    of_mixed = _write(fleet, settings, mixed, report)
    fleet.remove(strings, mixed)
    what = f"snapshot of {settings.snapshot_keys:,} keys"
    half = "half of the saturated rate"
    growth = [max(pair.growth, 0.0) for pair in own]
    fork = [pair.growth for pair in theirs]
    return Result(
        [
            Row(f"memory growth in a {what}, {half}", "no snapshot", growth, 8, False, "%"),
            *(
                Row(
                    f"p99 of {method.upper()} in a {what}, {half}",
                    "no snapshot",
                    [pair.slower(method) for pair in own],
                    2,
                    False,
                )
                for method in ("get", "put")
            ),
            Row(f"writing a {what}, MB/s", "redis-server SAVE", ratios(*of_strings), 1, True),
            Row(
                f"writing one of {settings.mixed_keys:,} keys of five types, MB/s",
                "redis-server SAVE",
                ratios(*of_mixed),
                1,
                True,
            ),
        ],
        [
            f"snapshot: memory growth {median(pair.growth for pair in own):.1f} %, "
            f"redis-server with its child {median(fork):.1f} % "
            f"({median(rates):,.0f} requests/s, half of them writes)",
            *(_latencies("redwing", method, own) for method in ("get", "put")),
            *(_latencies("redis-server", method, theirs) for method in ("get", "put")),
            *(
                f"snapshot: {name} written with {median(figures[0]):,.0f} MB/s,"
                f" redis-server SAVE {median(figures[1]):,.0f} MB/s"
                for name, figures in (("strings", of_strings), ("five types", of_mixed))
            ),
        ],
    )


def _latencies(name: str, method: str, pairs: list[_Pair]) -> str:
    return (
        f"snapshot: {name} p99 of {method.upper()} "
        f"{median(pair.without.p99[method] for pair in pairs):.3f} ms without, "
        f"{median(pair.during.p99[method] for pair in pairs):.3f} during"
    )


def _pair(
    fleet: Fleet,
    settings: Settings,
    server: Server,
    protocol: str,
    rate: float,
    number: int,
    memory: Callable[[], int],
    task: Task,
) -> _Pair:
    """The first of a process's two stretches rotates: an allocator's first growth counts for either."""

    def stretch(with_task: bool) -> Stretch:
        keys, seconds = settings.snapshot_keys, settings.snapshot_seconds
        given = task if with_task else None
        return under_load(fleet, server, protocol, keys, rate, seconds, memory, given)

    first = number % 2 == 0
    stretches = {with_task: stretch(with_task) for with_task in (first, not first)}
    return _Pair(stretches[False], stretches[True])


def _write(
    fleet: Fleet, settings: Settings, origin: Path, report: Callable[[str], None]
) -> tuple[list[float], list[float]]:
    """MB/s of SAVE in turns, nothing else going on: Redwing's, redis-server's."""
    redwing, of_redwing = _start_redwing(fleet, settings, origin)
    redis, of_redis = _start_redis(fleet, origin)
    own: list[float] = []
    theirs: list[float] = []
    for number in range(settings.snapshot_repetitions + 1):
        began = time.monotonic()
        response = exchange(redwing.port, "POST", "/", b'["SAVE"]')
        took = time.monotonic() - began
        if response.status != 200:
            raise BenchmarkError(f"SAVE: {response.raw!r}")
        size = int(_snapshots(redwing)["last"]["size"])
        began = time.monotonic()
        if (reply := ask(redis.port, "SAVE")) != "OK":
            raise BenchmarkError(f"redis-server SAVE: {reply}")
        of_fork = time.monotonic() - began
        fork_size = (of_redis / datasets.SNAPSHOT).stat().st_size
        if number > 0:
            own.append(size / took / 1e6)
            theirs.append(fork_size / of_fork / 1e6)
            report(
                f"  writing: redwing {size / 1e6:.1f} MB in {took:.2f} s, "
                f"redis {fork_size / 1e6:.1f} MB in {of_fork:.2f} s"
            )
    fleet.kill(redwing, redis)
    fleet.remove(of_redwing, of_redis)
    return own, theirs


def _start_redwing(fleet: Fleet, settings: Settings, origin: Path) -> tuple[Server, Path]:
    directory = datasets.copy(fleet, origin, "redwing")
    server = start_redwing(fleet, settings, "redwing", directory, datasets.WITH_FILE)
    wait_until_ready(server, "http")
    return server, directory


def _start_redis(fleet: Fleet, origin: Path) -> tuple[Server, Path]:
    """Its append-only file is made once it has loaded: with one, it would not look at the snapshot."""
    directory = datasets.copy(fleet, origin, "redis")
    server = start_redis(fleet, directory, datasets.WITHOUT_FILE)
    wait_until_ready(server, "resp")
    for command in (("CONFIG", "SET", "appendfsync", "everysec"), ("CONFIG", "SET", "appendonly", "yes")):
        if (reply := ask(server.port, *command)) != "OK":
            raise BenchmarkError(f"redis-server {' '.join(command)}: {reply}")
    while any(
        field(server.port, "persistence", f"aof_rewrite_{state}") != "0"
        for state in ("scheduled", "in_progress")
    ):
        time.sleep(0.05)
    return server, directory


def _snapshots(server: Server) -> dict[str, dict[str, int]]:
    answer: dict[str, dict[str, int]] = json.loads(exchange(server.port, "GET", "/snapshots").body)
    return answer


def _begin_snapshot(server: Server) -> None:
    response = exchange(server.port, "POST", "/snapshots")
    if response.status != 202:
        raise BenchmarkError(f"POST /snapshots: {response.raw!r}")


def _runs(server: Server) -> bool:
    answer = _snapshots(server)
    if not answer["running"] and (answer["last"] or {}).get("result") != "ok":
        raise BenchmarkError(f"GET /snapshots: {answer}")
    return bool(answer["running"])


def _begin_fork(server: Server) -> None:
    if (reply := ask(server.port, "BGSAVE")) != "Background saving started":
        raise BenchmarkError(f"BGSAVE: {reply}")


def _forked(server: Server) -> bool:
    return field(server.port, "persistence", "rdb_bgsave_in_progress") != "0"


def _with_child(server: Server) -> Callable[[], int]:
    """The process's resident memory and what its child no longer shares with it."""
    process = server.process.pid

    def memory() -> int:
        total = server.resident_bytes()
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            try:
                lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
            except (FileNotFoundError, ProcessLookupError):
                continue
            total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_Dirty:"))
        return total

    return memory
