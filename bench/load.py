"""Load on one page of a signed-in person: several connections that ask for it again and again."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import requests

CONNECTIONS = 8
TIMEOUT = 10  # seconds for one answer
GRACE = 30.0  # seconds beyond its time after which the generator is ended
HERE = Path(__file__).resolve().parent
# As browsers ask. Who compresses pays for it here, and saves it on the line.
HEADERS = {"Accept": "text/html", "Accept-Encoding": "gzip"}


def session() -> requests.Session:
    """Return a browser's cookies, of nobody yet."""
    http = requests.Session()
    http.trust_env = False  # what the environment says of proxies is not for this machine's own sites
    return http


@dataclass(frozen=True)
class Page:
    """A page of a site on this machine, and who asks for it."""

    name: str
    address: str
    http: requests.Session
    """Whoever signed in."""
    mark: str
    """Text that only a signed-in person's page has."""

    def check(self) -> None:
        """Make sure that it is the page of a signed-in person. Raises RuntimeError."""
        answer = self.http.get(self.address, headers=HEADERS, timeout=TIMEOUT, allow_redirects=False)
        if answer.status_code != requests.codes.ok or self.mark not in answer.text:
            raise RuntimeError(f"{self.name} answered {answer.status_code} and not the page of a signed-in person.")
        stranger = session().get(self.address, headers=HEADERS, timeout=TIMEOUT)
        if self.mark in stranger.text:
            raise RuntimeError(f"{self.name} shows strangers `{self.mark}` too, so it proves nothing.")

    @property
    def cookies(self) -> str:
        """What a browser would send."""
        request = requests.Request("GET", self.address).prepare()
        return str(requests.cookies.get_cookie_header(self.http.cookies, request))


@dataclass(frozen=True)
class Load:
    """What one round of load gave."""

    rate: float
    """Answers in a second."""
    p95: float
    """Seconds that an answer took, at the 95th percentile."""
    size: float
    """Bytes of an answer on the line, its head included."""


def load(page: Page, seconds: int) -> Load:
    """Ask for a page for some seconds. Raises RuntimeError where one answer was not what it should be."""
    headers = {**HEADERS, "Cookie": page.cookies}
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s"]
    command += ["--timeout", f"{TIMEOUT}s", "--script", str(HERE / "load.lua")]
    command += [word for name, value in headers.items() for word in ("--header", f"{name}: {value}")]
    done = subprocess.run([*command, page.address], capture_output=True, text=True, timeout=seconds + GRACE, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    if found["failed"] or not found["requests"]:
        raise RuntimeError(f"{found['failed']} failures beside {found['requests']} answers under load.")
    return Load(
        rate=found["requests"] / found["microseconds"] * 1e6,
        p95=found["p95"] / 1e6,
        size=found["bytes"] / found["requests"],
    )
