"""The whole door: a signed-in learner, a lab session in the database, a real agent."""

import asyncio
import struct

import pytest
from django.contrib.sessions.models import Session

from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from sandboxes.agent_client import DEFAULT_ENVIRONMENT, PtyCommand
from sandboxes.lifecycle import socket_path_of
from terminal import endpoint, revocation, serving
from terminal.closing import CloseCode
from tests.contract.agent_process import AgentProcess
from tests.terminal import viewer as wire
from tests.terminal.sites import Browser, browse, ready_session, sign_in, terminal_path

pytestmark = pytest.mark.django_db(transaction=True)
VIEWER = bytes(range(16))


@pytest.fixture(autouse=True)
def _one_image(settings, monkeypatch):
    settings.MUELLE_IMAGES = {"standard": "muelle/standard:test"}
    monkeypatch.setattr(revocation.watch, "_every", 0.05)


@pytest.fixture
async def session(alice, agent: AgentProcess) -> LabSession:
    """Alice's lab session, whose sandbox is the agent of this test."""
    session = await ready_session(alice)
    socket = socket_path_of(session.sandbox)
    socket.parent.mkdir(parents=True, exist_ok=True)
    socket.symlink_to(agent.socket)
    return session


@pytest.fixture
async def browser(alice, session, agent, monkeypatch) -> Browser:
    """Alice's terminal, attached, with a shell in it."""
    home = PtyCommand(("/bin/sh",), {**DEFAULT_ENVIRONMENT, "HOME": str(agent.home)}, str(agent.home))
    monkeypatch.setattr(serving.Terminal, "__init__", _with_shell(home))
    browser = browse(terminal_path(session.pk), await sign_in(alice))
    assert await browser.connect()
    await browser.send(wire.attach(VIEWER))
    hello = await browser.receive()
    assert hello["bytes"][0] == 0x81
    return browser


def _with_shell(shell):
    original = serving.Terminal.__init__

    def initialise(self, *arguments, **options):
        original(self, *arguments, **{**options, "shell": shell})

    return initialise


async def until_output(browser: Browser, wanted: bytes) -> None:
    shown = b""
    while wanted not in shown:
        frame = (await browser.receive())["bytes"]
        if frame[0] == 0x82:
            shown += frame[9:]
            await browser.send(wire.ack(struct.unpack_from(">xQ", frame)[0] + len(frame) - 9))


async def test_a_learner_types_in_their_lab(browser: Browser, session) -> None:
    await browser.send(wire.typed(0, b"echo wo''rks\r"))

    await until_output(browser, b"works")
    await asyncio.sleep(0.1)
    await session.arefresh_from_db()
    assert session.last_activity_at is not None
    await browser.leave()


async def test_leaving_gives_everything_back(browser: Browser, agent: AgentProcess) -> None:
    await browser.leave()

    assert revocation.watch._tickets == set()
    [pty] = await asyncio.to_thread(agent.client.ptys)
    assert (pty.alive, pty.viewers) == (True, 0)


@pytest.mark.abuse
async def test_signing_out_closes_the_terminal(browser: Browser) -> None:
    await Session.objects.all().adelete()

    assert await browser.close_code() == CloseCode.SIGNED_OUT


@pytest.mark.abuse
async def test_disabling_the_account_closes_the_terminal(browser: Browser, alice) -> None:
    alice.is_active = False
    await alice.asave()

    assert await browser.close_code() == CloseCode.SIGNED_OUT


async def test_the_end_of_the_lab_closes_the_terminal(browser: Browser) -> None:
    await LabSession.objects.aupdate(state=State.ENDING)

    assert await browser.close_code() == CloseCode.ENDED


async def test_a_reset_closes_the_terminal_with_a_word_to_come_back(browser: Browser) -> None:
    await LabSession.objects.aupdate(generation=2)

    assert await browser.close_code() == CloseCode.RESET


async def test_an_unreachable_agent_means_try_again(alice, agent: AgentProcess) -> None:
    session = await ready_session(alice)
    browser = browse(terminal_path(session.pk), await sign_in(alice))
    assert await browser.connect()

    await browser.send(wire.attach(VIEWER))

    assert await browser.close_code() == CloseCode.TRY_AGAIN


async def test_a_lab_that_is_starting_is_waited_for(alice, session, agent: AgentProcess) -> None:
    await LabSession.objects.aupdate(state=State.STARTING)
    browser = browse(terminal_path(session.pk), await sign_in(alice))
    assert await browser.connect()
    await browser.send(wire.attach(VIEWER))
    await asyncio.sleep(0.2)

    await LabSession.objects.aupdate(state=State.READY)

    assert (await browser.receive())["bytes"][0] == 0x81
    await browser.leave()


async def test_a_lab_that_takes_longer_is_the_pages_business(alice, session, monkeypatch) -> None:
    monkeypatch.setattr(endpoint, "PATIENCE", 0.1)
    await LabSession.objects.aupdate(state=State.QUEUED)
    browser = browse(terminal_path(session.pk), await sign_in(alice))

    assert await browser.connect()

    assert await browser.close_code() == CloseCode.NOT_READY
    assert revocation.watch._tickets == set()


async def test_whoever_says_nothing_is_closed(alice, session, monkeypatch) -> None:
    monkeypatch.setattr(serving, "HELLO_SECONDS", 0.05)
    browser = browse(terminal_path(session.pk), await sign_in(alice))

    assert await browser.connect()

    assert await browser.close_code() == CloseCode.POLICY


async def test_whoever_leaves_before_the_first_frame_is_no_error(alice, session) -> None:
    browser = browse(terminal_path(session.pk), await sign_in(alice))
    assert await browser.connect()

    await browser.leave()

    assert revocation.watch._tickets == set()


async def test_too_many_terminals_of_one_lab(alice, session, monkeypatch) -> None:
    monkeypatch.setattr(revocation.watch, "per_lab_session", 0)
    browser = browse(terminal_path(session.pk), await sign_in(alice))

    assert await browser.connect()

    assert await browser.close_code() == CloseCode.TOO_MANY


async def test_a_frame_above_the_limit_closes_with_1009(browser: Browser) -> None:
    await browser.send(bytes(65_537))

    assert await browser.close_code() == CloseCode.TOO_BIG


async def test_the_default_shell_is_a_login_shell_of_the_learner() -> None:
    assert serving.SHELL.argv == ("/bin/bash", "-l")
    assert serving.SHELL.env
    assert serving.SHELL.env["HOME"] == "/home/learner"
    assert serving.SHELL.env["TERM"] == "xterm-256color"
