"""Giant bodies, slow readers and giant messages cost the server no memory to speak of."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.agent_process import AgentProcess
from tests.web_ports.lab_site import COOKIE, LabSite
from tests.web_ports.programs import PIECE
from tests.web_ports.test_tunnel import close_code, open_socket

pytestmark = [pytest.mark.abuse, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
GROWTH = 24 * 1024 * 1024  # bytes: what twelve streams may keep on their way, and what Python keeps of it
ALL = 12  # streams of one lab session


class RemoteSite(LabSite):
    """The same site in a process of its own, whose memory is its own."""

    def __init__(self, socket_path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.web_ports.lab_site", socket_path],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(["platform", "tests", "."])},
            cwd=ROOT,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    @property
    def memory(self) -> int:
        """Bytes that the process has in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def far(agent: AgentProcess, socket_enabled: None, program: int) -> Iterator[RemoteSite]:
    """A site that has been warmed up."""
    site = RemoteSite(agent.socket)
    try:
        for _ in range(20):
            assert len(site.ask(program, f"/bytes?{len(PIECE) * 20}").content) == len(PIECE) * 20
        yield site
    finally:
        site.stop()


def test_answers_that_nobody_reads(far: RemoteSite, program: int) -> None:
    before = far.memory

    with contextlib.ExitStack() as stack:
        for _ in range(ALL):
            browser = stack.enter_context(socket.create_connection(("127.0.0.1", far.port), 10))
            head = (
                f"GET /bytes?1000000000 HTTP/1.1\r\nHost: {far.host(program)}\r\nCookie: muelle-port={COOKIE}\r\n\r\n"
            )
            browser.sendall(head.encode())
            assert browser.recv(15) == b"HTTP/1.1 200 OK"
        time.sleep(2)

        assert far.memory - before < GROWTH


def test_bodies_of_half_a_gigabyte(far: RemoteSite, program: int) -> None:
    before, pieces, highest = far.memory, 8_000, [0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            highest[0] = max(highest[0], far.memory)

    threading.Thread(target=watch, daemon=True).start()
    up = far.ask(program, method="POST", data=iter([PIECE] * pieces)).json()["size"]
    with far.ask(program, f"/bytes?{pieces * len(PIECE)}", stream=True) as answer:
        down = sum(len(piece) for piece in answer.iter_content(1 << 20))
    done.set()

    assert up == down == pieces * len(PIECE)
    assert highest[0] - before < GROWTH


def test_messages_of_64_mib(far: RemoteSite, chat: int) -> None:
    with open_socket(far, chat) as connection:
        connection.send("hello")
        assert connection.recv(10) == "hello"
    before = far.memory

    for _ in range(4):
        with open_socket(far, chat) as connection:
            connection.send(f"big {64 << 20}")
            assert close_code(connection)[0] == 1009

    assert far.memory - before < GROWTH
