"""GET and PUT of string keys: Redwing, the bare program, webdis + redis-server, redis-benchmark."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from .contestants import start_bare, start_redis, start_redwing, start_webdis
from .load_generators import redis_benchmark, wrk
from .loading import check_redis, check_strings, load_strings
from .processes import Fleet, Server
from .rounds import Contestant, ratios, take_turns
from .settings import Settings
from .table import Result, Row


def measure_get(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """GET /keys/{k}, a random key of `settings.keys` in every request."""
    redwing, bare = _start_loaded(fleet, settings, report)
    redis = start_redis(fleet)
    load_strings(fleet, redis, "resp", settings.keys)
    check_redis(fleet, redis, ["DBSIZE"], settings.keys)
    webdis = start_webdis(fleet, settings, redis)
    rate = redis_benchmark(fleet, redis, settings.keys, 50_000)
    requests = round(rate * settings.seconds)
    contestants = [
        _over_http(fleet, settings, redwing, "GET", "/keys/"),
        _over_http(fleet, settings, bare, "GET", "/keys/"),
        _over_http(fleet, settings, webdis, "GET", "/GET/"),
        Contestant("redis-benchmark", lambda _: redis_benchmark(fleet, redis, settings.keys, requests)),
    ]
    figures = take_turns(contestants, settings.rounds, report)
    fleet.stop(webdis, redis, bare, redwing)

    what = f"GET /keys/{{k}}, {settings.keys:,} keys"
    own = figures["redwing"]
    webdis_name = f"webdis (threads: {settings.webdis_threads}) + redis-server"
    return Result(
        [
            Row(what, "bare libmicrohttpd", ratios(own, figures["bare"]), 0.95, True),
            Row(what, webdis_name, ratios(own, figures["webdis"]), 2, True),
            Row(what, "redis-benchmark -t get -c 64", ratios(own, figures["redis-benchmark"]), 1.1, True),
        ],
        [f"GET: {name} {median(values):,.0f} requests/s" for name, values in figures.items()],
    )


def measure_put(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """PUT /keys/{k} with 32 bytes, over keys that are there."""
    redwing, bare = _start_loaded(fleet, settings, report)
    contestants = [
        _over_http(fleet, settings, redwing, "PUT", "/keys/"),
        _over_http(fleet, settings, bare, "PUT", "/keys/"),
    ]
    figures = take_turns(contestants, settings.rounds, report)
    check_strings(redwing, settings.keys)
    fleet.stop(bare, redwing)
    what = f"PUT /keys/{{k}}, 32 bytes, {settings.keys:,} keys"
    return Result(
        [Row(what, "bare libmicrohttpd", ratios(figures["redwing"], figures["bare"]), 0.9, True)],
        [f"PUT: {name} {median(values):,.0f} requests/s" for name, values in figures.items()],
    )


def _start_loaded(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> tuple[Server, Server]:
    redwing = start_redwing(fleet, settings)
    seconds = load_strings(fleet, redwing, "http", settings.keys)
    report(f"  loaded {settings.keys:,} keys over HTTP in {seconds:.1f} s")
    check_strings(redwing, settings.keys)
    return redwing, start_bare(fleet, settings, redwing, settings.keys // 2)


def _over_http(fleet: Fleet, settings: Settings, server: Server, method: str, prefix: str) -> Contestant:
    return Contestant(
        server.name,
        lambda number: wrk(fleet, server, method, prefix, settings.keys, settings.seconds, number),
    )
