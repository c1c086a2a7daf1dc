"""HTTP itself: representations, ranges, HEAD, CORS, keep-alive, pipelining, large bodies, expiry."""

import itertools
import os
import random

import pytest

from http_client import Client, connect, exchange, problem, read_response
from program import ROOT, Program, wait_until

# Representations


def test_raw_and_json(client):
    client.put("/keys/k", b"\xff\0\n")
    assert client.get("/keys/k").json == {"value": {"base64": "/wAK"}}
    for answer in (client.get("/keys/k?raw"), client.get("/keys/k", Accept="application/octet-stream")):
        assert answer.body == b"\xff\0\n" and answer.content_type == "application/octet-stream"
    preferred = "application/octet-stream;q=0.5, application/json"
    assert client.get("/keys/k", Accept=preferred).content_type == "application/json"
    for accept in ("*/*", "text/html,*/*;q=0.8", "application/*", ""):
        assert client.get("/keys/k", Accept=accept).content_type == "application/json"


def test_what_get_returns_put_accepts(client):
    client.put("/keys/k", b"\xff")
    client.put("/hashes/h", {"fields": {"a": "1", "b": {"base64": "/w=="}}})
    client.put("/lists/l", {"values": ["a", {"base64": "/w=="}, ""]})
    client.put("/sets/s", {"members": ["a", "b"]})
    client.put("/zsets/z", {"scores": {"a": 1.5, "b": "inf", "c": -0.1}})
    for target in ("/keys/k", "/hashes/h", "/lists/l", "/sets/s", "/zsets/z"):
        document = client.get(target).json
        assert client.put(target, document).status == 200, target
        assert client.get(target).json == document


def test_json_keeps_digits(client):
    for number in (
        "9223372036854775807",
        "-9223372036854775808",
        "0.1",
        "1e3",
        "123456789012345678901234567890",
        "-0",
    ):
        client.request("PUT", "/keys/k", f'{{"value":{number}}}', {"Content-Type": "application/json"})
        assert client.get("/keys/k?raw").body.decode() == number
    client.put("/keys/n", b"9223372036854775806")
    assert client.post("/keys/n/increment").body == b'{"value":9223372036854775807}'


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
def test_json_by_its_type(client, content_type):
    assert client.put("/keys/k", b'{"value":"v"}', Content_Type=content_type).status == 201
    assert client.get("/keys/k").json == {"value": "v"}


def test_contract_is_served(client):
    answer = client.get("/openapi.yaml")
    assert answer.content_type == "application/yaml"
    assert answer.body == (ROOT / "openapi.yaml").read_bytes()


# Range


@pytest.mark.parametrize(
    "asked, first, last",
    [
        ("bytes=0-4", 0, 4),
        ("bytes=5-", 5, 9),
        ("bytes=-3", 7, 9),
        ("bytes=9-9", 9, 9),
        ("bytes=8-100", 8, 9),
        ("bytes=-100", 0, 9),
    ],
)
def test_range(client, asked, first, last):
    client.put("/keys/k", b"0123456789")
    answer = client.get("/keys/k", Range=asked)
    assert answer.status == 206
    assert answer.body == b"0123456789"[first : last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/10"
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    # RFC 9110: Range is defined for GET alone.
    assert client.head("/keys/k", Range=asked).status in (200, 206)


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=100-200", "bytes=-0"])
def test_range_behind_the_end(client, asked):
    client.put("/keys/k", b"0123456789")
    answer = client.get("/keys/k", Range=asked)
    problem(answer, 416)
    assert answer.headers["Content-Range"] == "bytes */10"


@pytest.mark.parametrize(
    "asked",
    ["bytes=4-2", "bytes=x", "items=0-1", "bytes=0-1,3-4", "bytes=", "bytes=-", "bytes=1-x", "bytes 0-1"],
)
def test_range_that_is_disregarded(client, asked):
    client.put("/keys/k", b"0123456789")
    answer = client.get("/keys/k", Range=asked)
    assert answer.status == 200 and answer.json == {"value": "0123456789"}


def test_if_range(client):
    etag = client.put("/keys/k", b"0123456789").etag
    assert client.get("/keys/k", Range="bytes=0-1", If_Range=client.get("/keys/k?raw").etag).status == 206
    assert client.get("/keys/k", Range="bytes=0-1", If_Range='"x"').status == 200
    client.post("/keys/k/append", b"x")
    assert client.get("/keys/k", Range="bytes=0-1", If_Range=etag).status == 200


def test_range_written(client):
    client.put("/keys/k", b"hello world")
    assert client.patch("/keys/k", b"there", Content_Range="bytes 6-10/*").json == {"length": 11}
    assert client.get("/keys/k").json == {"value": "hello there"}
    assert client.patch("/keys/new", b"x", Content_Range="bytes 3-3/*").status == 201
    assert client.get("/keys/new?raw").body == b"\0\0\0x"


# HEAD, OPTIONS, CORS


def test_head_is_get_without_a_body(program, client):
    client.put("/keys/k", b"hello")
    for target in (
        "/keys/k",
        "/keys/k?raw",
        "/keys",
        "/healthz",
        "/info",
        "/openapi.yaml",
        "/keys/none",
        "/keys/k?x",
    ):
        head, get = client.head(target), client.get(target)
        assert head.body == b"" and head.status == get.status
        differing = {"Date"} | ({"Content-Length"} if target == "/info" else set())
        for name in set(get.headers) - differing:
            assert head.headers[name] == get.headers[name], (target, name)
    # Nothing of a body either way on the wire.
    data = b"HEAD /keys/k HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with connect(program.port) as connection:
        connection.sendall(data)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.endswith(b"\r\n\r\n") and received.count(b"\r\n\r\n") == 1


def test_options(client):
    answer = client.request("OPTIONS", "/keys/k")
    assert answer.status == 204 and answer.body == b""
    assert set(answer.headers["Allow"].split(", ")) >= {"GET", "HEAD", "PUT", "PATCH", "DELETE"}
    assert "Access-Control-Allow-Origin" not in answer.headers


PREFLIGHT = {
    "Origin": "https://app.test",
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "content-type, if-match",
}


def test_no_cors_by_default(client):
    answer = client.request("OPTIONS", "/keys/k", headers=PREFLIGHT)
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert "Access-Control-Allow-Origin" not in client.get("/healthz", Origin="https://app.test").headers


@pytest.mark.parametrize("origins", [["https://app.test"], ["https://other.test", "https://app.test"], ["*"]])
def test_cors(origins):
    options = [word for origin in origins for word in ("--cors-origin", origin)]
    with Program(*options) as program, Client(program.port) as client:
        allowed = "*" if origins == ["*"] else "https://app.test"
        preflight = client.request("OPTIONS", "/keys/k", headers=PREFLIGHT)
        assert preflight.status == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == allowed
        assert "PUT" in preflight.headers["Access-Control-Allow-Methods"].split(", ")
        listed = {
            name.strip().lower() for name in preflight.headers["Access-Control-Allow-Headers"].split(",")
        }
        assert listed >= {"content-type", "if-match", "if-none-match", "range", "content-range", "accept"}
        answer = client.put("/keys/k", b"1", Origin="https://app.test")
        assert answer.status == 201 and answer.headers["Access-Control-Allow-Origin"] == allowed
        assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
        # Errors too, or the page could not read what is wrong.
        assert (
            client.get("/keys/none", Origin="https://app.test").headers["Access-Control-Allow-Origin"]
            == allowed
        )
        stranger = client.get("/keys/k", Origin="https://evil.test").headers["Access-Control-Allow-Origin"]
        assert stranger == ("*" if allowed == "*" else None)
        if allowed != "*":
            assert "Origin" in answer.headers["Vary"]


# Connections


def test_keep_alive(program):
    with connect(program.port) as connection:
        for index in range(100):
            connection.sendall(b"PUT /keys/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n%02d" % index)
            assert read_response(connection, "PUT").status == (201 if index == 0 else 200)


def read_all(connection):
    return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def test_pipelining(program):
    """Requests that do not wait for each other are answered in their order."""
    count = 500
    requests = b"".join(
        b"PUT /keys/p%d HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n%03d" % (index, index)
        + b"GET /keys/p%d?raw HTTP/1.1\r\nHost: localhost\r\n" % index
        + (b"Connection: close\r\n" if index == count - 1 else b"")
        + b"\r\n"
        for index in range(count)
    )
    with connect(program.port) as connection:
        connection.sendall(requests)
        received = read_all(connection)
    assert received.count(b"HTTP/1.1 201 ") == count and received.count(b"HTTP/1.1 200 ") == count
    bodies = [part.split(b"\r\n\r\n", 1)[1] for part in received.split(b"HTTP/1.1 ")[1:]]
    assert bodies == [part for index in range(count) for part in (b"", b"%03d" % index)]


def test_requests_in_any_pieces(program):
    """However the bytes are cut, the server reads the same requests."""
    seed = int(os.environ.get("REDWING_SEED", random.randrange(1 << 32)))
    print("seed", seed)
    source = random.Random(seed)
    data = (
        b"".join(
            b"PUT /keys/k%d HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n"
            % index
            + b'{"value":"%03d"}' % index
            for index in range(30)
        )
        + b"GET /keyspace HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    with connect(program.port) as connection:
        connection.setsockopt(6, 1, 1)  # TCP_NODELAY
        while data:
            length = source.choice([1, 2, 3, 7, 30, 100])
            connection.sendall(data[:length])
            data = data[length:]
        received = read_all(connection)
    assert received.count(b"HTTP/1.1 201 ") == 30
    assert received.endswith(b'{"count":30}')


def test_http_1_0(program):
    with connect(program.port) as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert read_all(connection).endswith(b'{"status":"ok"}')


def test_expect_100(program):
    with connect(program.port) as connection:
        connection.sendall(
            b"PUT /keys/k HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
        )
        assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")
        assert read_response(connection, "PUT").status == 201
        # The connection is good for more.
        connection.sendall(b"GET /keys/k HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_response(connection).json == {"value": "hello"}


@pytest.mark.parametrize("sizes", [[5], [1, 1, 1], [100_000, 3, 70_000]])
def test_chunked_body(program, client, sizes):
    chunks = [bytes([65 + index]) * size for index, size in enumerate(sizes)]
    body = (
        b"".join(b"%x;ext=1\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nTrailer: x\r\n\r\n"
    )
    data = b"PUT /keys/k HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    assert exchange(program.port, data, "PUT").status == 201
    assert client.get("/keys/k?raw").body == b"".join(chunks)


# Large bodies


def test_64_mib_and_a_byte_more(program, client):
    limit = 64 << 20
    body = bytes(itertools.islice(itertools.cycle(b"0123456789abcdef~"), 1 << 20)) * 64
    assert len(body) == limit
    assert client.put("/keys/large", body).status == 201
    assert client.get("/keys/large?raw").body == body
    assert client.get("/keys/large/length").json == {"length": limit}
    assert client.get("/keys/large", Range=f"bytes={limit - 3}-").body == body[-3:]
    with connect(program.port) as connection:
        connection.sendall(
            b"PUT /keys/larger HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (limit + 1)
        )
        problem(read_response(connection, "PUT"), 413)
    problem(client.get("/keys/larger"), 404)


def test_too_large_in_chunks():
    with Program("--max-body", "64kb") as program:
        chunk = b"8000\r\n" + b"x" * 0x8000 + b"\r\n"
        head = b"PUT /keys/k HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert exchange(program.port, head + chunk * 2 + b"0\r\n\r\n", "PUT").status == 201
        problem(exchange(program.port, head + chunk * 2 + b"1\r\nx\r\n0\r\n\r\n", "PUT"), 413)
        problem(exchange(program.port, head + chunk * 50, "PUT"), 413)
        with Client(program.port) as client:
            assert client.get("/keys/k/length").json == {"length": 0x10000}


# Expiry


def test_expiry(client):
    assert client.put("/keys/k?ttl=0.05", b"soon gone").status == 201
    wait_until(lambda: client.get("/keys/k").status == 404, "the expiry")
    for target in ("/keys/k/ttl", "/keys/k/type", "/keys/k/length"):
        problem(client.get(target), 404)
    assert client.get("/keyspace").json == {"count": 0}


def test_expiry_without_a_look(client):
    """Keys that nobody asks for are reclaimed too."""
    for index in range(200):
        client.put(f"/keys/k{index}?ttl=0.05", b"x")
    client.put("/keys/stays?ttl=1000", b"x")
    expired = lambda: client.get("/info?section=stats").json["stats"]["expired_keys"]
    wait_until(lambda: client.get("/keyspace").json == {"count": 1}, "the reclaimer")
    assert expired() >= 200


@pytest.mark.parametrize(
    "kind, document",
    [
        ("hashes", {"fields": {"a": "1"}}),
        ("lists", {"values": ["a"]}),
        ("sets", {"members": ["a"]}),
        ("zsets", {"scores": {"a": 1}}),
    ],
)
def test_every_type_expires(client, kind, document):
    assert client.put(f"/{kind}/k?ttl=0.05", document).status == 201
    wait_until(lambda: client.get(f"/{kind}/k").status == 404, "the expiry")
    # What comes after is new: nothing of the old value, nor its expiry.
    assert client.put(f"/{kind}/k", document).status == 201
    assert client.get("/keys/k/ttl").json == {"ttl": None, "expire_at": None}


def test_a_change_of_the_expiry(client):
    client.put("/keys/k?ttl=1000", b"1")
    assert 999 < client.get("/keys/k/ttl").json["ttl"] <= 1000
    client.post("/keys/k/append", b"2")
    assert client.get("/keys/k/ttl").json["ttl"] is not None
    client.put("/keys/k?keep_ttl", b"3")
    assert client.get("/keys/k/ttl").json["ttl"] is not None
    client.put("/keys/k", b"4")
    assert client.get("/keys/k/ttl").json["ttl"] is None
    assert client.put("/keys/k/ttl", {"ttl": 0.05}).status == 200
    wait_until(lambda: client.get("/keys/k").status == 404, "the expiry")
