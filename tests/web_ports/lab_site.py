"""The door between a real agent and a real server; who is admitted is said by a test and not by the database."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import h11
import requests

if __name__ == "__main__":  # As a process of its own, for tests that measure its memory.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings_for_tests")
    django.setup()

from lab_sessions.models import LabSession
from terminal.revocation import Grant, Watch
from terminal.sockets import Receive, Scope, Send
from tests.server_thread import ServerThread
from web_ports.access import Admission
from web_ports.dialling import dial
from web_ports.dispatch import by_host
from web_ports.endpoint import WebPorts
from web_ports.names import Place, place_of
from web_ports.refusals import NotShown, Reason
from web_ports.slots import Slot

SESSION = uuid.UUID(int=0xA11CE)
COOKIE = "A" * 43
PATIENCE = 20.0
SHOWN = 8080  # the port that a slot shows
SILENCE = 0.5  # seconds; a request on one machine is answered within milliseconds


class SaidDesk:
    """Admits whoever shows COOKIE, to the lab session SESSION; `refusal` when set, nobody."""

    def __init__(self, socket_path: Path) -> None:
        self.refusal: NotShown | None = None
        self._socket_path = socket_path

    async def admit(self, place: Place | Slot, cookies: list[str]) -> Admission:
        if self.refusal:
            raise self.refusal
        if COOKIE not in cookies or not place.is_of(SESSION):
            raise NotShown(Reason.NOT_ADMITTED)
        grant = Grant(1, "hash", "key", SESSION, 1)
        return Admission(
            LabSession(pk=SESSION), self._socket_path, place.port or SHOWN, grant, "en", "http://localhost/lesson/"
        )


async def nobody_revoked(_grants: Any) -> dict[Any, Any]:
    return {}


class LabSite(ServerThread):
    """`dialled` is where it ever connected to."""

    def __init__(self, socket_path: Path) -> None:
        self.desk = SaidDesk(socket_path)
        self.watch = Watch(nobody_revoked, every=0.1, per_person=30, per_lab_session=12)
        self.dialled: list[tuple[Path, int]] = []
        door = WebPorts(self.desk, self.watch, self._dial)  # type: ignore[arg-type]
        super().__init__(by_host(labs=door, platform=self._platform), server_header=False, log_level="error")

    async def _dial(self, socket_path: Path, port: int) -> socket.socket:
        self.dialled.append((socket_path, port))
        return await dial(socket_path, port)

    async def _platform(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"8")]})
        await send({"type": "http.response.body", "body": b"platform"})

    def host(self, port: int) -> str:
        """The Host header of a port of the lab."""
        return f"{place_of(SESSION, port).host}:{self.port}"

    def ask(self, port: int, path: str = "/", method: str = "GET", **options: Any) -> requests.Response:
        """One request of an admitted browser."""
        headers = {"Host": self.host(port), "Cookie": f"muelle-port={COOKIE}", **options.pop("headers", {})}
        address = f"http://127.0.0.1:{self.port}{path}"
        return requests.request(method, address, headers=headers, timeout=PATIENCE, allow_redirects=False, **options)

    def heard(self, port: int, path: str = "/", **options: Any) -> dict[str, Any]:
        """What the program says it was asked."""
        told: dict[str, Any] = json.loads(self.ask(port, path, **options).text)
        told["headers"] = {name.lower(): value for name, value in told["headers"]}
        return told

    def send(self, data: bytes) -> None:
        """Say exactly these bytes and no more, and wait until the server has closed, or waits for more itself."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection, contextlib.suppress(OSError):
            connection.sendall(data)
            connection.settimeout(SILENCE)
            while connection.recv(65_536):
                pass

    def raw(self, data: bytes) -> list[tuple[int, bytes]]:
        """Say exactly these bytes; return status and body of each answer until the server closes or falls silent."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
            connection.sendall(data)
            connection.settimeout(2)
            received = b""
            with contextlib.suppress(TimeoutError):
                while piece := connection.recv(65_536):
                    received += piece
        return parse_answers(received)


def parse_answers(received: bytes) -> list[tuple[int, bytes]]:
    """Status and body of each answer in what a server sent on one connection."""
    answers: list[tuple[int, bytes]] = []
    while received:
        parser = h11.Connection(h11.CLIENT)
        parser.send(h11.Request(method="GET", target="/", headers=[("host", "x")]))
        parser.send(h11.EndOfMessage())
        parser.receive_data(received)
        status, body = 0, b""
        while (event := parser.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
            if isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                break
        answers.append((status, body))
        received = parser.trailing_data[0]
    return answers


@contextlib.contextmanager
def lab_site(socket_path: Path) -> Iterator[LabSite]:
    """A running site; ended on exit."""
    site = LabSite(socket_path).start()
    try:
        yield site
    finally:
        site.stop()


if __name__ == "__main__":
    alone = LabSite(Path(sys.argv[1])).start()
    sys.stdout.write(f"{alone.port}\n")
    sys.stdout.flush()
    threading.Event().wait()
