"""The program on a data directory, and what can be asked of it and of its files."""

import re
from pathlib import Path

from http_client import Client
from program import Program, wait_until
from program import run as run_program

# Small and quiet: no snapshots by themselves, the least that a rewrite by itself waits for.
QUIET = ("--save", "", "--threads", "2", "--shutdown-grace", "2")
ANNOTATION = re.compile(rb"^#RW:(\d+) (\d+) (\d+) [0-9a-f]{8}\n", re.M)


# What each engine is started with. The disk's cache is small, so that files are written and compacted.
ENGINES = {"memory": (), "disk": ("--engine", "disk", "--disk-cache", "16mb")}


def serve(directory, *options, environment=None, command=(), engine="memory"):
    options = (*QUIET, *ENGINES[engine], *options)
    return Program(*options, directory=str(directory), environment=environment, command=command)


def refusal(directory, *options, environment=None, command=(), engine="memory"):
    """Starts the program, which must end by itself with exit code 1: what it says."""
    program = serve(directory, *options, environment=environment, command=command, engine=engine)
    try:
        code = program.wait()
        assert code == 1, f"ended with {code}: {program.log}"
        return "\n".join(program.log)
    finally:
        program.kill()


def starts(directory, *options, environment=None, engine="memory"):
    """The program once its data is loaded, or None and what it says where it refuses.

    :raises AssertionError: where it ends in any other way.
    """
    program = serve(directory, *options, environment=environment, engine=engine)
    try:
        program.ready()
    except AssertionError:
        if program.process.poll() is None and not program.lines[-1:] == [None]:
            program.kill()
            raise
        code = program.wait()
        log = "\n".join(program.log)
        program.kill()
        assert code == 1, f"ended with {code}: {log}"
        return None, log
    return program, ""


def aof(directory):
    return Path(directory) / "appendonlydir"


def manifest(directory):
    return aof(directory) / "appendonly.aof.manifest"


def listed(directory, kind):
    """The paths of the files of that type (b, i, h) in the manifest, in their order."""
    lines = manifest(directory).read_text().splitlines()
    return [aof(directory) / line.split()[1] for line in lines if line.split()[5] == kind]


def batch_ends(path):
    """Where batches end in an increment, the header's end first."""
    data = Path(path).read_bytes()
    return [data.index(b"\n") + 1] + [match.end() for match in ANNOTATION.finditer(data)]


def rewrite(program):
    """Has the append-only file rewritten, and waits for it."""
    with Client(program.port) as client:
        before = client.get("/aof").json["last_rewrite"]
        assert client.post("/aof/rewrite").status == 202
        return wait_until(
            lambda: (status := client.get("/aof").json)["last_rewrite"] != before
            and not status["rewriting"]
            and status,
            "the rewrite",
        )


def snapshot(program):
    """Has a snapshot made, and waits for it."""
    with Client(program.port) as client:
        before = client.get("/snapshots").json["last"]
        assert client.post("/snapshots").status == 202
        return wait_until(
            lambda: (status := client.get("/snapshots").json)["last"] != before
            and not status["running"]
            and status,
            "the snapshot",
        )


def check(path, *options):
    """`redwing check`."""
    return run_program("check", str(path), *options)
