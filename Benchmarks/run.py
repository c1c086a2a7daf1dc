#!/usr/bin/env python3
"""Redwing beside what it is compared with, on this machine, in one run. README.md says how to read it.

Benchmarks/run.py                         everything, about 20 minutes
Benchmarks/run.py --only get,put          some of it
Benchmarks/run.py --quick                 whether it all works, under a minute; no figure to quote
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from harness import cluster, commands, disk, events, memory, pause, persist, programs, scale, snapshot, startup, throughput
from harness.processes import BenchmarkError, Fleet
from harness.settings import FULL, OUT, QUICK, REPOSITORY, Settings
from harness.table import HEADINGS, Result, Row, render

_REPETITIONS = ("snapshot_repetitions", "load_repetitions")

Measurement = Callable[[Fleet, Settings, Callable[[str], None]], Result]

MEASUREMENTS: dict[str, Measurement] = {
    "get": throughput.measure_get,
    "put": throughput.measure_put,
    "pipeline": commands.measure_pipeline,
    "command": commands.measure_command,
    "body": commands.measure_body_memory,
    "memory": memory.measure_memory,
    "pause": pause.measure_pause,
    "scale": scale.measure_scale,
    "persist": persist.measure_persist,
    "snapshot": snapshot.measure_snapshot,
    "load": startup.measure_load,
    "events": events.measure_events,
    "disk": disk.measure_disk,
    "cluster": cluster.measure_cluster,
}


def main() -> int:
    """Runs the chosen measurements and prints their table; 1 where a run fails (`--strict`: or misses)."""
    arguments = _arguments()
    settings = _settings(arguments)
    chosen = [name for name in MEASUREMENTS if name in arguments.only]
    rows: list[Row] = []
    absolute: list[str] = []
    began = time.monotonic()
    try:
        programs.require("cc", "wrk", "redis-server", "redis-cli", "redis-benchmark", "webdis", "taskset")
        programs.build()
        print(_machine(), flush=True)
        with Fleet(settings.pin) as fleet:
            for name in chosen:
                _report(f"{name}:")
                result = MEASUREMENTS[name](fleet, settings, _report)
                rows.extend(result.rows)
                absolute.extend(result.absolute)
    except BenchmarkError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("run.py: interrupted", file=sys.stderr)
        return 130
    print()
    print(render(HEADINGS, [row.cells() for row in rows]))
    print()
    print("\n".join(absolute))
    print()
    print(_how(settings, arguments.quick, time.monotonic() - began))
    _save(rows, absolute, settings)
    return 1 if arguments.strict and not all(row.passes for row in rows) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", type=_names, default=list(MEASUREMENTS), help=",".join(MEASUREMENTS))
    parser.add_argument("--quick", action="store_true", help="fewer keys, three rounds: does it work?")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a target is missed")
    parser.add_argument("--rounds", type=int, help="rounds of the throughput measurements")
    parser.add_argument("--snapshot-repetitions", type=int, help="repetitions of the snapshot's")
    parser.add_argument("--load-repetitions", type=int, help="repetitions of loading")
    parser.add_argument("--threads", type=int, help="threads of Redwing and of the bare program")
    parser.add_argument("--webdis-threads", type=int, help="worker threads of webdis")
    parser.add_argument("--pin", action="store_true", help="every server on CPU 0, every load on CPU 1")
    parser.add_argument("--redwing", type=Path, help="the program (default .build/release/redwing)")
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in MEASUREMENTS:
            raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(MEASUREMENTS)}")
    return names


def _settings(arguments: argparse.Namespace) -> Settings:
    settings = QUICK if arguments.quick else FULL
    given = {
        name: getattr(arguments, name)
        for name in ("rounds", "threads", "webdis_threads", "redwing", *_REPETITIONS)
        if getattr(arguments, name) is not None
    }
    return replace(settings, pin=arguments.pin, **given)


def _report(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _machine() -> str:
    """What the figures were measured on and with."""
    processor = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            processor = line.partition(":")[2].strip()
            break
    versions = [_first_line("redis-server", "--version"), _first_line("wrk", "-v")]
    commit = _first_line("git", "-C", str(REPOSITORY), "describe", "--always", "--dirty")
    load = os.getloadavg()[0]
    noise = "  (something else is running: expect a wide spread)" if load > 0.5 else ""
    return (
        f"{os.cpu_count()} × {processor}, Linux {platform.release()}, load {load:.2f}{noise}\n"
        f"redwing {commit}; {'; '.join(versions)}"
    )


def _first_line(*command: str) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (result.stdout or result.stderr).splitlines()
    return lines[0].strip() if lines else f"{command[0]}: unknown version"


def _how(settings: Settings, quick: bool, seconds: float) -> str:
    text = (
        f"Throughput: {settings.rounds} rounds in turns of {settings.seconds} s, the median of the "
        f"per-round ratios; memory: {settings.memory_repetitions}, "
        f"pause: {settings.pause_repetitions}, snapshot: {settings.snapshot_repetitions}, "
        f"load: {settings.load_repetitions} repetitions. "
        f"{settings.threads} server thread(s), webdis {settings.webdis_threads}, "
        f"{'pinned' if settings.pin else 'not pinned'}; {seconds:.0f} s in all."
    )
    return text + ("\nQuick mode: fewer keys, fewer rounds. Do not quote these figures." if quick else "")


def _save(rows: list[Row], absolute: list[str], settings: Settings) -> None:
    """Keeps every repetition in out/results.json."""
    content = {
        "rows": [asdict(row) | {"median": row.median, "passes": row.passes} for row in rows],
        "absolute": absolute,
        "settings": {name: str(value) for name, value in asdict(settings).items()},
    }
    (OUT / "results.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
