"""The power goes and comes back: nobody has to do anything, and nothing that was acknowledged is lost."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from content_files import COURSE, MOORING, edit
from engine_facts import Engine
from learner_client import LearnerClient, learner
from running_site import brought_up, wait_for
from site_courses import SMALL_LESSON

from tests.crash.story import TASK, shell_of
from tests.life.service import ServedSite

pytestmark = [pytest.mark.docker, pytest.mark.crash]

BACK = 120.0  # seconds; what the platform promises
NAMES = [f"learner-{number:02d}" for number in range(8)]
PRESSING = 2.0  # seconds that a class presses *check* before the power goes
SETTLED = 60.0  # seconds; twice what a dead worker's work takes to be taken up
SENTENCE = "The lab's machine stopped unexpectedly. Your progress is kept; start the lab again."


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedSite]:
    folder: Path = tmp_path_factory.mktemp("served")
    course = Path(shutil.copytree(COURSE, folder / "courses" / COURSE.name))
    edit(course / MOORING / "lab.yaml", "minutes: 20", "minutes: 480\nidle: 120")
    site = ServedSite(folder, MUELLE_COURSES_DIR=str(course.parent), MUELLE_POOL_SIZE="1")
    with brought_up(site, *NAMES):
        yield site


@pytest.fixture(scope="module")
def engine(site: ServedSite) -> Engine:
    return Engine(site)


def press_until_the_end(
    person: LearnerClient, acknowledged: dict[str, str], stop: threading.Event, task: str, answer: dict[str, str]
) -> None:
    """Hand in, over and over; note each submission that the site took, and what it was said to be."""
    while not stop.is_set():
        try:
            shown = person.submit(task, lesson=SMALL_LESSON, **answer)
            identity = re.search(r"/submissions/([0-9a-f-]{36})/", shown)
            if identity:
                acknowledged.setdefault(identity[1], "")
                verdict = re.search(r'class="[^"]*verdict (good|bad|wait)', person.await_verdict(shown, seconds=20))
                acknowledged[identity[1]] = verdict[1] if verdict else ""
        except (requests.RequestException, AssertionError):
            return  # the power is gone


def graded(site: ServedSite, acknowledged: dict[str, str]) -> list[dict[str, object]]:
    marks = ",".join("?" * len(acknowledged))
    question = (
        "SELECT s.id, s.state, s.verdict, count(r.id) AS results, count(DISTINCT r.position) AS places "
        "FROM grading_submission AS s LEFT JOIN grading_checkresult AS r ON r.submission_id = s.id "
        f"WHERE s.id IN ({marks}) GROUP BY s.id"
    )
    return site.rows(question, *(identity.replace("-", "") for identity in acknowledged))


def hand_in_and_cut(people: Sequence[LearnerClient], cut, task: str = TASK, **answer: str) -> dict[str, str]:
    """Let a class press *check* while the power goes; return what was acknowledged before."""
    acknowledged: dict[str, str] = {}
    stop = threading.Event()
    with ThreadPoolExecutor(len(people)) as others:
        pressing = [others.submit(press_until_the_end, person, acknowledged, stop, task, answer) for person in people]
        time.sleep(PRESSING)
        cut()
        stop.set()
        for each in pressing:
            each.result()
    return acknowledged


def check_submissions(site: ServedSite, acknowledged: dict[str, str]) -> None:
    """Each has one verdict, once, and keeps the one that its learner saw."""
    assert len(acknowledged) >= 2
    wait_for(
        lambda: all(row["state"] == "done" for row in graded(site, acknowledged)),
        seconds=SETTLED,
        what="A verdict of every submission",
    )
    rows = {str(row["id"]): row for row in graded(site, acknowledged)}
    assert set(rows) == {identity.replace("-", "") for identity in acknowledged}
    for row in rows.values():
        assert row["verdict"] in ("pass", "fail", "error")
        assert row["results"] == row["places"] >= 1  # type: ignore[operator]
    seen = {identity.replace("-", ""): shown for identity, shown in acknowledged.items() if shown == "bad"}
    assert {rows[identity]["verdict"] for identity in seen} == {"fail"}


def test_a_restart_of_the_service_keeps_every_shell(site: ServedSite) -> None:
    alice = learner(site, NAMES[0])
    session = alice.start_lab(SMALL_LESSON)
    with alice.terminal(session).attach() as terminal:
        shell = shell_of(terminal)
        site.stop()
        assert site.main is not None
        assert site.main.returncode == 0

        assert site.power_on() < BACK

        terminal.reattach(seconds=30)
        assert shell_of(terminal) == shell
        assert terminal.lost == 0
    alice.end_lab(session)


def test_processes_that_die_all_at_once_find_the_labs_that_live(site: ServedSite, engine: Engine) -> None:
    people = [learner(site, name) for name in NAMES[1:3]]
    sessions = [person.start_lab(SMALL_LESSON) for person in people]
    terminals = [person.terminal(session).attach() for person, session in zip(people, sessions, strict=True)]
    shells = [shell_of(terminal) for terminal in terminals]

    acknowledged = hand_in_and_cut(people, site.kill_everything)
    site.tear_files()
    back = site.power_on()

    assert back < BACK
    check_submissions(site, acknowledged)
    for terminal, shell in zip(terminals, shells, strict=True):
        terminal.reattach(seconds=30)
        assert shell_of(terminal) == shell
        assert terminal.lost == 0
        terminal.close()
    for person, session in zip(people, sessions, strict=True):
        assert person.pane_state(SMALL_LESSON) == "ready"
        person.end_lab(session)
    engine.wait_until_settled(seconds=SETTLED)


def test_after_a_power_cut_all_comes_back_by_itself(site: ServedSite, engine: Engine) -> None:
    people = [learner(site, name) for name in NAMES[3:6]]
    sessions = [person.start_lab(SMALL_LESSON) for person in people]
    machines = {engine.sandbox_of(session) for session in sessions}

    acknowledged = hand_in_and_cut(people, lambda: site.cut_power(engine))
    started = time.monotonic()
    site.power_on()

    # They are signed in as before; what is gone says so, and begins again at a press.
    for person in people:
        said = person.wait_for_pane("failed", lesson=SMALL_LESSON, seconds=BACK)
        assert 'role="alert"' in said
    question = "SELECT failure FROM lab_sessions_labsession WHERE id = ?"
    for session in sessions:
        assert site.rows(question, session.replace("-", "")) == [{"failure": SENTENCE}]
    again = [person.start_lab(SMALL_LESSON) for person in people]
    assert time.monotonic() - started < BACK
    check_submissions(site, acknowledged)
    for person, session in zip(people, again, strict=True):
        with person.terminal(session).attach() as terminal:
            assert "42" in terminal.run("echo $((6 * 7))")
        assert person.check(TASK, lesson=SMALL_LESSON)
        person.end_lab(session)
    engine.wait_until_settled(seconds=SETTLED)
    assert not machines & set(engine.containers())
    assert "Traceback" not in site.main_log()
