"""Commands over one connection, fast: the Upstash protocol on a bare socket."""

import json
import socket

from program import PATIENCE


class Refused(Exception):
    """The server did not execute it, and said so: status and error."""

    def __init__(self, status, message):
        super().__init__(status, message)
        self.status, self.message = status, message


class Unknown(OSError):
    """It is not known whether it was executed."""


class Wire:
    def __init__(self, port, timeout=PATIENCE):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _read(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionError("closed")
        self.buffer += data

    def exchange(self, path, document):
        """Status and document of the answer.

        :raises OSError: when there is none.
        """
        body = json.dumps(document).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
        self.socket.sendall(head.encode() + body)
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            self._read()
        lines = self.buffer[:end].decode().split("\r\n")
        length = next(int(line[15:]) for line in lines if line.lower().startswith("content-length:"))
        self.buffer = self.buffer[end + 4 :]
        while len(self.buffer) < length:
            self._read()
        answer, self.buffer = self.buffer[:length], self.buffer[length:]
        return int(lines[0].split()[1]), json.loads(answer)

    def _send(self, path, document):
        try:
            status, answer = self.exchange(path, document)
        except OSError as error:
            raise Unknown(str(error)) from None
        if status != 200:
            message = answer.get("error", str(answer)) if isinstance(answer, dict) else str(answer)
            raise (Unknown if "unknown" in message.lower() else Refused)(status, message)
        return answer

    def one(self, *command):
        """The reply to one command."""
        return self._send("/", command)["result"]

    def step(self, commands):
        """The replies to commands of which all are executed or none."""
        return [self.one(*commands[0])] if len(commands) == 1 else self.transaction(commands)

    def pipeline(self, commands):
        """The answers, each with `result` or `error`."""
        return self._send("/pipeline", commands) if commands else []

    def results(self, commands):
        """The replies to commands, none of which may fail."""
        answers = self.pipeline(commands)
        assert all("result" in answer for answer in answers), answers
        return [answer["result"] for answer in answers]

    def transaction(self, commands):
        """The replies to the commands of a transaction."""
        answers = self._send("/multi-exec", commands)
        errors = [answer["error"] for answer in answers if "error" in answer]
        if len(errors) == len(commands) and "unknown" not in errors[0].lower():
            raise Refused(507 if errors[0].startswith("MISCONF") else 503, errors[0])
        assert all("result" in answer for answer in answers), answers
        return [answer["result"] for answer in answers]
