"""kill -9 at any moment: what was acknowledged is there, in its order, and transactions whole."""

import random
import signal
import subprocess
import time

import pytest
from harness import ENGINES, manifest, serve
from http_client import Client
from lost_writes import CREATE, LINK, MAKE_DIRECTORY, REMOVE_DIRECTORY, RENAME, SYNC_DIRECTORY, TRUNCATE, UNLINK
from program import wait_until
from workload import Workload

# Under everysec and no what was acknowledged so long before is there: it was given to the system, which lives on.
MOMENT = 0.5


def ask(program, target):
    """A POST whose answer may never come."""
    try:
        with Client(program.port) as client:
            client.post(target)
    except OSError:
        pass


def pause(chance, longest):
    time.sleep(chance.random() ** 2 * longest)


@pytest.mark.parametrize("engine", ["memory", "disk"])
@pytest.mark.parametrize("policy", ["always", "everysec", "no"])
@pytest.mark.seeds(1)
def test_under_load(data, policy, engine, seed, every):
    chance = random.Random(f"{seed} {policy}")
    workload = Workload(seed)
    options = ["--appendfsync", policy, *ENGINES[engine]]
    for cycle in range(8 if every else 4):
        # Rewrites by themselves, too.
        often = chance.random() < 0.3 and engine == "memory"
        size = ["--auto-aof-rewrite-min-size", "50kb", "--auto-aof-rewrite-percentage", "20"] if often else []
        with serve(data, *options, *size) as program:
            lost = workload.check(program.port, killed - MOMENT if cycle and policy != "always" else None)
            assert policy != "always" or lost <= 0
            workload.start(program.port)
            time.sleep(chance.uniform(0.02, 0.9))
            what = chance.choice(["nothing", "snapshot", "rewrite", "both", "stop"])
            if what in ("snapshot", "both"):
                ask(program, "/snapshots")
            if what in ("rewrite", "both"):
                ask(program, "/aof/rewrite")
            if what == "stop":
                program.send(signal.SIGTERM)
            pause(chance, 0.2)
            killed = time.monotonic()
            program.kill()
            workload.join()
        if chance.random() < 0.4:
            # Again, while it loads.
            again = serve(data, *options)
            pause(chance, 0.3)
            again.kill()
        if engine == "memory":
            redis_accepts_after_kill(data)
    with serve(data, *options) as program:
        workload.check(program.port, killed - MOMENT if policy != "always" else None)
    assert workload.steps > 50


def redis_accepts_after_kill(directory):
    """A torn last batch is all that may be wrong with the files; Redis's tool calls that truncated."""
    if not manifest(directory).exists():
        return
    result = subprocess.run(["redis-check-aof", manifest(directory)], capture_output=True, stdin=subprocess.DEVNULL)
    text = result.stdout.decode(errors="replace")
    assert result.returncode == 0 or "is not valid" in text and "BASE" not in text.splitlines()[-1], text[-2000:]


STEPS = CREATE | RENAME | UNLINK | SYNC_DIRECTORY | TRUNCATE | MAKE_DIRECTORY | LINK | REMOVE_DIRECTORY


def each_step(every, control, run, kinds, sample, stride=2):
    """Calls `run` with one call of the system after the other to die at, or a few calls apart, until it is over.

    `run` answers whether the process died.
    """
    step, tried = 1, 0
    while True:
        control.count(kinds)
        if not run(step):
            break
        tried += 1
        step += 1 if every else sample.randint(1, stride)
    assert tried >= 3, f"only {tried} steps"


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
@pytest.mark.parametrize(
    "engine, what", [("memory", "/aof/rewrite"), ("memory", "/snapshots"), ("disk", "/snapshots")]
)
@pytest.mark.seeds(1)
def test_at_each_step(data, library, control, engine, what, busy, seed, every):
    """Before each call of the system that a rewrite or a snapshot makes."""
    workload = Workload(seed)
    environment = control.environment(library, data)

    def run(step):
        with serve(data, "--appendfsync", "always", environment=environment, engine=engine) as program:
            workload.check(program.port)
            workload.start(program.port)
            wanted = workload.steps + 15
            wait_until(lambda: workload.steps >= wanted or workload.failures, "some load")
            if not busy:
                workload.stop()
            control.kill_at(control.calls + step)
            ask(program, what)
            status = what.removesuffix("/rewrite")

            def over():
                if program.process.poll() is not None:
                    return True
                try:
                    with Client(program.port) as client:
                        state = client.get(status).json
                    return not state.get("running", state.get("rewriting")) and state.get(
                        "last", state.get("last_rewrite")
                    )
                except OSError:
                    return False

            wait_until(over, what)
            died = program.process.poll() is not None
            control.kill_at(0)
            program.kill()
            if busy:
                workload.join()
            return died

    # A checkpoint makes many.
    stride = 2 if engine == "memory" else 5
    each_step(every, control, run, STEPS if busy else 0, random.Random(seed), stride)
    with serve(data, engine=engine) as program:
        workload.check(program.port)


@pytest.mark.parametrize("engine", ["memory", "disk"])
@pytest.mark.parametrize("what", ["start", "stop"])
@pytest.mark.seeds(1)
def test_at_each_step_of(what, engine, data, library, control, seed, every):
    """The start, in an empty directory, after a crash, with nothing but a snapshot; and the end."""
    workload = Workload(seed, clients=2)
    environment = control.environment(library, data)
    save = ("--save", "3600 1")

    def run(step):
        program = serve(data, *save, "--appendfsync", "always", environment=environment, engine=engine)
        try:
            if what == "start":
                control.kill_at(step)
                try:
                    program.ready()
                except AssertionError:
                    assert program.wait() == -signal.SIGKILL, program.log
                    return True
                control.kill_at(0)
            else:
                program.ready()
            workload.check(program.port)
            workload.start(program.port)
            wanted = workload.steps + 5
            wait_until(lambda: workload.steps >= wanted or workload.failures, "some load")
            workload.stop()
            if what == "stop":
                control.kill_at(control.calls + step)
                return program.stop() != 0
            return False
        finally:
            control.kill_at(0)
            program.kill()

    each_step(every, control, run, 0, random.Random(seed))
    with serve(data, engine=engine) as program:
        workload.check(program.port)
