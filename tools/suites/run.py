"""`make test`: checks, then every suite as a pytest of its own, then a table of results and times."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tools.problems import Problem
from tools.suites.check import check
from tools.suites.services import Services, services
from tools.suites.table import FOLDERS, SUITES, Suite
from tools.workspace import Workspace

# A suite that hangs must not hold the machine for ever.
SUITE_SECONDS = 1800.0
CHECK = "check"
CHECK_BUDGET = 75
COVERAGE_BUDGET = 15


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


def run_suites(workspace: Workspace, wanted: Sequence[str], *, fast: bool = False) -> int:
    """Run the suites named, or all, and print the table. fast: unit tests that need no engine, and nothing else.

    Returns the exit code. Raises Problem for an unknown name.
    """
    chosen = _chosen(workspace, wanted, fast=fast)
    rows: list[Row] = []
    left_out: dict[str, str] = {}
    with services(workspace) as found:
        if not fast and (not wanted or CHECK in wanted):
            rows.append(_timed(CHECK, CHECK_BUDGET, partial(check, workspace)))
        for suite in chosen:
            reason = next((found.reasons[need] for need in suite.needs if need in found.reasons), "")
            if reason:
                left_out[suite.name] = reason
            else:
                rows.append(_timed(suite.name, suite.budget, partial(_run_suite, workspace, suite, found, fast=fast)))
        if not wanted and not fast:
            rows.append(_timed("coverage", COVERAGE_BUDGET, partial(_coverage, workspace)))
    _print_table(rows, left_out)
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


def _timed(name: str, budget: int, run: Callable[[], int]) -> Row:
    print(f"\n=== {name} ===", flush=True)
    started = time.monotonic()
    passed = run() == 0
    return Row(name, passed, time.monotonic() - started, budget)


def _run_suite(workspace: Workspace, suite: Suite, found: Services, *, fast: bool) -> int:
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
    return _run([*argv, *suite.paths], workspace, COVERAGE_FILE=f".coverage.{suite.name}", **settings)


def _coverage(workspace: Workspace) -> int:
    coverage = [str(workspace.python), "-m", "coverage"]
    _run([*coverage, "combine", "--quiet"], workspace)
    return _run([*coverage, "report"], workspace)


def _run(argv: list[str], workspace: Workspace, **settings: str) -> int:
    environment = workspace.child_environment(PYTHONPATH="platform", **settings)
    try:
        return subprocess.run(argv, cwd=workspace.root, env=environment, timeout=SUITE_SECONDS, check=False).returncode
    except subprocess.TimeoutExpired:
        print(f"Stopped: it ran for {SUITE_SECONDS / 60:.0f} minutes.", flush=True)
        return 1


def _print_table(rows: Sequence[Row], left_out: dict[str, str]) -> None:
    print(f"\n  {'suite':<12} {'result':<8} {'time':>10} {'budget':>8}   ({os.cpu_count()} cores)")
    for row in rows:
        print(row)
    for name, reason in left_out.items():
        print(f"  {name:<12} not run: {reason}")
    total = sum(row.seconds for row in rows)
    print(f"  {'together':<12} {'':<8} {total:8.1f} s {sum(row.budget for row in rows):6} s", flush=True)
