"""How long a start takes with much to load: from a snapshot, and from an append-only file."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from . import datasets
from .contestants import start_redis, start_redwing
from .loading import check_strings
from .processes import BenchmarkError, Fleet
from .readiness import count_keys, wait_until_ready
from .rounds import Contestant, ratios, take_turns
from .settings import Settings
from .table import Result, Row


@dataclass(frozen=True)
class _Start:
    """What is started, on which directory."""

    protocol: str
    directory: Path
    persistence: Sequence[str]


def measure_load(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """The same files for both programs, and for Redwing also the append-only file that it wrote itself."""
    keys = settings.load_keys
    snapshot = datasets.string_snapshot(fleet, keys)
    theirs = datasets.redis_increment(fleet, keys)
    own = datasets.redwing_increment(fleet, settings, keys)
    without, with_file = datasets.WITHOUT_FILE, datasets.WITH_FILE
    starts = {
        "redwing, snapshot": _Start("http", datasets.copy(fleet, snapshot, "load"), without),
        "redis, snapshot": _Start("resp", snapshot, without),
        "redwing, own file": _Start("http", own, with_file),
        "redwing, redis's file": _Start("http", datasets.copy(fleet, theirs, "load"), with_file),
        "redis, redis's file": _Start("resp", theirs, with_file),
    }
    contestants = [
        Contestant(name, lambda _, start=start: 1000 * _seconds(fleet, settings, start))
        for name, start in starts.items()
    ]
    # The files were just written and copied, so they are in the page cache.
    figures = take_turns(contestants, settings.load_repetitions, report, warm=False)
    fleet.remove(*(start.directory for start in starts.values()))
    speeds = {name: [keys / value for value in values] for name, values in figures.items()}
    of_redis = speeds["redis, redis's file"]
    what = f"loading {keys:,} string keys"
    from_snapshot = ratios(speeds["redwing, snapshot"], speeds["redis, snapshot"])
    return Result(
        [
            Row(f"{what} from a snapshot", "redis-server", from_snapshot, 1.5, True),
            Row(
                f"{what} from an append-only file of its own",
                "redis-server",
                ratios(speeds["redwing, own file"], of_redis),
                2,
                True,
            ),
            Row(
                f"{what} from one that redis-server wrote",
                "redis-server",
                ratios(speeds["redwing, redis's file"], of_redis),
                2,
                True,
            ),
        ],
        [
            f"load: {name} {median(values) / 1000:.2f} s, {median(speeds[name]) / 1000:.2f} million keys/s"
            for name, values in figures.items()
        ],
    )


def _seconds(fleet: Fleet, settings: Settings, start: _Start) -> float:
    """From the start of the process until it is ready; it is then killed, so that the files stay."""
    began = time.monotonic()
    if start.protocol == "http":
        server = start_redwing(fleet, settings, directory=start.directory, persistence=start.persistence)
    else:
        server = start_redis(fleet, start.directory, start.persistence)
    wait_until_ready(server, start.protocol)
    seconds = time.monotonic() - began
    if (count := count_keys(server, start.protocol)) != settings.load_keys:
        raise BenchmarkError(f"{server.name} loaded {count} keys, not {settings.load_keys}")
    if start.protocol == "http":
        check_strings(server, settings.load_keys)
    fleet.kill(server)
    return seconds
