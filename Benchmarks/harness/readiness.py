"""Waiting for a server that loads its data."""

from __future__ import annotations

import time

from .http_exchange import exchange
from .processes import BenchmarkError, Server
from .resp_exchange import ask

READY_SECONDS = 300.0
_POLL_SECONDS = 0.005


def wait_until_ready(server: Server, protocol: str) -> None:
    """Until GET /readyz answers 200 (`http`), or PING something else than LOADING (`resp`)."""
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(server, protocol):
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise BenchmarkError(f"{server.name} did not load its data: see out/{server.name}.log")
        time.sleep(_POLL_SECONDS)


def count_keys(server: Server, protocol: str) -> int:
    """DBSIZE."""
    if protocol == "resp":
        return int(ask(server.port, "DBSIZE"))
    response = exchange(server.port, "POST", "/", b'["DBSIZE"]')
    if response.status != 200:
        raise BenchmarkError(f"DBSIZE: {response.raw!r}")
    return int(response.body.strip().removeprefix(b'{"result":').removesuffix(b"}"))


def _is_ready(server: Server, protocol: str) -> bool:
    if protocol == "resp":
        return ask(server.port, "PING") == "PONG"
    return exchange(server.port, "GET", "/readyz").status == 200
