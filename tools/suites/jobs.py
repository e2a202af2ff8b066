"""Work of `make test` and its timing: what computes runs alone, what mostly waits runs beside another that does."""

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO

SIDE_BY_SIDE = 4  # on two cores: a suite that waits computes for less than half of its time

Output = IO[str] | None
"""Where a suite writes; None is the terminal."""


@dataclass(frozen=True)
class Job:
    """A check or a suite. `run` returns an exit code. budget: seconds."""

    name: str
    budget: int
    run: Callable[[Output], int]
    waits: bool = False


@dataclass
class Row:
    """One line of the closing table."""

    name: str
    passed: bool
    seconds: float
    budget: int

    def __str__(self) -> str:
        over = "  over its budget" if self.seconds > self.budget else ""
        result = "passed" if self.passed else "FAILED"
        return f"  {self.name:<12} {result:<8} {self.seconds:8.1f} s {self.budget:6} s{over}"


def run_jobs(jobs: Sequence[Job]) -> list[Row]:
    """Run all, also after one failed: first those that compute, then the others side by side, the longest first."""
    rows = [_run_alone(job) for job in jobs if not job.waits]
    # 1 is for machines where a false alarm costs more than ten minutes.
    with ThreadPoolExecutor(int(os.environ.get("MUELLE_SIDE_BY_SIDE", SIDE_BY_SIDE))) as pool:
        return rows + list(pool.map(_run_beside, _longest_first(jobs)))


def critical_seconds(jobs: Sequence[Job]) -> float:
    """Return what the budgets allow for all: the side by side part costs what its fullest lane does."""
    lanes = [0.0] * SIDE_BY_SIDE
    for job in _longest_first(jobs):
        lanes[lanes.index(min(lanes))] += job.budget
    return sum(job.budget for job in jobs if not job.waits) + max(lanes)


def _longest_first(jobs: Sequence[Job]) -> list[Job]:
    return sorted((job for job in jobs if job.waits), key=lambda job: -job.budget)


def _run_alone(job: Job) -> Row:
    print(f"\n=== {job.name} ===", flush=True)
    return _timed(job, None)


def _run_beside(job: Job) -> Row:
    """Run it with its output kept, so that two do not write into each other's lines."""
    print(f"\n=== {job.name}: its output follows when it is done ===", flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        row = _timed(job, output)
        output.seek(0)
        print(f"\n=== {job.name} ===\n{output.read()}", flush=True)
    return row


def _timed(job: Job, output: Output) -> Row:
    started = time.monotonic()
    passed = job.run(output) == 0
    return Row(job.name, passed, time.monotonic() - started, job.budget)
