"""A disk that stands still: writers wait and are then refused, memory is bounded, and all goes on afterwards."""

import threading
import time

import pytest
from harness import serve
from http_client import Client, problem
from lost_writes import SYNC, WRITE
from program import wait_until

MEGABYTE = 1 << 20
# What may wait for the disk: in the queue, and as much again in the batch that is being written.
QUEUE = 64 * MEGABYTE


@pytest.mark.parametrize("policy", ["always", "everysec"])
def test_a_disk_that_stands_still(data, library, control, policy):
    environment = control.environment(library, data)
    options = ["--appendfsync", policy, "--auto-aof-rewrite-percentage", "0"]
    writers, value = 8, b"x" * MEGABYTE
    with serve(data, *options, environment=environment) as program:
        with Client(program.port) as client:
            for writer in range(writers):
                client.put(f"/keys/w{writer}", value)
        before = program.resident_memory()
        control.delay(WRITE if policy == "everysec" else WRITE | SYNC, 3600)
        answers, stopping = [], threading.Event()
        acknowledged = {}

        def write(writer):
            count = 0
            with Client(program.port) as client:
                while not stopping.is_set():
                    count += 1
                    begun = time.monotonic()
                    answer = client.put(f"/keys/w{writer}", b"%d " % count + value)
                    answers.append((answer.status, time.monotonic() - begun, answer))
                    if answer.status < 300:
                        acknowledged[writer] = count

        threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
        for thread in threads:
            thread.start()
        try:
            wait_until(lambda: control.delayed, "the disk to stand still")
            if policy == "everysec":
                wait_until(lambda: [one for one in answers if one[0] == 503], "a refusal")
                refused = next(one for one in answers if one[0] == 503)
                assert problem(refused[2], 503)["code"] == "BUSY"
                assert refused[1] > 0.5, "it was refused without having waited"
                written = sum(one[0] < 300 for one in answers) * MEGABYTE
                assert written > QUEUE / 2, "it was refused before the queue was full"
            # Reads go on.
            with Client(program.port) as client:
                if policy == "everysec":
                    assert len(client.get("/keys/w0?raw").body) >= MEGABYTE
                assert client.get("/keys/none").status == 404
                assert client.get("/healthz").status == 200
            peak = program.resident_memory()
            time.sleep(2)
            later = program.resident_memory()
            assert later < before + 3 * QUEUE + 64 * MEGABYTE, (before, peak, later)
            assert later < peak + 32 * MEGABYTE, (before, peak, later)
        finally:
            control.delay(0, 0)
            stopping.set()
            for thread in threads:
                thread.join()
        with Client(program.port) as client:
            wait_until(lambda: client.put("/keys/after", b"1").status < 300, "writes to be taken again")
            now = {writer: client.get(f"/keys/w{writer}?raw").body[:20] for writer in range(writers)}
        for writer, count in acknowledged.items():
            assert int(now[writer].split(b" ")[0]) >= count
        assert program.stop() == 0
    with serve(data) as program, Client(program.port) as client:
        for writer in range(writers):
            assert client.get(f"/keys/w{writer}?raw").body[:20] == now[writer]
        assert client.get("/keys/after?raw").body == b"1"
