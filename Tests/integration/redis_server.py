"""A redis-server beside the program, spoken to in RESP2: what it answers settles what the right answer is."""

import os
import socket
import subprocess
import tempfile
from pathlib import Path

from program import PATIENCE, wait_until


class ReplyError(Exception):
    """An error reply: its text. Those of the same text are equal."""

    def __eq__(self, other):
        return isinstance(other, ReplyError) and self.args == other.args

    def __hash__(self):
        return hash(self.args)


class RedisServer:
    """`redis-server` on a socket in a directory of its own, as a context manager."""

    def __init__(self, *options):
        """`options` go to the server: by them it may keep its data elsewhere, and more than in memory."""
        self.options = options

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory()
        path = Path(self.directory.name) / "socket"
        self.process = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", *self.options],
            cwd=self.directory.name,
            # SORT … ALPHA goes by the locale there.
            env=os.environ | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        wait_until(path.exists, "redis-server")
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(PATIENCE)
        wait_until(lambda: self.connection.connect_ex(str(path)) == 0, "redis-server's socket")
        self.reader = self.connection.makefile("rb")
        wait_until(self._is_loaded, "redis-server's data")
        return self

    def _is_loaded(self):
        try:
            return self.execute("PING") == "PONG"
        except ReplyError:
            return False

    def __exit__(self, *_):
        self.reader.close()
        self.connection.close()
        self.process.kill()
        self.process.wait()
        self.directory.cleanup()

    def send(self, commands):
        self.connection.sendall(b"".join(encode(command) for command in commands))

    def raw(self, commands):
        """The bytes of the replies, one after the other; the commands go in one write."""
        self.send(commands)
        return [read_raw(self.reader) for _ in commands]

    def execute(self, *command):
        """One reply in Python's types.

        :raises ReplyError: for an error reply.
        """
        self.send([command])
        return parse(self.reader)


def to_bytes(argument):
    return argument if isinstance(argument, bytes) else str(argument).encode()


def encode(command):
    parts = [b"*%d\r\n" % len(command)]
    for argument in map(to_bytes, command):
        parts.append(b"$%d\r\n%b\r\n" % (len(argument), argument))
    return b"".join(parts)


def read_raw(reader):
    """The bytes of the next reply."""
    line = reader.readline()
    kind, rest = line[:1], line[1:-2]
    if kind == b"$" and rest != b"-1":
        return line + reader.read(int(rest) + 2)
    if kind == b"*" and rest != b"-1":
        return line + b"".join(read_raw(reader) for _ in range(int(rest)))
    assert kind in (b"+", b"-", b":", b"$", b"*"), f"not a reply: {line!r}"
    return line


def parse(reader):
    """The next reply in Python's types, a status a `str`, all other strings bytes.

    :raises ReplyError: for an error reply.
    """
    reply = parse_reply(reader)
    if isinstance(reply, ReplyError):
        raise reply
    return reply


def parse_reply(reader):
    """The same, but an error reply, also within an array, is answered rather than raised."""
    line = reader.readline()
    kind, rest = line[:1], line[1:-2]
    if kind == b"+":
        return rest.decode()
    if kind == b"-":
        return ReplyError(rest.decode())
    if kind == b":":
        return int(rest)
    if rest == b"-1":
        return None
    if kind == b"$":
        return reader.read(int(rest) + 2)[:-2]
    assert kind == b"*", f"not a reply: {line!r}"
    return [parse_reply(reader) for _ in range(int(rest))]
