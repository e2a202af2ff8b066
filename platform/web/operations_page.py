"""The admin's first page: how the machine does, who works on it, what waits for learners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby

from django.conf import settings
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from lab_sessions.models import Drain, LabSession
from lab_sessions.timing import MAX_EXTENSIONS
from lab_sessions.transitions import State
from operations.models import Sample, SandboxUse
from operations.queries import Curve, PoolLine, curves, is_stale, live_sessions, pool_lines
from operations.seat_words import size
from web.charts import Chart, draw_curve
from web.kinds import KINDS
from web.pane import PHASES, WAITING_FOR_ENGINE

SLOTS = 60  # points of a curve: a minute of the last hour, 24 of the last day
SPANS = {"hour": timedelta(hours=1), "day": timedelta(hours=24)}
DAY = "day"

WORDS = {
    State.QUEUED: gettext_noop("waits"),
    State.STARTING: gettext_noop("starts"),
    State.READY: gettext_noop("runs"),
    State.ENDING: gettext_noop("ends"),
}


@dataclass(frozen=True)
class SessionLine:
    """One session of somebody."""

    session: LabSession

    @property
    def word(self) -> str:
        return _(WORDS[State(self.session.state)])

    @property
    def phase(self) -> str:
        """What a start is doing."""
        words = PHASES | {WAITING_FOR_ENGINE: gettext_noop("Waiting for the engine")}
        starts = self.session.state == State.STARTING and self.session.phase in words
        return _(words[self.session.phase]) if starts else ""

    @property
    def use(self) -> SandboxUse | None:
        return getattr(self.session.sandbox, "use", None) if self.session.sandbox else None

    @property
    def memory(self) -> str:
        return size(self.use.memory_bytes) if self.use else ""

    @property
    def memory_share(self) -> float:
        return self.use.memory_bytes / self.use.memory_limit_bytes if self.use and self.use.memory_limit_bytes else 0.0

    @property
    def cpu(self) -> str:
        return _percent(self.use.cpus) if self.use else ""

    @property
    def can_end(self) -> bool:
        return self.session.is_live

    @property
    def can_extend(self) -> bool:
        return self.session.state == State.READY and self.session.extensions < MAX_EXTENSIONS


@dataclass(frozen=True)
class LabGroup:
    """The sessions of one lab."""

    key: str
    title: str
    lines: list[SessionLine]

    @property
    def live(self) -> int:
        return sum(line.can_end for line in self.lines)


@dataclass
class Room:
    """Everything on the page that changes by itself."""

    span: str
    now: datetime

    @cached_property
    def newest(self) -> Sample | None:
        return Sample.objects.newest()

    @property
    def stale(self) -> bool:
        return is_stale(self.newest, self.now)

    @cached_property
    def drain(self) -> Drain | None:
        return Drain.objects.on().select_related("by").first()

    @cached_property
    def groups(self) -> list[LabGroup]:
        rows = groupby(live_sessions(), key=lambda session: session.lab_key)
        return [_group(key, [SessionLine(row) for row in lines]) for key, lines in rows]

    @property
    def sessions(self) -> int:
        return sum(len(group.lines) for group in self.groups)

    @property
    def queued(self) -> int:
        return sum(line.session.state == State.QUEUED for group in self.groups for line in group.lines)

    @property
    def places(self) -> int:
        most: int = settings.MUELLE_MAX_LIVE_SESSIONS
        return most

    @cached_property
    def pool(self) -> list[PoolLine]:
        return pool_lines()

    @property
    def kinds(self) -> dict[str, str]:
        """What the profiles of the pool's labs are in words."""
        return {profile: str(words) for profile, words in KINDS.items()}

    @cached_property
    def charts(self) -> list[Chart]:
        found = curves(self.now, SPANS[self.span], SLOTS)
        newest = self.newest
        memory = f"{size(newest.memory_used)} / {size(newest.memory_total)}" if newest else ""
        disk = f"{size(newest.disk_used)} / {size(newest.disk_total)}" if newest else ""
        return [
            _share_chart(_("Processors"), found["cpu"], ""),
            _share_chart(_("Memory"), found["memory"], memory),
            _share_chart(_("Disk"), found["disk"], disk),
            _count_chart(_("Labs running"), found["sessions"], top=float(self.places)),
            _count_chart(_("Machines that wait"), found["warm"]),
        ]


def room_of(span: str) -> Room:
    """Return the page over the last hour, or over the last day."""
    return Room(span=span if span in SPANS else "hour", now=timezone.now())


def _group(key: str, lines: list[SessionLine]) -> LabGroup:
    return LabGroup(key=key, title=lines[0].session.lab.lesson.title, lines=lines)


def _share_chart(title: str, curve: Curve, now: str) -> Chart:
    line, area = draw_curve(curve.values, 1.0)
    return Chart(title=title, now=now or _percent(curve.now), highest=_percent(curve.highest), line=line, area=area)


def _count_chart(title: str, curve: Curve, top: float = 0.0) -> Chart:
    line, area = draw_curve(curve.values, max(top, curve.highest, 1.0))
    return Chart(title=title, now=f"{curve.now:.0f}", highest=f"{curve.highest:.0f}", line=line, area=area)


def _percent(share: float) -> str:
    return f"{number_format(round(100 * share))} %"
