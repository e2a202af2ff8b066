"""The socket of the class view: who may have it, what it says, and that people are noted as there."""

import asyncio
import json

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone
from factories import CohortFactory, EnrolmentFactory, UserFactory

from accounts.models import User
from classroom.models import Presence
from classroom.presence import note_still_there
from cohorts.models import Cohort, Enrolment, Role
from lab_sessions import events
from terminal import class_notices, presence, revocation
from terminal.closing import CloseCode
from terminal.presence import lesson_named
from tests.terminal.sites import browse, refusal, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(revocation.watch, "_every", 0.05)
    monkeypatch.setattr(presence.roll, "_every", 0.05)
    monkeypatch.setattr(class_notices, "PAUSE", 0.05)
    monkeypatch.setattr(class_notices, "ROSTER_SECONDS", 0.1)


@pytest.fixture
def ana(db) -> User:
    return User.objects.create_user("ana", password="ana-password")


@pytest.fixture
def cohort(alice, ana) -> Cohort:
    cohort = CohortFactory()
    EnrolmentFactory(cohort=cohort, user=alice)
    EnrolmentFactory(cohort=cohort, user=ana, role=Role.ASSISTANT)
    return cohort


def path_of(cohort: Cohort) -> str:
    return f"/ws/classes/{cohort.pk}/"


async def listen(cohort: Cohort, user: User):
    browser = browse(path_of(cohort), await sign_in(user))
    assert await browser.connect()
    await asyncio.sleep(0.2)
    return browser


publish = database_sync_to_async(events.publish)


async def test_what_happens_to_a_learner_is_told_without_saying_what(cohort, ana, alice, bob) -> None:
    browser = await listen(cohort, ana)

    await publish(bob.pk, "session", session="17")
    assert await browser.receive_nothing(0.2)
    await publish(alice.pk, "submission", submission="17")

    assert json.loads((await browser.receive())["text"]) == {"kind": "class"}
    await browser.leave()
    assert revocation.watch._tickets == set()


async def test_much_at_once_is_told_once_or_twice(cohort, ana, alice) -> None:
    browser = await listen(cohort, ana)

    for _each in range(30):
        await publish(alice.pk, "session")
    await asyncio.sleep(0.3)

    told = 0
    while not await browser.receive_nothing(0.1):
        await browser.receive()
        told += 1
    assert 1 <= told <= 10
    await browser.leave()


async def test_people_who_join_are_listened_to_soon(cohort, ana, bob) -> None:
    browser = await listen(cohort, ana)
    await Enrolment.objects.acreate(cohort=cohort, user=bob)
    await asyncio.sleep(0.4)

    await publish(bob.pk, "session")

    assert json.loads((await browser.receive())["text"]) == {"kind": "class"}
    await browser.leave()


@pytest.fixture(params=["alice", "bob", "ivy"])
def stranger(request):
    """A learner of the class, one of none, and somebody who teaches others."""
    return request.getfixturevalue(request.param)


@pytest.mark.abuse
async def test_who_does_not_teach_there_hears_nothing(cohort, stranger) -> None:
    cookie = await sign_in(stranger)

    assert await refusal(path_of(cohort), cookie) == CloseCode.NOT_FOUND
    assert await refusal("/ws/classes/999999/", cookie) == CloseCode.NOT_FOUND
    assert revocation.watch._tickets == set()


@pytest.mark.abuse
async def test_the_end_of_the_role_ends_the_socket(cohort, ana) -> None:
    browser = await listen(cohort, ana)

    await Enrolment.objects.filter(user=ana).aupdate(role=Role.LEARNER)

    assert await browser.close_code() == CloseCode.NOT_FOUND


async def test_open_pages_note_that_somebody_is_there(cohort, ana, alice) -> None:
    watching = await listen(cohort, ana)
    hers = browse("/ws/notices/", await sign_in(alice))

    assert await hers.connect()

    assert json.loads((await watching.receive())["text"]) == {"kind": "class"}
    first = await Presence.objects.aget(user=alice)
    await asyncio.sleep(0.3)
    later = await Presence.objects.aget(user=alice)
    assert later.seen_at > first.seen_at
    await hers.leave()
    await watching.leave()
    assert presence.roll._people == {}


@pytest.mark.parametrize(
    ("query", "lesson"),
    [
        (b"lesson=course%2Fone%2Flesson", "course/one/lesson"),
        (b"", ""),
        (b"lesson=", ""),
        (b"lesson=a/b", ""),
        (b"lesson=../../x", ""),
        (b"lesson=" + b"a" * 90 + b"/b/c", ""),
        (b"lesson=%00/b/c", ""),
        (b"\xff\xfe", ""),
    ],
)
def test_only_keys_of_lessons_are_believed(query: bytes, lesson: str) -> None:
    assert lesson_named(query) == lesson


def test_everybody_of_a_process_is_noted_in_one_statement(django_assert_num_queries) -> None:
    people = [UserFactory().pk for _each in range(5)]

    with django_assert_num_queries(1):
        note_still_there(people, timezone.now())
