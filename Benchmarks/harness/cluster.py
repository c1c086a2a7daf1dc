"""Redwing before a Redis Cluster of three primaries, against webdis before one redis-server; and what it adds to a node."""

from __future__ import annotations

import json
import random
import socket
import time
from collections.abc import Callable
from statistics import median

from .contestants import start_redis, start_webdis
from .http_exchange import Connection
from .load_generators import redis_benchmark_cluster, wrk, wrk_pipeline, wrk_pipelined
from .loading import check_strings, key_name, load_strings
from .processes import BenchmarkError, Fleet, Server, free_port
from .resp_exchange import ask
from .rounds import Contestant, ratios, take_turns
from .settings import OUT, REPOSITORY, Settings
from .table import Result, Row

_FORM_SECONDS = 60.0
_LATENCY_REQUESTS = 2_000


def measure_cluster(fleet: Fleet, settings: Settings, report: Callable[[str], None]) -> Result:
    """GET /keys/{k}, POST /pipeline and the latency that one more hop adds."""
    cluster = _start_cluster(fleet)
    redwing = _start_redwing(fleet, settings, cluster)
    redis = start_redis(fleet)
    webdis = start_webdis(fleet, settings, redis)
    keys, seconds = settings.cluster_keys, settings.seconds
    load_strings(fleet, redwing, "http", keys)
    load_strings(fleet, redis, "resp", keys)
    check_strings(redwing, keys)
    batch = settings.pipeline_batch
    benchmark_requests = round(redis_benchmark_cluster(fleet, cluster, keys, 200_000, batch) * seconds)

    def over_http(server: Server, prefix: str) -> Contestant:
        return Contestant(
            server.name, lambda number: wrk(fleet, server, "GET", prefix, keys, seconds, number)
        )

    report("  GET:")
    gets = take_turns([over_http(redwing, "/keys/"), over_http(webdis, "/GET/")], settings.rounds, report)
    report(f"  pipelines of {batch}:")
    pipelines = take_turns(
        [
            Contestant(
                redwing.name,
                lambda number: wrk_pipeline(fleet, redwing, "GET", keys, batch, seconds, number),
            ),
            Contestant(
                webdis.name,
                lambda number: wrk_pipelined(fleet, webdis, "GET", "/GET/", keys, batch, seconds, number),
            ),
            Contestant(
                "redis-benchmark --cluster",
                lambda _: redis_benchmark_cluster(fleet, cluster, keys, benchmark_requests, batch),
            ),
        ],
        settings.rounds,
        report,
    )
    fleet.stop(webdis, redis)
    added = [_added_latency(redwing, cluster) for _ in range(settings.rounds)]
    fleet.stop(redwing, cluster)
    name = f"webdis (threads: {settings.webdis_threads}) + redis-server"
    own = redwing.name
    return Result(
        [
            Row("GET /keys/{k} of a cluster, -c64", name, ratios(gets[own], gets[webdis.name]), 1.3, True),
            Row(
                f"POST /pipeline, {batch} × GET of random keys of a cluster, commands/s",
                f"{name}, {batch} requests in a pipeline",
                ratios(pipelines[own], pipelines[webdis.name]),
                3,
                True,
            ),
            Row("p50 that Redwing adds to GET of a node, unloaded", "itself", added, 0.3, False, "ms"),
        ],
        [
            f"{what}: {contestant} {median(values):,.0f} a second"
            for what, figures in (("GET of a cluster", gets), ("pipeline to a cluster", pipelines))
            for contestant, values in figures.items()
        ],
    )


def _start_cluster(fleet: Fleet) -> Server:
    """Six nodes; the server is the first of them."""
    port = _free_ports()
    script = REPOSITORY / "scripts/cluster"
    server = fleet.serve("cluster", port, [str(script), str(fleet.directory("cluster")), str(port)])
    deadline = time.monotonic() + _FORM_SECONDS
    while "six nodes" not in (OUT / "cluster.log").read_text():
        if time.monotonic() > deadline or server.process.poll() is not None:
            raise BenchmarkError("the nodes have formed no cluster: see out/cluster.log")
        time.sleep(0.1)
    return server


def _free_ports() -> int:
    """The first of six ports in a row that are free, as are those of the nodes' bus, 10,000 above."""
    for first in random.sample(range(20_000, 22_700, 8), 100):
        ports = [first + bus + number for bus in (0, 10_000) for number in range(6)]
        if all(map(_is_free, ports)):
            return first
    raise BenchmarkError("no six ports in a row are free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _start_redwing(fleet: Fleet, settings: Settings, cluster: Server) -> Server:
    port = free_port()
    flags = ["--port", str(port), "--threads", str(settings.threads), "--engine", "cluster"]
    flags += ["--cluster-nodes", f"127.0.0.1:{cluster.port}"]
    return fleet.serve("redwing-cluster", port, [str(settings.redwing), "serve", *flags])


def _added_latency(redwing: Server, cluster: Server) -> float:
    """Milliseconds: the median of GETs one after another through Redwing, less that of the node that has the key."""
    key = next(name for name in map(key_name, range(1000)) if not ask(cluster.port, "GET", name).startswith("-"))
    command = f"*2\r\n$3\r\nGET\r\n${len(key)}\r\n{key}\r\n".encode()
    own, node = [], []
    with Connection(redwing.port) as http, socket.create_connection(("127.0.0.1", cluster.port)) as direct:
        direct.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(_LATENCY_REQUESTS):
            began = time.perf_counter()
            response = http.exchange("GET", f"/keys/{key}")
            own.append(time.perf_counter() - began)
            if response.status != 200 or not json.loads(response.body)["value"]:
                raise BenchmarkError(f"GET {key}: {response.raw!r}")
            began = time.perf_counter()
            direct.sendall(command)
            reply = direct.recv(4096)
            node.append(time.perf_counter() - began)
            if not reply.startswith(b"$32\r\n"):
                raise BenchmarkError(f"GET {key}: the node has answered {reply!r}")
    return (median(own) - median(node)) * 1000

