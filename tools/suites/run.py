"""`make test`: checks, then every suite as a pytest of its own, then a table of results and times."""

import os
import subprocess
import time
from collections.abc import Sequence
from functools import partial

from tools.problems import Problem
from tools.suites.check import check
from tools.suites.jobs import Job, Output, Row, run_jobs
from tools.suites.services import Services, services
from tools.suites.table import FOLDERS, SUITES, Suite
from tools.workspace import Workspace

# A suite that hangs must not hold the machine for ever.
SUITE_SECONDS = 1800.0
CHECK = "check"
COVERAGE = "coverage"
# Its own network, with a loopback and nothing else.
OFFLINE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "offline")
CHECK_BUDGET = 75
COVERAGE_BUDGET = 15


def run_suites(workspace: Workspace, wanted: Sequence[str], *, fast: bool = False) -> int:
    """Run the suites named, or all, and print the table. fast: unit tests that need no engine, and nothing else.

    Returns the exit code. Raises Problem for an unknown name.
    """
    chosen = _chosen(workspace, wanted, fast=fast)
    jobs: list[Job] = []
    left_out: dict[str, str] = {}
    started = time.monotonic()
    with services(workspace) as found:
        if not fast and (not wanted or CHECK in wanted):
            jobs.append(Job(CHECK, CHECK_BUDGET, lambda _output: check(workspace)))
        for suite in chosen:
            reason = next((found.reasons[need] for need in suite.needs if need in found.reasons), "")
            if reason:
                left_out[suite.name] = reason
            else:
                work = partial(_run_suite, workspace, suite, found, fast)
                jobs.append(Job(suite.name, suite.budget, work, waits=suite.waits))
        rows = run_jobs(jobs)
    if not wanted and not fast:
        rows += run_jobs([Job(COVERAGE, COVERAGE_BUDGET, partial(_coverage, workspace))])
    _print_table(rows, left_out, time.monotonic() - started)
    return 0 if all(row.passed for row in rows) else 1


def _chosen(workspace: Workspace, wanted: Sequence[str], *, fast: bool) -> list[Suite]:
    unknown = set(wanted) - {suite.name for suite in SUITES} - {CHECK}
    if unknown:
        known = " ".join([CHECK, *(suite.name for suite in SUITES)])
        raise Problem(f"There is no suite {', '.join(sorted(unknown))}.", f"There are: {known}.")
    if fast:
        return [suite for suite in SUITES if suite.name == "unit"]
    there = [suite for suite in SUITES if _has_tests(workspace, suite)]
    return [suite for suite in there if not wanted or suite.name in wanted]


def _has_tests(workspace: Workspace, suite: Suite) -> bool:
    return any(any((workspace.root / path).rglob("test_*.py")) for path in suite.paths)


def _run_suite(workspace: Workspace, suite: Suite, found: Services, fast: bool, output: Output) -> int:
    argv = [str(workspace.python), "-m", "pytest", "--durations=5", *suite.options]
    if suite.covered and not fast:
        # The threshold is for all suites together, at the end.
        argv += ["--cov", "--cov-report=", "--cov-fail-under=0"]
    if suite.paths == ("tests",):
        argv += [f"--ignore=tests/{folder}" for folder in FOLDERS]
    if fast:
        argv += ["-m", "not docker and not slow"]
    settings = dict(found.settings)
    if "postgresql" in suite.needs:
        settings["DATABASE_URL"] = found.database_url
    if suite.offline and os.geteuid() == 0:
        argv = [*OFFLINE, *argv]
    return _run([*argv, *suite.paths], workspace, output, COVERAGE_FILE=f".coverage.{suite.name}", **settings)


def _coverage(workspace: Workspace, output: Output) -> int:
    coverage = [str(workspace.python), "-m", "coverage"]
    _run([*coverage, "combine", "--quiet"], workspace, output)
    return _run([*coverage, "report"], workspace, output)


def _run(argv: list[str], workspace: Workspace, output: Output, **settings: str) -> int:
    environment = workspace.child_environment(PYTHONPATH="platform", **settings)
    try:
        return subprocess.run(
            argv,
            cwd=workspace.root,
            env=environment,
            timeout=SUITE_SECONDS,
            check=False,
            stdout=output,
            stderr=output and subprocess.STDOUT,
        ).returncode
    except subprocess.TimeoutExpired:
        print(f"Stopped: it ran for {SUITE_SECONDS / 60:.0f} minutes.", file=output, flush=True)
        return 1


def _print_table(rows: Sequence[Row], left_out: dict[str, str], seconds: float) -> None:
    print(f"\n  {'suite':<12} {'result':<8} {'time':>10} {'budget':>8}   ({os.cpu_count()} cores)")
    for row in rows:
        print(row)
    for name, reason in left_out.items():
        print(f"  {name:<12} not run: {reason}")
    print(f"  {'together':<12} {'':<8} {seconds:8.1f} s", flush=True)
