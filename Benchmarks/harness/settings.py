"""How much of everything a run does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
REPOSITORY = BENCHMARKS.parent
OUT = BENCHMARKS / "out"


@dataclass(frozen=True)
class Settings:
    """The sizes and counts of one run; `QUICK` only shows that the harness works."""

    redwing: Path = REPOSITORY / ".build/release/redwing"
    threads: int = 1
    webdis_threads: int = 2
    pin: bool = False

    rounds: int = 9
    seconds: int = 1
    keys: int = 1_000_000

    pipeline_batch: int = 100
    long_pipeline_batch: int = 10_000
    body_bytes: int = 60 << 20

    memory_repetitions: int = 3
    memory_keys: int = 2_000_000
    memory_members: int = 1_000_000
    memory_quiet_seconds: float = 5.0
    """jemalloc, redis-server's allocator, gives outgrown tables back over some seconds."""

    pause_repetitions: int = 5
    pause_present: int = 1_000
    pause_inserted: int = 1_000_000

    persist_seconds: int = 2
    """A turn of the throughput with an append-only file: long enough to hold more than one fsync a second."""

    snapshot_repetitions: int = 3
    snapshot_keys: int = 5_000_000
    snapshot_seconds: float = 8.0
    """How long a server is written to, once without and once with a snapshot in it."""
    mixed_keys: int = 200_000

    load_repetitions: int = 3
    load_keys: int = 5_000_000

    event_rounds: int = 5
    event_seconds: float = 3.0
    subscribers: tuple[int, ...] = (100, 1_000)
    idle_subscribers: int = 10_000
    idle_seconds: float = 10.0

    cluster_keys: int = 200_000

    disk_rounds: int = 5
    disk_seconds: int = 3
    disk_repetitions: int = 3
    disk_keys: int = 10_000_000
    disk_members: int = 1_000_000
    disk_requests: int = 2_000

    few_keys: int = 1_000
    many_keys: int = 10_000_000


FULL = Settings()

QUICK = Settings(
    rounds=3,
    keys=50_000,
    long_pipeline_batch=1_000,
    body_bytes=6 << 20,
    memory_repetitions=1,
    memory_keys=200_000,
    memory_members=100_000,
    memory_quiet_seconds=1.0,
    pause_repetitions=1,
    pause_inserted=100_000,
    persist_seconds=1,
    snapshot_repetitions=1,
    snapshot_keys=200_000,
    snapshot_seconds=2.0,
    mixed_keys=10_000,
    load_repetitions=1,
    load_keys=200_000,
    event_rounds=1,
    event_seconds=1.0,
    idle_subscribers=1_000,
    idle_seconds=2.0,
    cluster_keys=20_000,
    disk_rounds=2,
    disk_seconds=1,
    disk_repetitions=1,
    disk_keys=200_000,
    disk_members=50_000,
    disk_requests=200,
    many_keys=500_000,
)
