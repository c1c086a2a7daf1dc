"""Filling a server with the keys that every contestant holds, and making sure that they are there."""

from __future__ import annotations

import json
import random

from .http_exchange import exchange
from .processes import BenchmarkError, Fleet, Server
from .programs import LOAD

ZSET_KEY = "board"
SAMPLES = 200


def key_name(number: int) -> str:
    """The 16-byte key that redis-benchmark -r also asks for."""
    return f"key:{number:012d}"


def value_of(number: int) -> bytes:
    """The 32-byte value stored under that key."""
    return f"value:{number:026d}".encode()


def load_strings(
    fleet: Fleet,
    server: Server,
    protocol: str,
    count: int,
    first: int = 0,
    connections: int = 8,
    window: int = 16,
) -> float:
    """Stores `count` string keys through the server's own protocol (`http`, `resp`); returns the seconds."""
    flags = ["--first", str(first), "--connections", str(connections), "--window", str(window)]
    return _load(fleet, server, protocol, "strings", count, flags)


def load_sorted_set(fleet: Fleet, server: Server, protocol: str, count: int) -> float:
    """Adds `count` 16-byte members, in no order of score, to one sorted set; returns the seconds."""
    flags = ["--key", ZSET_KEY, "--batch", "1000", "--connections", "1", "--window", "2"]
    return _load(fleet, server, protocol, "zset", count, flags)


def _load(fleet: Fleet, server: Server, protocol: str, kind: str, count: int, flags: list[str]) -> float:
    arguments = [str(LOAD), "--port", str(server.port), "--protocol", protocol, "--kind", kind]
    output = fleet.run([*arguments, "--count", str(count), *flags])
    return float(json.loads(output)["seconds"])


def check_strings(server: Server, count: int) -> None:
    """Reads a sample of the keys back from an HTTP server of Redwing's API."""
    for number in random.Random(count).choices(range(count), k=SAMPLES):
        response = exchange(server.port, "GET", "/keys/" + key_name(number))
        if response.status != 200 or value_of(number) not in response.body:
            raise BenchmarkError(f"{server.name} lost {key_name(number)}: {response.raw!r}")


def check_sorted_set(server: Server, count: int) -> None:
    """Reads a sample of the members back from an HTTP server of Redwing's API."""
    for number in random.Random(count).choices(range(count), k=SAMPLES):
        response = exchange(server.port, "GET", f"/zsets/{ZSET_KEY}/members/member:{number:09d}")
        if response.status != 200:
            raise BenchmarkError(f"{server.name} lost member {number}: {response.raw!r}")


def check_redis(fleet: Fleet, server: Server, command: list[str], expected: int) -> None:
    """Compares a redis-server's own count (`DBSIZE`, `ZCARD key`) with what was loaded."""
    output = fleet.run(["redis-cli", "-p", str(server.port), *command]).strip()
    if output != str(expected):
        raise BenchmarkError(f"{server.name}: {' '.join(command)} is {output}, not {expected}")
