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
    many_keys=500_000,
)
