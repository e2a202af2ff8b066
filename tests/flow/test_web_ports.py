"""Web ports of a real lab: pages, uploads, WebSockets, and who never gets any of it (D05)."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest
import requests
from learner_client import LearnerClient
from port_visitor import PortVisitor, end_program, open_port, press_open, run_program
from running_site import RunningSite
from site_courses import SMALL_LESSON
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.flow.conftest import Publish

pytestmark = pytest.mark.docker

PROMISE = 5.0  # seconds from a sign-out or the end of a lab to the end of everything it opened
PIECE = b"0123456789abcdef" * 4096


def page_of(answer: requests.Response) -> str:
    """Which of our own pages was shown; empty if it was the lab's program that answered."""
    return answer.headers.get("muelle-page", "")


@pytest.fixture
def session(alice: LearnerClient) -> str:
    """Alice's lab, with a web server on port 8080."""
    started = alice.start_lab(SMALL_LESSON)
    run_program(alice, started)
    return started


@pytest.fixture
def visitor(alice: LearnerClient, session: str) -> PortVisitor:
    return open_port(alice, session, 8080)


def test_a_page_and_a_socket_of_ones_own_program(visitor: PortVisitor) -> None:
    page = visitor.ask()
    with visitor.open_socket() as chat:
        chat.send("hello")
        chat.send(b"\x00\xff")

        assert "Hello from the lab" in page.text
        assert [chat.recv(20), chat.recv(20)] == ["hello", b"\x00\xff"]


def test_the_program_does_not_see_the_cookie(visitor: PortVisitor) -> None:
    said = visitor.ask("/headers").text

    assert "cookie" not in said
    assert f"host: {visitor.host}" in said


def test_large_bodies_pass_both_ways(visitor: PortVisitor) -> None:
    size = 300 * len(PIECE)

    down = visitor.ask(f"/bytes?{size}")
    up = visitor.ask("/", "POST", data=PIECE * 300)

    assert down.content == PIECE * 300
    assert up.text == str(size)


def test_where_nothing_listens_a_page_says_so(alice: LearnerClient, session: str, visitor: PortVisitor) -> None:
    other = open_port(alice, session, 9999)

    answer = other.ask()

    assert (answer.status_code, page_of(answer)) == (502, "nothing_listens")
    assert "9999" in answer.text
    end_program(alice, session)
    assert page_of(visitor.ask()) == "nothing_listens"
    run_program(alice, session)
    assert page_of(visitor.ask()) == ""


@pytest.mark.abuse
def test_nobody_else_gets_in(site: RunningSite, alice: LearnerClient, bob: LearnerClient, session: str) -> None:
    visitor = open_port(alice, session, 8080)
    bobs = bob.start_lab(SMALL_LESSON)
    run_program(bob, bobs)
    bobs_visitor = open_port(bob, bobs, 8080)

    # The address alone; with Bob's sign-in; with Bob's cookie; by the platform.
    assert page_of(PortVisitor(site, visitor.host).ask()) == "not_admitted"
    assert page_of(PortVisitor(site, visitor.host, dict(bob.http.cookies)).ask()) == "not_admitted"
    assert page_of(PortVisitor(site, visitor.host, bobs_visitor.cookies).ask()) == "not_admitted"
    with pytest.raises(InvalidStatus):
        PortVisitor(site, visitor.host, bobs_visitor.cookies).open_socket()
    assert bob.try_post(f"/lab-sessions/{session}/ports/", port="8080").status_code == 404

    assert page_of(visitor.ask()) == page_of(bobs_visitor.ask()) == ""


@pytest.mark.abuse
def test_a_ticket_is_worth_nothing_twice_or_elsewhere(
    site: RunningSite, alice: LearnerClient, bob: LearnerClient, session: str
) -> None:
    first, second = press_open(alice, session, 8080), press_open(alice, session, 8080)
    bobs = press_open(bob, bob.start_lab(SMALL_LESSON), 8080)

    elsewhere = PortVisitor(site, bobs.host).enter(first.ticket)
    once, again = PortVisitor(site, first.host).enter(first.ticket), PortVisitor(site, first.host).enter(first.ticket)

    assert (elsewhere.status_code, page_of(elsewhere)) == (403, "bad_ticket")
    assert once.status_code == 303
    assert (again.status_code, page_of(again)) == (403, "bad_ticket")
    assert PortVisitor(site, second.host).enter(second.ticket).status_code == 303


@pytest.mark.abuse
def test_tickets_and_cookies_are_in_no_log(site: RunningSite, alice: LearnerClient, session: str) -> None:
    opening = press_open(alice, session, 8080)
    visitor = PortVisitor(site, opening.host)
    entered = visitor.enter(opening.ticket)
    visitor.ask()
    visitor.enter(opening.ticket)

    logs = "".join(site.log(name) for name in site.processes)

    assert opening.ticket not in entered.headers["location"]
    assert opening.ticket not in logs
    assert not any(cookie in logs for cookie in visitor.cookies.values())
    assert "http" in logs  # There is something in them.


def sign_out(alice: LearnerClient, session: str) -> None:
    alice.post("/sign-out/")


def end_lab(alice: LearnerClient, session: str) -> None:
    alice.end_lab(session)


@pytest.mark.abuse
@pytest.mark.parametrize(("revoke", "reason"), [(sign_out, "signed_out"), (end_lab, "session_over")])
def test_access_ends_with_the_right_to_it(
    alice: LearnerClient,
    session: str,
    visitor: PortVisitor,
    revoke: Callable[[LearnerClient, str], None],
    reason: str,
) -> None:
    with visitor.open_socket() as chat, slow_download(visitor) as download:
        chat.send("hello")
        assert chat.recv(20) == "hello"

        revoke(alice, session)
        since = time.monotonic()

        with pytest.raises(ConnectionClosed):
            chat.recv(PROMISE + 1)
        until_the_end(download)
        assert time.monotonic() - since <= PROMISE
    while (
        page_of(answer := visitor.ask()) != reason
    ):  # For a moment it may be the machine that is away, and not the lab.
        assert page_of(answer) == "not_ready"
        assert time.monotonic() - since <= PROMISE
    assert "courses/puerto/muelle/amarrar" in answer.text
    with pytest.raises(InvalidStatus):
        visitor.open_socket()


def slow_download(visitor: PortVisitor) -> socket.socket:
    """An answer that goes on for long, of which little has been read."""
    connection = socket.create_connection(("127.0.0.1", visitor.site.port), PROMISE + 1)
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    connection.sendall(f"GET /bytes?10000000000 HTTP/1.1\r\nHost: {visitor.host}\r\nCookie: {cookies}\r\n\r\n".encode())
    assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")
    return connection


def until_the_end(connection: socket.socket) -> None:
    """Read on until the server has closed the connection."""
    try:
        while connection.recv(1 << 20):
            pass
    except ConnectionResetError:
        pass


def test_a_reset_lab_is_behind_the_same_address(alice: LearnerClient, session: str, visitor: PortVisitor) -> None:
    alice.post(f"/lab-sessions/{session}/reset/")
    alice.wait_for_pane("ready", lesson=SMALL_LESSON)
    end = time.monotonic() + 20
    while page_of(visitor.ask()) == "not_ready" and time.monotonic() < end:
        time.sleep(0.1)

    assert page_of(visitor.ask()) == "nothing_listens"
    run_program(alice, session)
    assert "Hello from the lab" in visitor.ask().text


# An image without any registry: what the web server of the small lab needs.
IMPORT = """
mkdir -p /tmp/image && cp ~/server.pl /tmp/image/
libraries="$(ldd /usr/bin/perl | grep -o '/lib[^ ]*') /usr/lib/x86_64-linux-gnu/perl-base"
cp --parents -rL /usr/bin/perl $libraries /tmp/image/
tar -C /tmp/image -c . | docker import - web:1 > /dev/null
"""


@pytest.mark.slow
def test_the_port_that_a_container_publishes(alice: LearnerClient, publish: Publish) -> None:
    lesson = publish("contenedor-web", setup="", image="engine", engine=True)
    session = alice.start_lab(lesson)
    with alice.terminal(session).attach() as terminal:
        terminal.run(IMPORT.strip().replace("\n", "; "), seconds=60)
        terminal.run("docker run -d -p 8080:80 --name web web:1 perl /server.pl 80", seconds=60)
        terminal.run("docker run -d -p 8081:81 --name wrong web:1 perl /server.pl 80", seconds=60)

    right, wrong = open_port(alice, session, 8080), open_port(alice, session, 8081)
    assert "Hello from the lab" in right.ask().text
    assert right.ask("/", "POST", data=PIECE * 100).text == str(100 * len(PIECE))
    assert page_of(wrong.ask()) == "hung_up"  # Something of the engine listens, and has nobody to pass it on to.
