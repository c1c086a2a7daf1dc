"""Bodies that are no commands: each is refused with its reason, and nothing of it is executed. And large ones."""

import json

import pytest

from http_client import Client, connect, exchange, request
from program import Program
from upstash_http import refused, result

DEEP = 10_000
AN_ARRAY = "expected a command, which is an array"
A_NAME = "the name of a command must be a string"
A_VALUE = "expected a string, a number or a boolean"
SURROGATE = "lone surrogate in a string"
# The body, why it is no command, and the byte that this is about. Where another reason follows, it is that of
# the body within an array of commands; the byte is the same one, unless it follows too.
NOT_COMMANDS = {
    "nothing": (b"", "the body is empty", 0, AN_ARRAY),
    "blank": (b" \n ", "the body is empty", 3, AN_ARRAY),
    "not JSON": (b"SET k v", AN_ARRAY, 0),
    "a string": (b'"PING"', AN_ARRAY, 0),
    "a number": (b"1", AN_ARRAY, 0),
    "null": (b"null", AN_ARRAY, 0),
    "an object": (b'{"command":"PING"}', AN_ARRAY, 0),
    "an empty array": (b"[]", "a command must have a name", 1),
    "a deep array": (b"[" * DEEP + b"]" * DEEP, A_NAME, 1),
    "a deep array that never ends": (b"[" * DEEP, A_NAME, 1),
    "a deep argument": (
        b'["GET",' + b"[" * DEEP + b"]" * DEEP + b"]", "an array cannot be an argument", 7,
    ),
    "a body that stops in a string": (
        b'["SET","k","val', "the body ends inside a string", 15, "the body ends inside a string", 16,
    ),
    "a body that stops behind a comma": (b'["SET","k",', "the body ends too early", 11, A_VALUE),
    "a body that stops before its end": (
        b'["SET","k","v"', "the body ends too early", 14, "the body ends too early", 15,
    ),
    "invalid UTF-8": (b'["SET","k","\xff"]', "invalid UTF-8", 12),
    "cut UTF-8": (b'["SET","k","\xf0\x9f\x8d"]', "invalid UTF-8", 12),
    "an overlong form": (b'["SET","k","\xc0\x80"]', "invalid UTF-8", 12),
    "a surrogate in UTF-8": (b'["SET","k","\xed\xa0\x80"]', "invalid UTF-8", 12),
    "a lone high surrogate": (rb'["SET","k","\ud800"]', SURROGATE, 12),
    "a lone low surrogate": (rb'["SET","k","\udc00x"]', SURROGATE, 12),
    "a high surrogate and no low one": (rb'["SET","k","\ud83c\u0041"]', SURROGATE, 12),
    "bytes behind the array": (
        b'["SET","k","v"]x', "unexpected bytes after the array", 15, "expected ',' or ']'",
    ),
    "a second array": (
        b'["SET","k","v"]["SET","k","w"]', "unexpected bytes after the array", 15, "expected ',' or ']'",
    ),
    "a trailing comma": (b'["SET","k","v",]', A_VALUE, 15),
    "a raw control character": (
        b'["SET","k","\x01"]', "unescaped control character in a string", 12,
    ),
    "a bad escape": (rb'["SET","k","\x41"]', "malformed escape in a string", 12),
    "a number with a leading zero": (b'["SET","k",01]', "malformed number", 11),
    "not a number": (b'["SET","k",NaN]', A_VALUE, 11),
    "single quotes": (b"['SET','k','v']", A_NAME, 1),
    "a byte order mark": (b'\xef\xbb\xbf["SET","k","v"]', AN_ARRAY, 0),
}  # fmt: skip


def unreadable(reason, place):
    return f"ERR The body cannot be read: {reason} at byte {place}."


@pytest.mark.parametrize("name", NOT_COMMANDS)
def test_what_is_not_a_command(client, name):
    body, reason, place, *_ = NOT_COMMANDS[name]
    assert refused(client.post("/", body), 400) == unreadable(reason, place)
    assert result(client, "DBSIZE") == 0


@pytest.mark.parametrize("name", NOT_COMMANDS)
@pytest.mark.parametrize("target", ["/pipeline", "/multi-exec"])
def test_what_is_not_commands(client, target, name):
    """A body that is malformed anywhere executes nothing of it."""
    body, reason, place, *within = NOT_COMMANDS[name]
    if within:
        reason, place = within[0], within[1] if len(within) > 1 else place
    before = b'[["SET","before","x"],'
    error = refused(client.post(target, before + body + b"]"), 400)
    assert error == unreadable(reason, len(before) + place)
    assert result(client, "DBSIZE") == 0


def test_a_body_that_the_connection_cuts(program, client):
    """What came of it is not executed, complete as it may look."""
    for target, body in (("/", b'["SET","k","v"]'), ("/pipeline", b'[["SET","k","v"]]')):
        with connect(program.port) as connection:
            head = b"Content-Length: %d" % (len(body) + 5)
            connection.sendall(request(f"POST {target} HTTP/1.1", head, body=body))
        assert result(client, "EXISTS", "k") == 0


@pytest.mark.parametrize("target", ["/", "/pipeline", "/multi-exec", "/set/k"])
def test_too_large(target):
    with Program("--max-body", "64kb") as program, Client(program.port) as client:
        value = "x" * (64 << 10)
        body = value + "xx" if target == "/set/k" else json.dumps([["SET", "k", value]])
        refused(client.post(target, body), 413)
        assert exchange(program.port, request("GET /exists/k HTTP/1.1")).json == {"result": 0}


def test_a_million_commands_in_a_pipeline(client):
    count = 1_000_000
    body = b"[" + b'["INCR","n"],' * (count - 1) + b'["INCR","n"]]'
    answer = client.post("/pipeline", body)
    assert answer.status == 200
    assert answer.body.startswith(b'[{"result":1},{"result":2},')
    assert answer.body.endswith(b',{"result":%d}]' % count)
    assert answer.body.count(b"{") == count


def test_a_command_of_a_million_arguments(client):
    members = [str(number) for number in range(1_000_000)]
    assert result(client, "RPUSH", "l", *members) == len(members)
    assert result(client, "LINDEX", "l", -1) == members[-1]
