"""HTTP as a client needs it here: requests with any target, and bytes on a socket."""

import http.client
import json
import socket
from dataclasses import dataclass

from program import PATIENCE


@dataclass
class Response:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body, parse_float=float)

    @property
    def content_type(self):
        return (self.headers["Content-Type"] or "").split(";")[0]

    @property
    def etag(self):
        return self.headers["ETag"]

    def __repr__(self):
        return f"{self.status} {dict(self.headers)} {self.body[:200]!r}"


class Client:
    """One connection, kept alive, opened again when the server closed it. Not for several threads."""

    def __init__(self, port, timeout=PATIENCE):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def request(self, method, target, body=None, headers=None):
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        try:
            self.connection.request(method, target, body, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # Kept alive, but not for ever.
            self.connection.close()
            self.connection.request(method, target, body, headers)
            answer = self.connection.getresponse()
        return Response(answer.status, answer.headers, answer.read())

    def get(self, target, **headers):
        return self.request("GET", target, headers=_names(headers))

    def put(self, target, body=b"", **headers):
        return self.request("PUT", target, body, _names(headers))

    def post(self, target, body=None, **headers):
        return self.request("POST", target, body, _names(headers))

    def patch(self, target, body=None, **headers):
        return self.request("PATCH", target, body, _names(headers))

    def delete(self, target, **headers):
        return self.request("DELETE", target, headers=_names(headers))

    def head(self, target, **headers):
        return self.request("HEAD", target, headers=_names(headers))


def _names(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


def connect(port, timeout=PATIENCE):
    return socket.create_connection(("127.0.0.1", port), timeout)


def request(line, *headers, body=b""):
    """The bytes of a request."""
    if isinstance(line, str):
        line = line.encode("latin-1")
    return b"\r\n".join([line, b"Host: localhost", *headers, b"", b""]) + body


def read_response(connection, method="GET"):
    """The next response on a socket, or None where the connection ends instead."""
    answer = http.client.HTTPResponse(connection, method=method)
    try:
        answer.begin()
        return Response(answer.status, answer.headers, answer.read())
    except (http.client.BadStatusLine, http.client.RemoteDisconnected, ConnectionError):
        return None
    finally:
        answer.close()


def exchange(port, data, method="GET", half_close=False):
    """Sends bytes on a connection of their own and reads the first response; None where there is none."""
    with connect(port) as connection:
        try:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except ConnectionError:
            # Refused before all of it was read: the answer may be there all the same.
            pass
        return read_response(connection, method)


def closed_by_peer(connection, timeout=PATIENCE):
    """Whether the other side ends the connection in that time; what still arrives is thrown away."""
    connection.settimeout(timeout)
    try:
        while connection.recv(65536):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def problem(response, *statuses):
    """Asserts that it is a problem document with one of these statuses; its code."""
    assert response is not None, "no answer"
    assert response.status in statuses, response
    assert response.content_type == "application/problem+json", response
    document = response.json
    assert document["status"] == response.status, document
    for member in ("title", "code", "detail"):
        assert isinstance(document[member], str) and document[member], document
    return document
