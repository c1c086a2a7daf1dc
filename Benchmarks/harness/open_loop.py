"""GETs and PUTs at a fixed rate, with what is measured beside them."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass

from .processes import BenchmarkError, Fleet, Server
from .programs import OPEN_LOOP

_WARM_SECONDS = 1.0
_POLL_SECONDS = 0.05
_UNSATURATED = 0.98


@dataclass(frozen=True)
class Task:
    """Something a server does in the background: how it is begun, and whether it still runs."""

    begin: Callable[[], None]
    runs: Callable[[], bool]


@dataclass(frozen=True)
class Stretch:
    """What was seen during one stretch of load."""

    p99: dict[str, float]
    """By method, in milliseconds from when a request was due; where there was a task, only while it ran."""
    maximum: dict[str, float]
    began_bytes: int
    growth_bytes: int
    """The most memory, less that at the beginning."""
    task_seconds: float

    def text(self) -> str:
        """What is reported of it."""
        latencies = ", ".join(
            f"{method.upper()} p99 {self.p99[method]:.2f} (max {self.maximum[method]:.1f}) ms"
            for method in self.p99
        )
        during = f" in {self.task_seconds:.1f} s of it" if self.task_seconds else ""
        return f"{latencies}{during}; {self.growth_bytes / 1e6:+.1f} MB of {self.began_bytes / 1e6:.0f}"


def saturated_rate(fleet: Fleet, server: Server, protocol: str, keys: int, seconds: float) -> float:
    """Requests a second, half of them PUTs, where every connection asks again once it is answered."""
    load = _begin(fleet, server, protocol, keys, 0)
    time.sleep(seconds)
    load.terminate()
    result = json.loads(fleet.finish(load, "open_loop"))
    return float(result["answered"] / result["seconds"])


def under_load(
    fleet: Fleet,
    server: Server,
    protocol: str,
    keys: int,
    rate: float,
    seconds: float,
    memory: Callable[[], int],
    task: Task | None = None,
) -> Stretch:
    """At least `seconds` of load, and until the task is done, which is begun at the first of them."""
    load = _begin(fleet, server, protocol, keys, round(rate))
    time.sleep(_WARM_SECONDS)
    began_bytes = most_bytes = memory()
    began = time.monotonic()
    load.send_signal(signal.SIGUSR1)
    if task:
        task.begin()
    task_seconds = 0.0
    while (elapsed := time.monotonic() - began) < seconds or (task and not task_seconds):
        if task and not task_seconds and not task.runs():
            task_seconds = elapsed
            load.send_signal(signal.SIGUSR1)
        most_bytes = max(most_bytes, memory())
        if load.poll() is not None:
            break
        time.sleep(_POLL_SECONDS)
    load.terminate()
    result = json.loads(fleet.finish(load, "open_loop"))
    # With a task in it, a pause near the end is a result, and leaves requests unanswered too.
    if task is None and result["answered"] < _UNSATURATED * result["due"]:
        raise BenchmarkError(f"{server.name} does not keep up with {rate:,.0f} requests/s: {result}")
    methods = ("get", "put")
    return Stretch(
        {method: result[method]["p99"] for method in methods},
        {method: result[method]["max"] for method in methods},
        began_bytes,
        most_bytes - began_bytes,
        task_seconds,
    )


def _begin(fleet: Fleet, server: Server, protocol: str, keys: int, rate: int) -> subprocess.Popen[bytes]:
    arguments = ["--port", str(server.port), "--protocol", protocol, "--keys", str(keys)]
    load = fleet.begin([str(OPEN_LOOP), *arguments, "--rate", str(rate)])
    assert load.stdout is not None
    load.stdout.readline()  # "ready"
    return load
