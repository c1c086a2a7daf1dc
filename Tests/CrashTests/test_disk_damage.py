"""Damaged files of the disk engine: the start is refused and says which, or what is damaged is an error that does."""

import random
import shutil

import pytest
from harness import check, refusal, serve, snapshot, starts
from http_client import Client as Browser
from http_client import problem
from model import read
from test_damage import bits, chosen, flip
from wire import Refused, Wire
from workload import Client


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A directory with tables and a log, killed, of whose batches each was synced: the directory and the client."""
    directory = tmp_path_factory.mktemp("damage") / "data"
    client = Client(0, "damage")

    with serve(directory, "--appendfsync", "always", engine="disk") as program:
        with Wire(program.port) as wire:
            client.write(wire, 200)
            snapshot(program)
            client.write(wire, 60)
        program.kill()
    return directory, client


def files(directory, pattern):
    """Those of the database that hold anything, in their order."""
    found = sorted((directory / "rocksdb").glob(pattern))
    return [path for path in found if path.stat().st_size]


def records(log):
    """Where the records of a log begin (RocksDB's format)."""
    data, at, places = log.read_bytes(), 0, []
    while at + 7 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 6], "little")
        if not data[at + 6]:
            break
        places.append(at)
        at += 7 + length
        if 32768 - at % 32768 < 7:
            at += 32768 - at % 32768
    return places


def outcome(directory):
    """What the server has after its start: a digest, None and its refusal, or None and the errors of reads."""
    program, log = starts(directory, engine="disk")
    if program is None:
        return None, log
    with program:
        keys = Client(0, "damage").keys
        with Wire(program.port) as wire:
            try:
                return read(wire, keys).digest, ""
            except (Refused, AssertionError):
                pass
            answers = wire.pipeline([["TYPE", key] for key in keys])
            answers += wire.pipeline([["DEBUG", "DIGEST-VALUE", key] for key in keys])
        with Browser(program.port) as browser:
            assert browser.get("/healthz").status == 200
            texts = []
            for kind in ("keys", "hashes", "lists", "sets", "zsets"):
                for key in keys:
                    answer = browser.get(f"/{kind}/{key}")
                    if answer.status >= 500:
                        document = problem(answer, 500, 503)
                        assert document["code"] in ("CORRUPTED", "IOERR"), document
                        texts.append(document["detail"])
                    else:
                        assert answer.status in (200, 404, 409), answer
        assert texts, answers
        return None, "\n".join(texts)


def refused(written, directory, path):
    """It is refused, or answered with an error, and the file named; put back, all is there."""
    now, log = outcome(directory)
    assert now is None, f"{path.name} is damaged, and all is served"
    assert path.name in log, log
    found = check(directory)
    assert found.returncode == 1 and path.name in found.stdout + found.stderr, found
    return log


def restored(written, directory):
    """Refusing has removed nothing: with the file put back all is there."""
    for path in (written[0] / "rocksdb").iterdir():
        shutil.copy(path, directory / "rocksdb" / path.name)
    now, log = outcome(directory)
    assert now == written[1].digests[-1], log


def test_nothing_is_wrong(written, copy):
    directory = copy()
    found = check(directory)
    assert found.returncode == 0 and "sound" in found.stdout and "strings" in found.stdout, found
    assert outcome(directory)[0] == written[1].digests[-1]
    assert check(directory, "--fix").returncode == 1


def test_a_flipped_bit_in_the_log(written, copy, every):
    client = written[1]
    (log,) = files(written[0], "*.log")
    places = records(log)
    assert len(places) > 50
    for bit in bits(log.stat().st_size, every, 8) + [places[-1] * 8, places[-2] * 8 + 100]:
        if bit // 8 >= places[-1] + 7 + 200:
            continue
        directory = copy()
        flip(directory / "rocksdb" / log.name, bit)
        now, text = outcome(directory)
        if now is None:
            assert log.name in text and "byte" in text, text
            restored(written, directory)
        elif now != client.digests[-1]:
            # Only the last batch can be taken for one that never came to be whole.
            assert bit // 8 >= places[-1], f"bit {bit} of {log.name} flipped, and it starts: {places[-3:]}"
            assert now in client.digests, bit


def test_a_torn_log(written, copy, every):
    """Cut within the last batch, as a crash leaves it."""
    client = written[1]
    (log,) = files(written[0], "*.log")
    places = records(log)
    for size in chosen(range(places[-1], log.stat().st_size), every, 4):
        directory = copy()
        path = directory / "rocksdb" / log.name
        path.write_bytes(path.read_bytes()[:size])
        now, text = outcome(directory)
        assert now in client.digests[-4:], (size, text)


def test_a_flipped_bit_in_a_table(written, copy, every):
    tables = files(written[0], "*.sst")
    assert len(tables) >= 3
    sample = random.Random(1)
    for table in tables:
        for bit in bits(table.stat().st_size, every, 2):
            directory = copy()
            flip(directory / "rocksdb" / table.name, bit)
            found = check(directory)
            now, text = outcome(directory)
            if now is None:
                assert table.name in text, text
                assert found.returncode == 1 and table.name in found.stdout + found.stderr, found
            else:
                # What is never needed, as a checksum of nothing that is read.
                assert now == written[1].digests[-1], (table.name, bit)
    # The largest, in the middle of a block: that block's keys are errors.
    table = max(tables, key=lambda path: path.stat().st_size)
    directory = copy()
    flip(directory / "rocksdb" / table.name, 8 * sample.randrange(10, 200))
    refused(written, directory, table)


@pytest.mark.parametrize("pattern", ["MANIFEST-*", "CURRENT"])
def test_a_flipped_bit_in(written, copy, pattern, every):
    (path,) = files(written[0], pattern)
    for bit in bits(path.stat().st_size, every, 6):
        directory = copy()
        flip(directory / "rocksdb" / path.name, bit)
        now, text = outcome(directory)
        if now is None:
            assert str(directory / "rocksdb") in text, text
            restored(written, directory)
        else:
            assert now == written[1].digests[-1], bit


@pytest.mark.parametrize("pattern", ["*.sst", "*.log", "MANIFEST-*", "CURRENT"])
def test_a_missing_file(written, copy, pattern):
    directory = copy()
    path = directory / "rocksdb" / files(written[0], pattern)[0].name
    path.unlink()
    log = refusal(directory, engine="disk")
    assert (path.name if pattern != "*.log" else "*.log") in log, log
    assert check(directory).returncode == 1
    restored(written, directory)


@pytest.mark.parametrize("pattern", ["OPTIONS-*", "IDENTITY", "LOCK"])
def test_a_file_that_nobody_needs(written, copy, pattern):
    directory = copy()
    for path in (directory / "rocksdb").glob(pattern):
        path.unlink()
    assert outcome(directory)[0] == written[1].digests[-1]


@pytest.mark.parametrize("size", [0, 1, -1, -100])
def test_a_truncated_table(written, copy, size):
    for table in files(written[0], "*.sst")[:2]:
        directory = copy()
        path = directory / "rocksdb" / table.name
        path.write_bytes(path.read_bytes()[:size])
        log = refusal(directory, engine="disk")
        assert table.name in log, log


def test_a_directory_in_use(written, copy):
    directory = copy()
    with serve(directory, engine="disk"):
        log = refusal(directory, engine="disk")
        assert "in use" in log and str(directory) in log, log
        assert "in use" in check(directory).stderr


def test_a_directory_of_something_else(tmp_path):
    """Of the other engine, of another program, a file."""
    with serve(tmp_path / "memory") as program, Browser(program.port) as browser:
        assert browser.put("/keys/a", b"1").status == 201
        assert program.stop() == 0
    log = refusal(tmp_path / "memory", engine="disk")
    assert str(tmp_path / "memory") in log and "memory" in log, log
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "rocksdb").write_text("")
    log = refusal(tmp_path / "other", engine="disk")
    assert str(tmp_path / "other" / "rocksdb") in log, log
