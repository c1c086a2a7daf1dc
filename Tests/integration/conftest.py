import resource

import pytest

from http_client import Client
from program import BINARY, Program


def pytest_configure():
    if not BINARY.exists():
        raise pytest.UsageError(
            f"{BINARY} is missing: run `swift build`, or name a program in REDWING_BINARY"
        )
    # Thousands of connections are opened from here.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


@pytest.fixture(scope="session")
def shared_program():
    with Program() as program:
        yield program
        assert program.process.poll() is None, f"the server ended by itself: {program.log}"


@pytest.fixture
def program(shared_program):
    """A running server, without keys."""
    with Client(shared_program.port) as client:
        assert client.delete("/keys?all").status == 204
    yield shared_program
    # Whatever a test did, the server serves on.
    with Client(shared_program.port) as client:
        assert client.get("/healthz").json == {"status": "ok"}


@pytest.fixture
def client(program):
    with Client(program.port) as client:
        yield client
