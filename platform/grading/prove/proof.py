"""Proving labs: two sandboxes at a time, and none for what has not changed since it was proved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connections

from grading.prove.cache import Cache
from grading.prove.labs import NamedLab
from grading.prove.plan import Run, faults_of, runs_of
from grading.prove.runs import Trouble, carry_out
from sandboxes.runtimes.base import RuntimeFault

AT_ONCE = 2  # sandboxes; the engine starts them one after another anyway, and a lesson's commands need a processor each


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What one run of a lab came to."""

    lab: str
    run: str
    seconds: float
    troubles: tuple[Trouble, ...] = ()
    cached: bool = False
    """Nothing was run: this lab was proved before, and nothing that matters has changed."""


def prove(labs: Iterable[NamedLab], cache: Cache | None, report: Callable[[RunResult], None]) -> list[RunResult]:
    """Prove labs and return all results; each is reported when it is there."""
    results = []
    for lab in labs:
        if cache is not None and cache.knows(lab.document):
            found = [RunResult(lab=lab.name, run="proved before", seconds=0, cached=True)]
            report(found[0])
        else:
            found = _prove_one(lab, report)
            if cache is not None and not any(result.troubles for result in found):
                cache.remember(lab.document, lab.name)
        results.extend(found)
    return results


def _prove_one(lab: NamedLab, report: Callable[[RunResult], None]) -> list[RunResult]:
    faults = tuple(Trouble(task="", sentence=sentence) for sentence in faults_of(lab.document))
    results = []
    if faults:
        results.append(RunResult(lab=lab.name, run="solutions as they are written", seconds=0, troubles=faults))
        report(results[0])
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        for result in pool.map(lambda run: _run(lab, run), runs_of(lab.document)):
            report(result)
            results.append(result)
    return results


def _run(lab: NamedLab, run: Run) -> RunResult:
    started = time.monotonic()
    try:
        troubles = carry_out(lab.document, run)
    except RuntimeFault as fault:
        troubles = [Trouble(task="", sentence=f"no sandbox could be made: {fault}")]
    finally:
        connections.close_all()  # those of this thread, which ends with its pool
    return RunResult(lab=lab.name, run=run.name, seconds=time.monotonic() - started, troubles=tuple(troubles))
