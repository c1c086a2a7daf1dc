"""How long a GET waits while keys are being inserted: does growing the table ever stop the service?"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from .contestants import start_bare, start_redwing
from .loading import load_strings
from .processes import Fleet, Server
from .programs import LATENCY
from .settings import Settings
from .table import Result, Row

PAUSE_MILLISECONDS = 10.0
INSERTING_CONNECTIONS = 16


@dataclass(frozen=True)
class Latency:
    """One repetition of the probe, in milliseconds."""

    p50: float
    p99: float
    max: float
    worst: list[tuple[float, float]]
    """The second in which it began, and how long it took."""
    inserts_a_second: float

    def text(self) -> str:
        """What a repetition reports; a pause with its second, since a resize comes back at the same one."""
        pauses = [f"{took:.1f} at {second:.2f} s" for second, took in self.worst if took > PAUSE_MILLISECONDS]
        return (
            f"p50 {self.p50:.3f}, p99 {self.p99:.3f}, max {self.max:.3f} ms, "
            f"{self.inserts_a_second:,.0f} inserts/s; "
            f"over {PAUSE_MILLISECONDS:.0f} ms: {', '.join(pauses) or 'none'}"
        )


def measure_pause(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """Latency of GETs on one connection during the inserts, Redwing and the bare program in turns."""
    own: list[Latency] = []
    bares: list[Latency] = []
    for number in range(1, settings.pause_repetitions + 1):
        redwing = start_redwing(fleet, settings)
        load_strings(fleet, redwing, "http", settings.pause_present)
        # The bare program only answers, under the same inserts: what its worst case shows is the machine.
        bare = start_bare(fleet, settings, redwing, 0)
        own.append(_during_inserts(fleet, settings, redwing))
        bares.append(_during_inserts(fleet, settings, bare))
        fleet.stop(bare, redwing)
        of = f"  repetition {number} of {settings.pause_repetitions}"
        report(f"{of}: redwing {own[-1].text()}")
        report(f"{of}: bare {bares[-1].text()}")
    what = f"GET while {settings.pause_inserted:,} keys are inserted"
    return Result(
        [
            Row(f"{what}: longest", "no pause", [each.max for each in own], PAUSE_MILLISECONDS, False, "ms"),
            Row(f"{what}: p99", "no pause", [each.p99 for each in own], PAUSE_MILLISECONDS, False, "ms"),
        ],
        [_summary(name, latencies) for name, latencies in (("redwing", own), ("bare", bares))],
    )


def _summary(name: str, latencies: list[Latency]) -> str:
    longest = [each.max for each in latencies]
    return (
        f"pause: {name} p50 {median(each.p50 for each in latencies):.3f}, "
        f"p99 {median(each.p99 for each in latencies):.3f}, "
        f"longest {median(longest):.3f} (worst of all {max(longest):.3f}) ms, "
        f"{median(each.inserts_a_second for each in latencies):,.0f} inserts/s"
    )


def _during_inserts(fleet: Fleet, settings: Settings, server: Server) -> Latency:
    probe = fleet.begin([str(LATENCY), "--port", str(server.port), "--keys", str(settings.pause_present)])
    assert probe.stdout is not None
    probe.stdout.readline()  # "ready": it is connected and asks from now on
    # One request in flight a connection: with pipelines a GET would wait for whole windows of others' PUTs,
    # which says something about the load and nothing about the table.
    seconds = load_strings(
        fleet,
        server,
        "http",
        settings.pause_inserted,
        first=settings.pause_present,
        connections=INSERTING_CONNECTIONS,
        window=1,
    )
    probe.terminate()
    result = json.loads(fleet.finish(probe, "latency"))
    worst = [(second, took) for second, took in result["worst"]]
    return Latency(result["p50"], result["p99"], result["max"], worst, settings.pause_inserted / seconds)
