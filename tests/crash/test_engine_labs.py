"""The same promises where the learner has a Docker: it, and what runs in it, goes on while the site's processes die."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from engine_facts import Engine
from learner_client import LearnerClient, learner
from running_site import RunningSite, running_site, wait_for

from tests.crash.conftest import TIME_SCALE, SignIn, engine_course
from tests.crash.story import PROCESSES, Story, begin, live_sessions
from tests.crash.test_convergence import (
    NO_ORPHAN_AFTER,
    kill_worker_while_making,
    kill_worker_while_removing,
    strays,
)

pytestmark = [pytest.mark.docker, pytest.mark.crash]

NAMES = [f"learner-{number:02d}" for number in range(20)]
MAKING = 4.0  # seconds that making such a machine takes, about, with the Docker in it
# A container of the learner's, of a program of their sandbox's; not `sleep`, which the task forbids.
CONTAINER = (
    "mkdir -p r && cp --parents -L /usr/bin/tail $(ldd /usr/bin/tail | grep -o '/[^ )]*') r "
    "&& tar -C r -c . | docker import - tiny > /dev/null "
    "&& docker run -d --network none --name boya tiny /usr/bin/tail -f /dev/null"
)
INSIDE = "docker inspect -f 'inside={{.State.Pid}}/{{.RestartCount}}/{{.State.StartedAt}}' boya"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with one lab, which has a Docker of its own."""
    folder = tmp_path_factory.mktemp("site")
    options = {**engine_course(folder), "MUELLE_POOL_SIZE_ENGINE": "1", "MUELLE_POOL_MAX_ENGINE": "1"}
    with running_site(folder, *NAMES, time_scale=TIME_SCALE, **options) as made:
        yield made


@pytest.fixture(scope="module")
def engine(site: RunningSite) -> Engine:
    """The engine behind this site."""
    return Engine(site)


@pytest.fixture(scope="module")
def _new_names() -> Iterator[str]:
    return iter(NAMES)


@pytest.fixture
def sign_in(site: RunningSite, _new_names: Iterator[str]) -> SignIn:
    """Sign in one more person who has never been here."""
    return lambda: learner(site, next(_new_names))


LESSON = "motor/muelle/amarrar"


def container_of(story: Story) -> str:
    """Which process the learner's container is, and since when."""
    found = re.search(r"inside=(\d+/0/\S+)", story.terminal.run(INSIDE))
    assert found is not None
    return found[1]


def test_r1_r2_r3_shell_container_and_work_outlive_every_process(
    site: RunningSite, sign_in: SignIn, chance: random.Random
) -> None:
    story = begin(site, sign_in(), LESSON)
    story.terminal.run(CONTAINER)
    container = container_of(story)
    victims = [*PROCESSES]
    chance.shuffle(victims)

    for victim in victims:
        story.round(victim, chance)
        assert container_of(story) == container

    story.do_the_task()
    story.person.wait_for_pass("hacer-nota", lesson=LESSON)
    story.end()


def test_r5_r6_nothing_of_it_is_left_behind(
    site: RunningSite, engine: Engine, sign_in: SignIn, chance: random.Random
) -> None:
    people: list[LearnerClient] = []
    with engine.bystander() as bystander:
        people += kill_worker_while_making(site, sign_in, chance, LESSON, MAKING)
        people.append(sign_in())
        kill_worker_while_removing(site, people[-1], chance, LESSON)
        for person in people:
            for identity in live_sessions(site, person.username):
                person.end_lab(str(UUID(identity)))

        wait_for(lambda: not strays(site, engine), seconds=NO_ORPHAN_AFTER, what="A tidy engine")

        # The control: such machines do have networks. The pool makes one just now, perhaps, so not at any moment.
        wait_for(
            lambda: bool(engine.containers()) and engine.networks() == set(engine.containers()),
            seconds=NO_ORPHAN_AFTER,
            what="A network for each machine",
        )
        assert engine.is_running(bystander)
