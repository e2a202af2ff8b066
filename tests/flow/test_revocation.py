"""D03: who signs out or is disabled loses open sockets within five seconds, and gets no new ones."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import partial

import pytest
from learner_client import LearnerClient
from running_site import RunningSite
from site_courses import SMALL_LESSON
from terminal_client import TerminalClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

pytestmark = pytest.mark.docker

SIGNED_OUT = 4401  # docs/terminal-protocol.md
PROMISE = 5.0  # seconds
DISABLE = "from accounts.models import User; User.objects.filter(username={name!r}).update(is_active=False)"


def sign_out(site: RunningSite, person: LearnerClient) -> None:
    person.post("/sign-out/")


def disable(site: RunningSite, person: LearnerClient) -> None:
    site.manage("shell", "--verbosity", "0", "--command", DISABLE.format(name=person.username))


def code_of(error: ConnectionClosed) -> int:
    assert error.rcvd is not None
    return error.rcvd.code


def assert_closes(terminal: TerminalClient, since: float) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        terminal.read_until(lambda: False, what="the end of the socket", seconds=PROMISE + 1)
    assert code_of(closed.value) == SIGNED_OUT
    assert time.monotonic() - since <= PROMISE


def assert_notices_end(notices: ClientConnection) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        deque(iter(partial(notices.recv, PROMISE), None), maxlen=0)
    assert code_of(closed.value) == SIGNED_OUT


@pytest.mark.parametrize("revoke", [sign_out, disable])
def test_open_sockets_close_and_new_ones_are_refused(
    site: RunningSite, alice: LearnerClient, bob: LearnerClient, revoke: Callable[[RunningSite, LearnerClient], None]
) -> None:
    session, other = alice.start_lab(SMALL_LESSON), bob.start_lab(SMALL_LESSON)
    cookies = dict(alice.http.cookies)
    terminal, neighbour = alice.terminal(session).attach(), bob.terminal(other).attach()
    again = alice.terminal(session)  # with the cookies of before
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    address = site.address.replace("http", "ws", 1) + "/ws/notices/"

    with connect(address, additional_headers=headers, origin=site.address) as notices:  # type: ignore[arg-type]
        revoke(site, alice)
        since = time.monotonic()

        assert_closes(terminal, since)
        assert_notices_end(notices)

    with pytest.raises(ConnectionClosed) as refused:
        again.attach()
    assert code_of(refused.value) == SIGNED_OUT
    neighbour.run("true")
    neighbour.close()
