"""The program under test: starting it, waiting for it, stopping it."""

import http.client
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("REDWING_BINARY", ROOT / ".build/debug/redwing")).resolve()
# The engine of tests that say nothing of where the data is.
ENGINE = os.environ.get("REDWING_TEST_ENGINE", "memory")
# Generous: the machine may be busy. Nothing waits so long unless it fails.
PATIENCE = 60.0


def wait_until(condition, what, timeout=PATIENCE):
    """Polls until the condition holds and returns what it answered."""
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout} s in vain for {what}")
        time.sleep(0.005)


def clean_environment(**variables):
    """The environment without REDWING_ variables, but with these."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("REDWING_")}
    return kept | variables


def run(*arguments, environment=None, timeout=PATIENCE):
    """Runs the program to its end."""
    return subprocess.run(
        [BINARY, *arguments],
        env=clean_environment(**(environment or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


class Program:
    """`redwing serve`, as a context manager: on nothing but memory, or on a data directory."""

    def __init__(self, *options, environment=None, port=0, directory=None, command=(), engine=ENGINE):
        """`command` is what starts the program, where it is not started by itself; `engine` is for one without a
        directory."""
        self._database = None
        kept = ["--dir", directory] if directory is not None else self._kept_nowhere(engine)
        arguments = [*command, BINARY, "serve", *kept, *options]
        self.directory = directory
        if port is not None:
            arguments += ["--port", str(port)]
        self.port = port
        self.lines = []
        self._changed = threading.Condition()
        self.process = subprocess.Popen(
            arguments,
            env=clean_environment(**(environment or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _kept_nowhere(self, engine):
        """What is forgotten after the test: nothing on disk, or a database of its own (REDWING_TEST_ENGINE=disk), or a
        cluster that all tests share (=cluster)."""
        if engine == "memory":
            return ["--ephemeral"]
        if engine == "cluster":
            if ENGINE != "cluster":
                return ["--engine", "cluster"]
            from redis_cluster import shared_cluster

            # What others have left there is none of this one's. Patterns need the classic kind.
            shared_cluster().flush()
            nodes = ["--cluster-nodes", shared_cluster().nodes, "--cluster-pubsub", "classic"]
            return ["--engine", "cluster", *nodes]
        if engine is None:
            # The environment says.
            return []
        self._database = tempfile.TemporaryDirectory(prefix="redwing-disk-")
        return ["--engine", engine, "--disk-cache", "16mb", "--dir", self._database.name]

    def _read(self):
        for line in self.process.stderr:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self.lines.append(None)
            self._changed.notify_all()

    def __enter__(self):
        try:
            self.ready()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(self, *_):
        self.kill()

    def ready(self):
        """Waits until it serves; the log says on which port."""
        if not self.port:
            line = self.wait_for_line(r" serves http://\S+:(\d+) ")
            self.port = int(line[1])
        if self.directory is not None:
            wait_until(self._is_loaded, "the data to be loaded")

    def _is_loaded(self):
        """Whether `/readyz` says so.

        :raises AssertionError: when it has ended instead.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            assert self.process.poll() is None, f"ended while loading: {self.lines}"
            return False
        finally:
            connection.close()

    def wait_for_line(self, pattern, timeout=PATIENCE):
        """The match in the first line of the log that has one."""
        seen = 0

        def found():
            nonlocal seen
            while seen < len(self.lines):
                line = self.lines[seen]
                seen += 1
                if line is None:
                    raise AssertionError(f"ended without logging {pattern!r}: {self.lines}")
                if match := re.search(pattern, line):
                    return match
            return None

        with self._changed:
            match = None

            def holds():
                nonlocal match
                match = found()
                return match

            if not self._changed.wait_for(holds, timeout):
                raise AssertionError(f"{pattern!r} was not logged: {self.lines}")
            return match

    @property
    def log(self):
        """Everything logged so far."""
        return [line for line in self.lines if line is not None]

    @property
    def pid(self):
        return self.process.pid

    def resident_memory(self):
        """Bytes."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def open_files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def send(self, number):
        self.process.send_signal(number)

    def wait(self, timeout=PATIENCE):
        """Waits for its end; the exit code."""
        code = self.process.wait(timeout)
        self._reader.join(PATIENCE)
        return code

    def stop(self, number=signal.SIGTERM):
        self.send(number)
        return self.wait()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join(PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
        if self._database:
            self._database.cleanup()
