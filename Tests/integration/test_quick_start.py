"""The first things that a reader of the README types, typed with curl itself."""

import json
import subprocess

import pytest

# Each line with its status and what it prints; they build upon each other.
LINES = [
    ("curl -X PUT localhost:8080/keys/greeting -d 'hello'", 201, None),
    ("curl localhost:8080/keys/greeting", 200, {"value": "hello"}),
    ("curl -X PUT 'localhost:8080/keys/session:1?ttl=60' -d '…'", 201, None),
    (
        """curl -X PATCH localhost:8080/hashes/user:1 -H 'Content-Type: application/json' """
        """-d '{"fields":{"name":"Ada","mail":null}}'""",
        201,
        {"added": 1, "removed": 0},
    ),
    ("curl localhost:8080/hashes/user:1/fields/name", 200, {"value": "Ada"}),
    (
        """curl -X POST localhost:8080/lists/jobs -H 'Content-Type: application/json' """
        """-d '{"values":["a","b"]}'""",
        201,
        {"length": 2},
    ),
    ("curl -X POST localhost:8080/lists/jobs/pop", 200, {"value": "a"}),
    ("curl -X PUT localhost:8080/sets/tags/members/blue", 201, None),
    (
        """curl -X PATCH localhost:8080/zsets/board -H 'Content-Type: application/json' """
        """-d '{"scores":{"ann":12,"bob":7.5}}'""",
        201,
        {"added": 2, "removed": 0},
    ),
    (
        "curl 'localhost:8080/zsets/board?start=0&stop=9&reverse'",
        200,
        {"members": [{"member": "ann", "score": 12}, {"member": "bob", "score": 7.5}]},
    ),
]


def shell(line, port):
    """Runs a line as it stands, but for the port; the status and what it printed."""
    line = line.replace(":8080", f":{port}").replace("curl ", "curl -sS -w '\\n%{http_code}' ", 1)
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


def test_ten_lines(program):
    for line, status, document in LINES:
        answered, body = shell(line, program.port)
        assert answered == status, (line, answered, body)
        if document is None:
            assert body == "", line
        else:
            assert json.loads(body) == document, line


def test_what_the_lines_left(program, client):
    test_ten_lines(program)
    assert 59 < client.get("/keys/session:1/ttl").json["ttl"] <= 60
    assert client.get("/keys/session:1?raw").body == "…".encode()
    assert client.get("/hashes/user:1").json == {"fields": {"name": "Ada"}}
    assert client.get("/lists/jobs").json == {"values": ["b"]}
    assert client.get("/sets/tags").json == {"members": ["blue"]}
    assert client.get("/keyspace").json == {"count": 6}


@pytest.mark.parametrize("line", [LINES[0][0], LINES[5][0]])
def test_created_only_once(program, line):
    assert shell(line, program.port)[0] == 201
    assert shell(line, program.port)[0] == 200
