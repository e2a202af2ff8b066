"""From a file in `labs/` to a graded task: every part is the real one, only the browser is not."""

from __future__ import annotations

import re

import pytest
from learner_client import LESSON, LearnerClient
from running_site import RunningSite

pytestmark = pytest.mark.docker


def figures(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_lesson_is_read_done_and_counted(site: RunningSite, alice: LearnerClient) -> None:
    course = alice.get("/courses/contenedores/").text
    assert f"/courses/{LESSON}/" in course
    assert "¿Qué es un contenedor?" in alice.get(f"/courses/{LESSON}/").text

    session = alice.start_lab()
    values = alice.values()

    with alice.terminal(session).attach() as terminal:
        # A fact that only looking reveals.
        radar = re.search(r"radar --id=(\d{4})", terminal.run("pgrep -fa ^radar"))
        assert radar is not None
        assert radar[1] == values["identificador"]
        wrong = alice.check("proceso-radar", text="12")
        assert "verdict bad" in wrong
        assert 'class="try"' in wrong
        assert "verdict good" in alice.check("proceso-radar", text=radar[1])

        # A task that ticks off by itself.
        assert alice.states()["proceso-propio"] == "open"
        terminal.type(f"sleep {values['segundos']} &\r")
        alice.wait_for_pass("proceso-propio")

        # One that is not done yet: what was expected, what was found, what to try.
        unfinished = alice.check("plan-en-casa")
        assert "verdict bad" in unfinished
        assert unfinished.count("<dt>") == 3
        assert "plan.txt" in unfinished
        terminal.run(f"echo {values['palabra']} > ~/plan.txt")
        assert "verdict good" in alice.check("plan-en-casa")

    assert "verdict good" in alice.check("que-es", choice="0")

    states = alice.states()
    assert {slug for slug, state in states.items() if state == "passed"} == {
        "proceso-radar",
        "proceso-propio",
        "plan-en-casa",
        "que-es",
    }
    assert re.search(r"\b5 / \d+ ", figures(alice.get("/progress/").text))
    assert site.rows("SELECT DISTINCT level FROM grading_checkresult WHERE kind <> 'quiz'") == [{"level": "practice"}]
