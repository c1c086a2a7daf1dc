"""Calls of the system that fail: reads go on, writes are refused until they can be kept, nothing acknowledged is lost."""

import errno
import random
import subprocess
import time

import pytest
from harness import check, refusal, rewrite, serve, snapshot, starts
from http_client import Client, problem
from lost_writes import (
    CHANGES,
    CREATE,
    FOREVER,
    OPEN,
    RENAME,
    SYNC,
    SYNC_DIRECTORY,
    TRUNCATE,
    UNLINK,
    WRITE,
    Disk,
    Nothing,
    read_journal,
)
from program import wait_until
from small_disk import SmallDisk
from test_kill import ask
from workload import Workload

NUMBERS = {number: errno.errorcode[number] for number in (errno.ENOSPC, errno.EIO, errno.EROFS)}


def takes_writes(port, key="probe"):
    """Whether a write succeeds; where it does not, it is refused as it must be."""
    with Client(port) as client:
        answer = client.put(f"/keys/{key}", b"x")
    if answer.status < 300:
        return True
    document = problem(answer, 507, 503)
    assert document["code"] == ("MISCONF" if answer.status == 507 else document["code"]), document
    return False


def reads(port):
    with Client(port) as client:
        client.get("/healthz")
        assert client.get("/keys/never-written").status == 404
        assert client.get("/info").status == 200


class Under:
    """Clients that write while something fails; at the end nothing that they know is lost."""

    def __init__(self, program, workload):
        self.program, self.workload = program, workload

    def __enter__(self):
        self.workload.start(self.program.port)
        self.steps(20)
        return self

    def steps(self, more):
        wanted = self.workload.steps + more
        wait_until(lambda: self.workload.steps >= wanted or self.workload.failures, f"{more} more steps")

    def __exit__(self, kind, *_):
        if kind is not None:
            self.workload.stopping.set()
            self.program.kill()
        self.workload.stop()


@pytest.mark.parametrize("engine", ["memory", "disk"])
@pytest.mark.parametrize("policy", ["always", "everysec"])
@pytest.mark.parametrize(
    "kinds", [WRITE, SYNC, WRITE | SYNC | CREATE | RENAME | SYNC_DIRECTORY], ids=["write", "fsync", "everything"]
)
@pytest.mark.seeds(1)
def test_while_it_fails(data, library, control, tmp_path, kinds, policy, engine, seed):
    chance = random.Random(f"{seed} {kinds} {policy}")
    data.mkdir()
    workload = Workload(seed, clients=3)
    journal = tmp_path / "journal"
    environment = control.environment(library, data, journal)
    with serve(data, "--appendfsync", policy, environment=environment, engine=engine) as program:
        with Under(program, workload) as under:
            for once in (True, False):
                number = chance.choice(list(NUMBERS))
                control.fail(kinds, number, count=1 if once else FOREVER, short=chance.random() < 0.5)
                wait_until(lambda: control.failed or workload.failures, "a failure")
                if not once:
                    wait_until(lambda: not takes_writes(program.port), "a refusal")
                    reads(program.port)
                if chance.random() < 0.5:
                    ask(program, chance.choice(["/aof/rewrite", "/snapshots"]) if engine == "memory" else "/snapshots")
                time.sleep(chance.uniform(0, 0.3))
                control.succeed()
                wait_until(lambda: takes_writes(program.port), "writes to be taken again")
                under.steps(30)
        # The acknowledged ones are there, and what was refused is not.
        workload.check(program.port, adopt=False)
        if policy != "always":
            time.sleep(2.5)
        killed = time.monotonic()
        program.kill()
    with serve(data, engine=engine) as program:
        workload.check(program.port, adopt=False)
    # And so they are when the system dies with the process: nothing hangs on what a failed fsync has dropped.
    records = read_journal(journal)
    disk = Disk(data, records)
    disk.advance(disk.index(killed))
    disk.build(tmp_path / "after", Nothing())
    with serve(tmp_path / "after", engine=engine) as program:
        workload.check(program.port, adopt=False)


FAILING_ONCE = {
    CREATE: "create",
    WRITE: "write",
    SYNC: "fsync",
    RENAME: "rename",
    UNLINK: "unlink",
    SYNC_DIRECTORY: "fsync of the directory",
    OPEN: "open",
}


@pytest.mark.parametrize("kind", FAILING_ONCE, ids=FAILING_ONCE.values())
@pytest.mark.parametrize(
    "engine, what", [("memory", "/aof/rewrite"), ("memory", "/snapshots"), ("disk", "/snapshots")]
)
@pytest.mark.seeds(1)
def test_each_call_once(data, library, control, tmp_path, engine, what, kind, seed):
    """Each call that a rewrite or a snapshot makes fails once, under load; then the next one succeeds."""
    data.mkdir()
    workload = Workload(seed, clients=2)
    journal = tmp_path / "journal"
    environment = control.environment(library, data, journal)
    name = b""
    if kind in (WRITE, SYNC):
        name = b"temp-"
    if engine == "disk":
        name = b"/snapshot"
    with serve(data, "--appendfsync", "always", environment=environment, engine=engine) as program:
        with Under(program, workload) as under:
            call = rewrite if what == "/aof/rewrite" else snapshot
            for skip in range(20):
                control.fail(kind, random.Random(skip).choice(list(NUMBERS)), count=1, name=name, skip=skip)
                call(program)
                if not control.failed:
                    break
                control.succeed()
                wait_until(lambda: takes_writes(program.port), "writes to be taken")
                under.steps(5)
            control.succeed()
            call(program)
            assert skip < 20
            with Client(program.port) as client:
                last = client.get("/aof").json["last_rewrite"] if "aof" in what else client.get(what).json["last"]
            assert last["result"] == "ok", last
        killed = time.monotonic()
        program.kill()
    assert check(data).returncode == 0
    with serve(data, engine=engine) as program:
        workload.check(program.port, adopt=False)
    records = read_journal(journal)
    disk = Disk(data, records)
    disk.advance(disk.index(killed))
    disk.build(tmp_path / "after", Nothing())
    with serve(tmp_path / "after", engine=engine) as program:
        workload.check(program.port, adopt=False)


@pytest.mark.parametrize("engine", ["memory", "disk"])
@pytest.mark.seeds(1)
def test_each_call_of_the_start(data, library, control, engine, seed, every):
    """Each call of a start fails once: it refuses, and says which, or goes on; the next start has everything."""
    workload = Workload(seed, clients=2)
    environment = control.environment(library, data)
    chance = random.Random(seed)
    skip, failures = 0, 0
    while True:
        control.fail(CHANGES | OPEN, chance.choice(list(NUMBERS)), count=1, skip=skip)
        program, log = starts(data, "--appendfsync", "always", environment=environment, engine=engine)
        failed = control.failed
        control.succeed()
        if program is None:
            assert failed and str(data) in log, log
            program, log = starts(data, "--appendfsync", "always", environment=environment, engine=engine)
            assert program is not None, log
        with program:
            wait_until(lambda: takes_writes(program.port), "writes to be taken")
            workload.check(program.port)
            with Under(program, workload) as under:
                under.steps(5)
            if chance.random() < 0.5:
                rewrite(program) if engine == "memory" else snapshot(program)
        if not failed:
            break
        failures += 1
        skip += 1 if every else chance.randint(1, 3)
    assert failures > 5


@pytest.mark.parametrize("engine, size", [("memory", "8m"), ("disk", "48m")])
@pytest.mark.seeds(1)
def test_a_full_disk(tmp_path, engine, size, seed, every):
    """A real one: reads go on, writes get 507 until there is room, snapshots and rewrites fail and leave nothing."""
    workload = Workload(seed, clients=3)
    place = tmp_path / "disk"
    with SmallDisk(place, size) as disk:
        directory = place / "data"

        def start():
            return serve(directory, "--appendfsync", "always", command=disk.command, engine=engine)

        with start() as program:
            with Under(program, workload) as under:
                # RocksDB's log has its room before it is written to: it takes the clients seconds to use that up.
                for _ in range(3 if engine == "memory" or every else 1):
                    disk.fill()
                    wait_until(lambda: not takes_writes(program.port), "a refusal")
                    reads(program.port)
                    with Client(program.port) as client:
                        document = problem(client.put("/keys/probe", b"x"), 507)
                        assert "space" in document["detail"], document
                        assert engine == "disk" or client.get("/aof").json["error"]
                    assert snapshot(program)["last"]["result"] != "ok"
                    disk.empty()
                    wait_until(lambda: takes_writes(program.port), "writes to be taken again")
                    under.steps(20)
                    assert snapshot(program)["last"]["result"] == "ok"
                    if engine == "memory":
                        rewrite(program)
            workload.check(program.port, adopt=False)
            program.kill()
        # A start on a full disk loses nothing, whether it refuses or not.
        disk.fill()
        program = start()
        try:
            program.ready()
            reads(program.port)
        except AssertionError:
            assert program.wait() == 1, program.log
            assert "No space left" in "\n".join(program.log), program.log
        finally:
            program.kill()
        disk.empty()
        with start() as program:
            workload.check(program.port, adopt=False)
            wait_until(lambda: takes_writes(program.port), "writes to be taken")


@pytest.mark.parametrize("engine, size", [("memory", "8m"), ("disk", "48m")])
def test_a_read_only_directory(tmp_path, engine, size):
    """Refused at the start, clearly."""
    with SmallDisk(tmp_path / "disk", size) as disk:
        directory = tmp_path / "disk" / "data"
        with serve(directory, "--appendfsync", "always", command=disk.command, engine=engine) as program:
            with Client(program.port) as client:
                assert client.put("/keys/a", b"1").status == 201
            assert program.stop() == 0
        disk.remount("ro")
        log = refusal(directory, command=disk.command, engine=engine)
        assert "Read-only file system" in log and str(directory) in log, log
        disk.remount("rw")
        with serve(directory, command=disk.command, engine=engine) as program, Client(program.port) as client:
            assert client.get("/keys/a?raw").body == b"1"


@pytest.mark.parametrize("engine", ["memory", "disk"])
def test_a_directory_that_can_not_be_made(tmp_path, engine):
    (tmp_path / "file").write_text("")
    log = refusal(tmp_path / "file" / "data", engine=engine)
    assert "Not a directory" in log, log
    log = refusal(tmp_path / "file", engine=engine)
    assert str(tmp_path / "file") in log, log


def fiu(program, command):
    subprocess.run(["fiu-ctrl", "-c", command, str(program.pid)], check=True, stdin=subprocess.DEVNULL)


# RocksDB writes by `write`, as whoever wakes a thread does: libfiu can't tell them apart.
@pytest.mark.parametrize(
    "engine, point",
    [("memory", "rw/pwrite"), ("memory", "sync/fdatasync"), ("memory", "rw/pwrite/reduce"), ("disk", "sync/fdatasync")],
    ids=lambda word: word.replace("/", "-"),
)
@pytest.mark.seeds(1)
def test_with_libfiu(data, engine, point, seed):
    """The same by libfiu's preloaded library: half of the calls fail, then all."""
    number = random.Random(f"{seed} {point}").choice([errno.ENOSPC, errno.EIO])
    workload = Workload(seed, clients=2)
    with serve(data, "--appendfsync", "always", command=["fiu-run", "-x"], engine=engine) as program:
        with Under(program, workload) as under:
            for command in ("enable_random", "enable"):
                probability = ",probability=0.5" if command == "enable_random" else ""
                fiu(program, f"{command} name=posix/io/{point},failinfo={number}{probability}")
                if point == "rw/pwrite/reduce":
                    # Short writes are no failure.
                    under.steps(20)
                elif command == "enable":
                    wait_until(lambda: not takes_writes(program.port), "a refusal")
                    reads(program.port)
                fiu(program, f"disable name=posix/io/{point}")
                wait_until(lambda: takes_writes(program.port), "writes to be taken again")
                under.steps(20)
        workload.check(program.port, adopt=False)
        program.kill()
    with serve(data, engine=engine) as program:
        workload.check(program.port, adopt=False)


@pytest.mark.parametrize(
    "engine, point",
    [("memory", point) for point in ("oc/open", "dir/rename", "dir/unlink", "rw/pwrite", "sync/fsync")]
    + [("disk", point) for point in ("oc/open", "dir/rename", "dir/unlink", "sync/fsync")],
    ids=lambda word: word.replace("/", "-"),
)
@pytest.mark.seeds(1)
def test_rewrites_with_libfiu(data, engine, point, seed):
    """Calls fail at random while the append-only file is rewritten and snapshots are made."""
    workload = Workload(seed, clients=2)
    chance = random.Random(f"{seed} {point}")
    calls = ["/aof/rewrite", "/snapshots"] if engine == "memory" else ["/snapshots"]
    with serve(data, "--appendfsync", "always", command=["fiu-run", "-x"], engine=engine) as program:
        with Under(program, workload) as under:
            number = chance.choice([errno.ENOSPC, errno.EIO])
            fiu(program, f"enable_random name=posix/io/{point},failinfo={number},probability=0.3")
            for _ in range(4):
                ask(program, chance.choice(calls))
                time.sleep(0.1)
            fiu(program, f"disable name=posix/io/{point}")
            wait_until(lambda: takes_writes(program.port), "writes to be taken again")
            under.steps(20)
            with Client(program.port) as client:
                wait_until(lambda: not client.get("/snapshots").json["running"], "the last snapshot")
            if engine == "memory":
                rewrite(program)
            else:
                assert snapshot(program)["last"]["result"] == "ok"
        program.kill()
    with serve(data, engine=engine) as program:
        workload.check(program.port, adopt=False)


def test_a_table_that_can_not_be_read(data):
    """What lies in it answers 503 with its name, all else is served; afterwards it is there again."""
    with serve(data, engine="disk") as program, Client(program.port) as client:
        for number in range(100):
            assert client.put(f"/keys/k{number}", b"x" * 100).status == 201
        # A stop puts it into tables.
        assert program.stop() == 0
    with serve(data, command=["fiu-run", "-x"], engine="disk") as program, Client(program.port) as client:
        fiu(program, f"enable name=posix/io/rw/pread,failinfo={errno.EIO}")
        for answer in (client.get("/keys/k1"), client.put("/keys/k2", b"y"), client.delete("/keys/k3")):
            document = problem(answer, 503)
            assert document["code"] == "IOERR" and ".sst" in document["detail"], document
        assert client.get("/healthz").status == 200
        fiu(program, "disable name=posix/io/rw/pread")
        for number in range(100):
            assert client.get(f"/keys/k{number}?raw").body == b"x" * 100
        assert client.put("/keys/k2", b"y").status == 200
