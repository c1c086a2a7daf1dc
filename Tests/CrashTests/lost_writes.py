"""What a crash of the system may leave: built from the calls that lost_writes.c has written down."""

import ctypes
import mmap
import shutil
import struct
import subprocess
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).with_name("lost_writes.c")
# The calls, as in lost_writes.c.
CREATE, WRITE, SYNC, RENAME, UNLINK, TRUNCATE, MAKE_DIRECTORY, SYNC_DIRECTORY, OPEN, READ, LINK, REMOVE_DIRECTORY = (
    1 << bit for bit in range(12)
)
NAMES = {CREATE: "create", WRITE: "write", SYNC: "fsync", RENAME: "rename", UNLINK: "unlink", TRUNCATE: "ftruncate"}
NAMES |= {MAKE_DIRECTORY: "mkdir", SYNC_DIRECTORY: "fsync of the directory", OPEN: "open", READ: "read"}
NAMES |= {LINK: "link", REMOVE_DIRECTORY: "rmdir"}
CHANGES = OPEN - 1 | LINK | REMOVE_DIRECTORY
SECTOR = 512
FOREVER = (1 << 64) - 1


def build(directory):
    """Compiles the library; its path."""
    library = Path(directory) / "lost_writes.so"
    subprocess.run(
        ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl", "-lpthread"],
        check=True,
    )
    return library


class Control:
    """The memory shared with the library: which call kills, which fail, which take their time."""

    class _Layout(ctypes.Structure):
        _fields_ = [
            ("calls", ctypes.c_uint64),
            ("kill_at", ctypes.c_uint64),
            ("fail_skip", ctypes.c_uint64),
            ("fail_count", ctypes.c_uint64),
            ("failed", ctypes.c_uint64),
            ("fail_kinds", ctypes.c_uint32),
            ("fail_errno", ctypes.c_uint32),
            ("fail_short", ctypes.c_uint32),
            ("delay_kinds", ctypes.c_uint32),
            ("delay", ctypes.c_uint32),
            ("delayed", ctypes.c_uint32),
            ("count_kinds", ctypes.c_uint32),
            ("fail_name", ctypes.c_char * 64),
        ]

    def __init__(self, path):
        self.path = Path(path)
        size = ctypes.sizeof(self._Layout)
        self.path.write_bytes(bytes(size))
        with open(path, "r+b") as file:
            self.values = self._Layout.from_buffer(mmap.mmap(file.fileno(), size))

    @property
    def calls(self):
        return self.values.calls

    @property
    def failed(self):
        return self.values.failed

    @property
    def delayed(self):
        return self.values.delayed

    def count(self, kinds):
        """Counts, from now on, calls of these kinds only; 0: all."""
        self.values.kill_at = 0
        self.values.calls = 0
        self.values.count_kinds = kinds

    def kill_at(self, call):
        """The process dies before it makes the call of that number, counted from its start."""
        self.values.kill_at = call

    def fail(self, kinds, errno, count=FOREVER, name=b"", short=False, skip=0):
        """`count` calls of these kinds, on paths that contain `name`, fail, after `skip` that do not."""
        self.values.fail_kinds = 0
        self.values.failed = 0
        self.values.fail_errno = errno
        self.values.fail_name = name
        self.values.fail_short = short
        self.values.fail_skip = skip
        self.values.fail_count = count
        self.values.fail_kinds = kinds

    def succeed(self):
        self.values.fail_kinds = 0

    def delay(self, kinds, seconds):
        self.values.delay = int(seconds * 1e6)
        self.values.delay_kinds = kinds

    def environment(self, library, directory, journal=None):
        """What the server's environment must hold."""
        variables = {
            "LD_PRELOAD": str(library),
            "CRASH_DIRECTORY": str(Path(directory).resolve()),
            "CRASH_CONTROL": str(self.path),
        }
        return variables | ({"CRASH_JOURNAL": str(journal)} if journal else {})


@dataclass
class Record:
    kind: int
    failed: int
    begin: float
    end: float
    file: int
    offset: int
    path: str
    data: bytes

    def __repr__(self):
        size = f" {len(self.data)} bytes at {self.offset}" if self.kind == WRITE else ""
        return f"{NAMES[self.kind]} {self.path}{size}{' failed' if self.failed else ''}"


_HEAD = struct.Struct("=IiQQQQII")


def read_journal(path):
    """All calls, in their order."""
    records, data, at = [], Path(path).read_bytes(), 0
    # Killed in the middle of writing it down, the process had no answer of the call yet.
    while at + _HEAD.size <= len(data):
        kind, failed, begin, end, file, offset, path_length, data_length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if at + path_length + data_length > len(data):
            break
        path = data[at : at + path_length].decode()
        at += path_length
        records.append(
            Record(kind, failed, begin / 1e9, end / 1e9, file, offset, path, data[at : at + data_length])
        )
        at += data_length
    return records


@dataclass
class _File:
    durable: bytes = b""
    # Writes and truncations since the last sync.
    pending: list = field(default_factory=list)

    def contents(self, choose):
        data = bytearray(self.durable)
        for change in self.pending:
            if isinstance(change, int):
                if choose.keeps():
                    data[change:] = bytes(change - len(data)) if change > len(data) else b""
                continue
            offset, new = change
            for start, part in choose.parts(offset, new):
                if start > len(data):
                    data += bytes(start - len(data))
                data[start : start + len(part)] = part
        return bytes(data)


class Nothing:
    """Only what was synced is there."""

    def keeps(self):
        return False

    def keeps_prefix(self, count):
        return 0

    def parts(self, offset, data):
        return []

    def __str__(self):
        return "only what was synced"


class Everything(Nothing):
    """All is there: the process died, and the system did not."""

    def keeps(self):
        return True

    def keeps_prefix(self, count):
        return count

    def parts(self, offset, data):
        return [(offset, data)]

    def __str__(self):
        return "everything"


class Ordered(Nothing):
    """What was not synced is there up to some call, the last one torn at some byte."""

    def __init__(self, random):
        self.random = random
        self.ended = False

    def keeps(self):
        self.ended = self.ended or self.random.random() < 0.3
        return not self.ended

    def keeps_prefix(self, count):
        return self.random.randint(0, count)

    def parts(self, offset, data):
        if self.ended:
            return []
        if self.keeps():
            return [(offset, data)]
        return [(offset, data[: self.random.randint(0, len(data))])]

    def __str__(self):
        return "what was synced, and a part of the rest in its order"


class Torn(Nothing):
    """Of what was not synced any sectors are there, zeros or the old contents in the place of the others."""

    def __init__(self, random):
        self.random = random
        self.share = random.choice([0.1, 0.5, 0.9])

    def keeps(self):
        return self.random.random() < self.share

    def keeps_prefix(self, count):
        return self.random.randint(0, count)

    def parts(self, offset, data):
        start = 0
        while start < len(data):
            end = min(len(data), start + SECTOR - (offset + start) % SECTOR)
            if self.keeps():
                yield offset + start, data[start:end]
            start = end

    def __str__(self):
        return f"what was synced, and {self.share:.0%} of the other sectors"


class Disk:
    """Follows the calls, and knows what of a directory is durable."""

    def __init__(self, root, records):
        """`root` was an empty directory before the first call."""
        self.root = str(Path(root).resolve())
        self.records = records
        self.at = 0
        self.files = {}
        # What names lead to: as the process sees it, and after a crash.
        self.names, self.durable_names = {}, {}
        self.directories, self.durable_directories = {self.root}, {self.root}
        self.changes = {}

    def index(self, time):
        """How many calls had ended at that time."""
        return bisect_left([record.end for record in self.records], time)

    def advance(self, index):
        """To the moment before the call of that index."""
        while self.at < index:
            self._apply(self.records[self.at])
            self.at += 1

    def _change(self, path, change):
        """A change of a directory: done, and durable once the directory is synced."""
        change(self.names, self.directories)
        self.changes.setdefault(path.rpartition("/")[0], []).append(change)

    def _apply(self, record):
        path, kind = record.path, record.kind
        if kind == CREATE:
            if record.offset == 1:
                file = self.files[record.file] = _File()
                self._change(path, lambda names, _: names.__setitem__(path, file))
            else:
                self.files[record.file].pending.append(0)
        elif kind == WRITE:
            self.files[record.file].pending.append((record.offset, record.data))
        elif kind == TRUNCATE:
            self.files[record.file].pending.append(record.offset)
        elif kind == SYNC:
            file = self.files.get(record.file)
            if file and not record.failed:
                file.durable = file.contents(Everything())
            if file:
                # After a failed sync the system takes for written what it could not write.
                file.pending = []
        elif kind == RENAME:
            target = record.data.decode()

            def rename(names, directories):
                for old in [name for name in names if name == path or name.startswith(path + "/")]:
                    names[target + old[len(path) :]] = names.pop(old)
                for old in [name for name in directories if name == path or name.startswith(path + "/")]:
                    directories.remove(old)
                    directories.add(target + old[len(path) :])

            if path in self.directories:
                # What is not durable in it is not under its new name either.
                for old in [name for name in self.changes if name == path or name.startswith(path + "/")]:
                    del self.changes[old]
            self._change(target, rename)
        elif kind == LINK:
            target = record.data.decode()
            file = self.names[path]
            self._change(target, lambda names, _: names.__setitem__(target, file))
        elif kind == REMOVE_DIRECTORY:
            self._change(path, lambda _, directories: directories.discard(path))
        elif kind == UNLINK:
            self._change(path, lambda names, _: names.pop(path, None))
        elif kind == MAKE_DIRECTORY:
            self._change(path, lambda _, directories: directories.add(path))
        elif kind == SYNC_DIRECTORY and not record.failed:
            for change in self.changes.pop(path, []):
                change(self.durable_names, self.durable_directories)

    def build(self, target, choose):
        """Makes the directory `target` what a crash might leave."""
        target = Path(target)
        shutil.rmtree(target, ignore_errors=True)
        names, directories = dict(self.durable_names), set(self.durable_directories)
        for changes in self.changes.values():
            for change in changes[: choose.keeps_prefix(len(changes))]:
                change(names, directories)
        for directory in sorted(directories):
            (target / directory[len(self.root) :].lstrip("/")).mkdir(parents=True, exist_ok=True)
        for path, file in names.items():
            place = target / path[len(self.root) :].lstrip("/")
            if place.parent.is_dir():
                place.write_bytes(file.contents(choose))
