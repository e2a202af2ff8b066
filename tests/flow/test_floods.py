"""What one learner does to their own lab, the others do not notice."""

from __future__ import annotations

import hashlib
import secrets
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from learner_client import LearnerClient
from running_site import RunningSite
from site_courses import SMALL_LESSON
from terminal_client import TerminalClient
from websockets.exceptions import ConnectionClosed

pytestmark = pytest.mark.docker

KEYSTROKES = 60
NOTICED = 0.1  # seconds that a typical echo may take: below this nobody notices
STUCK = 2.0  # seconds that the worst echo may take, on a machine that others load as well
FLOOD = 6.0  # seconds; a minute scaled down, and still a hundred times the credit window
TOO_BIG = 1009
PASTE = 4 * 1024 * 1024  # bytes


@pytest.fixture
def neighbour(bob: LearnerClient) -> Iterator[TerminalClient]:
    """Somebody else's terminal, in which every byte typed comes back through a program."""
    with bob.terminal(bob.start_lab(SMALL_LESSON)).attach() as terminal:
        terminal.type("stty raw -echo; echo rea''dy; exec cat\r")
        terminal.expect("ready")
        yield terminal


def assert_not_noticed(neighbour: TerminalClient) -> None:
    """Type as a person does, and look at how long the echo takes."""
    took = []
    for _key in range(KEYSTROKES):
        seen = len(neighbour.output)
        began = time.perf_counter()
        neighbour.type(b"x")
        neighbour.read_until(lambda: len(neighbour.output) > seen, what="an echo")  # noqa: B023  # read at once
        took.append(time.perf_counter() - began)
        time.sleep(0.02)  # fifty a second, faster than anybody types
    assert statistics.median(took) < NOTICED
    assert max(took) < STUCK


@contextmanager
def read_in_background(terminal: TerminalClient) -> Iterator[None]:
    """Show what comes, as a browser does, while the test looks elsewhere."""
    stop = threading.Event()

    def show() -> None:
        while not stop.is_set():
            try:
                terminal.read_one(0.2)
            except TimeoutError:
                continue

    reader = threading.Thread(target=show)
    reader.start()
    try:
        yield
    finally:
        stop.set()
        reader.join()


def test_a_giant_frame_closes_only_its_own_socket(alice: LearnerClient, neighbour: TerminalClient) -> None:
    terminal = alice.terminal(alice.start_lab(SMALL_LESSON)).attach()
    shell = terminal.run("echo shell-$$")

    with suppress(ConnectionClosed):  # the server need not take it whole to know that it is too big
        terminal.socket.send(bytes(64 * 1024 * 1024))
    with pytest.raises(ConnectionClosed) as closed:
        terminal.read_until(lambda: False, what="the end of the socket")

    # A client in the middle of 64 MiB may lose the line before it reads why.
    assert closed.value.rcvd is None or closed.value.rcvd.code == TOO_BIG
    assert_not_noticed(neighbour)
    terminal.reattach()
    assert number_of(terminal.run("echo shell-$$")) == number_of(shell)
    terminal.close()


def number_of(shown: str) -> str:
    """Return what stands behind the last `shell-` that the terminal showed."""
    return shown.rpartition("shell-")[2].split()[0]


def test_a_giant_paste_arrives_whole(alice: LearnerClient, neighbour: TerminalClient) -> None:
    pasted = secrets.token_bytes(PASTE // 2).hex().encode()
    with alice.terminal(alice.start_lab(SMALL_LESSON)).attach() as terminal:
        terminal.type(f"stty raw -echo; echo rea''dy; head -c {PASTE} | cat | sha256sum; stty sane\r")
        terminal.expect("ready")

        terminal.type(pasted)

        terminal.expect(hashlib.sha256(pasted).hexdigest())
    assert_not_noticed(neighbour)


def test_floods_read_and_unread_disturb_nobody(alice: LearnerClient, neighbour: TerminalClient) -> None:
    session = alice.start_lab(SMALL_LESSON)
    with (
        alice.terminal(session, "main").attach() as shown,
        alice.terminal(session, "extra-1", acknowledge=False).attach() as stalled,
    ):
        stalled.type("yes stalled\r")
        shown.type("yes shown\r")
        with read_in_background(shown):
            end = time.monotonic() + FLOOD
            while time.monotonic() < end:
                assert_not_noticed(neighbour)

        shown.type(b"\x03")
        shown.run("true")


def test_a_fork_bomb_disturbs_nobody_and_can_be_reset(
    site: RunningSite, alice: LearnerClient, neighbour: TerminalClient
) -> None:
    session = alice.start_lab(SMALL_LESSON)
    with alice.terminal(session).attach() as terminal:
        terminal.type("bomb() { bomb | bomb & }; bomb\r")
        terminal.expect("Resource temporarily unavailable")

        assert_not_noticed(neighbour)

        alice.post(f"/lab-sessions/{session}/reset/")
    alice.wait_for_pane("ready", lesson=SMALL_LESSON)
    with alice.terminal(session).attach() as fresh:
        fresh.run("true")
