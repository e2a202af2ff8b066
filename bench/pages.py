"""PAGES: a lesson's page under load, against a page of JupyterHub's and one of CTFd's, in turns."""

from __future__ import annotations

import contextlib
import statistics
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager

import peer_installs
import requests
from lab import Lab
from learner_client import LESSON
from load import CONNECTIONS, Load, Page, load
from measure import Row
from peer_sites import ctfd, jupyterhub
from running_site import NotStarted

from tools.problems import Problem

SECONDS = 3  # of load on each page in a round
WARM_UP = 2  # seconds of load that are not counted
WHAT = f"lesson page of a learner, {CONNECTIONS} connections, p50 of the rounds"
PEERS: dict[str, Callable[[], AbstractContextManager[Page]]] = {"JupyterHub": jupyterhub, "CTFd": ctfd}
# Why a peer may be missing: a registry that does not answer, a site that does not come up or falls under load.
FAILURES = (Problem, NotStarted, RuntimeError, requests.RequestException, subprocess.SubprocessError, OSError)


def measure(lab: Lab, rounds: int) -> list[Row]:
    """Ask for each page for some seconds in turn. A peer that cannot be had is a row that says why."""
    try:
        peer_installs.generator()
    except Problem as problem:
        return [_missing("what makes the load", problem)]
    lab.end()
    lab.wait_for_warm_sandbox()
    ours = Page("Muelle", f"{lab.site.address}/courses/{LESSON}/", lab.learner.http, "/sign-out/")
    ours.check()
    rows = []
    with contextlib.ExitStack() as stack:
        pages = [ours]
        for name, running in PEERS.items():
            try:
                page = stack.enter_context(running())
                page.check()
                pages.append(page)
            except FAILURES as error:
                rows.append(_missing(name, error))
        figures, failures = _in_turns(pages, ours, max(3, rounds // 2))
    rows += [_missing(page.name, error) for page, error in failures.items()]
    return [_row(page, figures[ours], figures[page]) for page in pages if page not in {ours, *failures}] + rows


def _in_turns(pages: list[Page], ours: Page, rounds: int) -> tuple[dict[Page, list[Load]], dict[Page, Exception]]:
    """Return what each round gave, after one that does not count, and why peers dropped out. Raises if ours does."""
    figures: dict[Page, list[Load]] = {page: [] for page in pages}
    failures: dict[Page, Exception] = {}
    for seconds in (WARM_UP, *[SECONDS] * rounds):
        for page in pages:
            if page in failures:
                continue
            try:
                figures[page].append(load(page, seconds))
            except FAILURES as error:
                if page is ours:
                    raise
                failures[page] = error
    return {page: loads[1:] for page, loads in figures.items()}, failures


def _row(page: Page, ours: list[Load], theirs: list[Load]) -> Row:
    ratio = _rate(ours) / _rate(theirs)
    return Row("PAGES", WHAT, _shown(ours), f"{page.name} {_shown(theirs)}", f"{ratio:.2f}", "none", None)


def _rate(loads: list[Load]) -> float:
    return statistics.median(load.rate for load in loads)


def _shown(loads: list[Load]) -> str:
    p95 = statistics.median(load.p95 for load in loads)
    return f"{_rate(loads):.0f} pages/s of {loads[0].size / 1000:.1f} kB, p95 {p95 * 1000:.0f} ms"


def _missing(name: str, error: Exception) -> Row:
    why = " ".join(str(error).split()) + (f" {error.mend}" if isinstance(error, Problem) else "")
    print(f"  {name}: {why} {' '.join(getattr(error, '__notes__', []))}")
    return Row("PAGES", f"{name} could not be measured: {why}"[:200].replace("|", "/"), "", "", "", "none", None)
