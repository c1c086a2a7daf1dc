import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))

from program import BINARY  # noqa: E402

import lost_writes  # noqa: E402


def pytest_addoption(parser):
    parser.addoption("--seeds", type=int, help="how many seeds each test gets, instead of a few fixed ones")
    parser.addoption("--first-seed", type=int, help="the first of them; else they differ from run to run")
    parser.addoption("--every", action="store_true", help="every byte and every step, instead of some")


def pytest_configure(config):
    config.addinivalue_line("markers", "seeds(n): how many seeds the test has in CI")
    if not BINARY.exists():
        raise pytest.UsageError(
            f"{BINARY} is missing: run `swift build`, or name a program in REDWING_BINARY"
        )


def pytest_generate_tests(metafunc):
    """`seed` is in the test's name, so that a failure says how to have it again."""
    if "seed" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("seeds")
    count, first = marker.args[0] if marker else 1, 1
    if metafunc.config.getoption("seeds"):
        count = metafunc.config.getoption("seeds")
        first = metafunc.config.getoption("first_seed") or int.from_bytes(os.urandom(3), "big")
    metafunc.parametrize("seed", range(first, first + count), ids=lambda seed: f"seed{seed}")


@pytest.fixture
def every(request):
    """Whether all is to be tried, and not only some."""
    return request.config.getoption("every")


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    """The library that stands between the server and its files."""
    return lost_writes.build(tmp_path_factory.mktemp("library"))


@pytest.fixture
def data(tmp_path):
    """A data directory that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def control(tmp_path):
    return lost_writes.Control(tmp_path / "control")


@pytest.fixture
def copy(written, tmp_path):
    """Makes a fresh copy of the directory that comes first in what the module has `written`."""

    def make():
        target = tmp_path / "copy"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(written[0], target)
        return target

    return make
