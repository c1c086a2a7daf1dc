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


@pytest.mark.parametrize("policy", ["always", "everysec"])
@pytest.mark.parametrize(
    "kinds", [WRITE, SYNC, WRITE | SYNC | CREATE | RENAME | SYNC_DIRECTORY], ids=["write", "fsync", "everything"]
)
@pytest.mark.seeds(1)
def test_while_it_fails(data, library, control, tmp_path, kinds, policy, seed):
    chance = random.Random(f"{seed} {kinds} {policy}")
    data.mkdir()
    workload = Workload(seed, clients=3)
    journal = tmp_path / "journal"
    environment = control.environment(library, data, journal)
    with serve(data, "--appendfsync", policy, environment=environment) as program:
        with Under(program, workload) as under:
            for once in (True, False):
                number = chance.choice(list(NUMBERS))
                control.fail(kinds, number, count=1 if once else FOREVER, short=chance.random() < 0.5)
                wait_until(lambda: control.failed or workload.failures, "a failure")
                if not once:
                    wait_until(lambda: not takes_writes(program.port), "a refusal")
                    reads(program.port)
                if chance.random() < 0.5:
                    ask(program, chance.choice(["/aof/rewrite", "/snapshots"]))
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
    with serve(data) as program:
        workload.check(program.port, adopt=False)
    # And so they are when the system dies with the process: nothing hangs on what a failed fsync has dropped.
    records = read_journal(journal)
    disk = Disk(data, records)
    disk.advance(disk.index(killed))
    disk.build(tmp_path / "after", Nothing())
    with serve(tmp_path / "after") as program:
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
@pytest.mark.parametrize("what", ["/aof/rewrite", "/snapshots"])
@pytest.mark.seeds(1)
def test_each_call_once(data, library, control, tmp_path, what, kind, seed):
    """Each call that a rewrite or a snapshot makes fails once, under load; then the next one succeeds."""
    data.mkdir()
    workload = Workload(seed, clients=2)
    journal = tmp_path / "journal"
    environment = control.environment(library, data, journal)
    name = b"" if kind not in (WRITE, SYNC) else b"temp-"
    with serve(data, "--appendfsync", "always", environment=environment) as program:
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
    with serve(data) as program:
        workload.check(program.port, adopt=False)
    records = read_journal(journal)
    disk = Disk(data, records)
    disk.advance(disk.index(killed))
    disk.build(tmp_path / "after", Nothing())
    with serve(tmp_path / "after") as program:
        workload.check(program.port, adopt=False)


@pytest.mark.seeds(1)
def test_each_call_of_the_start(data, library, control, seed, every):
    """Each call of a start fails once: it refuses, and says which, or goes on; the next start has everything."""
    workload = Workload(seed, clients=2)
    environment = control.environment(library, data)
    chance = random.Random(seed)
    skip, failures = 0, 0
    while True:
        control.fail(CHANGES | OPEN, chance.choice(list(NUMBERS)), count=1, skip=skip)
        program, log = starts(data, "--appendfsync", "always", environment=environment)
        failed = control.failed
        control.succeed()
        if program is None:
            assert failed and str(data) in log, log
            program, log = starts(data, "--appendfsync", "always", environment=environment)
            assert program is not None, log
        with program:
            wait_until(lambda: takes_writes(program.port), "writes to be taken")
            workload.check(program.port)
            with Under(program, workload) as under:
                under.steps(5)
            if chance.random() < 0.5:
                rewrite(program)
        if not failed:
            break
        failures += 1
        skip += 1 if every else chance.randint(1, 3)
    assert failures > 5


@pytest.mark.seeds(1)
def test_a_full_disk(tmp_path, seed):
    """A real one: reads go on, writes get 507 until there is room, snapshots and rewrites fail and leave nothing."""
    workload = Workload(seed, clients=3)
    place = tmp_path / "disk"
    with SmallDisk(place, "8m") as disk:
        directory = place / "data"

        def start():
            return serve(directory, "--appendfsync", "always", command=disk.command)

        with start() as program:
            with Under(program, workload) as under:
                for _ in range(3):
                    disk.fill()
                    wait_until(lambda: not takes_writes(program.port), "a refusal")
                    reads(program.port)
                    with Client(program.port) as client:
                        document = problem(client.put("/keys/probe", b"x"), 507)
                        assert "space" in document["detail"], document
                        assert client.get("/aof").json["error"]
                    assert snapshot(program)["last"]["result"] != "ok"
                    disk.empty()
                    wait_until(lambda: takes_writes(program.port), "writes to be taken again")
                    under.steps(20)
                    assert snapshot(program)["last"]["result"] == "ok"
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


def test_a_read_only_directory(tmp_path):
    """Refused at the start, clearly."""
    with SmallDisk(tmp_path / "disk", "8m") as disk:
        directory = tmp_path / "disk" / "data"
        with serve(directory, "--appendfsync", "always", command=disk.command) as program:
            with Client(program.port) as client:
                assert client.put("/keys/a", b"1").status == 201
            assert program.stop() == 0
        disk.remount("ro")
        log = refusal(directory, command=disk.command)
        assert "Read-only file system" in log and str(directory) in log, log
        disk.remount("rw")
        with serve(directory, command=disk.command) as program, Client(program.port) as client:
            assert client.get("/keys/a?raw").body == b"1"


def test_a_directory_that_can_not_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    log = refusal(tmp_path / "file" / "data")
    assert "Not a directory" in log, log
    log = refusal(tmp_path / "file")
    assert str(tmp_path / "file") in log, log


def fiu(program, command):
    subprocess.run(["fiu-ctrl", "-c", command, str(program.pid)], check=True, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize(
    "point", ["rw/pwrite", "sync/fdatasync", "rw/pwrite/reduce"], ids=lambda point: point.replace("/", "-")
)
@pytest.mark.seeds(1)
def test_with_libfiu(data, point, seed):
    """The same by libfiu's preloaded library: half of the calls fail, then all."""
    number = random.Random(f"{seed} {point}").choice([errno.ENOSPC, errno.EIO])
    workload = Workload(seed, clients=2)
    with serve(data, "--appendfsync", "always", command=["fiu-run", "-x"]) as program:
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
    with serve(data) as program:
        workload.check(program.port, adopt=False)


@pytest.mark.parametrize("point", ["oc/open", "dir/rename", "dir/unlink", "rw/pwrite", "sync/fsync"], ids=lambda point: point.replace("/", "-"))
@pytest.mark.seeds(1)
def test_rewrites_with_libfiu(data, point, seed):
    """Calls fail at random while the append-only file is rewritten and snapshots are made."""
    workload = Workload(seed, clients=2)
    chance = random.Random(f"{seed} {point}")
    with serve(data, "--appendfsync", "always", command=["fiu-run", "-x"]) as program:
        with Under(program, workload) as under:
            number = chance.choice([errno.ENOSPC, errno.EIO])
            fiu(program, f"enable_random name=posix/io/{point},failinfo={number},probability=0.3")
            for _ in range(4):
                ask(program, chance.choice(["/aof/rewrite", "/snapshots"]))
                time.sleep(0.1)
            fiu(program, f"disable name=posix/io/{point}")
            wait_until(lambda: takes_writes(program.port), "writes to be taken again")
            under.steps(20)
            rewrite(program)
        program.kill()
    with serve(data) as program:
        workload.check(program.port, adopt=False)
