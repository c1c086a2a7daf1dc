"""Publish and subscribe: server-sent events against redis-server's subscriptions, with the same receiving program."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .contestants import start_redis, start_redwing
from .load_generators import wrk
from .loading import load_strings
from .processes import BenchmarkError, Fleet, Server
from .programs import SUBSCRIBERS
from .rounds import Contestant, ratios, take_turns
from .settings import Settings
from .table import Result, Row

_BATCH = 100
_RATE = 100
_LATENCY_SUBSCRIBERS = 1_000
_DELIVERIES_A_SECOND = 10_000
_IDLE_MEGABYTES = 250.0
_IDLE_PERCENT = 1.0
_FOREVER = 600.0


@dataclass(frozen=True)
class Received:
    """What the subscribers saw."""

    deliveries: int
    seconds: float
    p99: float
    """From publishing to receipt, in milliseconds."""


def measure_events(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """Messages of 64 bytes on one channel."""
    redwing = start_redwing(fleet, settings)
    redis = start_redis(fleet)
    load_strings(fleet, redwing, "http", settings.keys)
    results = [
        _deliveries(fleet, settings, redwing, redis, report),
        _latency(fleet, settings, redwing, redis, report),
        _beside_gets(fleet, settings, redwing, report),
    ]
    fleet.stop(redwing, redis)
    results.append(_idle(fleet, settings, report))
    return Result(
        [row for result in results for row in result.rows],
        [line for result in results for line in result.absolute],
    )


def _deliveries(
    fleet: Fleet, settings: Settings, redwing: Server, redis: Server, report: Callable[[str], None]
) -> Result:
    rows: list[Row] = []
    absolute: list[str] = []
    for count in settings.subscribers:

        def rate(server: Server, protocol: str, count: int = count) -> float:
            seen = _run(fleet, server, protocol, count, "deliveries", settings.event_seconds, _BATCH)
            return seen.deliveries / seen.seconds

        figures = take_turns(
            [
                Contestant("redwing", lambda _, rate=rate: rate(redwing, "http")),
                Contestant("redis", lambda _, rate=rate: rate(redis, "resp")),
            ],
            settings.event_rounds,
            report,
        )
        what = f"deliveries/s, {count:,} subscribers, {_BATCH} messages a request"
        values = ratios(figures["redwing"], figures["redis"])
        rows.append(Row(what, "redis-server, RESP subscribers", values, 1, True))
        absolute += [
            f"events: {name} {median(values):,.0f} deliveries/s to {count:,} subscribers"
            for name, values in figures.items()
        ]
    return Result(rows, absolute)


def _latency(
    fleet: Fleet, settings: Settings, redwing: Server, redis: Server, report: Callable[[str], None]
) -> Result:
    def p99(server: Server, protocol: str) -> float:
        seconds = settings.event_seconds
        seen = _run(fleet, server, protocol, _LATENCY_SUBSCRIBERS, "rate", seconds, _RATE)
        if seen.deliveries < 0.9 * _RATE * seconds * _LATENCY_SUBSCRIBERS:
            raise BenchmarkError(f"{server.name} does not keep up with {_RATE} messages/s: {seen}")
        return seen.p99

    figures = take_turns(
        [
            Contestant("redwing", lambda _: p99(redwing, "http")),
            Contestant("redis", lambda _: p99(redis, "resp")),
        ],
        settings.event_rounds,
        report,
    )
    what = f"publish to receipt p99, {_LATENCY_SUBSCRIBERS:,} subscribers, {_RATE} messages/s"
    values = ratios(figures["redwing"], figures["redis"])
    return Result(
        [Row(what, "redis-server", values, 1.5, False)],
        [f"events: {name} p99 {median(values):.1f} ms to receipt" for name, values in figures.items()],
    )


def _beside_gets(
    fleet: Fleet, settings: Settings, redwing: Server, report: Callable[[str], None]
) -> Result:
    def gets(number: int) -> float:
        return wrk(fleet, redwing, "GET", "/keys/", settings.keys, settings.seconds, number)

    def beside(number: int) -> float:
        per_second = _DELIVERIES_A_SECOND // _LATENCY_SUBSCRIBERS
        load = _begin(fleet, redwing, "http", _LATENCY_SUBSCRIBERS, "rate", _FOREVER, per_second)
        rate = gets(number)
        load.terminate()
        seen = _end(fleet, load)
        if seen.deliveries < 0.8 * _DELIVERIES_A_SECOND * seen.seconds:
            raise BenchmarkError(f"{redwing.name} does not keep up beside GETs: {seen}")
        return rate

    figures = take_turns(
        [Contestant("with", beside), Contestant("without", gets)], settings.rounds, report
    )
    what = f"GET while {_LATENCY_SUBSCRIBERS:,} subscribers get {_DELIVERIES_A_SECOND:,} deliveries/s"
    return Result(
        [Row(what, "without", ratios(figures["with"], figures["without"]), 0.8, True)],
        [f"events: GET {name} them {median(values):,.0f} requests/s" for name, values in figures.items()],
    )


def _idle(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    count = settings.idle_subscribers
    megabytes: list[float] = []
    percents: list[float] = []
    for _ in range(settings.event_rounds):
        redwing = start_redwing(fleet, settings)
        load = _begin(fleet, redwing, "http", count, "rate", _FOREVER, 0)
        time.sleep(1.0)
        before = _processor_seconds(redwing)
        time.sleep(settings.idle_seconds)
        percents.append(100 * (_processor_seconds(redwing) - before) / settings.idle_seconds)
        megabytes.append(redwing.resident_bytes() / 1e6)
        load.terminate()
        _end(fleet, load)
        fleet.stop(redwing)
        report(f"  {count:,} idle subscribers: {megabytes[-1]:.0f} MB, {percents[-1]:.2f} % of a core")
    what = f"{count:,} idle subscribers"
    return Result(
        [
            Row(f"{what}: resident", "limit", megabytes, _IDLE_MEGABYTES, False, "MB"),
            Row(f"{what}: processor", "limit", percents, _IDLE_PERCENT, False, "%"),
        ],
        [],
    )


def _processor_seconds(server: Server) -> float:
    # User and system time, in hundredths, behind the name in parentheses.
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _run(
    fleet: Fleet, server: Server, protocol: str, count: int, mode: str, seconds: float, number: int
) -> Received:
    return _end(fleet, _begin(fleet, server, protocol, count, mode, seconds, number))


def _begin(
    fleet: Fleet, server: Server, protocol: str, count: int, mode: str, seconds: float, number: int
) -> subprocess.Popen[bytes]:
    load = fleet.begin(
        [str(SUBSCRIBERS), protocol, str(server.port), str(count), mode, str(seconds), str(number)]
    )
    assert load.stdout is not None
    if load.stdout.readline() != b"ready\n":
        raise BenchmarkError(f"subscribers of {server.name}: {fleet.finish(load, 'subscribers')}")
    return load


def _end(fleet: Fleet, load: subprocess.Popen[bytes]) -> Received:
    seen = json.loads(fleet.finish(load, "subscribers"))
    return Received(seen["deliveries"], seen["seconds"], seen["p99_microseconds"] / 1000)
