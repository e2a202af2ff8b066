"""Sockets end with the right to them, case D03 of the security blueprint."""

import asyncio
import time
import uuid

import pytest
from django.utils import timezone

from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from terminal import revocation
from terminal.closing import CloseCode, Refused
from terminal.revocation import Grant, Watch, find_revoked
from tests.terminal.sites import ready_session, sign_in

pytestmark = pytest.mark.abuse
ALICE = Grant(1, "hash", "key", uuid.UUID(int=1), 1)


class Answers:
    """Stands for the database: answers what a test puts in `revoked`, and counts how often it is asked."""

    def __init__(self) -> None:
        self.revoked: dict[Grant, CloseCode] = {}
        self.asked: list[set[Grant]] = []
        self.error: Exception | None = None

    async def __call__(self, grants) -> dict[Grant, CloseCode]:
        self.asked.append(set(grants))
        if self.error:
            raise self.error
        return self.revoked


@pytest.fixture
def answers() -> Answers:
    return Answers()


async def test_a_revoked_grant_closes_all_its_sockets_and_no_others(answers) -> None:
    watch = Watch(answers, every=0.01)
    bob = Grant(2, "hash", "other key", uuid.UUID(int=2), 1)
    first, second, other = watch.admit(ALICE), watch.admit(ALICE), watch.admit(bob)

    answers.revoked = {ALICE: CloseCode.SIGNED_OUT}
    codes = await asyncio.wait_for(asyncio.gather(first.revoked, second.revoked), 5)

    assert codes == [CloseCode.SIGNED_OUT, CloseCode.SIGNED_OUT]
    assert not other.revoked.done()
    for ticket in (first, second, other):
        watch.leave(ticket)


async def test_all_sockets_are_asked_about_at_once(answers) -> None:
    watch = Watch(answers, every=0.01)
    tickets = [watch.admit(Grant(person, "hash", f"key {person}")) for person in range(20)]

    await asyncio.sleep(0.1)

    assert answers.asked
    assert all(len(asked) == 20 for asked in answers.asked)
    for ticket in tickets:
        watch.leave(ticket)


async def test_sockets_stay_open_while_the_database_is_away(answers) -> None:
    watch = Watch(answers, every=0.01)
    ticket = watch.admit(ALICE)
    answers.error = ConnectionError("down")
    await asyncio.sleep(0.1)
    assert not ticket.revoked.done()

    answers.error, answers.revoked = None, {ALICE: CloseCode.ENDED}

    assert await asyncio.wait_for(ticket.revoked, 5) == CloseCode.ENDED
    watch.leave(ticket)


async def test_nobody_is_asked_when_nothing_is_open(answers) -> None:
    watch = Watch(answers, every=0.01)
    watch.leave(watch.admit(ALICE))

    await asyncio.sleep(0.05)

    assert answers.asked == []


async def test_the_loop_comes_back_with_the_next_socket(answers) -> None:
    watch = Watch(answers, every=0.01)
    watch.leave(watch.admit(ALICE))
    ticket = watch.admit(ALICE)

    answers.revoked = {ALICE: CloseCode.ENDED}

    assert await asyncio.wait_for(ticket.revoked, 5) == CloseCode.ENDED
    watch.leave(ticket)


async def test_one_person_has_so_many_sockets_and_no_more(answers) -> None:
    watch = Watch(answers)
    tickets = [watch.admit(ALICE) for _ in range(revocation.MAX_SOCKETS_PER_PERSON)]

    with pytest.raises(Refused) as refusal:
        watch.admit(ALICE)

    assert refusal.value.code == CloseCode.TOO_MANY
    watch.leave(tickets.pop())
    tickets.append(watch.admit(ALICE))
    for ticket in tickets:
        watch.leave(ticket)


async def test_one_lab_session_has_so_many_sockets_and_no_more(answers) -> None:
    watch = Watch(answers)
    lab, other_lab = uuid.uuid4(), uuid.uuid4()
    tickets = [watch.admit(Grant(1, "hash", "key")) for _ in range(revocation.MAX_SOCKETS_PER_LAB_SESSION + 1)]
    for ticket in tickets[1:]:
        watch.bind(ticket, lab, 1)

    with pytest.raises(Refused) as refusal:
        watch.bind(tickets[0], lab, 1)

    assert refusal.value.code == CloseCode.TOO_MANY
    watch.bind(tickets[0], other_lab, 3)
    assert tickets[0].grant == Grant(1, "hash", "key", other_lab, 3)
    for ticket in tickets:
        watch.leave(ticket)


def test_a_grant_does_not_show_its_secrets() -> None:
    assert "hash" not in repr(ALICE)
    assert "key" not in repr(ALICE)


@pytest.mark.django_db(transaction=True)
class TestWhatTheDatabaseSays:
    @pytest.fixture(autouse=True)
    def _one_image(self, settings):
        settings.MUELLE_IMAGES = {"standard": "muelle/standard:test"}

    @pytest.fixture
    async def grant(self, alice) -> Grant:
        session = await ready_session(alice)
        return Grant(alice.pk, alice.password, (await sign_in(alice)).session_key, session.pk, session.generation)

    async def verdict(self, grant: Grant) -> CloseCode | None:
        return (await find_revoked({grant})).get(grant)

    async def test_an_honest_grant_holds(self, grant) -> None:
        assert await find_revoked({grant, Grant(grant.user_id, grant.password, grant.sign_in)}) == {}

    async def test_a_disabled_account(self, alice, grant) -> None:
        alice.is_active = False
        await alice.asave()

        assert await self.verdict(grant) == CloseCode.SIGNED_OUT

    async def test_a_deleted_account(self, alice, grant) -> None:
        await LabSession.objects.all().adelete()
        await alice.adelete()

        assert await self.verdict(grant) == CloseCode.SIGNED_OUT

    async def test_a_changed_password(self, alice, grant) -> None:
        alice.set_password("another")
        await alice.asave()

        assert await self.verdict(grant) == CloseCode.SIGNED_OUT

    async def test_signing_out(self, grant) -> None:
        from django.contrib.sessions.models import Session

        await Session.objects.filter(session_key=grant.sign_in).adelete()

        assert await self.verdict(grant) == CloseCode.SIGNED_OUT

    async def test_an_expired_sign_in(self, grant) -> None:
        from django.contrib.sessions.models import Session

        await Session.objects.aupdate(expire_date=timezone.now())

        assert await self.verdict(grant) == CloseCode.SIGNED_OUT

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"state": State.ENDING}, CloseCode.ENDED),
            ({"state": State.ENDED}, CloseCode.ENDED),
            ({"state": State.FAILED, "failure": "It broke."}, CloseCode.ENDED),
            ({"state": State.STARTING}, CloseCode.RESET),
            ({"generation": 2}, CloseCode.RESET),
        ],
    )
    async def test_a_lab_session_that_is_over_or_another(self, grant, changes: dict, code: CloseCode) -> None:
        await LabSession.objects.aupdate(**changes)

        assert await self.verdict(grant) == code

    async def test_a_lab_session_that_is_gone(self, grant) -> None:
        await LabSession.objects.all().adelete()

        assert await self.verdict(grant) == CloseCode.NOT_FOUND

    async def test_a_lab_session_that_became_another_learners(self, bob, grant) -> None:
        await LabSession.objects.aupdate(learner=bob)

        assert await self.verdict(grant) == CloseCode.NOT_FOUND

    async def test_a_hundred_sockets_cost_three_queries(self, alice, grant, django_assert_num_queries) -> None:
        from channels.db import database_sync_to_async

        grants = {grant} | {Grant(alice.pk, alice.password, f"key {n}") for n in range(100)}

        def ask() -> None:
            with django_assert_num_queries(3):
                assert len(revocation._find_revoked(grants)) == 100

        started = time.monotonic()
        await database_sync_to_async(ask)()
        assert time.monotonic() - started < 1
