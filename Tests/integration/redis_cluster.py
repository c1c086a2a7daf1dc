"""A Redis Cluster of six real nodes on free ports, and what may happen to it."""

import atexit
import functools
import os
import random
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from program import PATIENCE, ROOT, wait_until

BUS = 10_000


def free_ports(count):
    """The first of so many ports in a row that are free, as are those of the nodes' bus; all are below those that the
    system gives to clients, which might take one meanwhile."""
    for first in random.sample(range(20_000, 22_700, 8), 200):
        sockets = []
        try:
            for port in [first + i for i in range(count)] + [first + BUS + i for i in range(count)]:
                probe = socket.socket()
                sockets.append(probe)
                probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for probe in sockets:
                probe.close()
    raise AssertionError("no ports in a row are free")


class RedisCluster:
    """Three primaries with a replica each, as a context manager."""

    def __enter__(self):
        self._temporary = tempfile.TemporaryDirectory()
        self.directory = Path(self._temporary.name)
        first = free_ports(6)
        self.ports = list(range(first, first + 6))
        self._script = subprocess.Popen(
            [ROOT / "scripts/cluster", self.directory, str(first)], stdout=subprocess.PIPE, text=True
        )
        line = self._script.stdout.readline()
        assert line.startswith("six nodes"), f"{line!r}: see {self.directory}"
        self._restarted = []
        return self

    def __exit__(self, *_):
        self._script.terminate()
        for process in self._restarted:
            process.kill()
            process.wait()
        for port in self.ports:
            self._signal(port, signal.SIGKILL)
        self._script.stdout.close()
        self._script.wait(PATIENCE)
        self._temporary.cleanup()

    @property
    def nodes(self):
        return ",".join(f"127.0.0.1:{port}" for port in self.ports)

    def cli(self, port, *words, check=True):
        result = subprocess.run(
            ["redis-cli", "-p", str(port), *words], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert not check or result.returncode == 0, result.stderr
        return result.stdout.strip()

    def primaries(self, among=None):
        """The ports of the primaries that have slots, as `among` (a port) sees it."""
        found = []
        for line in self.cli(among or self.ports[0], "cluster", "nodes").splitlines():
            words = line.split()
            if "master" in words[2] and "fail" not in words[2] and len(words) > 8:
                found.append(int(words[1].split("@")[0].rsplit(":", 1)[1]))
        return found

    def node_id(self, port):
        return self.cli(port, "cluster", "myid")

    def owner(self, key):
        """The port of the primary that has the key."""
        slot = int(self.cli(self.ports[0], "cluster", "keyslot", key))
        for line in self.cli(self.ports[0], "cluster", "nodes").splitlines():
            words = line.split()
            for part in words[8:]:
                first, _, last = part.partition("-")
                if first.isdigit() and int(first) <= slot <= int(last or first) and "master" in words[2]:
                    return int(words[1].split("@")[0].rsplit(":", 1)[1])
        raise AssertionError(f"nobody has slot {slot}")

    def _signal(self, port, number):
        try:
            os.kill(int((self.directory / str(port) / "pid").read_text()), number)
        except (ProcessLookupError, FileNotFoundError):
            pass

    def kill(self, port):
        """kill -9."""
        self._signal(port, signal.SIGKILL)

    def stop(self, port):
        self._signal(port, signal.SIGSTOP)

    def resume(self, port):
        self._signal(port, signal.SIGCONT)

    def restart(self, port):
        """Starts a node again that was killed."""
        self._restarted.append(subprocess.Popen(["redis-server", self.directory / str(port) / "redis.conf"]))

    def wait_until_whole(self):
        """Waits until all nodes are there and agree, and replicas have what they are to take over."""

        def is_whole():
            if not all("cluster_state:ok" in self.cli(port, "cluster", "info", check=False) for port in self.ports):
                return False
            roles = [self.cli(port, "info", "replication", check=False) for port in self.ports]
            online = sum("role:master" in role and "state=online" in role for role in roles)
            linked = sum("role:slave" in role and "master_link_status:up" in role for role in roles)
            return online == linked == 3 and self._agree()

        wait_until(is_whole, "a whole cluster")

    def flush(self):
        """Empties all primaries, and waits until their replicas are empty, too: replication is asynchronous, and what a
        primary that dies has not sent on is not undone there."""
        for port in self.primaries():
            answers = subprocess.run(
                ["redis-cli", "-p", str(port)],
                input=f"FLUSHALL\nWAIT 1 {PATIENCE * 1000:.0f}\n",
                capture_output=True,
                text=True,
                timeout=2 * PATIENCE,
                check=True,
            ).stdout.split()
            assert answers == ["OK", "1"], answers

    def _agree(self):
        command = ["redis-cli", "--cluster", "check", f"127.0.0.1:{self.ports[0]}"]
        return subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False).returncode == 0

    def reshard(self, source, target, slots):
        """Moves slots, with the keys in them."""
        self.wait_until_whole()
        result = subprocess.run(
            ["redis-cli", "--cluster", "reshard", f"127.0.0.1:{source}", "--cluster-from", self.node_id(source)]
            + ["--cluster-to", self.node_id(target), "--cluster-slots", str(slots), "--cluster-yes"],
            capture_output=True,
            text=True,
            timeout=PATIENCE * 3,
            check=False,
        )
        assert result.returncode == 0, result.stdout[-2000:] + result.stderr


@functools.cache
def shared_cluster():
    """One for all tests, until they end."""
    cluster = RedisCluster().__enter__()
    atexit.register(cluster.__exit__)
    return cluster
