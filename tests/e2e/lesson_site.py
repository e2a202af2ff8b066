"""The pages of the real first lesson in Chromium, in every state that a learner may find them in.

Pages come from Django's own test server: the states are rows, so no engine, worker or Redis is needed to look at them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from factories import SandboxFactory
from playwright.sync_api import Page

from accounts.models import User
from courses.actions import sync_courses
from courses.models import Exercise, Lab
from grading.models import CheckResult, Submission, Verdict
from lab_sessions.models import LabSession
from lab_sessions.transitions import State

PATIENCE = 15_000  # milliseconds that any single wait may take on a busy machine
LESSON = "/courses/contenedores/fundamentos/que-es-un-contenedor/"

# Notes whatever the content policy stopped, from before the first script of a page runs.
WATCH_POLICY = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@dataclass
class LessonSite:
    """One learner in front of the site. `complaints` is what the console objected to."""

    page: Page
    address: str
    learner: User
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.add_init_script(WATCH_POLICY)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        sync_courses(by=None)
        self.lab = Lab.objects.select_related("lesson").get(lesson__slug="que-es-un-contenedor")

    def sign_in(self, language: str = "es") -> None:
        """Enter by the front door."""
        self.page.context.add_cookies([{"name": "language", "value": language, "url": self.address}])
        self.page.goto(f"{self.address}/sign-in/")
        self.page.fill("#id_username", self.learner.username)
        self.page.fill("#id_password", "alice-password")
        self.page.click("main button")
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def open(self, path: str = LESSON) -> None:
        """Go to a page and wait until its scripts have run."""
        self.page.goto(self.address + path, wait_until="load")

    def exercise(self, slug: str) -> Exercise:
        return Exercise.objects.get(lesson=self.lab.lesson, slug=slug)

    def session(self, state: State, **changes: Any) -> LabSession:
        """Put the learner's lab into a state."""
        now = timezone.now()
        values: dict[str, Any] = {"learner": self.learner, "lab": self.lab, "lab_key": self.lab.key, "state": state}
        if state == State.READY:
            values |= {
                "sandbox": SandboxFactory(state="assigned", assigned_at=now),
                "values": {"segundos": "7421", "palabra": "ancla"},
                "expires_at": now + timedelta(minutes=52),
                "idle_at": now + timedelta(minutes=19),
            }
        return LabSession.objects.create(**{**values, **changes})

    def submission(self, slug: str, verdict: str = "", **changes: Any) -> Submission:
        """Hand something in, with its verdict where it has one."""
        exercise = self.exercise(slug)
        values: dict[str, Any] = {
            "learner": self.learner,
            "exercise": exercise,
            "exercise_key": exercise.key,
            "origin": Submission.Origin.ASKED,
            "state": Submission.State.DONE if verdict else Submission.State.QUEUED,
            "verdict": verdict,
            "points": exercise.points if verdict == Verdict.PASS else 0,
            "finished_at": timezone.now() if verdict else None,
        }
        return Submission.objects.create(**{**values, **changes})

    def fail(self, submission: Submission, *, found: str = "No está") -> None:
        """Give a submission its result: not yet."""
        words = {"expected": "El archivo `nota.txt` existe", "found": found, "hint": "Créalo con `touch nota.txt`."}
        texts = {name: {"es": text, "en": text} for name, text in words.items()}
        CheckResult.objects.create(submission=submission, position=0, kind="file", verdict=Verdict.FAIL, **texts)
        Submission.objects.filter(pk=submission.pk).update(
            state=Submission.State.DONE, verdict=Verdict.FAIL, finished_at=timezone.now()
        )

    def violations(self) -> list[str]:
        """Return what the content policy stopped on this page."""
        stopped: list[str] = self.page.evaluate("window.__violations")
        return stopped


def _begun(site: LessonSite) -> None:
    site.submission("proceso-radar", Verdict.PASS)
    site.submission("que-es", Verdict.PASS, answer={"choices": [0]})
    site.submission("proceso-propio", Verdict.FAIL, points=1)


def _soon(site: LessonSite) -> None:
    site.session(State.READY, expires_at=timezone.now() + timedelta(minutes=4))


def _checking(site: LessonSite) -> None:
    site.session(State.READY)
    site.submission("plan-en-casa")


def _over(site: LessonSite) -> None:
    site.session(State.ENDED, ended_reason="expired", ended_at=timezone.now())


def _failed(site: LessonSite) -> None:
    site.session(State.FAILED, failure="The lab started but does not answer. Try again.", ended_at=timezone.now())


def _queued(site: LessonSite) -> None:
    other = User.objects.create_user("before-us")
    LabSession.objects.create(learner=other, lab=site.lab, lab_key=site.lab.key, state=State.QUEUED)
    site.session(State.QUEUED)


Prepare = Callable[[LessonSite], object]

# What the pages may look like: the rows behind them, and the address.
STATES: dict[str, tuple[Prepare, str]] = {
    "course, new": (lambda site: None, "/courses/contenedores/"),
    "course, begun": (_begun, "/courses/contenedores/"),
    "progress, nothing": (lambda site: None, "/progress/"),
    "progress, begun": (_begun, "/progress/"),
    "lesson": (lambda site: None, LESSON),
    "lesson, begun": (_begun, LESSON),
    "queued": (_queued, LESSON),
    "starting": (lambda site: site.session(State.STARTING, phase="setup"), LESSON),
    "engine away": (lambda site: site.session(State.STARTING, phase="engine"), LESSON),
    "ready": (lambda site: site.session(State.READY), LESSON),
    "checking": (_checking, LESSON),
    "ending soon": (_soon, LESSON),
    "over": (_over, LESSON),
    "failed": (_failed, LESSON),
    "nothing here": (lambda site: None, "/nothing/"),
}
