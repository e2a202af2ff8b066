"""What runs alone, what runs side by side, and what is said of it."""

import threading

from tools.suites.jobs import Job, Row, critical_seconds, run_jobs


def test_over_budget_is_reported():
    assert str(Row("unit", True, 130.0, 120)).endswith("over its budget")
    assert "over" not in str(Row("unit", True, 13.0, 120))


def test_what_waits_runs_side_by_side_with_its_lines_kept_together(capsys, monkeypatch):
    monkeypatch.delenv("MUELLE_SIDE_BY_SIDE", raising=False)
    met = threading.Barrier(2, timeout=5)

    def work(name):
        def run(output):
            print(f"{name} begins", file=output)
            met.wait()
            print(f"{name} ends", file=output)
            return 0

        return run

    rows = run_jobs([Job(name, 10, work(name), waits=True) for name in ("flow", "crash")])

    assert [(row.name, row.passed) for row in rows] == [("flow", True), ("crash", True)]
    said = capsys.readouterr().out
    assert "=== flow ===\nflow begins\nflow ends\n" in said
    assert "=== crash ===\ncrash begins\ncrash ends\n" in said


def test_what_computes_runs_first_and_alone_and_a_failure_stops_nothing():
    order = []

    def work(name, code):
        return lambda output: order.append((name, output is None)) or code

    rows = run_jobs([Job("flow", 10, work("flow", 0), waits=True), Job("unit", 10, work("unit", 1))])

    assert order == [("unit", True), ("flow", False)]
    assert [(row.name, row.passed) for row in rows] == [("unit", False), ("flow", True)]


def test_budgets_side_by_side_cost_the_fullest_lane():
    jobs = [Job("unit", 100, int), *(Job("x", budget, int, waits=True) for budget in (30, 50, 60, 40, 50))]

    assert critical_seconds(jobs) == 170
