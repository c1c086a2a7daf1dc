"""Starting programs on free loopback ports, and ending every one of them whatever happens."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import BinaryIO

from .settings import OUT

SERVER_CPU = 0
LOAD_CPU = 1
START_SECONDS = 20.0
STOP_SECONDS = 20.0
LOAD_SECONDS = 900.0


class BenchmarkError(Exception):
    """Something that makes the figures meaningless: the run stops and says what."""


@dataclass
class Server:
    """A running server: its name in the tables, its port, its process."""

    name: str
    port: int
    process: subprocess.Popen[bytes]

    def resident_bytes(self) -> int:
        """The process's resident memory now (VmRSS)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        for line in status.splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise BenchmarkError(f"{self.name} has no VmRSS: it has ended")


def free_port() -> int:
    """A loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Fleet:
    """Every process of a run; leaving the `with` block, also on Ctrl-C or SIGTERM, ends what still runs."""

    def __init__(self, pin: bool) -> None:
        """With `pin`, every server runs on CPU 0 and every load generator on CPU 1."""
        self._pin = pin
        self._running: list[subprocess.Popen[bytes]] = []
        self._directories: list[Path] = []

    def __enter__(self) -> Fleet:
        OUT.mkdir(exist_ok=True)
        signal.signal(signal.SIGTERM, _interrupt)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave servers behind
        for process in list(self._running):
            self._end(process)
        self.remove(*self._directories)

    def directory(self, name: str) -> Path:
        """An empty directory for a server's data, on the repository's disk; it goes at the end of the run."""
        path = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=OUT))
        self._directories.append(path)
        return path

    def remove(self, *directories: Path) -> None:
        """Removes data directories before the run ends."""
        for path in list(directories):
            self._directories.remove(path)
            shutil.rmtree(path, ignore_errors=True)

    def serve(
        self,
        name: str,
        port: int,
        arguments: Sequence[str],
        environment: Mapping[str, str] | None = None,
    ) -> Server:
        """Starts a server and waits until it accepts connections. Its output goes to out/NAME.log."""
        log = OUT / f"{name}.log"
        with log.open("wb") as output:
            process = self._spawn(arguments, SERVER_CPU, output, output, environment)
        server = Server(name, port, process)
        deadline = time.monotonic() + START_SECONDS
        while not _accepts(port):
            if process.poll() is not None:
                raise BenchmarkError(f"{name} ended at once:\n{log.read_text(errors='replace')[-2000:]}")
            if time.monotonic() > deadline:
                raise BenchmarkError(f"{name} does not listen on port {port} after {START_SECONDS:.0f} s")
            time.sleep(0.02)
        return server

    def run(self, arguments: Sequence[str]) -> str:
        """Runs a load generator to its end and returns what it printed; its failure ends the run."""
        process = self.begin(arguments)
        return self.finish(process, arguments[0])

    def begin(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """Starts a load generator that `finish` will wait for."""
        return self._spawn(arguments, LOAD_CPU, subprocess.PIPE, subprocess.PIPE)

    def finish(self, process: subprocess.Popen[bytes], name: str) -> str:
        """Waits for a load generator and returns what it printed."""
        output, errors = process.communicate(timeout=LOAD_SECONDS)
        self._running.remove(process)
        if process.returncode != 0:
            detail = errors.decode(errors="replace").strip() or output.decode(errors="replace").strip()
            raise BenchmarkError(f"{Path(name).name} failed: {detail}")
        return output.decode()

    def stop(self, *servers: Server) -> None:
        """Ends servers before the run does."""
        for server in servers:
            self._end(server.process)

    def kill(self, *servers: Server) -> None:
        """Ends servers at once, without what they do at a clean stop."""
        for server in servers:
            server.process.kill()
            self._end(server.process)

    def _spawn(
        self,
        arguments: Sequence[str],
        cpu: int,
        stdout: int | BinaryIO,
        stderr: int | BinaryIO,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.Popen[bytes]:
        command = ["taskset", "-c", str(cpu), *arguments] if self._pin else list(arguments)
        # A session of its own: Ctrl-C reaches this program alone, which then ends the others in order.
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            env={**os.environ, **(environment or {})},
        )
        self._running.append(process)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.terminate()  # harmless where it has been killed
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if process in self._running:
            self._running.remove(process)


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
