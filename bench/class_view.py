"""A teacher's class view without the browser: it listens, and at every notice fetches the rows again, as a page."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from types import TracebackType

from learner_client import LESSON, LearnerClient
from running_site import RunningSite
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

TEACHER = "docente"
VIEW_TIMEOUT = 20.0  # seconds until a change that the view does not show is an error
LISTEN = 0.5  # seconds after which one looks whether the class is over
ROW = re.compile(r'<li class="class-row".*?</li>', re.DOTALL)
# Makes a class of the people of `RunningSite.add_people`, taught by the demo teacher, who has warmed up for them.
CLASS = """
from accounts.models import User
from classroom.for_all import warm_up
from cohorts.actions import create_cohort, enrol
from courses.models import Course
from datetime import timedelta
from django.utils import timezone
teacher = User.objects.get(username={teacher!r})
cohort = create_cohort(by=teacher, name="Bench")
cohort.courses.add(*Course.objects.filter(current__isnull=False))
for user in User.objects.filter(username__in={names!r}):
    enrol(by=teacher, cohort=cohort, user=user)
now = timezone.now()
hours = dict(starts_at=now, ends_at=now + timedelta(hours=2))
warm_up(by=teacher, cohort=cohort, lesson_key={lesson!r}, sandboxes={sandboxes}, **hours)
print(cohort.pk)
"""


def make_class(site: RunningSite, names: Sequence[str]) -> int:
    """Make a class of these people, for whom machines are made; return its number."""
    command = CLASS.format(teacher=TEACHER, names=list(names), lesson=LESSON, sandboxes=len(names))
    return int(site.manage("shell", "--verbosity", "0", "--command", command))


class ClassView(threading.Thread):
    """Knows each learner's row as the teacher saw it last. Use it as a context."""

    def __init__(self, site: RunningSite, cohort: int) -> None:
        super().__init__(daemon=True)
        self.errors: list[str] = []
        self._teacher = LearnerClient(site, TEACHER)
        self._path = f"/cohorts/{cohort}/now/rows/"
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._teacher.http.cookies)
        address = site.address.replace("http", "ws", 1) + f"/ws/classes/{cohort}/"
        self._socket = connect(address, additional_headers={"Cookie": cookies}, origin=site.address)  # type: ignore[arg-type]
        self._rows: dict[str, str] = {}
        self._seen = threading.Condition()
        self._over = threading.Event()

    def __enter__(self) -> ClassView:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self.join(VIEW_TIMEOUT)
        self._socket.close()

    def run(self) -> None:
        """Fetch the rows at every notice, until the class is over."""
        try:
            self._look()
            while not self._over.is_set():
                try:
                    self._socket.recv(timeout=LISTEN)
                except TimeoutError:
                    continue
                self._look()
        except (OSError, ConnectionClosed) as error:  # requests' errors are OSErrors
            self.errors.append(f"class view: {type(error).__name__}: {str(error)[:200]}")

    def wait_for(self, username: str, text: str) -> float:
        """Return the seconds until the row of `username` contains `text`. Raises AssertionError after twenty."""
        began = time.perf_counter()
        with self._seen:
            shown = self._seen.wait_for(lambda: text in self._rows.get(username, ""), timeout=VIEW_TIMEOUT)
        assert shown, f"the class view did not show {text!r} for {username} within {VIEW_TIMEOUT:.0f} s"
        return time.perf_counter() - began

    def _look(self) -> None:
        page = self._teacher.part(self._path)
        rows = {name[1]: row for row in ROW.findall(page) if (name := re.search(r">(\w+)</a>", row))}
        with self._seen:
            self._rows = rows
            self._seen.notify_all()
