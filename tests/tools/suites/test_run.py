"""Which suites run, and what the table says."""

from contextlib import contextmanager

import pytest

from tools.problems import Problem
from tools.suites import run
from tools.suites.jobs import Job, critical_seconds
from tools.suites.services import Services
from tools.suites.table import SUITES, Suite


@pytest.fixture
def machine(workspace, monkeypatch):
    """A clone with unit, contract and e2e tests, on a machine without Chromium; what is in `failing` does not pass."""
    for name in ("accounts", "contract", "e2e"):
        (workspace.root / "tests" / name).mkdir(parents=True)
        (workspace.root / "tests" / name / "test_something.py").touch()
    (workspace.root / "tests" / "crash").mkdir()
    found = Services({"REDIS_URL": "redis://127.0.0.1:1/0"}, "postgres://x", {"chromium": "There is no Chromium."})
    calls: list[tuple[list[str], dict[str, str]]] = []
    failing: set[str] = set()

    @contextmanager
    def services(_):
        yield found

    def call(argv, _workspace, _output, **settings):
        calls.append((argv, settings))
        return 1 if failing & set(argv) else 0

    monkeypatch.setattr(run, "services", services)
    monkeypatch.setattr(run, "_run", call)
    monkeypatch.setattr(run, "check", lambda _: 0)
    workspace.calls, workspace.failing = calls, failing
    return workspace


def test_what_there_is_runs_and_what_cannot_is_listed_with_its_reason(machine, capsys):
    code = run.run_suites(machine, [])

    table = capsys.readouterr().out
    assert code == 0
    assert [line.split()[0] for line in table.splitlines() if " passed " in line] == [
        "check",
        "unit",
        "postgresql",
        "engine",
        "contract",
        "coverage",
    ]
    assert "e2e          not run: There is no Chromium." in table


def test_unit_tests_leave_the_other_suites_alone(machine):
    run.run_suites(machine, ["unit"])

    argv, _ = machine.calls[0]
    assert "--ignore=tests/contract" in argv
    assert argv[-1] == "tests"


def test_the_same_rows_again_on_postgresql(machine):
    run.run_suites(machine, ["postgresql"])

    argv, settings = machine.calls[0]
    assert settings["DATABASE_URL"] == "postgres://x"
    assert "tools.suites.database_only" in argv


def test_one_failure_fails_the_whole_and_the_rest_still_runs(machine, capsys):
    machine.failing.add("tests")

    code = run.run_suites(machine, [])

    assert code == 1
    assert "contract     passed" in capsys.readouterr().out


def test_fast_needs_no_engine(machine):
    run.run_suites(machine, [], fast=True)

    assert len(machine.calls) == 1
    assert "not docker and not slow" in machine.calls[0][0]


def test_a_suite_that_is_not_there_is_a_sentence(machine):
    with pytest.raises(Problem, match="There is no suite unti"):
        run.run_suites(machine, ["unti"])


def test_the_budgets_keep_the_promise():
    suites = [Job(suite.name, suite.budget, lambda _output: 0, waits=suite.waits) for suite in SUITES]

    assert critical_seconds(suites) + run.CHECK_BUDGET + run.COVERAGE_BUDGET <= 15 * 60


@pytest.mark.parametrize("user", [0, 1000])
def test_browsers_are_kept_from_the_coming_and_going_of_networks_where_we_may(machine, monkeypatch, user):
    monkeypatch.setattr(run.os, "geteuid", lambda: user)
    suite = Suite("e2e", 240, ("tests/e2e",), offline=True)

    run._run_suite(machine, suite, Services({}, "", {}), False, None)

    argv, _ = machine.calls[0]
    assert (argv[0] == "unshare") == (user == 0)
    assert argv[-1] == "tests/e2e"
