"""One turn of wrk or of redis-benchmark: requests a second."""

from __future__ import annotations

import csv
import io
import json

from .processes import BenchmarkError, Fleet, Server
from .settings import BENCHMARKS

CONNECTIONS = 64
_SCRIPT = BENCHMARKS / "wrk/random_key.lua"


def wrk(fleet: Fleet, server: Server, method: str, prefix: str, keys: int, seconds: int, seed: int) -> float:
    """wrk -t1 -c64 with a random key of `keys` in every request; any response but a 2xx ends the run."""
    output = fleet.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(_SCRIPT)]
        + [f"http://127.0.0.1:{server.port}/", "--", method, prefix, str(keys), str(seed)]
    )
    for line in output.splitlines():
        if line.startswith("RESULT "):
            result = json.loads(line.removeprefix("RESULT "))
            if result["errors"] > 0 or result["requests"] == 0:
                raise BenchmarkError(f"wrk against {server.name}: {line}")
            return float(result["requests"] * 1e6 / result["microseconds"])
    raise BenchmarkError(f"wrk printed no result:\n{output}")


def redis_benchmark(fleet: Fleet, server: Server, keys: int, requests: int) -> float:
    """redis-benchmark -t get -c 64 -r `keys`, one command a round trip (it seeds itself)."""
    output = fleet.run(
        ["redis-benchmark", "-p", str(server.port), "-t", "get", "-c", str(CONNECTIONS)]
        + ["-r", str(keys), "-n", str(requests), "--csv"]
    )
    for record in csv.DictReader(io.StringIO(output)):
        if record["test"] == "GET":
            return float(record["rps"])
    raise BenchmarkError(f"redis-benchmark printed no result:\n{output}")
