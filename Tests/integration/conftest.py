import resource

import pytest

from cluster_list import reason
from http_client import Client
from program import BINARY, ENGINE, Program
from redis_server import RedisServer
from upstash import Both, Reference, connect


def pytest_configure():
    if not BINARY.exists():
        raise pytest.UsageError(
            f"{BINARY} is missing: run `swift build`, or name a program in REDWING_BINARY"
        )
    # Thousands of connections are opened from here.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def pytest_collection_modifyitems(config, items):
    if ENGINE == "cluster":
        left = [item for item in items if reason(item.nodeid)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if not reason(item.nodeid)]


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


@pytest.fixture(scope="session")
def redis_server():
    """A redis-server to compare with; what is in it, tests must clear."""
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="module", params=["sync", "asyncio"])
def form(request):
    """Which of the two forms of the `upstash-redis` client."""
    return request.param


@pytest.fixture
def redis(form, program):
    """The client on the program alone: for what redis-server 7.0 lacks, and for what is random."""
    with connect(form, program.port) as client:
        yield client


@pytest.fixture
def both(redis, redis_server):
    """The client on the program and on redis-server at once."""
    redis_server.execute("FLUSHALL")
    return Both(redis, Reference(redis_server))
