"""A learner at work while a process of the site is killed without warning, and what must hold afterwards."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import requests
from learner_client import LearnerClient
from running_site import RunningSite
from site_courses import SMALL_LESSON
from terminal_client import TerminalClient
from websockets.exceptions import ConnectionClosed

PROCESSES = ("asgi", "worker", "reconciler", "redis")
TASK = "hacer-nota"
LINES = 60
PRINTING = 1.5  # seconds that the lines take at least; what happens meanwhile happens at random moments of these
# Without `sleep`, which the task forbids.
COMMAND = f"for i in $(seq {LINES}); do echo line-$i; read -rt {PRINTING / LINES}; done; echo the''-end\r"
PATIENCE = 40.0  # seconds that a person keeps trying; a server that starts anew takes ten on a busy machine
LIVE = ("queued", "starting", "ready")

Result = TypeVar("Result")


@dataclass
class Story:
    """One learner's session in one lab, over several rounds."""

    site: RunningSite
    person: LearnerClient
    session: str
    terminal: TerminalClient
    shell: str
    lesson: str = SMALL_LESSON
    verdicts: dict[str, str] = field(default_factory=dict)
    """The verdict of each acknowledged submission, by its id, as it was when the learner first saw it."""

    def round(self, process: str, chance: random.Random) -> None:
        """Print lines and hand in the task while `process` dies and is started again; check all that is promised."""
        start = len(self.terminal.output)
        strike, press = chance.uniform(0, PRINTING), chance.uniform(0, PRINTING)
        self.terminal.type(COMMAND)
        with ThreadPoolExecutor(2) as others:
            followed = others.submit(follow, self.terminal, b"the-end\r\n", start)
            handed_in = others.submit(at, press, lambda: persist(lambda: self.person.submit(TASK, lesson=self.lesson)))
            # In this thread, since a process of the site dies with the thread that started it.
            at(strike, lambda: self.site.restart(process))
            followed.result()
        self.site.wait_until_it_answers()

        printed = bytes(self.terminal.output[start:])
        assert re.findall(rb"line-(\d+)\r\n", printed) == [b"%d" % number for number in range(1, LINES + 1)]
        assert self.terminal.lost == 0
        self.note_verdict(handed_in.result())
        self.check_promises()

    def note_verdict(self, acknowledged: str) -> None:
        """Wait for the verdict of a submission, from what the page showed when it was pressed."""
        shown = self.person.await_verdict(acknowledged)
        assert re.search(r"verdict (good|bad)", shown), shown
        identity = re.search(r"/submissions/([0-9a-f-]{36})/", acknowledged)
        if identity:  # a task that has ticked off by itself needs no submission
            [row] = self.submissions(identity[1].replace("-", ""))
            self.verdicts[str(row["id"])] = str(row["verdict"])

    def check_promises(self) -> None:
        """One verdict each, one live session, the same shell."""
        final = {str(row["id"]): (row["state"], row["verdict"]) for row in self.submissions()}
        assert {state for state, _verdict in final.values()} <= {"done"}
        assert {verdict for _state, verdict in final.values()} <= {"pass", "fail"}
        assert {identity: final[identity][1] for identity in self.verdicts} == self.verdicts
        assert not self.site.rows(
            "SELECT submission_id FROM grading_checkresult GROUP BY submission_id, position HAVING count(*) > 1"
        )
        assert live_sessions(self.site, self.person.username) == [self.session.replace("-", "")]
        assert shell_of(self.terminal) == self.shell

    def submissions(self, identity: str = "") -> list[dict[str, object]]:
        """Return what the learner asked to have graded: everything, or one submission."""
        question = (
            "SELECT s.id, s.state, s.verdict FROM grading_submission AS s JOIN accounts_user AS person "
            "ON person.id = s.learner_id WHERE s.origin = 'asked' AND person.username = ? AND (? = '' OR s.id = ?)"
        )
        return self.site.rows(question, self.person.username, identity, identity)

    def do_the_task(self) -> None:
        """Plant the word of the lab in the learner's note, so that the task is done."""
        self.terminal.run(f"echo {self.person.values(self.lesson)['cabo']} > nota.txt")

    def end(self) -> None:
        """Leave, by the button."""
        self.terminal.close()
        self.person.end_lab(self.session)


def begin(site: RunningSite, person: LearnerClient, lesson: str = SMALL_LESSON) -> Story:
    """Start the lab and open its terminal."""
    session = person.start_lab(lesson)
    terminal = person.terminal(session).attach()
    return Story(site, person, session, terminal, shell_of(terminal), lesson)


def shell_of(terminal: TerminalClient) -> str:
    """Return the process id of the shell behind a terminal."""
    found = re.search(r"shell=(\d+)", terminal.run("echo shell=$$"))
    assert found is not None
    return found[1]


def live_sessions(site: RunningSite, username: str) -> list[str]:
    """Return the ids of the lab sessions that a person has now."""
    question = (
        "SELECT lab.id FROM lab_sessions_labsession AS lab JOIN accounts_user AS person "
        f"ON person.id = lab.learner_id WHERE person.username = ? AND lab.state IN {LIVE}"
    )
    return [str(row["id"]) for row in site.rows(question, username)]


def at(moment: float, action: Callable[[], Result]) -> Result:
    """Do something so many seconds from now."""
    threading.Event().wait(moment)
    return action()


def persist(action: Callable[[], str]) -> str:
    """Press until the site acknowledges it, as a person does whose page says that there is no connection."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return action()
        except requests.RequestException:
            if time.monotonic() > end:
                raise
            threading.Event().wait(0.1)


def follow(terminal: TerminalClient, last: bytes, start: int) -> None:
    """Read until `last` has come after `start`, coming back as often as the server dies."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            terminal.read_until(lambda: last in terminal.output[start:], what="the last line", seconds=PATIENCE)
            return
        except (ConnectionClosed, OSError):
            assert time.monotonic() < end, "the terminal did not come back"
            terminal.reattach(seconds=PATIENCE)
