"""One turn of wrk or of redis-benchmark: requests a second."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from .processes import BenchmarkError, Fleet, Server
from .settings import BENCHMARKS

CONNECTIONS = 64
PIPELINE_CONNECTIONS = 16
_RANDOM_KEY = BENCHMARKS / "wrk/random_key.lua"
_COMMANDS = BENCHMARKS / "wrk/commands.lua"


def wrk(fleet: Fleet, server: Server, method: str, prefix: str, keys: int, seconds: int, seed: int) -> float:
    """wrk -t1 -c64 with a random key of `keys` in every request; any response but a 2xx ends the run."""
    arguments = [method, prefix, str(keys), str(seed)]
    return _wrk(fleet, server, CONNECTIONS, seconds, _RANDOM_KEY, arguments)


def wrk_pipelined(
    fleet: Fleet, server: Server, method: str, prefix: str, keys: int, depth: int, seconds: int, seed: int
) -> float:
    """As `wrk`, with `depth` requests under way on each of 16 connections."""
    arguments = [method, prefix, str(keys), str(seed), str(depth)]
    return _wrk(fleet, server, PIPELINE_CONNECTIONS, seconds, _RANDOM_KEY, arguments)


def wrk_command(fleet: Fleet, server: Server, command: str, keys: int, seconds: int, seed: int) -> float:
    """wrk -t1 -c64 of POST / with one command a request: requests a second."""
    arguments = [command, str(keys), "0", str(seed)]
    return _wrk(fleet, server, CONNECTIONS, seconds, _COMMANDS, arguments)


def wrk_pipeline(
    fleet: Fleet, server: Server, command: str, keys: int, batch: int, seconds: int, seed: int
) -> float:
    """wrk -t1 -c16 of POST /pipeline with `batch` commands a request: commands a second."""
    arguments = [command, str(keys), str(batch), str(seed)]
    return batch * _wrk(fleet, server, PIPELINE_CONNECTIONS, seconds, _COMMANDS, arguments)


def _wrk(
    fleet: Fleet, server: Server, connections: int, seconds: int, script: Path, arguments: list[str]
) -> float:
    output = fleet.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script)]
        + [f"http://127.0.0.1:{server.port}/", "--", *arguments]
    )
    for line in output.splitlines():
        if line.startswith("RESULT "):
            result = json.loads(line.removeprefix("RESULT "))
            if result["errors"] > 0 or result["requests"] == 0:
                raise BenchmarkError(f"wrk against {server.name}: {line}")
            return float(result["requests"] * 1e6 / result["microseconds"])
    raise BenchmarkError(f"wrk printed no result:\n{output}")


def redis_benchmark_cluster(fleet: Fleet, server: Server, keys: int, requests: int, pipeline: int) -> float:
    """redis-benchmark --cluster -t get, `pipeline` commands a round trip to each node."""
    output = fleet.run(
        ["redis-benchmark", "-p", str(server.port), "--cluster", "-t", "get", "-c", str(PIPELINE_CONNECTIONS)]
        + ["-P", str(pipeline), "-d", "32", "-r", str(keys), "-n", str(requests), "--csv"]
    )
    for line in output.splitlines():
        if line.startswith('"GET"'):
            return float(next(csv.reader([line]))[1])
    raise BenchmarkError(f"redis-benchmark --cluster printed no result:\n{output}")


def redis_benchmark(
    fleet: Fleet,
    server: Server,
    keys: int,
    requests: int,
    command: str = "GET",
    connections: int = CONNECTIONS,
    pipeline: int = 1,
) -> float:
    """redis-benchmark -t get|set -d 32 -r `keys`, `pipeline` commands a round trip (it seeds itself)."""
    output = fleet.run(
        ["redis-benchmark", "-p", str(server.port), "-t", command.lower(), "-c", str(connections)]
        + ["-P", str(pipeline), "-d", "32", "-r", str(keys), "-n", str(requests), "--csv"]
    )
    for record in csv.DictReader(io.StringIO(output)):
        if record["test"] == command:
            return float(record["rps"])
    raise BenchmarkError(f"redis-benchmark printed no result:\n{output}")
