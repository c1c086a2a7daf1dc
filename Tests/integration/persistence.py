"""Servers on a data directory, and whole keyspaces to compare."""

import base64
import io
import json
import subprocess
from pathlib import Path

from http_client import Client
from program import PATIENCE, Program, clean_environment, wait_until
from redis_server import ReplyError, parse, parse_reply, to_bytes


def serve(directory, *options, **more):
    """`redwing serve` on a directory: nothing answered is lost, and no snapshots are made by themselves, unless the
    options say otherwise."""
    defaults = {"--save": "", "--appendfsync": "always"}
    given = [part for name, value in defaults.items() if name not in options for part in (name, value)]
    return Program(*given, "--enable-debug-command", *options, directory=str(directory), **more)


class Commands:
    """Commands with any bytes, and their replies, as `RedisServer` has them: so the two can be compared."""

    def __init__(self, port):
        self.client = Client(port, timeout=PATIENCE * 2)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    def _send(self, path, document):
        answer = self.client.post(path, json.dumps(document), Upstash_Response_Format="resp2")
        if answer.content_type == "application/json":
            raise ReplyError(answer.json["error"])
        return io.BytesIO(answer.body)

    def execute(self, *command):
        return parse(self._send("/", [argument(part) for part in command]))

    def pipeline(self, commands):
        """The replies; an error among them is answered, not raised."""
        replies = self._send("/pipeline", [[argument(part) for part in command] for command in commands])
        return [parse_reply(replies) for _ in commands]


def argument(part):
    part = to_bytes(part)
    try:
        return part.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(part).decode()}


def pipeline(server, commands):
    """The replies of a Redwing or a Redis, none of which is an error."""
    replies = []
    for start in range(0, len(commands), 500):
        some = commands[start : start + 500]
        if isinstance(server, Commands):
            replies += server.pipeline(some)
        else:
            server.send(some)
            replies += [parse_reply(server.reader) for _ in some]
    for command, reply in zip(commands, replies, strict=True):
        assert not isinstance(reply, ReplyError), (str(command)[:200], reply)
    return replies


READS = {
    "string": lambda key: ["GET", key],
    "list": lambda key: ["LRANGE", key, 0, -1],
    "set": lambda key: ["SMEMBERS", key],
    "hash": lambda key: ["HGETALL", key],
    "zset": lambda key: ["ZRANGE", key, 0, -1, "WITHSCORES"],
}


def keyspace(server):
    """All that a Redwing or a Redis holds: type, value and expiry (Unix ms, -1: none) by key."""
    keys = server.execute("KEYS", "*")
    kinds = pipeline(server, [["TYPE", key] for key in keys])
    values = pipeline(server, [READS[kind](key) for key, kind in zip(keys, kinds)])
    expiries = pipeline(server, [["PEXPIRETIME", key] for key in keys])
    everything = {}
    for key, kind, value, expiry in zip(keys, kinds, values, expiries, strict=True):
        if kind == "set":
            value = sorted(value)
        elif kind == "hash":
            value = sorted(zip(value[::2], value[1::2], strict=True))
        everything[key] = (kind, value, expiry)
    return everything


def same(ours, theirs):
    """Asserts that two keyspaces are equal, and names a few keys where they are not."""
    different = [
        (key, str(ours.get(key))[:300], str(theirs.get(key))[:300])
        for key in sorted(ours.keys() | theirs.keys())
        if ours.get(key) != theirs.get(key)
    ]
    assert not different, f"{len(different)} keys differ: {different[:3]}"


def finished(program, resource="/snapshots"):
    """Has a snapshot made, or the append-only file (`/aof`) rewritten, and waits for it: its report."""
    running, last = ("running", "last") if resource == "/snapshots" else ("rewriting", "last_rewrite")
    with Client(program.port) as client:
        # One that began by itself ends first.
        wait_until(lambda: not client.get(resource).json[running], resource)
        before = client.get(resource).json[last]
        answer = client.post(resource if resource == "/snapshots" else "/aof/rewrite")
        assert answer.status == 202, answer

        def state():
            state = client.get(resource).json
            return state if state[last] != before and not state[running] else None

        report = wait_until(state, resource)[last]
        assert report["result"] == "ok", report
        return report


def refusal(directory, *options):
    """What the program says that must refuse to start."""
    program = serve(directory, *options)
    try:
        code = program.wait()
        assert code == 1, (code, program.log)
        return "\n".join(program.log)
    finally:
        program.kill()


def checked_by_redis(directory):
    """Asserts that Redis's own tools take the directory's files for sound."""
    directory = Path(directory)
    files = [("redis-check-aof", directory / "appendonlydir/appendonly.aof.manifest")]
    files += [("redis-check-rdb", path) for path in directory.rglob("*.rdb")]
    for tool, path in files:
        if path.exists():
            result = subprocess.run(
                [tool, path],
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PATIENCE,
            )
            assert result.returncode == 0, (path, result.stdout[-1500:], result.stderr[-1500:])
