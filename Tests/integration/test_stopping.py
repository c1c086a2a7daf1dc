"""SIGTERM and SIGINT: no more connections, requests under way finish, exit code 0."""

import signal
import threading

import pytest

from http_client import Client, closed_by_peer, connect, read_response
from program import Program, wait_until

SIGNALS = [signal.SIGTERM, signal.SIGINT]


def refused(port):
    try:
        connect(port).close()
        return False
    except ConnectionResetError:
        # The instant at which the listening ends: it is not refused yet.
        return False
    except ConnectionRefusedError:
        return True


def begin_upload(port, length):
    """A PUT of which the server has read the header: it says so with 100 Continue."""
    connection = connect(port)
    connection.sendall(
        b"PUT /keys/upload HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % length
    )
    assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
    return connection


@pytest.mark.parametrize("number", SIGNALS)
def test_idle_server(number):
    with Program() as program:
        assert program.stop(number) == 0
        assert refused(program.port)


@pytest.mark.parametrize("number", SIGNALS)
def test_idle_connections_do_not_delay_it(number):
    with Program() as program, connect(program.port) as silent, Client(program.port) as client:
        client.get("/healthz")
        # Less than the grace that requests under way get.
        program.send(number)
        assert program.wait(timeout=9) == 0
        assert closed_by_peer(silent)


@pytest.mark.parametrize("number", SIGNALS)
def test_an_upload_under_way_finishes(number):
    with Program() as program:
        with begin_upload(program.port, 10) as connection:
            connection.sendall(b"01234")
            program.send(number)
            wait_until(lambda: refused(program.port), "the end of listening")
            assert program.process.poll() is None
            connection.sendall(b"56789")
            answer = read_response(connection, "PUT")
            assert answer.status == 201
            assert answer.headers["Connection"].lower() == "close"
            assert closed_by_peer(connection)
        assert program.wait() == 0


def test_many_requests_under_way():
    with Program() as program:
        uploads = [begin_upload(program.port, 3) for _ in range(50)]
        program.send(signal.SIGTERM)
        wait_until(lambda: refused(program.port), "the end of listening")
        for upload in uploads:
            upload.sendall(b"abc")
        assert {read_response(upload, "PUT").status for upload in uploads} <= {200, 201}
        assert program.wait() == 0
        for upload in uploads:
            upload.close()


def test_the_grace_ends():
    with Program("--shutdown-grace", "0.2") as program, begin_upload(program.port, 10) as connection:
        program.send(signal.SIGTERM)
        assert program.wait(timeout=10) == 0
        assert read_response(connection, "PUT") is None


def test_under_load():
    """Each request is answered whole or not at all, and the program ends."""
    with Program() as program:
        answered = [0] * 4
        wrong = []

        def load(index):
            try:
                with Client(program.port) as client:
                    while True:
                        if client.put(f"/keys/{index}", b"x" * 100).status not in (200, 201):
                            wrong.append(index)
                        answered[index] += 1
            except (ConnectionError, OSError):
                pass

        threads = [threading.Thread(target=load, args=[index]) for index in range(4)]
        for thread in threads:
            thread.start()
        wait_until(lambda: min(answered) > 20, "some load")
        assert program.stop() == 0
        for thread in threads:
            thread.join()
        assert wrong == []
