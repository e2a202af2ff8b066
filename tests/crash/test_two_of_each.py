"""Two workers, two reconcilers, people with several tabs: one machine each, also when half of it dies (R6)."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from engine_facts import INSTANCE_LABEL, Engine
from learner_client import LearnerClient, learner
from running_site import RunningSite, running_site

from tests.crash.conftest import engine_course
from tests.crash.story import at

pytestmark = [pytest.mark.docker, pytest.mark.crash]

LESSON = "motor/muelle/amarrar"
PEOPLE, TABS = 5, 10  # fifty starts at once
STARTING = 6.0  # seconds in which the first machines are made; a death at a random moment of these hits some half way
SETTLED = 120.0  # seconds; what a dead worker had is taken up after its lease, and machines are made two at a time
NAMES = {"calm": [f"calm-{number}" for number in range(PEOPLE)], "struck": [f"struck-{n}" for n in range(PEOPLE)]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with one lab, which has a Docker of its own, and with two of each process that makes and removes."""
    folder = tmp_path_factory.mktemp("site")
    options = {**engine_course(folder), "MUELLE_POOL_SIZE_ENGINE": "1", "MUELLE_POOL_MAX_ENGINE": "2"}
    with running_site(folder, **options) as made:
        for name in ("worker", "reconciler"):
            made.start(name, beside="-2")
        made.add_people(*NAMES["calm"], *NAMES["struck"])
        yield made


@pytest.mark.parametrize("weather", ["calm", "struck"])
def test_r6_fifty_starts_with_two_of_each_are_one_machine_a_person(
    site: RunningSite, weather: str, chance: random.Random
) -> None:
    engine, since = Engine(site), int(time.time())
    people = [learner(site, name) for name in NAMES[weather]]
    with ThreadPoolExecutor(PEOPLE * TABS) as tabs:
        pressed = [tabs.submit(press_start, person) for _tab in range(TABS) for person in people]
        if weather == "struck":
            # In this thread, since a process of the site dies with the thread that started it.
            for victim in chance.sample(["worker", "reconciler"], 2):
                at(chance.uniform(0, STARTING / 2), lambda name=victim: site.restart(name))  # type: ignore[misc]
        assert {press.result() for press in pressed} <= {200}

    sessions = {person.username: person.start_lab(LESSON) for person in people}
    engine.wait_until_settled(seconds=SETTLED)

    assert {name: sessions_of(site, name) for name in sessions} == {
        name: [session.replace("-", "")] for name, session in sessions.items()
    }
    machines = {engine.sandbox_of(session) for session in sessions.values()}
    assert len(machines) == PEOPLE
    assert machines <= {name for name, state in engine.containers().items() if state == "running"}
    # What was made beside those is warm and in the rows; nothing was made twice and thrown away.
    made = creations(engine, since)
    if weather == "calm":
        assert sorted(made) == sorted(set(made))
        assert set(made) | machines <= set(engine.containers())
    assert set(made) <= {row["name"] for row in site.rows("SELECT name FROM sandboxes_sandbox")}
    assert machines & set(made), "the control: the engine tells of machines that were made"

    for person in people:
        person.end_lab(sessions[person.username])
    engine.wait_until_settled(seconds=SETTLED)
    assert not machines & set(engine.containers())


def press_start(person: LearnerClient) -> int:
    """Press *start* in one of a person's tabs; return the status."""
    return person.try_post(f"/courses/{LESSON}/lab/start/").status_code


def sessions_of(site: RunningSite, username: str) -> list[str]:
    """The ids of all lab sessions that a person ever had."""
    question = (
        "SELECT lab.id FROM lab_sessions_labsession AS lab JOIN accounts_user AS person "
        "ON person.id = lab.learner_id WHERE person.username = ?"
    )
    return [str(row["id"]) for row in site.rows(question, username)]


def creations(engine: Engine, since: int) -> list[str]:
    """The names of the containers of the site that the engine has made since, each as often as it was made."""
    label = f"{INSTANCE_LABEL}={engine.site.instance}"
    told = engine.client.events(
        since=since,
        until=int(time.time()) + 1,
        filters={"type": "container", "event": "create", "label": label},
        decode=True,
    )
    return [event["Actor"]["Attributes"]["name"] for event in told]
