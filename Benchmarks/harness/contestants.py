"""The servers that are compared, each started the way its documentation says is fast."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from .http_exchange import Response, exchange
from .loading import key_name, value_of
from .processes import BenchmarkError, Fleet, Server, free_port
from .programs import BARE
from .settings import OUT, Settings


def start_redwing(
    fleet: Fleet,
    settings: Settings,
    name: str = "redwing",
    directory: Path | None = None,
    persistence: Sequence[str] = (),
) -> Server:
    """Redwing, with nothing on disk; with `directory`, which it then keeps its data in, by `persistence`."""
    if not settings.redwing.exists():
        raise BenchmarkError(f"{settings.redwing} is not there: make build")
    port = free_port()
    flags = ["--bind", "127.0.0.1", "--port", str(port), "--threads", str(settings.threads)]
    flags += _on_disk(directory, persistence) if directory else ["--ephemeral"]
    return fleet.serve(name, port, [str(settings.redwing), "serve", *flags])


def start_redis(
    fleet: Fleet,
    directory: Path | None = None,
    persistence: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Server:
    """redis-server, with nothing on disk; with `directory`, which it then keeps its data in."""
    port = free_port()
    flags = ["--bind", "127.0.0.1", "--port", str(port)]
    flags += _on_disk(directory, persistence) if directory else ["--save", "", "--appendonly", "no"]
    return fleet.serve("redis", port, ["redis-server", *flags], environment)


def _on_disk(directory: Path, persistence: Sequence[str]) -> list[str]:
    """What both programs take by the same names. No snapshot or rewrite begins by itself."""
    by_itself = ["--save", "", "--auto-aof-rewrite-percentage", "0"]
    return ["--dir", str(directory), *by_itself, *persistence]


def start_webdis(fleet: Fleet, settings: Settings, redis: Server) -> Server:
    """webdis in front of `redis`, logging nothing.

    Two worker threads with one connection to redis-server each were its best on two cores (65 thousand
    requests a second; one thread with two connections 62, its defaults of four threads and twenty 50):
    the fewer its connections, the more commands it pipelines on each.
    """
    port = free_port()
    configuration = OUT / "webdis.json"
    configuration.write_text(
        json.dumps(
            {
                "redis_host": "127.0.0.1",
                "redis_port": redis.port,
                "http_host": "127.0.0.1",
                "http_port": port,
                "threads": settings.webdis_threads,
                "pool_size": 1,
                "daemonize": False,
                "verbosity": 0,
                "logfile": "/dev/null",
            },
            indent=2,
        )
    )
    return fleet.serve("webdis", port, ["webdis", str(configuration)])


def start_bare(fleet: Fleet, settings: Settings, redwing: Server, key: int) -> Server:
    """The bare libmicrohttpd program, answering what `redwing` answers now for a key that is present."""
    target = "/keys/" + key_name(key)
    put = exchange(redwing.port, "PUT", target, value_of(key))
    get = exchange(redwing.port, "GET", target)
    for response in (put, get):
        if response.status not in (200, 204):
            raise BenchmarkError(f"{target} is not there: {response.head[0]}")
    get_file = _write(OUT / "get.response", get)
    put_file = _write(OUT / "put.response", put)
    port = free_port()
    flags = ["--port", str(port), "--threads", str(settings.threads), "--get", get_file, "--put", put_file]
    bare = fleet.serve("bare", port, [str(BARE), *flags])
    _require_same(get, exchange(port, "GET", target))
    _require_same(put, exchange(port, "PUT", target, value_of(key)))
    return bare


def _write(path: Path, response: Response) -> str:
    path.write_bytes(response.raw)
    return str(path)


def _require_same(theirs: Response, ours: Response) -> None:
    """The comparison is fair only while both send as much of the same."""
    same_head = theirs.head[0] == ours.head[0] and theirs.header_names == ours.header_names
    if not same_head or theirs.body != ours.body or len(theirs.raw) != len(ours.raw):
        raise BenchmarkError(f"the bare program answers differently:\n{theirs.raw!r}\n{ours.raw!r}")
