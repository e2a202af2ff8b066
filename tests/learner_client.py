"""A learner's browser without the browser: pages and forms over HTTP, as htmx sends them."""

from __future__ import annotations

import html
import json
import re
import ssl
import time
from typing import Protocol

import requests
from running_site import PASSWORD, RunningSite, wait_for
from terminal_client import TerminalClient

LESSON = "contenedores/fundamentos/que-es-un-contenedor"
TIMEOUT = 20.0  # seconds for one request
READY_TIMEOUT = 60.0  # seconds for a lab to be ready; a cold start on a busy machine takes a few
VERDICT_TIMEOUT = 60.0  # seconds; twice what a dead worker's work takes to be taken up


class Site(Protocol):
    """All that a learner knows of a site."""

    address: str
    """Where it is, without a slash at the end."""


class LearnerClient:
    """One signed-in person."""

    def __init__(
        self, site: Site, username: str = "aprendiz", password: str = "", *, authority: str | None = None
    ) -> None:
        """`authority`: the file of the certificate authority to trust, where the site is reached by https."""
        self.site = site
        self.username = username
        self.http = requests.Session()
        self.http.trust_env = False  # what the environment says of proxies and authorities is not for this site
        self.tls = ssl.create_default_context(cafile=authority) if authority else None
        if authority:
            self.http.verify = authority
        self.sign_in(username, password or username)

    def sign_in(self, username: str, password: str) -> None:
        """Sign in as a person does, form and all. Raises AssertionError where the site refuses."""
        self.get("/sign-in/")
        self.post("/sign-in/", username=username, password=password)
        assert any("sessionid" in name for name in self.http.cookies.keys())  # noqa: SIM118, "the site did not sign us in"

    def get(self, path: str) -> requests.Response:
        """Fetch a page."""
        response = self.http.get(self.site.address + path, timeout=TIMEOUT)
        response.raise_for_status()
        return response

    def part(self, path: str) -> str:
        """Fetch a part of a page, as htmx does."""
        response = self.http.get(self.site.address + path, headers={"HX-Request": "true"}, timeout=TIMEOUT)
        response.raise_for_status()
        return response.text

    def post(self, path: str, **fields: str) -> requests.Response:
        """Send a form."""
        response = self.try_post(path, **fields)
        response.raise_for_status()
        return response

    def try_post(self, path: str, **fields: str) -> requests.Response:
        """Send a form that may be refused."""
        token = next(value for name, value in self.http.cookies.items() if "csrftoken" in name)
        headers = {"X-CSRFToken": token, "HX-Request": "true", "Referer": self.site.address + path}
        return self.http.post(self.site.address + path, data=fields, headers=headers, timeout=TIMEOUT)

    def pane(self, lesson: str = LESSON) -> str:
        """Return the lab's half of the page."""
        return self.part(f"/courses/{lesson}/lab/")

    def pane_state(self, lesson: str = LESSON) -> str:
        """Return what the lab's half of the page shows: idle, queued, starting, ready, failed or over."""
        return re.search(r'id="lab"[^>]*data-state="(\w+)"', self.pane(lesson))[1]  # type: ignore[index]

    def wait_for_pane(self, state: str, *, lesson: str = LESSON, seconds: float = READY_TIMEOUT) -> str:
        """Wait until the lab's half of the page shows `state`; return it."""
        wait_for(lambda: self.pane_state(lesson) == state, seconds=seconds, what=f"A lab that is {state}")
        return self.pane(lesson)

    def press_start(self, lesson: str = LESSON) -> str:
        """Press *start*; return what the page then shows."""
        return self.post(f"/courses/{lesson}/lab/start/").text

    def start_lab(self, lesson: str = LESSON) -> str:
        """Press *start* and wait for the machine; return the lab session's id. Raises AssertionError after a minute."""
        pane = self.press_start(lesson)
        end = time.monotonic() + READY_TIMEOUT
        while (found := re.search(r'data-url="/ws/terminal/([0-9a-f-]{36})/"', pane)) is None:
            assert 'data-state="failed"' not in pane, pane
            assert time.monotonic() < end, f"the lab did not start: {pane}"
            time.sleep(0.005)
            pane = self.pane(lesson)
        return found[1]

    def end_lab(self, session: str) -> None:
        """Press *end*."""
        self.post(f"/lab-sessions/{session}/end/")

    def values(self, lesson: str = LESSON) -> dict[str, str]:
        """Return the values of the lab that runs, as the page fills them into the text."""
        found = re.search(r'data-values="([^"]*)"', self.pane(lesson))
        values: dict[str, str] = json.loads(html.unescape(found[1]))  # type: ignore[index]
        return values

    def submit(self, exercise: str, *, lesson: str = LESSON, **fields: str) -> str:
        """Press *check* or *answer*; return what the page then shows, verdict or not."""
        return self.post(f"/courses/{lesson}/exercises/{exercise}/", **fields).text

    def check(self, exercise: str, *, lesson: str = LESSON, seconds: float = VERDICT_TIMEOUT, **fields: str) -> str:
        """Press *check* or *answer*, and wait as the page does until there is a verdict; return what it shows."""
        return self.await_verdict(self.submit(exercise, lesson=lesson, **fields), seconds=seconds)

    def await_verdict(self, shown: str, *, seconds: float = VERDICT_TIMEOUT) -> str:
        """Follow a submission, from what the page shows of it, to its verdict."""
        end = time.monotonic() + seconds
        while (pending := re.search(r'hx-get="(/submissions/[0-9a-f-]{36}/)"', shown)) is not None:
            assert time.monotonic() < end, f"no verdict within {seconds:.0f} s"
            time.sleep(0.05)
            shown = self.part(pending[1])
        return shown

    def states(self, lesson: str = LESSON) -> dict[str, str]:
        """Return the mark of each exercise: open, partial or passed."""
        marks = self.part(f"/courses/{lesson}/states/")
        return {slug: state for state, slug in re.findall(r'data-state="(\w+)" id="state-([\w-]+)"', marks)}

    def wait_for_pass(self, exercise: str, *, lesson: str = LESSON, seconds: float = VERDICT_TIMEOUT) -> None:
        """Wait until a task has ticked off by itself."""
        wait_for(lambda: self.states(lesson)[exercise] == "passed", seconds=seconds, what=f"A tick of {exercise}")

    def terminal(self, session: str, name: str = "main", **options: bool) -> TerminalClient:
        """Return a viewer of one terminal, not attached yet."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies)
        address = self.site.address.replace("http", "ws", 1) + f"/ws/terminal/{session}/{name}/"
        return TerminalClient(address, cookies=cookies, origin=self.site.address, tls=self.tls, **options)


def learner(site: RunningSite, name: str) -> LearnerClient:
    """Sign in one of the people that `RunningSite.add_people` made."""
    return LearnerClient(site, name, PASSWORD)
