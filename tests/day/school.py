"""A school on its day: what its people do, in Chromium or over HTTP, and how long each part of the day took."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from content_files import COURSE, MOORING, edit
from learner_client import LearnerClient
from playwright.sync_api import Browser, Page
from running_site import RunningSite
from site_courses import SMALL_LESSON

from tests.e2e.terminal_page import wait_for_text
from tests.life.service import ServedSite

LEARNERS = 30
WARM = 4  # machines; so few that most of the class has to wait for one
SOON = 30_000  # ms that a page may take while thirty labs start on two cores
AT_ONCE = 90.0  # seconds that a class may take from its slips to a tick, all at once on two cores
GLANCE = 0.5  # seconds between two looks of one learner, as pages look after a notice, not all the time
COURSE_TITLE = "The harbour"
TASK, QUESTION = "hacer-nota", "leer-clave"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ROSTER = [("Lucía", f"Peña {number:02d}") for number in range(1, LEARNERS + 1)]
SLIPS = """() => [...document.querySelectorAll('.slip')].map((slip) =>
  [...slip.querySelectorAll('h2, .secret')].map((each) => each.textContent))"""
ROWS = """() => Object.fromEntries([...document.querySelectorAll('.class-row')].map((row) => [
  row.querySelector('.name').textContent, row.querySelector('.far > span')?.textContent ?? '']))"""
screen_shows = partial(wait_for_text, within=SOON)


def write_course(folder: Path) -> None:
    """Put the small course into `folder`, with a lab that outlives the test and a question that nobody can answer."""
    lab = Path(shutil.copytree(COURSE, folder / COURSE.name)) / MOORING / "lab.yaml"
    edit(lab, "minutes: 20", "minutes: 480\nidle: 120")
    edit(lab, 'answer: {equals: "${clave}"', 'answer: {equals: "${cabo}"')


class SlipLearner(LearnerClient):
    """Somebody who has a slip and signs in with what stands on it."""

    def sign_in(self, username: str, password: str) -> None:
        """Sign in by class code and PIN. Raises AssertionError where the site refuses."""
        self.http.headers["Accept-Language"] = "en"
        self.get(f"/sign-in/class/?code={username}")
        assert "You are signed in as" in self.post("/sign-in/class/", code=username, pin=password).text

    def patiently(self, condition: Callable[[], object], *, what: str) -> None:
        """Look again and again, as rarely as a person. Raises AssertionError."""
        end = time.monotonic() + AT_ONCE
        while not condition():
            assert time.monotonic() < end, f"{what} did not happen within {AT_ONCE:.0f} s"
            time.sleep(GLANCE)

    def work(self) -> str:
        """Start the lab, do the task and wait for its tick; return the answer to the question that comes after it."""
        assert "nota.txt" in self.get(f"/courses/{SMALL_LESSON}/").text
        shown = self.press_start(SMALL_LESSON)
        self.patiently(lambda: self.pane_state(SMALL_LESSON) == "ready", what="A lab that is ready")
        found = re.search(r'data-url="/ws/terminal/([0-9a-f-]{36})/"', self.pane(SMALL_LESSON))
        assert found is not None, shown
        with self.terminal(found[1]).attach() as terminal:
            terminal.run(f"echo {self.values(SMALL_LESSON)['cabo']} > nota.txt")
            key = re.search(r"(?<![0-9a-f])([0-9a-f]{8})\r\n", terminal.run("cat /tmp/clave"))
            assert key is not None
            self.patiently(lambda: self.states(SMALL_LESSON)[TASK] == "passed", what="A tick")
        return key[1]


@dataclass
class School:
    """The site, its people's browsers and what stands on the slips."""

    site: ServedSite
    browser: Browser
    cohort: str = ""
    """The address of the class, from and to a slash."""
    slips: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Class code and PIN of each learner, by name."""
    complaints: list[str] = field(default_factory=list)
    """What scripts of pages threw."""
    took: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Measure a part of the day, and say so."""
        started = time.monotonic()
        yield
        self.took[name] = time.monotonic() - started
        sys.stdout.write(f"{self.took[name]:6.1f} s  {name}\n")

    def visit(self, *, phone: bool = False, site: RunningSite | None = None) -> Page:
        """Open a browser of one's own at the site."""
        options = PHONE if phone else DESKTOP
        address = (site or self.site).address
        context = self.browser.new_context(base_url=address, locale="en-GB", accept_downloads=True, **options)
        page = context.new_page()
        page.set_default_timeout(SOON)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def enter(self, name: str, *, site: RunningSite | None = None) -> Page:
        """Sign in with a password, which is the name."""
        page = self.visit(site=site)
        page.goto("/sign-in/")
        page.fill("#id_username", name)
        page.fill("#id_password", name)
        page.click("main button")
        page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    def enter_with_slip(self, name: str, *, phone: bool = False) -> Page:
        """Scan the code of a slip, and type the PIN."""
        code, pin = self.slips[name]
        page = self.visit(phone=phone)
        page.goto(f"/sign-in/class/?code={code}")
        page.fill("#id_pin", pin)
        page.click("main button")
        page.get_by_text(f"You are signed in as {name}.").wait_for()
        return page

    def logs(self) -> str:
        """Return all that the site's processes have written."""
        files = [self.site.directory / "main.log", *sorted((self.site.directory / "logs").rglob("*.log*"))]
        return "\n".join(path.read_text(errors="replace") for path in files)


def download_grades(page: Page, cohort: str) -> list[list[str]]:
    """Take the table of grades home, and open it as a spreadsheet does."""
    page.goto(f"{cohort}grades/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
