"""Answers that would take all memory, and memory that comes back once a large body has been answered."""

import re
from pathlib import Path

from program import Program, wait_until

from http_client import Client

MEBIBYTE = 1 << 20
TOO_LONG = b"takes more than 512 MB; the command was executed, but ask for less at a time"


def test_a_pipeline_answers_no_more_than_512_megabytes(client):
    value = b"x" * (60 * MEBIBYTE)
    assert client.put("/keys/big", value).status == 201
    commands = [["GET", "big"]] * 9 + [["DEL", "big"]]
    answer = client.post("/pipeline", commands, Upstash_Response_Format="resp2")
    one = b"$%d\r\n%s\r\n" % (len(value), value)
    end = b"-ERR the answer %s\r\n:1\r\n" % TOO_LONG
    assert answer.status == 200
    assert len(answer.body) == 8 * len(one) + len(end)
    assert answer.body.startswith(one) and answer.body.endswith(end)


def test_a_command_replies_no_more_than_512_megabytes(client):
    assert client.put("/keys/big", b"x" * (60 * MEBIBYTE)).status == 201
    answer = client.post("/", ["MGET", *["big"] * 100_000])
    assert answer.status == 400
    assert answer.body == b'{"error":"ERR the reply %s"}' % TOO_LONG


def test_memory_of_a_large_body_comes_back():
    """Of as much as 60 MiB of commands and 36 of replies nothing stays but a tenth of what was there."""
    command = b'["GET","key:000000000000"]'
    body = b"[" + b",".join([command] * (60 * MEBIBYTE // (len(command) + 1))) + b"]"
    with Program() as program, Client(program.port) as client:
        assert client.post("/pipeline", [["GET", "key"]]).status == 200
        before = resident_bytes(program)
        answer = client.post("/pipeline", body)
        assert answer.status == 200 and answer.body.startswith(b'[{"result":null},')
        wait_until(lambda: resident_bytes(program) < before * 1.1, "the memory to come back")


def resident_bytes(program):
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024
