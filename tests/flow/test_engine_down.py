"""The engine does not answer: everything that needs no new machine works, and starting one says what is wrong."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from learner_client import LESSON, LearnerClient
from running_site import RunningSite
from site_courses import SMALL_LESSON

from tests.flow.conftest import Publish

pytestmark = pytest.mark.docker

NOBODY = "unix:///run/muelle/nobody.sock"
PROCESSES = ("worker", "reconciler")


@contextmanager
def engine_down(site: RunningSite) -> Iterator[None]:
    """Let the processes that know the engine find nobody there."""
    change_engine(site, NOBODY)
    try:
        yield
    finally:
        change_engine(site, site.engine_url)


def change_engine(site: RunningSite, url: str) -> None:
    """Start the processes that know the engine anew, with another one; what they do now they may end first."""
    for name in PROCESSES:
        site.kill(name, signal.SIGTERM)
        site.start(name, MUELLE_ENGINE_URL=url)


def test_learning_goes_on_and_starting_says_what_is_wrong(
    site: RunningSite, alice: LearnerClient, publish: Publish
) -> None:
    session = alice.start_lab(SMALL_LESSON)
    terminal = alice.terminal(session).attach()

    with engine_down(site):
        new_lesson = publish("nueva", setup='echo "new $clave" > /tmp/clave\n')  # no machine is warm for it
        for page in ("/courses/contenedores/", f"/courses/{LESSON}/", f"/courses/{SMALL_LESSON}/", "/progress/"):
            assert alice.get(page).status_code == 200
        assert "verdict good" in alice.check("cabo", lesson=SMALL_LESSON, choice="0")
        terminal.run(f"echo {alice.values(SMALL_LESSON)['cabo']} > nota.txt")
        assert "verdict good" in alice.check("hacer-nota", lesson=SMALL_LESSON)

        alice.press_start(new_lesson)
        failed = alice.wait_for_pane("failed", lesson=new_lesson)

        assert 'role="alert"' in failed
        [row] = site.rows("SELECT failure FROM lab_sessions_labsession WHERE lab_key = ?", new_lesson)
        assert row["failure"].startswith("The lab server is not answering.")
        assert alice.pane_state(SMALL_LESSON) == "ready"
        terminal.run("true")

    terminal.close()
    alice.start_lab(new_lesson)
