"""A learner's browser without the browser: pages and forms over HTTP, as htmx sends them."""

from __future__ import annotations

import re
import time

import requests
from running_site import RunningSite
from terminal_client import TerminalClient

LESSON = "contenedores/fundamentos/que-es-un-contenedor"
TIMEOUT = 20.0  # seconds for one request
READY_TIMEOUT = 60.0  # seconds for a lab to be ready; a cold start on a busy machine takes a few


class LearnerClient:
    """One signed-in person."""

    def __init__(self, site: RunningSite, username: str = "aprendiz", password: str = "") -> None:
        self.site = site
        self.http = requests.Session()
        self.sign_in(username, password or username)

    def sign_in(self, username: str, password: str) -> None:
        """Sign in as a person does, form and all. Raises AssertionError where the site refuses."""
        self.get("/sign-in/")
        self.post("/sign-in/", username=username, password=password)
        assert any(name.startswith("sessionid") for name in self.http.cookies.keys())  # noqa: SIM118, "the site did not sign us in"

    def get(self, path: str) -> requests.Response:
        """Fetch a page."""
        response = self.http.get(self.site.address + path, timeout=TIMEOUT)
        response.raise_for_status()
        return response

    def post(self, path: str, **fields: str) -> requests.Response:
        """Send a form."""
        token = next(value for name, value in self.http.cookies.items() if name.startswith("csrftoken"))
        headers = {"X-CSRFToken": token, "HX-Request": "true", "Referer": self.site.address + path}
        response = self.http.post(self.site.address + path, data=fields, headers=headers, timeout=TIMEOUT)
        response.raise_for_status()
        return response

    def start_lab(self, lesson: str = LESSON) -> str:
        """Press *start* and wait for the machine; return the lab session's id. Raises AssertionError after a minute."""
        pane = self.post(f"/courses/{lesson}/lab/start/").text
        end = time.monotonic() + READY_TIMEOUT
        while (found := re.search(r'data-url="/ws/terminal/([0-9a-f-]{36})/"', pane)) is None:
            assert 'data-state="failed"' not in pane, pane
            assert time.monotonic() < end, f"the lab did not start: {pane}"
            time.sleep(0.005)
            pane = self.get(f"/courses/{lesson}/lab/").text
        return found[1]

    def end_lab(self, session: str) -> None:
        """Press *end*."""
        self.post(f"/lab-sessions/{session}/end/")

    def submit(self, exercise: str, *, lesson: str = LESSON, **fields: str) -> str:
        """Press *check* or *answer*; return what the page then shows, verdict or not."""
        return self.post(f"/courses/{lesson}/exercises/{exercise}/", **fields).text

    def terminal(self, session: str, name: str = "main", **options: bool) -> TerminalClient:
        """Return a viewer of one terminal, not attached yet."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies)
        address = self.site.address.replace("http", "ws", 1) + f"/ws/terminal/{session}/{name}/"
        return TerminalClient(address, cookies=cookies, origin=self.site.address, **options)
