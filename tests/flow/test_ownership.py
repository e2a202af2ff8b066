"""D01, D02, G04: what is somebody else's looks like what does not exist, and nobody grades themselves."""

from __future__ import annotations

import uuid

import pytest
from learner_client import LearnerClient
from running_site import RunningSite
from site_courses import SMALL_LESSON
from websockets.exceptions import ConnectionClosed

pytestmark = pytest.mark.docker

NOT_FOUND = 4404  # docs/terminal-protocol.md
ACTIONS = ("extend", "keep", "reset", "end")


def door(person: LearnerClient, session: str) -> int:
    """Return the code with which the terminal of a session is refused."""
    with pytest.raises(ConnectionClosed) as closed:
        person.terminal(session).attach()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def test_a_foreign_session_and_an_unknown_one_look_alike(alice: LearnerClient, bob: LearnerClient) -> None:
    session, unknown = alice.start_lab(SMALL_LESSON), str(uuid.uuid4())

    for wanted in (session, unknown):
        assert door(bob, wanted) == NOT_FOUND
        assert [bob.try_post(f"/lab-sessions/{wanted}/{action}/").status_code for action in ACTIONS] == [404] * 4
        assert bob.http.get(f"{bob.site.address}/lab-sessions/{wanted}/clock/").status_code == 404

    assert alice.pane_state(SMALL_LESSON) == "ready"


def test_a_foreign_submission_is_not_shown(site: RunningSite, alice: LearnerClient, bob: LearnerClient) -> None:
    alice.check("cabo", lesson=SMALL_LESSON, choice="0")
    question = (
        "SELECT answer.id FROM grading_submission AS answer JOIN accounts_user AS person "
        "ON person.id = answer.learner_id WHERE person.username = ?"
    )
    [row] = site.rows(question, alice.username)

    answer = bob.http.get(f"{site.address}/submissions/{uuid.UUID(row['id'])}/")

    assert answer.status_code == 404


def test_nobody_hands_in_a_verdict(alice: LearnerClient) -> None:
    alice.start_lab(SMALL_LESSON)

    verdict = alice.check("hacer-nota", lesson=SMALL_LESSON, verdict="pass", points="3", state="done", origin="auto")

    assert "verdict bad" in verdict
    assert alice.states(SMALL_LESSON)["hacer-nota"] != "passed"
