"""Many clients, idle ones, and slow ones: they hold nobody else up."""

import pytest

from http_client import Client, closed_by_peer, connect, exchange, problem, read_response, request
from program import Program, wait_until


def test_10000_idle_connections():
    with Program("--max-connections", "11000", "--idle-timeout", "600") as program, Client(
        program.port
    ) as client:
        idle = []
        try:
            for index in range(10_000):
                idle.append(connect(program.port))
                if index % 1000 == 0:
                    assert client.put("/keys/during", str(index)).status in (200, 201)
            clients = lambda: client.get("/info?section=clients").json["clients"]["connected_clients"]
            wait_until(lambda: clients() >= 10_001, "all connections")
            for index in range(100):
                with Client(program.port) as other:
                    assert other.put("/keys/n", str(index)).status in (200, 201)
                assert client.get("/keys/n").json == {"value": str(index)}
            # The idle ones are no dead ones.
            for connection in idle[::100]:
                connection.sendall(request("GET /healthz HTTP/1.1"))
                assert read_response(connection).status == 200
        finally:
            for connection in idle:
                connection.close()
        wait_until(lambda: clients() < 10, "the end of all connections")
        wait_until(lambda: program.open_files() < 100, "their descriptors")


def trickle(connection, data):
    """Sends a byte a second until the server ends the connection; how many bytes it took."""
    for index, byte in enumerate(data):
        try:
            connection.sendall(bytes([byte]))
        except ConnectionError:
            return index
        if closed_by_peer(connection, timeout=1):
            return index
    raise AssertionError("never cut")


@pytest.mark.parametrize("part", ["request line", "header", "body"])
def test_a_client_that_sends_a_byte_a_second(part):
    with Program("--header-timeout", "2", "--body-timeout", "2", "--idle-timeout", "3") as program:
        with connect(program.port) as connection, Client(program.port) as other:
            if part == "request line":
                data = request("GET /keys/" + "a" * 100 + " HTTP/1.1")
            elif part == "header":
                connection.sendall(b"GET /keys/a HTTP/1.1\r\nHost: localhost\r\nX: ")
                data = b"x" * 100
            else:
                connection.sendall(request("PUT /keys/slow HTTP/1.1", b"Content-Length: 1000"))
                data = b"x" * 100
            assert trickle(connection, data) < 30
            problem(other.get("/keys/slow"), 404)
            assert other.put("/keys/fast", b"1").status == 201


def test_a_client_that_does_not_read():
    """A response that nobody takes ends with its time-out, and holds nobody up."""
    with Program("--body-timeout", "1") as program, Client(program.port) as client:
        client.put("/keys/large", b"x" * (32 << 20))
        with connect(program.port) as connection:
            connection.sendall(request("GET /keys/large?raw HTTP/1.1"))
            assert client.get("/healthz").status == 200
            info = lambda: client.get("/info?section=clients").json["clients"]["connected_clients"]
            wait_until(lambda: info() == 1, "the end of the connection")


def test_more_connections_than_allowed():
    with Program("--max-connections", "5") as program:
        held = [connect(program.port) for _ in range(5)]
        for connection in held:
            connection.sendall(request("GET /healthz HTTP/1.1"))
            assert read_response(connection).status == 200
        answer = exchange(program.port, request("GET /healthz HTTP/1.1"))
        assert answer is None or (answer.status == 503 and answer.headers["Retry-After"])
        held.pop().close()

        def admitted():
            answer = exchange(program.port, request("GET /healthz HTTP/1.1", b"Connection: close"))
            return answer is not None and answer.status == 200

        wait_until(admitted, "a place")
        for connection in held:
            connection.close()
