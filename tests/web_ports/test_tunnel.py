"""WebSockets to a lab's program, through the real door, server and agent."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection

from tests.web_ports.lab_site import COOKIE, LabSite
from tests.web_ports.programs import RawProgram, socket_program

PATIENCE = 10.0


def open_socket(site: LabSite, port: int, path: str = "/", **options: Any) -> ClientConnection:
    """Open a WebSocket as a page of the lab does."""
    headers = {"Cookie": f"muelle-port={COOKIE}", **options.pop("headers", {})}
    origin = options.pop("origin", f"http://{site.host(port)}")
    raw = socket.create_connection(("127.0.0.1", site.port), PATIENCE)
    address = f"ws://{site.host(port)}{path}"
    return connect(address, sock=raw, origin=origin, additional_headers=headers, proxy=None, max_size=None, **options)


def close_code(connection: ClientConnection) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as closed:
        deque(iter(partial(connection.recv, PATIENCE), None), maxlen=0)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


@pytest.mark.parametrize("message", ["text", "ñandú", b"\x00\xff bytes", "", "x" * 60_000])
def test_messages_come_back_as_they_were(site: LabSite, chat: int, message: str | bytes) -> None:
    with open_socket(site, chat) as connection:
        connection.send(message)

        assert connection.recv(PATIENCE) == message


def test_messages_keep_their_order(site: LabSite, chat: int) -> None:
    with open_socket(site, chat) as connection:
        for number in range(500):
            connection.send(str(number))

        assert [connection.recv(PATIENCE) for _ in range(500)] == [str(number) for number in range(500)]


def test_the_program_gets_the_handshake_as_it_was_made(site: LabSite, chat: int) -> None:
    headers = {"Cookie": f"own=1; muelle-port={COOKIE}", "X-Own": "hello", "X-Forwarded-For": "1.2.3.4"}
    with open_socket(site, chat, "/a%2Fb?x=1", headers=headers, subprotocols=["other", "chat"]) as connection:
        connection.send("headers")
        path, *told = json.loads(connection.recv(PATIENCE))

        assert connection.subprotocol == "chat"
    heard = {name.lower(): value for name, value in told}
    assert path == "/a%2Fb?x=1"
    assert heard["host"] == site.host(chat)
    assert heard["origin"] == f"http://{site.host(chat)}"
    assert heard["cookie"] == "own=1"
    assert heard["x-own"] == "hello"
    assert "x-forwarded-for" not in heard
    assert len(told) == len(heard)


def test_the_programs_goodbye_reaches_the_browser(site: LabSite, chat: int) -> None:
    with open_socket(site, chat) as connection:
        connection.send("bye 4321")

        assert close_code(connection) == (4321, "so long")


def test_the_browsers_goodbye_reaches_the_program(site: LabSite) -> None:
    codes: list[int | None] = []
    heard = threading.Event()

    def listen(connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            connection.recv(PATIENCE)
        codes.append(connection.close_code)
        heard.set()

    with socket_program(listen) as port:
        with open_socket(site, port) as connection:
            connection.close(4000)
        assert heard.wait(PATIENCE)

    assert codes == [4000]


def test_a_program_that_sends_too_much_at_once_is_cut_off(site: LabSite, chat: int) -> None:
    with open_socket(site, chat) as connection:
        connection.send("big 1000000")
        assert len(connection.recv(PATIENCE)) == 1_000_000
        connection.send("big 67108864")

        assert close_code(connection)[0] == 1009


def test_a_browser_that_sends_too_much_at_once_is_cut_off(site: LabSite, chat: int) -> None:
    with open_socket(site, chat) as connection:
        connection.socket.sendall(b"\x82\xff" + (64 << 20).to_bytes(8, "big") + bytes(1000))  # a frame of 64 MiB begins

        assert close_code(connection)[0] == 1009


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: ws://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    ],
)
def test_a_program_that_does_not_shake_hands(site: LabSite, answer: bytes) -> None:
    with RawProgram(answer) as program:
        with pytest.raises(InvalidStatus) as refused:
            open_socket(site, program.port)

        assert refused.value.response.status_code == 403
    assert [port for _, port in site.dialled] == [program.port]


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        lambda site: f"http://localhost:{site.port}",
        lambda site: f"http://8080-{'0' * 32}.labs.localhost:{site.port}",
    ],
)
def test_pages_from_elsewhere_open_nothing(site: LabSite, chat: int, origin: str | Callable[[LabSite], str]) -> None:
    with pytest.raises(InvalidStatus):
        open_socket(site, chat, origin=origin if isinstance(origin, str) else origin(site))

    assert site.dialled == []


def test_a_page_on_another_port_of_the_same_lab_may(site: LabSite, chat: int, program: int) -> None:
    with open_socket(site, chat, origin=f"http://{site.host(program)}") as connection:
        connection.send("hello")

        assert connection.recv(PATIENCE) == "hello"


def test_without_the_cookie_nothing_opens(site: LabSite, chat: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        open_socket(site, chat, headers={"Cookie": "muelle-port=" + "B" * 43})

    assert refused.value.response.status_code == 403
    assert site.dialled == []


def test_a_slow_browser_slows_the_program(site: LabSite) -> None:
    sent = [0]

    def flood(connection: ServerConnection) -> None:
        while True:
            connection.send(b"x" * 100_000)
            sent[0] += 1

    with socket_program(flood) as port, open_socket(site, port, max_queue=1, close_timeout=1) as connection:
        time.sleep(1)
        before = sent[0]
        time.sleep(0.5)

        assert sent[0] == before < 300  # 30 MB: what the sockets of five processes hold, and not what a second holds
        assert connection.recv(PATIENCE) == b"x" * 100_000


def test_a_program_that_takes_nothing_slows_the_browser(site: LabSite) -> None:
    stop = threading.Event()

    def ignore(connection: ServerConnection) -> None:
        connection.socket.settimeout(None)
        stop.wait(PATIENCE)

    with socket_program(ignore) as port, open_socket(site, port, close_timeout=1) as connection:
        connection.socket.settimeout(1)
        sent = 0
        with contextlib.suppress(TimeoutError, ConnectionClosed):
            while sent < 1_000:
                connection.send(b"x" * 60_000)
                sent += 1
        stop.set()

    assert sent < 1_000  # 60 MB
