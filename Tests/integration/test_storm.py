"""Thousands of malformed requests leave a server that answers, and has not grown."""

import os
import random
import socket
import struct
import threading

from http_client import Client
from program import Program

REQUESTS = 20_000
WARM_UP = 4_000
THREADS = 4
ALLOWED_GROWTH = 24 << 20

GOOD = [
    b"GET /keys/a HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"PUT /keys/a?ttl=60 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
    b'PUT /keys/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"value":"b"}',
    b'PATCH /hashes/h HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 24\r\n\r\n{"fields":{"a":"\xc3\xa9","b":1}}',
    b'POST /lists/l HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"values":["a","b"]}',
    b'PATCH /zsets/z HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n{"scores":{"ann":12.5}}',
    b"PUT /keys/c HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"GET /keys?match=user:*&count=10&cursor=0 HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n",
    b'GET /keys/%ff%00a HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-4\r\nIf-None-Match: "a-1", W/"b"\r\n\r\n',
    b"POST /keys/n/increment?by=2.5 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
    b"GET /zsets/z?min=(1&max=inf&limit=3&by=score HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    b"OPTIONS /keys/a HTTP/1.1\r\nHost: localhost\r\nOrigin: http://x\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
]
SPICE = [b"\0", b"\r\n", b"\n", b"\r", b" ", b"%", b"%00", b"\xff", b"{", b"[", b'"', b"/", b"?", b"&", b"=",
b":", b",", b";",
         b"-1", b"1e999", b"HTTP/1.1", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n",
         b"\xc0\x80", b"\\u0000"]  # fmt: skip


def malformed(source):
    """A good request with one to eight wounds, or noise."""
    if source.random() < 0.05:
        return source.randbytes(source.randrange(1, 400))
    data = bytearray(source.choice(GOOD))
    for _ in range(source.randrange(1, 9)):
        at = source.randrange(len(data) + 1)
        wound = source.randrange(5)
        if wound == 0 and at < len(data):
            data[at] = source.randrange(256)
        elif wound == 1:
            data[at:at] = source.choice(SPICE)
        elif wound == 2:
            del data[at : at + source.randrange(1, 20)]
        elif wound == 3:
            data[at:at] = data[source.randrange(len(data) + 1) :][: source.randrange(1, 60)]
        elif wound == 4 and at > 0:
            del data[at:]
    return bytes(data)


def send(port, data):
    """Sends it, and goes as soon as something was answered or the connection ended."""
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        # A reset instead of an orderly end: the ports are free again at once.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        try:
            connection.sendall(data)
            connection.settimeout(0.002)
            connection.recv(4096)
        except (ConnectionError, TimeoutError):
            pass


def storm(port, seed, count):
    failures = []

    def run(index):
        source = random.Random(f"{seed}/{count}/{index}")
        try:
            for _ in range(count // THREADS):
                send(port, malformed(source))
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=[index]) for index in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_malformed_requests():
    seed = int(os.environ.get("REDWING_SEED", random.randrange(1 << 32)))
    print("seed", seed, "(REDWING_SEED repeats it)")
    with Program("--header-timeout", "1", "--body-timeout", "1", "--max-body", "1mb") as program:
        storm(program.port, seed, WARM_UP)
        before = program.resident_memory()
        storm(program.port, seed, REQUESTS - WARM_UP)
        assert program.process.poll() is None
        with Client(program.port) as client:
            assert client.get("/healthz").json == {"status": "ok"}
            assert client.put("/keys/good", b"good").status in (200, 201)
            assert client.get("/keys/good").json == {"value": "good"}
            keys = client.get("/keyspace").json["count"]
        growth = program.resident_memory() - before
        assert growth < ALLOWED_GROWTH, f"grew by {growth >> 10} KiB, with {keys} keys"
        assert program.stop() == 0
