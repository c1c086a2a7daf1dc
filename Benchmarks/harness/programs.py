"""Building the C programs of this folder, and finding the others."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from .processes import BenchmarkError
from .settings import BENCHMARKS, OUT

BARE = OUT / "bare"
ROCKS = OUT / "rocks"
LOAD = OUT / "load"
LATENCY = OUT / "latency"
OPEN_LOOP = OUT / "open_loop"
SUBSCRIBERS = OUT / "subscribers"
COUNT_FSYNC = OUT / "count_fsync.so"

_SOURCES: dict[Path, tuple[Path, list[str]]] = {
    BARE: (BENCHMARKS / "bare/bare.c", ["-lmicrohttpd"]),
    ROCKS: (BENCHMARKS / "bare/rocks.c", ["-lmicrohttpd", "-lrocksdb"]),
    LOAD: (BENCHMARKS / "load/load.c", []),
    LATENCY: (BENCHMARKS / "load/latency.c", []),
    OPEN_LOOP: (BENCHMARKS / "load/open_loop.c", []),
    SUBSCRIBERS: (BENCHMARKS / "load/subscribers.c", []),
    COUNT_FSYNC: (BENCHMARKS / "load/count_fsync.c", ["-shared", "-fPIC"]),
}


def build() -> None:
    """Compiles the yardstick and the load generators into Benchmarks/out."""
    OUT.mkdir(exist_ok=True)
    for program, (source, libraries) in _SOURCES.items():
        flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]
        command = ["cc", *flags, "-o", str(program), str(source), *libraries]
        if subprocess.run(command, check=False).returncode != 0:
            raise BenchmarkError(f"{source.name} does not compile (are libmicrohttpd-dev and librocksdb-dev installed?)")


def require(*names: str) -> None:
    """Stops the run, naming the Debian package, where a program it needs is not installed."""
    packages = {"redis-benchmark": "redis-tools", "redis-cli": "redis-tools", "taskset": "util-linux"}
    for name in names:
        if shutil.which(name) is None:
            raise BenchmarkError(f"{name} is not installed: apt-get install {packages.get(name, name)}")
