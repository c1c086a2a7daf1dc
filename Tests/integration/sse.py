"""Streams of server-sent events as a test reads them: by the letter of the HTML standard, section 9.2.6."""

import http.client
import json
import queue
import socket
import threading
from dataclasses import dataclass
from urllib.parse import quote

from program import PATIENCE


@dataclass
class Event:
    event: str
    data: str
    id: str

    @property
    def json(self):
        return json.loads(self.data)


class Decoder:
    """Lines in, events out."""

    def __init__(self):
        self.event, self.data, self.buffer, self.id, self.retry = "", [], "", "", None
        self.comments = []

    def line(self, line):
        """The event that the line ends, if it does."""
        if not line:
            self.id = self.buffer
            event, self.event = self.event or "message", ""
            data, self.data = self.data, []
            return Event(event, "\n".join(data), self.id) if data else None
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "":
                self.comments.append(value)
            case "event":
                self.event = value
            case "data":
                self.data.append(value)
            case "id":
                self.buffer = value
            case "retry":
                self.retry = int(value)
            case _:
                raise AssertionError(f"no field of an event stream: {line!r}")
        return None


def decoded(connection):
    """The events of a response that has yet to be read from a socket, one by one."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    decoder = Decoder()
    while line := response.readline():
        if event := decoder.line(line.decode(errors="replace").removesuffix("\n")):
            yield event


def events_path(*, channel=(), pattern=(), keys=(), raw=False, last_event_id=None):
    """`/events` with these topics."""
    parts = []
    for name, values in (("channel", channel), ("pattern", pattern), ("keys", keys)):
        values = [values] if isinstance(values, (str, bytes)) else values
        parts += [f"{name}={quote(value, safe='')}" for value in values]
    if raw:
        parts.append("raw")
    if last_event_id is not None:
        parts.append(f"last_event_id={quote(last_event_id)}")
    return "/events?" + "&".join(parts)


class Stream:
    """An open stream, read by a thread of its own; as a context manager."""

    def __init__(self, port, path, method="GET", body=None, **headers):
        self.decoder = Decoder()
        self.lines = []
        self._events = queue.Queue()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, names)
        # The response may take the socket over.
        self._socket = self.connection.sock
        self.response = self.connection.getresponse()
        self.status, self.headers = self.response.status, self.response.headers
        assert self.status == 200, self.response.read()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            while line := self.response.readline():
                text = line.decode(errors="replace").removesuffix("\n")
                self.lines.append(text)
                if event := self.decoder.line(text):
                    self._events.put(event)
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass
        self._events.put(None)

    @property
    def comments(self):
        return self.decoder.comments

    @property
    def last_id(self):
        return self.decoder.id

    def next(self, timeout=PATIENCE):
        """The next event; None at the end of the stream."""
        try:
            return self._events.get(timeout=timeout)
        except queue.Empty:
            raise AssertionError(f"no event within {timeout} s; so far {self.lines[-10:]}") from None

    def take(self, count):
        return [self.next() for _ in range(count)]

    def opening(self):
        """Passes over the event that a stream of `/events` begins with."""
        event = self.next()
        assert event.event == "subscribe", event
        return event

    def until(self, wanted):
        """The events up to the first that is `wanted`, with it."""
        events = []
        while True:
            event = self.next()
            assert event is not None, f"the stream ended after {events[-3:]}"
            events.append(event)
            if wanted(event):
                return events

    def close(self):
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
        self._thread.join(PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
