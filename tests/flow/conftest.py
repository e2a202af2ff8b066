"""One running site for all tests of this folder, and new people for each of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine_facts import Engine
from learner_client import LearnerClient, learner
from running_site import RunningSite, brought_up
from site_courses import write_courses, write_lab_course

NAMES = [f"learner-{number:02d}" for number in range(60)]

Publish = Callable[..., str]
SignIn = Callable[[], LearnerClient]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with the real course and the small one."""
    folder = tmp_path_factory.mktemp("site")
    courses = write_courses(folder / "courses")
    # Few warm machines: most tests start one, and the more there are, the longer the site takes to end.
    site = RunningSite(
        folder,
        MUELLE_COURSES_DIR=str(courses),
        MUELLE_POOL_SIZE="1",
        MUELLE_POOL_MAX="3",
        MUELLE_POOL_SIZE_ENGINE="0",
    )
    images = json.loads((folder / "images.json").read_text())
    (folder / "images.json").write_text(json.dumps({**images, "lost": "muelle/lost:000000000000"}))
    with brought_up(site, *NAMES):
        yield site


@pytest.fixture(scope="session")
def engine(site: RunningSite) -> Engine:
    """The engine behind the site."""
    return Engine(site)


@pytest.fixture(scope="session")
def _names() -> Iterator[str]:
    return iter(NAMES)


@pytest.fixture
def sign_in(site: RunningSite, _names: Iterator[str]) -> Iterator[SignIn]:
    """Sign in one more person who has never been here; what they leave running is ended."""
    people: list[LearnerClient] = []

    def sign_in() -> LearnerClient:
        people.append(learner(site, next(_names)))
        return people[-1]

    yield sign_in
    question = (
        "SELECT lab.id, person.username FROM lab_sessions_labsession AS lab JOIN accounts_user AS person "
        "ON person.id = lab.learner_id WHERE lab.state IN ('queued', 'starting', 'ready')"
    )
    left = {row["username"]: row["id"] for row in site.rows(question)}
    for person in people:
        if person.username in left:
            person.try_post(f"/lab-sessions/{left[person.username]}/end/")


@pytest.fixture
def alice(sign_in: SignIn) -> LearnerClient:
    """A learner."""
    return sign_in()


@pytest.fixture
def bob(sign_in: SignIn) -> LearnerClient:
    """Another one."""
    return sign_in()


@pytest.fixture
def publish(site: RunningSite) -> Iterator[Publish]:
    """Publish one more course, whose lab has the set-up script and the image given, for as long as the test runs."""
    folder = Path(site.settings["MUELLE_COURSES_DIR"])
    published: list[str] = []

    def publish(slug: str, *, setup: str, image: str = "standard", engine: bool = False) -> str:
        published.append(slug)
        lesson = write_lab_course(folder, slug, setup=setup, image=image, engine=engine)
        site.manage("sync_content", str(folder / slug))
        return lesson

    yield publish
    for slug in published:
        shutil.rmtree(folder / slug)
        site.manage("sync_content", "--hide", slug)
