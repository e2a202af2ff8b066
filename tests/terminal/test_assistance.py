"""D08, H03: somebody else at a learner's terminal: with consent, and only while everything holds that it rests on."""

import asyncio
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone
from factories import CohortFactory, EnrolmentFactory

from accounts.models import User
from classroom.actions import ask_to_assist, end_assistance, grant_assistance
from classroom.models import Assistance
from cohorts.models import Enrolment, Role
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from sandboxes.agent_client import DEFAULT_ENVIRONMENT, PtyCommand
from sandboxes.lifecycle import socket_path_of
from terminal import endpoint, revocation, serving
from terminal.access import locate
from terminal.closing import CloseCode, Refused
from tests.contract.agent_process import AgentProcess
from tests.terminal import viewer as wire
from tests.terminal.sites import PATIENCE, Browser, browse, ready_session, refusal, sign_in, terminal_path
from tests.terminal.test_endpoint import _with_shell, until_output

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.abuse]
WATCH, HELP = Assistance.Mode.WATCH, Assistance.Mode.HELP


@pytest.fixture(autouse=True)
def _one_image(settings, monkeypatch):
    settings.MUELLE_IMAGES = {"standard": "muelle/standard:test"}
    monkeypatch.setattr(revocation.watch, "_every", 0.05)


@pytest.fixture
def ana(alice) -> User:
    """Teaches Alice."""
    user = User.objects.create_user("ana", password="ana-password")
    cohort = CohortFactory()
    EnrolmentFactory(cohort=cohort, user=alice)
    EnrolmentFactory(cohort=cohort, user=user, role=Role.INSTRUCTOR)
    return user


@pytest.fixture
async def session(alice, ana, agent: AgentProcess, monkeypatch) -> LabSession:
    """Alice's lab session, whose sandbox is the agent of this test."""
    later = timezone.now() + timedelta(hours=1)
    session = await ready_session(alice, expires_at=later, idle_at=later)
    socket = socket_path_of(session.sandbox)
    socket.parent.mkdir(parents=True, exist_ok=True)
    socket.symlink_to(agent.socket)
    home = PtyCommand(("/bin/sh",), {**DEFAULT_ENVIRONMENT, "HOME": str(agent.home)}, str(agent.home))
    monkeypatch.setattr(serving.Terminal, "__init__", _with_shell(home))
    return session


@database_sync_to_async
def consent(session: LabSession, by: User, mode: Assistance.Mode) -> Assistance:
    row = ask_to_assist(by=by, session=session, mode=mode)
    grant_assistance(by=session.learner, assistance=row)
    row.refresh_from_db()
    return row


async def enter(session: LabSession, user: User, viewer: bytes) -> Browser:
    browser = browse(terminal_path(session.pk), await sign_in(user))
    assert await browser.connect()
    await browser.send(wire.attach(viewer))
    hello = await browser.receive()
    assert hello["bytes"][0] == 0x81
    return browser


async def quietly(browser: Browser) -> None:
    """Leave, whether or not the door has closed already."""
    await browser.leave()


async def test_without_consent_the_terminal_does_not_exist(session, ana) -> None:
    assert await refusal(terminal_path(session.pk), await sign_in(ana)) == CloseCode.NOT_FOUND

    await database_sync_to_async(ask_to_assist)(by=ana, session=session, mode=HELP)

    assert await refusal(terminal_path(session.pk), await sign_in(ana)) == CloseCode.NOT_FOUND


async def test_consent_lets_in_who_asked_and_nobody_else(session, ana, ivy, root, bob) -> None:
    await consent(session, ana, WATCH)

    assert (await locate(ana, session.pk, "main")).read_only
    for stranger in (ivy, root, bob):
        with pytest.raises(Refused) as refused:
            await locate(stranger, session.pk, "main")
        assert refused.value.code == CloseCode.NOT_FOUND


async def test_consent_opens_one_lab_and_not_the_next_one(session, alice, ana) -> None:
    await consent(session, ana, HELP)
    other = await ready_session(alice)

    with pytest.raises(Refused):
        await locate(ana, other.pk, "main")


async def test_a_helper_types_in_the_learners_shell_and_both_see_it(session, alice, ana) -> None:
    hers = await enter(session, alice, bytes(range(16)))
    await consent(session, ana, HELP)
    helping = await enter(session, ana, bytes(range(1, 17)))

    await helping.send(wire.typed(0, b"echo he''lped\r"))

    await until_output(helping, b"helped")
    await until_output(hers, b"helped")
    await quietly(helping)
    await quietly(hers)


async def test_h03_what_a_helper_types_passes_no_task(session, alice, ana, monkeypatch) -> None:
    asked: list[LabSession] = []
    monkeypatch.setattr(endpoint, "request_ticks", lambda *, session: asked.append(session))
    await consent(session, ana, HELP)
    helping = await enter(session, ana, bytes(range(1, 17)))
    await helping.send(wire.typed(0, b"echo he''lped\r"))
    await until_output(helping, b"helped")
    await quietly(helping)
    assert asked == []

    # The control: the learner's own command has the lab looked at.
    hers = await enter(session, alice, bytes(range(16)))
    await hers.send(wire.typed(0, b"echo he''rs\r"))
    await until_output(hers, b"hers")
    async with asyncio.timeout(PATIENCE):  # a moment after the output, in a thread of its own
        while not asked:
            await asyncio.sleep(0.02)
    await quietly(hers)
    assert [each.pk for each in asked] == [session.pk]


async def test_who_watches_sees_it_and_keeps_no_lab_alive(session, alice, ana) -> None:
    hers = await enter(session, alice, bytes(range(16)))
    await consent(session, ana, WATCH)
    watching = await enter(session, ana, bytes(range(1, 17)))
    await watching.send(wire.resize(40, 10))

    await hers.send(wire.typed(0, b"echo se''en; stty size\r"))

    await until_output(watching, b"seen")
    await until_output(hers, b"24 80")
    await quietly(watching)
    await quietly(hers)


@pytest.mark.parametrize("frame", [wire.typed(0, b"touch typed\r"), wire.RESTART])
async def test_the_door_takes_no_input_of_who_watches(session, ana, agent, frame) -> None:
    await consent(session, ana, WATCH)
    watching = await enter(session, ana, bytes(range(1, 17)))

    await watching.send(frame)

    assert await watching.close_code() == CloseCode.POLICY
    await asyncio.sleep(0.2)
    assert not (agent.home / "typed").exists()
    await session.arefresh_from_db()
    assert session.last_activity_at is None


@database_sync_to_async
def _stop(session, row):
    end_assistance(by=session.learner, assistance=row)


@database_sync_to_async
def _leave(session, row):
    end_assistance(by=row.by, assistance=row)


async def _expire(session, row):
    await Assistance.objects.aupdate(expires_at=timezone.now())


async def _lose_role(session, row):
    await Enrolment.objects.filter(user_id=row.by_id).aupdate(role=Role.LEARNER)


async def _leave_class(session, row):
    await Enrolment.objects.filter(user=session.learner).adelete()


@pytest.mark.parametrize("mode", [WATCH, HELP])
@pytest.mark.parametrize("change", [_stop, _leave, _expire, _lose_role, _leave_class])
async def test_the_helpers_terminal_closes_and_the_learners_stays(session, alice, ana, change, mode) -> None:
    hers = await enter(session, alice, bytes(range(16)))
    row = await consent(session, ana, mode)
    theirs = await enter(session, ana, bytes(range(1, 17)))
    await asyncio.sleep(0.2)  # as long as everything holds, nothing closes

    await change(session, row)

    assert await theirs.close_code() == CloseCode.HELP_OVER
    await hers.send(wire.typed(0, b"echo st''ays\r"))
    await until_output(hers, b"stays")
    await quietly(hers)


async def test_the_end_of_the_lab_is_the_end_of_the_help(session, ana) -> None:
    await consent(session, ana, HELP)
    theirs = await enter(session, ana, bytes(range(1, 17)))

    await LabSession.objects.aupdate(state=State.ENDING)

    assert await theirs.close_code() == CloseCode.ENDED


async def test_a_reset_lets_the_helper_come_back(session, ana) -> None:
    await consent(session, ana, HELP)
    theirs = await enter(session, ana, bytes(range(1, 17)))

    await LabSession.objects.aupdate(generation=2)

    assert await theirs.close_code() == CloseCode.RESET


async def test_one_consent_is_no_other_persons(session, ana, ivy) -> None:
    row = await consent(session, ana, HELP)
    forged = revocation.Grant(ivy.pk, ivy.password, (await sign_in(ivy)).session_key, session.pk, 1, row.pk)

    assert await revocation.find_revoked({forged}) == {forged: CloseCode.HELP_OVER}
