"""What the lab's half of the page shows: which of its states, and the facts for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from content.values import substitute
from courses.models import in_language
from lab_sessions.capacity import queue_position
from lab_sessions.environments import document_of
from lab_sessions.models import LabSession
from lab_sessions.timing import EXTENSION, MAX_EXTENSIONS, WARN_BEFORE, scaled
from lab_sessions.transitions import State
from sandboxes.limits import GIB, MIB, Limits
from sandboxes.runtimes.profiles import Profile, profile_named
from web.lesson_page import LessonPage

# Who comes back later than this wants to start, not to read how the last session ended.
OVER_FOR = timedelta(minutes=30)

# The work of a start, in its order, by the keys that workers report.
PHASES = {
    "creating": gettext_noop("Making your machine"),
    "starting": gettext_noop("Switching it on"),
    "docker": gettext_noop("Starting its Docker"),
    "setup": gettext_noop("Setting the exercises up"),
    "files": gettext_noop("Putting your files in place"),
}
ONLY_WITH_ENGINE = "docker"
WAITING_FOR_ENGINE = "engine"  # reported while a worker tries again

# What the profiles mean to a learner.
NETWORK = {
    "standard": gettext_noop("None: nothing leaves it, nothing gets in"),
    "engine": gettext_noop("Only the lab's own registry and package mirror: nothing else leaves it, nothing gets in"),
}


@dataclass(frozen=True)
class Step:
    """One line of the progress of a start."""

    text: str
    state: str
    """done, now or open"""


@dataclass(frozen=True)
class TerminalTab:
    """A terminal that the pane offers from the start."""

    name: str
    title: str


@dataclass(frozen=True)
class PortLink:
    """A port that the lab's author named, for the learner to open."""

    number: str
    title: str


@dataclass
class Pane:
    """The lab's half of one lesson's page."""

    page: LessonPage
    now: datetime

    @property
    def session(self) -> LabSession | None:
        return self.page.session

    @property
    def state(self) -> str:
        """idle, queued, starting, ready, failed or over: the name of the template that shows it."""
        session = self.session
        if session is None:
            return "idle"
        if session.state == State.STARTING and session.sandbox_id:
            return "ready"  # the terminal is drawn at once and waits on its socket for the last files
        if session.is_live:
            return session.state
        if (session.ended_at or session.created_at) < self.now - OVER_FOR:
            return "idle"
        return "failed" if session.state == State.FAILED else "over"

    @property
    def template(self) -> str:
        return f"lab_sessions/_{self.state}.html"

    @property
    def seen(self) -> str:
        """Changes exactly when the pane has to be drawn anew.

        A ready pane stays, whatever is ticked in it: it holds the terminals.
        """
        session = self.session
        if session is None:
            return self.state
        detail = {"queued": str(self.position), "starting": session.phase}.get(self.state, "")
        return f"{self.state}-{session.pk}-{session.generation}-{detail}"

    @property
    def position(self) -> int:
        return queue_position(self.session) if self.session else 0

    @property
    def steps(self) -> list[Step]:
        """What a start has done, does and will do."""
        phase = self.session.phase if self.session else ""
        order = [key for key in PHASES if key != ONLY_WITH_ENGINE or (self.profile and self.profile.inner_engine)]
        current = order.index(phase) if phase in order else 0
        states = ["done"] * current + ["now"] + ["open"] * (len(order) - current - 1)
        return [Step(_(PHASES[key]), state) for key, state in zip(order, states, strict=True)]

    @property
    def waits_for_engine(self) -> bool:
        return self.session is not None and self.session.phase == WAITING_FOR_ENGINE

    @property
    def failure(self) -> str:
        """Why the session failed. Stored in English, since a worker has no language."""
        return _(self.session.failure) if self.session and self.session.failure else ""

    @property
    def terminals(self) -> list[TerminalTab]:
        document = self.page.document
        return [TerminalTab(each.name, in_language(each.title)) for each in document.terminals] if document else []

    @property
    def profile(self) -> Profile | None:
        """What kind of machine the lab has; None for a lesson without one."""
        document = self.page.document
        return profile_named(document.profile) if document else None

    @property
    def ports(self) -> list[PortLink]:
        document = self.page.document
        if document is None:
            return []
        return [PortLink(substitute(each.port, self.page.values), in_language(each.title)) for each in document.ports]

    @property
    def memory(self) -> str:
        document = self.page.document
        limits = self.profile.limits(document.limits) if self.profile and document else Limits()
        size = int(limits.memory_bytes)
        if size % GIB == 0:
            return pgettext("memory", "%(size)s GiB") % {"size": size // GIB}
        return pgettext("memory", "%(size)s MiB") % {"size": size // MIB}

    @property
    def network(self) -> str:
        document = self.page.document
        return _(NETWORK[document.profile]) if document and document.profile in NETWORK else ""

    @property
    def clock(self) -> Clock:
        return Clock(self.session, self.now)


@dataclass(frozen=True)
class Clock:
    """How long a ready session lives, and whether to say so loudly."""

    session: LabSession | None
    now: datetime

    @property
    def remaining(self) -> int:
        """Seconds until the session's time is over."""
        return self._until(self.session.expires_at if self.session else None)

    @property
    def idle_remaining(self) -> int:
        """Seconds until it ends because nobody uses it."""
        return self._until(self.session.idle_at if self.session else None)

    @property
    def running(self) -> bool:
        return self.session is not None and self.session.state == State.READY

    @property
    def soon(self) -> str:
        """`time` or `idle` where the end is near for that reason; the nearer one counts. Empty while there is time."""
        if not self.running or (self.remaining > self.warn_at and self.idle_remaining > self.idle_warn_at):
            return ""
        return "idle" if self.idle_remaining < self.remaining else "time"

    @property
    def warn_at(self) -> int:
        return int(scaled(WARN_BEFORE).total_seconds())

    @property
    def idle_warn_at(self) -> int:
        """Never more than half of what the lab allows, or a lab with a short limit would warn all the time."""
        allowed: int = document_of(self.session.lab).idle * 60 if self.session else 0
        return min(self.warn_at, int(allowed / settings.MUELLE_TIME_SCALE / 2))

    @property
    def minutes(self) -> int:
        """Minutes until the session's time is over, rounded up as people count them down."""
        return -(-self.remaining // 60)

    @property
    def can_extend(self) -> bool:
        return self.session is not None and self.session.extensions < MAX_EXTENSIONS

    @property
    def extension_minutes(self) -> int:
        return round(scaled(EXTENSION).total_seconds() / 60)

    def _until(self, moment: datetime | None) -> int:
        return max(0, round((moment - self.now).total_seconds())) if moment else 0


def pane_of(page: LessonPage) -> Pane:
    """Return the lab's half of a page as it is now."""
    return Pane(page=page, now=timezone.now())
