"""A class at 8:00: sixty people sign in, start a lab and open a socket within a minute, all behind one address."""

import time

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client
from factories import EnrolmentFactory, UserFactory

from accounts.throttling import SIGN_INS, SOCKETS, STARTS
from cohorts.actions import create_cohort
from cohorts.credentials import draw_pins
from lab_sessions.models import LabSession
from tests.terminal.sites import PATIENCE, Browser, browse
from tests.web.world import World

PEOPLE = 60
WITHIN = 60  # seconds
pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def sign_in_and_start(world: World, ivy) -> list[tuple[int, int, str]]:
    """Let half a class come by PIN and half by password; return the answers and each one's session."""
    cohort = create_cohort(by=ivy, name="8:00", courses=[world.lesson.chapter.revision.course])
    learners = [UserFactory(username=f"p{number}") for number in range(PEOPLE)]
    for learner in learners:
        learner.set_password("three words here")
        learner.save()
    enrolments = [EnrolmentFactory(cohort=cohort, user=learner) for learner in learners]
    pins = {slip.enrolment.user_id: slip.pin for slip in draw_pins(by=ivy, cohort=cohort, enrolments=enrolments)}
    answers = []
    for number, learner in enumerate(learners):
        client = Client(REMOTE_ADDR="203.0.113.9")
        if number % 2:
            signed = client.post("/sign-in/class/", {"code": cohort.join_code, "pin": pins[learner.pk]})
        else:
            signed = client.post("/sign-in/", {"username": learner.username, "password": "three words here"})
        started = client.post(f"{world.path}lab/start/", headers={"HX-Request": "true"})
        answers.append((signed.status_code, started.status_code, str(client.session.session_key)))
    return answers


async def open_socket(session_key: str) -> tuple[bool, Browser]:
    browser = browse("/ws/notices/", None, cookie=f"{settings.SESSION_COOKIE_NAME}={session_key}".encode())
    browser.scope["client"] = ("203.0.113.9", 4711)
    return await browser.connect(), browser


async def test_sixty_of_each_from_one_address_and_none_refused(world, ivy) -> None:
    begun = time.monotonic()

    answers = await sign_in_and_start(world, ivy)
    opened = [await open_socket(key) for _signed, _started, key in answers]

    assert time.monotonic() - begun < WITHIN
    assert [signed for signed, _started, _key in answers] == [302] * PEOPLE
    assert [started for _signed, started, _key in answers] == [200] * PEOPLE
    assert await LabSession.objects.acount() == PEOPLE
    assert [accepted for accepted, _browser in opened] == [True] * PEOPLE
    assert await opened[-1][1].receive_nothing(0.1)  # signed in: nobody closes it
    for _accepted, browser in opened:
        await browser.send_input({"type": "websocket.disconnect", "code": 1001})
        await browser.wait(PATIENCE)


@pytest.mark.abuse
@pytest.mark.usefixtures("_ceilings_stand_still")
def test_a_flood_of_starts_is_refused_with_when_to_come_back(htmx, world) -> None:
    answers = [htmx.post(f"{world.path}lab/start/") for _press in range(STARTS.burst + 20)]

    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert {answer.status_code for answer in answers[: STARTS.burst]} == {200}


def test_the_ceilings_leave_room_above_a_class() -> None:
    assert min(SIGN_INS.burst, STARTS.burst, SOCKETS.burst) >= 2 * PEOPLE
