"""Damaged files: the server starts with exactly the batches before the damage, or refuses and says where it is."""

import random
import re
import shutil

import pytest
from harness import aof, batch_ends, check, listed, manifest, rewrite, serve, starts
from model import read
from wire import Wire
from workload import Client

BATCHES = 60


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A directory with a base and an increment of whose batches each is one step of a client: the directory, the
    client, how many steps the base holds."""
    directory = tmp_path_factory.mktemp("damage") / "data"
    client = Client(0, "damage")

    with serve(directory, "--appendfsync", "always") as program:
        with Wire(program.port) as wire:
            client.write(wire, 200)
            rewrite(program)
            based = len(client.sent)
            while len(batch_ends(listed(directory, "i")[-1])) <= BATCHES:
                client.write(wire, 1)
        program.kill()
    return directory, client, based


def steps_at(written, offset):
    """How many steps the files hold up to that byte of the increment."""
    _, client, based = written
    ends = batch_ends(listed(written[0], "i")[-1])
    whole = sum(end <= offset for end in ends) - 1
    if whole < 0:
        return based
    # Steps that changed nothing have no batch.
    changing = [
        steps
        for steps in range(based + 1, len(client.digests))
        if client.digests[steps] != client.digests[steps - 1]
    ]
    return changing[whole - 1] if whole else based


def digest(program):
    with Wire(program.port) as wire:
        return read(wire, Client(0, "damage").keys).digest


def outcome(directory, *options):
    """What the server has after its start: a digest, or the text of its refusal."""
    program, log = starts(directory, *options)
    if program is None:
        return None, log
    with program:
        return digest(program), ""


def refuses(log, file):
    """Asserts that a refusal names the file and a place in it."""
    assert file in log, log
    assert re.search(r"\b(byte|offset|line) \d+", log), log


def mended(directory, client, least=0):
    """`redwing check` finds it damaged; after --fix it is sound, and the server starts with a beginning of the steps."""
    found = check(directory)
    assert found.returncode == 1, found
    fixed = check(directory, "--fix")
    assert fixed.returncode == 0, fixed
    assert check(directory).returncode == 0
    now, log = outcome(directory)
    assert now is not None, log
    assert now in client.digests[least:], "not a beginning of what was written"


def chosen(places, every, count, seed=1):
    places = list(places)
    return places if every or len(places) <= count else sorted(random.Random(seed).sample(places, count))


def bits(size, every, count):
    """One bit of each byte, or of some."""
    sample = random.Random(size)
    return [place * 8 + sample.randrange(8) for place in chosen(range(size), every, count)]


def test_nothing_is_wrong(written, copy):
    directory = copy()
    assert check(directory).returncode == 0
    assert outcome(directory)[0] == written[1].digests[-1]


@pytest.mark.parametrize("tail", ["cut", "zeros", "garbage", "zeros after", "garbage after"])
def test_the_last_batch(written, copy, every, tail):
    """Cut, zeroed or overwritten from any byte of the last batch on; and what comes after it."""
    client = written[1]
    size = listed(written[0], "i")[-1].stat().st_size
    start = batch_ends(listed(written[0], "i")[-1])[-2]
    sample = random.Random(tail)
    for place in chosen(range(start, size), every, 5):
        directory = copy()
        path = listed(directory, "i")[-1]
        data = path.read_bytes()
        rest = {
            "cut": b"",
            "zeros": bytes(size - place),
            "garbage": sample.randbytes(size - place),
            "zeros after": data[place:] + bytes(sample.randint(1, 9000)),
            "garbage after": data[place:] + sample.randbytes(sample.randint(1, 9000)),
        }[tail]
        path.write_bytes(data[:place] + rest)
        whole = tail.endswith("after")
        found = check(directory)
        expected = client.digests[steps_at(written, size if whole else place)]
        now, log = outcome(directory)
        assert now == expected, (tail, place, start, log)
        # Nothing is left of it.
        again, log = outcome(directory)
        assert again == expected and check(directory).returncode == 0, (tail, place, log)
        if not (tail == "cut" and place == start):
            assert found.returncode == 1, found


def flip(path, bit):
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def test_a_flipped_bit_in_the_increment(written, copy, every):
    _, client, based = written
    increment = listed(written[0], "i")[-1]
    ends = batch_ends(increment)
    for bit in bits(ends[-1], every, 16):
        directory = copy()
        flip(listed(directory, "i")[-1], bit)
        now, log = outcome(directory)
        if now is None:
            refuses(log, increment.name)
            mended(directory, client, least=based)
        else:
            # Only the last batch can be taken for one that never came to be whole.
            assert bit // 8 >= ends[-2], f"bit {bit} flipped, and it starts"
            assert now == client.digests[steps_at(written, ends[-2])], bit


def test_a_flipped_bit_in_the_base(written, copy, every):
    _, client, _ = written
    base = listed(written[0], "b")[0]
    for bit in bits(base.stat().st_size, every, 16):
        directory = copy()
        flip(listed(directory, "b")[0], bit)
        found = check(directory)
        now, log = outcome(directory)
        assert now is None, f"bit {bit} flipped, and it starts"
        refuses(log, base.name)
        assert found.returncode == 1, found


@pytest.mark.parametrize("size", [0, 1, 8, 9, 100, -9, -1])
def test_a_truncated_base(written, copy, size):
    directory = copy()
    base = listed(directory, "b")[0]
    base.write_bytes(base.read_bytes()[:size])
    now, log = outcome(directory)
    assert now is None
    refuses(log, base.name)


def test_a_flipped_bit_in_the_manifest(written, copy, every):
    """Refused, or nothing is lost by it."""
    _, client, _ = written
    for bit in chosen(range(manifest(written[0]).stat().st_size * 8), every, 24):
        directory = copy()
        flip(manifest(directory), bit)
        text = manifest(directory).read_bytes()
        now, log = outcome(directory)
        if now is None:
            assert "appendonlydir" in log, log
            # Nothing was removed: the manifest put back, all is there.
            shutil.copy(manifest(written[0]), manifest(directory))
            now, log = outcome(directory)
        assert now == client.digests[-1], (text, log)


def lines_of(directory):
    return manifest(directory).read_text().splitlines(keepends=True)


@pytest.fixture(scope="module")
def several(tmp_path_factory, library, written):
    """A directory with several increments, all of them needed: rewrites that failed have left them."""
    from errno import EIO

    from lost_writes import RENAME, Control

    directory = tmp_path_factory.mktemp("several") / "data"
    control = Control(directory.parent / "control")
    client = Client(0, "damage")
    environment = control.environment(library, directory)
    with serve(directory, "--appendfsync", "always", environment=environment) as program:
        with Wire(program.port) as wire:
            for _ in range(3):
                client.write(wire, 30)
                control.fail(RENAME, EIO, count=99, name=b".rdb")
                assert rewrite(program)["last_rewrite"]["result"] != "ok"
                control.succeed()
            for _ in range(30):
                client.acknowledged([["INCR", client.key("n")]], [wire.one("INCR", client.key("n"))])
        program.kill()
    assert len(listed(directory, "i")) >= 3
    return directory, client


@pytest.mark.parametrize("line", range(5))
@pytest.mark.parametrize("what", ["missing", "twice", "swapped", "swapped far"])
def test_lines_of_the_manifest(several, tmp_path, what, line):
    original, client = several
    directory = tmp_path / "data"
    shutil.copytree(original, directory)
    lines = lines_of(directory)
    if line >= len(lines):
        line = len(lines) - 1
    if what == "missing":
        del lines[line]
    elif what == "twice":
        lines.insert(line, lines[line])
    else:
        other = (line + (1 if what == "swapped" else 2)) % len(lines)
        lines[line], lines[other] = lines[other], lines[line]
    manifest(directory).write_text("".join(lines))
    found = check(directory)
    now, log = outcome(directory)
    if now is not None:
        # The order of a base and the increments does not matter: Redis does not mind either.
        assert now == client.digests[-1], (lines, log)
        return
    assert "manifest" in log or ".incr.aof" in log, log
    assert found.returncode == 1, found
    # Nothing was removed.
    shutil.copy(manifest(original), manifest(directory))
    now, log = outcome(directory)
    assert now == client.digests[-1], log


@pytest.mark.parametrize("content", [b"", b"\n", b"file", b"\0" * 100, b"garbage\n", None])
def test_the_manifest_as_a_whole(written, copy, content):
    """Empty, garbage, or missing while its files are there: nothing is taken for a new directory."""
    directory = copy()
    if content is None:
        manifest(directory).unlink()
    else:
        manifest(directory).write_bytes(content)
    now, log = outcome(directory)
    assert now is None, "it starts"
    assert "manifest" in log, log
    found = check(directory)
    assert found.returncode == 1, found
    fixed = check(directory, "--fix")
    if fixed.returncode == 0:
        assert outcome(directory)[0] == written[1].digests[-1]
    else:
        assert fixed.stdout + fixed.stderr


@pytest.mark.parametrize("kind", ["b", "i"])
def test_a_missing_file(written, copy, kind):
    directory = copy()
    path = listed(directory, kind)[0]
    path.unlink()
    now, log = outcome(directory)
    assert now is None
    assert path.name in log, log
    assert check(directory).returncode == 1


def test_a_damaged_snapshot(written, tmp_path, every):
    """dump.rdb where there is no manifest: refused, not ignored."""
    base = listed(written[0], "b")[0].read_bytes()
    for bit in bits(len(base), every, 10):
        directory = tmp_path / f"data{bit}"
        directory.mkdir()
        (directory / "dump.rdb").write_bytes(base)
        flip(directory / "dump.rdb", bit)
        now, log = outcome(directory)
        assert now is None, bit
        refuses(log, "dump.rdb")


def test_random_damage(written, copy, seed, every):
    """Several bytes of any file replaced, inserted or taken out: never a crash, never what was not written."""
    client = written[1]
    sample = random.Random(seed)
    for _ in range(100 if every else 12):
        directory = copy()
        path = sample.choice([path for path in aof(directory).iterdir() if path.stat().st_size])
        data = bytearray(path.read_bytes())
        for _ in range(sample.randint(1, 4)):
            at, count = sample.randrange(len(data) + 1), sample.choice([1, 1, 2, 7, 100])
            new = sample.choice([b"", sample.randbytes(count), bytes(count), data[:count]])
            data[at : at + sample.choice([0, len(new), count])] = new
        path.write_bytes(data)
        now, log = outcome(directory)
        if now is not None:
            assert now in client.digests, (path.name, "what was not written")
        else:
            assert "appendonlydir" in log, log
