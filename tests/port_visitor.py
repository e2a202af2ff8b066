"""A learner's browser at a port of their lab, without the browser: what forms and redirects would have it do."""

from __future__ import annotations

import html
import re
import socket
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from learner_client import LearnerClient
from running_site import RunningSite
from websockets.sync.client import ClientConnection, connect

TIMEOUT = 20.0


@dataclass
class Opening:
    """What the platform's page sends on: the address of the lab's origin, and the ticket."""

    address: str
    ticket: str

    @property
    def host(self) -> str:
        """The Host header of the lab's origin."""
        return urlsplit(self.address).netloc


@dataclass
class PortVisitor:
    """Somebody at one port of a lab. Names are not looked up: every origin is on the site's own port."""

    site: RunningSite
    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str = "/", method: str = "GET", **options: Any) -> requests.Response:
        """One request to the lab's origin, redirects not followed."""
        headers = {"Host": self.host, "Accept": "text/html", **self._cookie_header(), **options.pop("headers", {})}
        address = f"http://127.0.0.1:{self.site.port}{path}"
        return requests.request(method, address, headers=headers, timeout=TIMEOUT, allow_redirects=False, **options)

    def enter(self, ticket: str) -> requests.Response:
        """Send the ticket, and keep the cookie."""
        answer = self.ask("/.muelle/enter", "POST", data={"ticket": ticket})
        self.cookies.update(answer.cookies.get_dict())
        return answer

    def open_socket(self, path: str = "/echo") -> ClientConnection:
        """Open a WebSocket as a page of this origin does."""
        raw = socket.create_connection(("127.0.0.1", self.site.port), TIMEOUT)
        origin: Any = f"http://{self.host}"
        return connect(
            f"ws://{self.host}{path}", sock=raw, origin=origin, additional_headers=self._cookie_header(), proxy=None
        )

    def _cookie_header(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}


def press_open(person: LearnerClient, session: str, port: int) -> Opening:
    """Press *open* beside a port; return what the new tab would send on."""
    page = person.post(f"/lab-sessions/{session}/ports/", port=str(port)).text
    address = re.search(r'action="([^"]+/\.muelle/enter)"', page)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    assert address is not None
    assert ticket is not None
    return Opening(html.unescape(address[1]), ticket[1])


def open_port(person: LearnerClient, session: str, port: int) -> PortVisitor:
    """Open a port as a person does, ticket and cookie and all."""
    opening = press_open(person, session, port)
    visitor = PortVisitor(person.site, opening.host)
    answer = visitor.enter(opening.ticket)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    return visitor


def run_program(person: LearnerClient, session: str, port: int = 8080) -> None:
    """Start the web server that lies in the home of the small lab."""
    with person.terminal(session).attach() as terminal:
        terminal.run(f"perl ~/server.pl {port} > /tmp/server-{port}.log 2>&1 & disown")
        terminal.run(f"until grep -q listening /tmp/server-{port}.log; do sleep 0.05; done")


def end_program(person: LearnerClient, session: str, port: int = 8080) -> None:
    """End it again."""
    with person.terminal(session).attach() as terminal:
        terminal.run(f"pkill -f 'server.pl {port}'")
        terminal.run(f"while pgrep -f 'server.pl {port}' > /dev/null; do sleep 0.05; done")
