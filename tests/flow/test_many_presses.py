"""A button pressed twice, or twenty times at once, does its work once."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from engine_facts import Engine
from learner_client import LearnerClient
from running_site import RunningSite
from site_courses import SMALL_LESSON

pytestmark = pytest.mark.docker

PRESSES = 20
Result = TypeVar("Result")


def at_once(press: Callable[[], Result]) -> list[Result]:
    """Press so many times at the same moment."""
    with ThreadPoolExecutor(PRESSES) as pool:
        return [future.result() for future in [pool.submit(press) for _each in range(PRESSES)]]


def test_many_starts_are_one_session_and_one_machine(site: RunningSite, engine: Engine, alice: LearnerClient) -> None:
    at_once(lambda: alice.press_start(SMALL_LESSON))

    session = alice.start_lab(SMALL_LESSON)
    mine = site.rows(
        "SELECT lab.id, lab.sandbox_id FROM lab_sessions_labsession AS lab JOIN accounts_user AS person "
        "ON person.id = lab.learner_id WHERE person.username = ?",
        alice.username,
    )
    assert [row["id"] for row in mine] == [session.replace("-", "")]
    # Nobody else's, and nobody's: every machine that is given out belongs to a session.
    unheld = "SELECT id FROM sandboxes_sandbox WHERE state = 'assigned' AND id NOT IN (SELECT sandbox_id FROM "
    assert not site.rows(unheld + "lab_sessions_labsession WHERE sandbox_id IS NOT NULL)")
    engine.wait_until_settled(seconds=30)


def test_many_checks_are_one_submission_and_one_result(site: RunningSite, alice: LearnerClient) -> None:
    session = alice.start_lab(SMALL_LESSON)
    site.signal("worker", signal.SIGSTOP)  # so that all presses come before the first result
    try:
        shown = at_once(lambda: alice.submit("hacer-nota", lesson=SMALL_LESSON))
    finally:
        site.signal("worker", signal.SIGCONT)

    verdicts = [alice.await_verdict(each) for each in shown]

    assert all("verdict bad" in verdict for verdict in verdicts)
    submissions = "SELECT state, verdict FROM grading_submission WHERE lab_session_id = ?"
    assert site.rows(submissions, session.replace("-", "")) == [{"state": "done", "verdict": "fail"}]


def test_a_pass_counts_once(site: RunningSite, alice: LearnerClient) -> None:
    session = alice.start_lab(SMALL_LESSON)
    with alice.terminal(session).attach() as terminal:
        terminal.run(f"echo {alice.values(SMALL_LESSON)['cabo']} > nota.txt")

        shown = at_once(lambda: alice.submit("hacer-nota", lesson=SMALL_LESSON))
        verdicts = [alice.await_verdict(each) for each in shown]

    assert all("verdict good" in verdict for verdict in verdicts)
    passes = "SELECT origin, count(*) AS times FROM grading_submission WHERE lab_session_id = ? GROUP BY origin"
    counted = {row["origin"]: row["times"] for row in site.rows(passes, session.replace("-", ""))}
    assert all(times == 1 for times in counted.values())  # one that was asked for, and one tick at most
    assert "<strong>3</strong>" in alice.get(f"/courses/{SMALL_LESSON}/").text
