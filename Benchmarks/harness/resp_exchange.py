"""One command to a redis-server over a fresh connection."""

from __future__ import annotations

import socket

from .processes import BenchmarkError

EXCHANGE_SECONDS = 60.0


def ask(port: int, *command: str) -> str:
    """The reply: a status, an error (with its `-`), a number or a string as text."""
    with socket.create_connection(("127.0.0.1", port), timeout=EXCHANGE_SECONDS) as connection:
        parts = [f"${len(part.encode())}\r\n{part}\r\n" for part in command]
        connection.sendall((f"*{len(parts)}\r\n" + "".join(parts)).encode())
        with connection.makefile("rb") as replies:
            line = replies.readline()
            if line.startswith(b"$") and not line.startswith(b"$-"):
                return replies.read(int(line[1:])).decode()
    if not line.endswith(b"\r\n"):
        raise BenchmarkError(f"{' '.join(command)}: redis-server hung up")
    return line.decode().strip().lstrip("+:")


def field(port: int, section: str, name: str) -> str:
    """One field of INFO."""
    for line in ask(port, "INFO", section).splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return value.strip()
    raise BenchmarkError(f"INFO {section} has no {name}")
