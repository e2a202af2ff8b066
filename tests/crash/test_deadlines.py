"""Deadlines that pass while nobody looks, and machines that die under their learner."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest
from engine_facts import Engine
from running_site import DATABASE_TIMEOUT, RunningSite, wait_for
from site_courses import SMALL_LESSON

from tests.crash.conftest import SignIn

pytestmark = [pytest.mark.docker, pytest.mark.crash]

SOON = 20.0  # seconds; of these, a reconciler that starts anew on a busy machine takes up to ten


def let_deadline_pass(site: RunningSite, session: str) -> None:
    """Move the deadline of a session into the past."""
    database = sqlite3.connect(site.directory / "db.sqlite3", timeout=DATABASE_TIMEOUT)
    with contextlib.closing(database), database:
        changed = database.execute(
            "UPDATE lab_sessions_labsession SET expires_at = datetime('now', '-1 second') WHERE id = ?",
            [session.replace("-", "")],
        )
        assert changed.rowcount == 1


def test_a_deadline_that_passed_while_the_reconciler_was_dead(
    site: RunningSite, engine: Engine, sign_in: SignIn
) -> None:
    alice = sign_in()
    session = alice.start_lab(SMALL_LESSON)
    machine = engine.sandbox_of(session)
    site.kill("reconciler")
    let_deadline_pass(site, session)
    assert alice.pane_state(SMALL_LESSON) == "ready"

    site.start("reconciler")

    alice.wait_for_pane("over", lesson=SMALL_LESSON, seconds=SOON)
    wait_for(lambda: machine not in engine.containers(), seconds=SOON, what="The end of the machine")
    question = "SELECT ended_reason FROM lab_sessions_labsession WHERE id = ?"
    assert site.rows(question, session.replace("-", "")) == [{"ended_reason": "expired"}]


def test_a_machine_that_dies_is_told_and_replaced(site: RunningSite, engine: Engine, sign_in: SignIn) -> None:
    alice = sign_in()
    session = alice.start_lab(SMALL_LESSON)

    engine.kill(engine.sandbox_of(session))

    failed = alice.wait_for_pane("failed", lesson=SMALL_LESSON, seconds=SOON)
    assert 'role="alert"' in failed
    [row] = site.rows("SELECT failure FROM lab_sessions_labsession WHERE id = ?", session.replace("-", ""))
    assert row["failure"].startswith("The lab's machine stopped unexpectedly.")

    again = alice.start_lab(SMALL_LESSON)
    assert again != session
    with alice.terminal(again).attach() as terminal:
        assert "42" in terminal.run("echo $((6 * 7))")
    alice.end_lab(again)
