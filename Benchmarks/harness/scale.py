"""GET throughput with many keys against few: two Redwing processes in turns."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from .contestants import start_redwing
from .load_generators import wrk
from .loading import check_strings, load_strings
from .processes import Fleet, Server
from .rounds import Contestant, ratios, take_turns
from .settings import Settings
from .table import Result, Row


def measure_scale(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """The same load over `settings.many_keys` and over `settings.few_keys`."""
    sizes = {"many": settings.many_keys, "few": settings.few_keys}
    servers: dict[str, Server] = {}
    for name, count in sizes.items():
        servers[name] = start_redwing(fleet, settings, f"redwing-{name}")
        seconds = load_strings(fleet, servers[name], "http", count)
        report(f"  loaded {count:,} keys over HTTP in {seconds:.1f} s")
        check_strings(servers[name], count)

    def contestant(name: str) -> Contestant:
        return Contestant(
            name,
            lambda number: wrk(fleet, servers[name], "GET", "/keys/", sizes[name], settings.seconds, number),
        )

    figures = take_turns([contestant("many"), contestant("few")], settings.rounds, report)
    fleet.stop(*servers.values())
    return Result(
        [
            Row(
                f"GET /keys/{{k}}, {settings.many_keys:,} keys",
                f"redwing, {settings.few_keys:,} keys",
                ratios(figures["many"], figures["few"]),
                0.8,
                True,
            )
        ],
        [f"scale: {sizes[name]:,} keys {median(values):,.0f} requests/s" for name, values in figures.items()],
    )
