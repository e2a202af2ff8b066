"""Redis is frozen, killed or emptied: terminals go on, what is handed in is kept and graded afterwards."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from learner_client import LESSON, LearnerClient
from running_site import RunningSite
from site_courses import SMALL_LESSON

pytestmark = pytest.mark.docker

PATIENCE = 5.0  # seconds; the server answers within these or not at all (design section 10)


@dataclass(frozen=True)
class Trouble:
    """A bad day of Redis."""

    begin: Callable[[RunningSite], None]
    end: Callable[[RunningSite], None]


FROZEN = Trouble(
    begin=lambda site: site.signal("redis", signal.SIGSTOP), end=lambda site: site.signal("redis", signal.SIGCONT)
)
DEAD = Trouble(begin=lambda site: site.kill("redis"), end=lambda site: site.start("redis"))


def within_patience(request: Callable[[], str]) -> str:
    """Make a request; return what came, and fail where it took too long."""
    began = time.monotonic()
    answer = request()
    took = time.monotonic() - began
    assert took < PATIENCE, f"the page waited {took:.1f} s for Redis"
    return answer


@pytest.mark.parametrize("trouble", [FROZEN, DEAD], ids=["frozen", "dead"])
def test_nothing_is_lost_while_redis_is_away(
    site: RunningSite, alice: LearnerClient, bob: LearnerClient, trouble: Trouble
) -> None:
    session = alice.start_lab(SMALL_LESSON)
    terminal = alice.terminal(session).attach()
    terminal.run(f"echo {alice.values(SMALL_LESSON)['cabo']} > nota.txt")
    alice.wait_for_pass("hacer-nota", lesson=SMALL_LESSON)

    trouble.begin(site)
    try:
        terminal.run("seq 1000")
        within_patience(lambda: alice.get(f"/courses/{LESSON}/").text)
        question = within_patience(lambda: alice.submit("cabo", lesson=SMALL_LESSON, choice="1"))
        task = within_patience(lambda: alice.submit("leer-clave", lesson=SMALL_LESSON, text="wrong"))
        within_patience(lambda: bob.press_start(SMALL_LESSON))
        terminal.run("seq 1000")
    finally:
        trouble.end(site)

    assert "verdict bad" in alice.await_verdict(question)
    assert "verdict bad" in alice.await_verdict(task)
    bob.start_lab(SMALL_LESSON)
    terminal.close()
