"""G05: an answer is right in the sandbox that it was read in, while that one is its learner's, and nowhere else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest
from content_files import COURSE, MOORING, edit
from learner_client import LearnerClient, learner
from running_site import RunningSite, running_site
from site_courses import SMALL_LESSON

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

NAMES = [f"learner-{number:02d}" for number in range(3)]
PERMUTATIONS = 40  # wrong answers of distinct origins, at least
TIME_SCALE = 10.0  # so that the limit on guessing, which is another promise, is not what is met
TASK = "leer-clave"
# The same answer as somebody might hand it in; what `answer` makes plain must not make it right either.
WAYS: tuple[Callable[[str], str], ...] = (str, str.upper, "«{}»".format, " {} ".format, "`{}`".format)


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course, which the test publishes anew."""
    folder = tmp_path_factory.mktemp("courses")
    shutil.copytree(COURSE, folder / COURSE.name)
    return folder


@pytest.fixture(scope="module")
def site(courses: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with nothing but the small course."""
    settings = {"MUELLE_COURSES_DIR": str(courses), "MUELLE_POOL_SIZE": "1", "MUELLE_POOL_SIZE_ENGINE": "0"}
    with running_site(tmp_path_factory.mktemp("site"), time_scale=TIME_SCALE, **settings) as made:
        made.add_people(*NAMES)
        yield made


def read_answer(person: LearnerClient, session: str) -> str:
    """Pass the task that comes first, and return what the next asks for, which only this sandbox tells."""
    with person.terminal(session).attach() as terminal:
        terminal.run(f"echo {person.values(SMALL_LESSON)['cabo']} > nota.txt")
        person.wait_for_pass("hacer-nota", lesson=SMALL_LESSON)
        found = re.search(r"clave=([0-9a-f]{8})", terminal.run("echo clave=$(cat /tmp/clave)"))
    assert found is not None
    return found[1]


def hand_in(person: LearnerClient, answer: str) -> str:
    """Return how the page shows the verdict: good, bad or error; `refused` where it is not even looked at."""
    response = person.try_post(f"/courses/{SMALL_LESSON}/exercises/{TASK}/", text=answer)
    if not response.ok:
        return "refused"
    shown = re.search(r'class="verdict (\w+)', person.await_verdict(response.text))
    assert shown is not None
    return shown[1]


def stay(_person: LearnerClient, session: str) -> str:
    return session


def start_afresh(person: LearnerClient, session: str) -> str:
    person.post(f"/lab-sessions/{session}/reset/")
    person.wait_for_pane("ready", lesson=SMALL_LESSON)
    return session


def start_again(person: LearnerClient, session: str) -> str:
    person.end_lab(session)
    person.wait_for_pane("over", lesson=SMALL_LESSON)
    return person.start_lab(SMALL_LESSON)


def publish_a_revision(site: RunningSite, courses: Path) -> None:
    edit(courses / COURSE.name / MOORING / "lab.yaml", "memory: 128 MiB", "memory: 160 MiB")
    site.manage("sync_content", str(courses / COURSE.name))


def test_g05_an_answer_of_another_sandbox_is_wrong(site: RunningSite, courses: Path) -> None:
    people = [learner(site, name) for name in NAMES]
    sessions = [person.start_lab(SMALL_LESSON) for person in people]
    ways = cycle(WAYS)
    seen: set[str] = set()  # every answer that ever was right for anybody
    wrong: list[tuple[str, str, str]] = []

    for move, revise in ((stay, False), (start_afresh, False), (start_again, False), (start_again, True)):
        if revise:
            publish_a_revision(site, courses)
        sessions = [move(person, session) for person, session in zip(people, sessions, strict=True)]
        current = [read_answer(person, session) for person, session in zip(people, sessions, strict=True)]
        assert not seen & set(current)
        assert len(set(current)) == len(people), "No two sandboxes ask for the same."
        seen |= set(current)
        for person, own in zip(people, current, strict=True):
            wrong += [(person.username, old, hand_in(person, next(ways)(old))) for old in sorted(seen - {own})]

    assert len(wrong) >= PERMUTATIONS
    assert {verdict for _person, _answer, verdict in wrong} == {"bad"}, wrong

    people[0].end_lab(sessions[0])
    people[0].wait_for_pane("over", lesson=SMALL_LESSON)
    assert {hand_in(people[0], answer) for answer in sorted(seen)} == {"refused"}, "After the end nothing is right."
    # The control: one's own of now is right, in those ways too.
    assert hand_in(people[1], str.upper(f" {current[1]} ")) == "good"
    assert hand_in(people[2], f"«{current[2]}»") == "good"
    for person, session in zip(people[1:], sessions[1:], strict=True):
        person.end_lab(session)
