"""HTTP requests one by one, the responses kept byte for byte."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from .processes import BenchmarkError

EXCHANGE_SECONDS = 60.0


@dataclass(frozen=True)
class Response:
    """A whole HTTP/1.1 response as it came over the wire."""

    raw: bytes

    @property
    def status(self) -> int:
        """The status code."""
        return int(self.raw[9:12])

    @property
    def head(self) -> list[str]:
        """The status line and the header lines."""
        return self.raw.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")

    @property
    def header_names(self) -> list[str]:
        """The header names in lower case, sorted."""
        return sorted(line.split(":", 1)[0].lower() for line in self.head[1:])

    @property
    def body(self) -> bytes:
        """The body."""
        return self.raw.split(b"\r\n\r\n", 1)[1]


class Connection:
    """A connection that is kept from one request to the next, as a context manager."""

    def __init__(self, port: int) -> None:
        """Connects to a server of this machine."""
        self._host = f"127.0.0.1:{port}"
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=EXCHANGE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def exchange(self, method: str, target: str, body: bytes | None = None) -> Response:
        """Sends one request as wrk would (no header it needn't send) and reads the response."""
        head = f"{method} {target} HTTP/1.1\r\nHost: {self._host}\r\n"
        if body is not None:
            head += f"Content-Length: {len(body)}\r\n"
        self._socket.sendall(head.encode() + b"\r\n" + (body or b""))
        received = b""
        while (length := _whole_length(received)) is None or len(received) < length:
            chunk = self._socket.recv(65536)
            if not chunk:
                raise BenchmarkError(f"{method} {target}: the server hung up after {received!r}")
            received += chunk
        return Response(received)


def exchange(port: int, method: str, target: str, body: bytes | None = None) -> Response:
    """One request over a connection of its own."""
    with Connection(port) as connection:
        return connection.exchange(method, target, body)


def _whole_length(received: bytes) -> int | None:
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    for line in received[:end].split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return end + 4 + int(value)
    return end + 4
