"""A crash of the system at any call: nothing that was synced is needed to have been written otherwise."""

import random
import shutil
import time

import pytest
from harness import ENGINES, serve, starts
from lost_writes import Disk, Everything, Nothing, Ordered, Torn, read_journal
from test_kill import ask
from workload import Workload

# A sync each second, and as long again for a busy machine.
SYNC_PERIOD = 2.5


def record(data, library, control, tmp_path, seed, policy, seconds, engine):
    """Lets clients write for a while, with a snapshot and a rewrite, kills the server, and answers the workload and
    the calls that the server made."""
    workload = Workload(seed)
    journal = tmp_path / "journal"
    data.mkdir(exist_ok=True)
    environment = control.environment(library, data, journal)
    options = ["--appendfsync", policy, "--save", "3600 1", *ENGINES[engine]]
    chance = random.Random(seed)
    with serve(data, *options, environment=environment) as program:
        workload.start(program.port)
        end = time.monotonic() + seconds
        asked = 0
        while time.monotonic() < end and not workload.failures:
            time.sleep(chance.uniform(0.05, 0.2))
            ask(program, "/aof/rewrite" if asked % 2 else "/snapshots")
            asked += 1
        program.kill()
        workload.join()
    return workload, read_journal(journal)


def points(records, chance, count):
    """The moments at which the system crashes: before the call of that index."""
    # What changes names is rare and interesting.
    rare = [index for index, one in enumerate(records) if one.kind not in (2, 4)]
    some = chance.sample(range(len(records) + 1), min(count, len(records)))
    near = [index + chance.randint(0, 2) for index in chance.sample(rare, min(count, len(rare)))]
    return sorted({min(index, len(records)) for index in some + near})


@pytest.mark.parametrize("engine", ["memory", "disk"])
@pytest.mark.parametrize("policy", ["always", "everysec", "no"])
@pytest.mark.seeds(1)
def test_what_was_never_synced(data, library, control, tmp_path, policy, engine, seed, every):
    chance = random.Random(f"{seed} {policy}")
    seconds = {"always": 1.0, "everysec": 3.2, "no": 1.5}[policy]
    workload, records = record(data, library, control, tmp_path, seed, policy, seconds, engine)
    # The directory was empty, and its name durable.
    disk = Disk(data, records)
    target = tmp_path / "after"
    for index in points(records, chance, 60 if every else 5):
        disk.advance(index)
        crash = records[index].begin if index < len(records) else time.monotonic()
        choices = [Nothing(), Ordered(chance), Torn(chance), Everything()]
        for choice in choices if every else [Nothing(), chance.choice(choices[1:])]:
            disk.build(target, choice)
            what = f"before {records[index] if index < len(records) else 'the end'}, {choice}"
            program, log = starts(target, engine=engine)
            assert program is not None, f"{what}: {log}"
            with program:
                before = {"always": crash, "everysec": crash - SYNC_PERIOD, "no": None}[policy]
                try:
                    workload.check(program.port, before, strict=policy != "no", adopt=False)
                except AssertionError as error:
                    shutil.copytree(target, tmp_path / "failed", dirs_exist_ok=True)
                    raise AssertionError(f"{what}: {error}") from error
