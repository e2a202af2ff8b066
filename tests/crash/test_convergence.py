"""Whatever a dying worker leaves half done is completed or undone; what is nobody's business is left alone."""

from __future__ import annotations

import random
import threading
import time
from uuid import UUID

import pytest
from engine_facts import Engine
from learner_client import LearnerClient
from running_site import RunningSite, wait_for
from site_courses import SMALL_LESSON

from tests.crash.conftest import TIME_SCALE, SignIn
from tests.crash.story import at, live_sessions

pytestmark = [pytest.mark.docker, pytest.mark.crash]

ROUNDS = 3
NO_ORPHAN_AFTER = 60.0 / TIME_SCALE  # seconds; what the platform promises
BEGUN = 40.0  # seconds for a worker that was just started to take up work, on a busy machine
MAKING = 0.6  # seconds that making a machine takes, about
REMOVING = 0.4  # seconds that removing one takes, about


def kill_worker_while_making(
    site: RunningSite, sign_in: SignIn, chance: random.Random, lesson: str = SMALL_LESSON, making: float = MAKING
) -> list[LearnerClient]:
    """Start labs until no machine is warm any more, and kill the worker somewhere in the making of the next one."""
    question = "SELECT id FROM sandboxes_sandbox WHERE state = 'creating'"
    before = {row["id"] for row in site.rows(question)}  # left over by the last worker
    people = []
    end = time.monotonic() + BEGUN
    while not {row["id"] for row in site.rows(question)} - before:
        assert time.monotonic() < end, "no machine is being made"
        if not site.rows("SELECT id FROM lab_sessions_labsession WHERE state = 'starting'"):
            people.append(sign_in())
            people[-1].press_start(lesson)
        threading.Event().wait(0.02)
    at(chance.uniform(0, making), lambda: site.restart("worker"))
    return people


def kill_worker_while_removing(
    site: RunningSite, person: LearnerClient, chance: random.Random, lesson: str = SMALL_LESSON
) -> None:
    """End a lab that runs, and kill the worker somewhere between the order and the removal."""
    session = person.start_lab(lesson)
    person.end_lab(session)
    leased = "SELECT id FROM lab_sessions_labsession WHERE id = ? AND (lease_until IS NOT NULL OR state = 'ended')"
    wait_for(lambda: bool(site.rows(leased, session.replace("-", ""))), seconds=BEGUN, what="A worker that removes")
    at(chance.uniform(0, REMOVING), lambda: site.restart("worker"))


def strays(site: RunningSite, engine: Engine) -> set[str]:
    """Return the names of what should not be there."""
    # Before the rows, which come first and go last.
    there = set(engine.containers()) | engine.sockets() | engine.boot_directories() | engine.networks()
    wanted = {row["name"] for row in site.rows("SELECT name FROM sandboxes_sandbox WHERE state <> 'gone'")}
    unheld = site.rows(
        "SELECT name FROM sandboxes_sandbox AS box WHERE box.state = 'assigned' AND NOT EXISTS (SELECT 1 FROM "
        "lab_sessions_labsession AS lab WHERE lab.sandbox_id = box.id AND lab.state IN ('starting', 'ready'))"
    )
    return there - wanted | {row["name"] for row in unheld}


def test_nothing_is_left_behind(site: RunningSite, engine: Engine, sign_in: SignIn, chance: random.Random) -> None:
    people: list[LearnerClient] = []
    with engine.bystander() as bystander:
        for _round in range(ROUNDS):
            people += kill_worker_while_making(site, sign_in, chance)
            people.append(sign_in())
            kill_worker_while_removing(site, people[-1], chance)
        for person in people:
            for identity in live_sessions(site, person.username):
                person.end_lab(str(UUID(identity)))

        wait_for(lambda: not strays(site, engine), seconds=NO_ORPHAN_AFTER, what="A tidy engine")

        assert not [person for person in people if live_sessions(site, person.username)]
        assert engine.is_running(bystander)
