"""Commands in JSON bodies: POST / and POST /pipeline, against redis-benchmark and against GET /keys/{k}."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from .contestants import start_redis, start_redwing
from .http_exchange import exchange
from .load_generators import PIPELINE_CONNECTIONS, redis_benchmark, wrk, wrk_command, wrk_pipeline
from .loading import check_redis, check_strings, key_name, load_strings
from .memory import settled
from .processes import BenchmarkError, Fleet, Server
from .rounds import Contestant, ratios, take_turns
from .settings import Settings
from .table import Result, Row


def measure_pipeline(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """POST /pipeline of SET and of GET, against redis-benchmark -P; and long against short pipelines."""
    redwing = _start_loaded(fleet, settings, report)
    redis = start_redis(fleet)
    load_strings(fleet, redis, "resp", settings.keys)
    check_redis(fleet, redis, ["DBSIZE"], settings.keys)
    batch, long_batch = settings.pipeline_batch, settings.long_pipeline_batch
    rows: list[Row] = []
    absolute: list[str] = []
    for command in ("SET", "GET"):

        def ours(size: int, command: str = command) -> Callable[[int], float]:
            return lambda number: wrk_pipeline(
                fleet, redwing, command, settings.keys, size, settings.seconds, number
            )

        def theirs(requests: int, command: str = command) -> float:
            return redis_benchmark(
                fleet, redis, settings.keys, requests, command, PIPELINE_CONNECTIONS, batch
            )

        requests = round(theirs(500_000) * settings.seconds)
        contestants = [
            Contestant("redwing", ours(batch)),
            Contestant("redis-benchmark", lambda _, theirs=theirs, requests=requests: theirs(requests)),
            Contestant("redwing, long", ours(long_batch)),
        ]
        figures = take_turns(contestants, settings.rounds, report)
        against = f"redis-benchmark -t {command.lower()} -P {batch} -c {PIPELINE_CONNECTIONS}"
        what = f"POST /pipeline, {batch} × {command}, commands/s"
        rows.append(Row(what, against, ratios(figures["redwing"], figures["redis-benchmark"]), 1.5, True))
        what = f"POST /pipeline, {long_batch:,} × {command}, commands/s"
        long_ratios = ratios(figures["redwing, long"], figures["redwing"])
        rows.append(Row(what, f"redwing, {batch} × {command}", long_ratios, 0.8, True))
        absolute += [
            f"pipeline {command}: {name} {median(values):,.0f} commands/s" for name, values in figures.items()
        ]
    check_strings(redwing, settings.keys)
    fleet.stop(redis, redwing)
    return Result(rows, absolute)


def measure_command(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """POST / with one GET, against GET /keys/{k}."""
    redwing = _start_loaded(fleet, settings, report)
    keys, seconds = settings.keys, settings.seconds
    figures = take_turns(
        [
            Contestant("POST /", lambda number: wrk_command(fleet, redwing, "GET", keys, seconds, number)),
            Contestant(
                "GET /keys", lambda number: wrk(fleet, redwing, "GET", "/keys/", keys, seconds, number)
            ),
        ],
        settings.rounds,
        report,
    )
    fleet.stop(redwing)
    return Result(
        [
            Row(
                "POST / with one GET",
                "redwing, GET /keys/{k}",
                ratios(figures["POST /"], figures["GET /keys"]),
                0.85,
                True,
            )
        ],
        [f"command: {name} {median(values):,.0f} requests/s" for name, values in figures.items()],
    )


def measure_body_memory(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """Resident memory before a large pipeline, and once it has been answered."""
    values: list[float] = []
    body = _pipeline_body(settings.body_bytes)
    for number in range(1, settings.memory_repetitions + 1):
        server = start_redwing(fleet, settings)
        _post(server, b'[["GET","key:000000000000"]]')
        before = settled(server, quiet=0.5)
        _post(server, body)
        after = settled(server, settings.memory_quiet_seconds)
        fleet.stop(server)
        values.append(after / before)
        report(
            f"  repetition {number} of {settings.memory_repetitions}: "
            f"{before / 1e6:.1f} MB before, {after / 1e6:.1f} MB after"
        )
    what = f"resident memory after a pipeline of {settings.body_bytes >> 20} MiB was answered"
    return Result([Row(what, "before it", values, 1.1, False)], [])


def _pipeline_body(size: int) -> bytes:
    """About `size` bytes of GETs: no key is there, so that nothing stays in memory but what is wasted."""
    commands: list[str] = []
    length = 2
    while length < size - 64:
        commands.append(f'["GET","{key_name(len(commands))}"]')
        length += len(commands[-1]) + 1
    return ("[" + ",".join(commands) + "]").encode()


def _post(server: Server, body: bytes) -> None:
    response = exchange(server.port, "POST", "/pipeline", body)
    if response.status != 200 or not response.body.startswith(b'[{"result":null}'):
        raise BenchmarkError(f"{server.name}: {response.raw[:200]!r}")


def _start_loaded(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Server:
    redwing = start_redwing(fleet, settings)
    seconds = load_strings(fleet, redwing, "http", settings.keys)
    report(f"  loaded {settings.keys:,} keys over HTTP in {seconds:.1f} s")
    check_strings(redwing, settings.keys)
    return redwing
