"""The figures behind /metrics, counted in the database when somebody asks, and kept for a few seconds."""

from __future__ import annotations

import bisect
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from accounts.models import User
from grading.models import Submission, Verdict
from lab_sessions import signs
from lab_sessions.models import LabSession
from lab_sessions.reconciler import LEASE_NAME
from lab_sessions.timing import LEADER_LEASE, scaled
from lab_sessions.transitions import State
from sandboxes.models import Sandbox
from terminal.revocation import open_sockets

# However many collectors ask, the database is asked once in so many seconds.
KEPT_SECONDS = 5.0
# No transaction is open for so long: a start of before has been seen.
SETTLED = timedelta(minutes=1)
# Seconds from pressing *start* to a ready lab: a warm one takes a tenth, a cold one some seconds, a queue minutes.
BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


def metrics_text() -> bytes:
    """Return the figures in Prometheus' text format."""
    with _kept.lock:
        if time.monotonic() >= _kept.until:
            registry = CollectorRegistry()
            registry.register(Figures())
            _kept.text = generate_latest(registry)
            _kept.until = time.monotonic() + KEPT_SECONDS
        return _kept.text


def forget_kept() -> None:
    """Count everything anew the next time."""
    _kept.until = 0.0
    _kept.starts = Starts()


class Figures:
    """Counts. Labels are words from closed lists: no person, lesson or address is ever one."""

    def describe(self) -> Iterator[Metric]:
        """Nothing: a registry that asks would count twice."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield each figure with what it means."""
        now = timezone.now()
        yield _info()
        yield from _lab_sessions()
        yield _kept.starts.metric(now)
        yield from _sandboxes(now)
        yield from _submissions(now)
        yield from _signs(now)
        yield _sockets()
        yield _gauge("muelle_accounts", "Accounts that can sign in.", User.objects.filter(is_active=True).count())


def _info() -> Metric:
    family = GaugeMetricFamily("muelle_info", "The version that runs.", labels=["version"])
    family.add_metric([settings.VERSION], 1)
    return family


def _lab_sessions() -> Iterator[Metric]:
    counted = dict(LabSession.objects.values_list("state").order_by().annotate(count=Count("pk")))
    live = GaugeMetricFamily("muelle_lab_sessions", "Lab sessions that are not over, by state.", labels=["state"])
    for state in (State.QUEUED, State.STARTING, State.READY, State.ENDING):
        live.add_metric([state.value], counted.get(state, 0))
    yield live
    over = CounterMetricFamily("muelle_lab_sessions_over", "Lab sessions that are over, by how.", labels=["state"])
    for state in (State.ENDED, State.FAILED):
        over.add_metric([state.value], counted.get(state, 0))
    yield over
    yield _gauge("muelle_queue_length", "Lab sessions that wait for a place.", counted.get(State.QUEUED, 0))
    yield _gauge("muelle_lab_sessions_limit", "Lab sessions that may run at once.", settings.MUELLE_MAX_LIVE_SESSIONS)


class Starts:
    """How long starts took, from the rows. What is older than a minute is counted once: it changes no more."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0
        self._until: datetime | None = None

    def metric(self, now: datetime) -> Metric:
        """The histogram of all starts until now."""
        settled = now - SETTLED
        self._seconds += self._add(self._counts, self._until, settled)
        self._until = settled
        counts = list(self._counts)
        seconds = self._seconds + self._add(counts, settled, now)
        buckets, below = [], 0
        for limit, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
            below += count
            buckets.append((limit, float(below)))
        family = HistogramMetricFamily(
            "muelle_lab_start_seconds", "From pressing *start* to a ready lab, queue included."
        )
        family.add_metric([], buckets, sum_value=seconds)
        return family

    @staticmethod
    def _add(counts: list[int], after: datetime | None, until: datetime) -> float:
        # Of a lab that was reset, `ready_at` tells of another machine than the one that its learner first waited for.
        rows = LabSession.objects.filter(generation=1, ready_at__lte=until)
        if after is not None:
            rows = rows.filter(ready_at__gt=after)
        total = 0.0
        # In Python: SQLite has no arithmetic of times, and would call back for each row and bucket.
        for created_at, ready_at in rows.order_by().values_list("created_at", "ready_at").iterator():
            seconds = (ready_at - created_at).total_seconds() if ready_at else 0.0
            counts[bisect.bisect_left(BUCKETS, seconds)] += 1
            total += seconds
        return total


@dataclass
class _Kept:
    text: bytes = b""
    until: float = 0.0
    starts: Starts = field(default_factory=Starts)
    lock: threading.Lock = field(default_factory=threading.Lock)


_kept = _Kept()


def _sandboxes(now: datetime) -> Iterator[Metric]:
    live = Sandbox.objects.not_gone()
    counted = dict(live.values_list("state").order_by().annotate(count=Count("pk")))
    family = GaugeMetricFamily("muelle_sandboxes", "Sandboxes that have a machine, by state.", labels=["state"])
    for state in (Sandbox.State.CREATING, Sandbox.State.WARM, Sandbox.State.ASSIGNED):
        family.add_metric([state.value], counted.get(state, 0))
    yield family
    yield _gauge("muelle_pool_warm", "Sandboxes that wait for learners.", counted.get(Sandbox.State.WARM, 0))
    lapsed = GaugeMetricFamily("muelle_lapsed_leases", "Work whose worker died, by kind.", labels=["kind"])
    lapsed.add_metric(["lab_session"], LabSession.objects.lapsed(now).count())
    lapsed.add_metric(["submission"], Submission.objects.lapsed(now).count())
    lapsed.add_metric(["sandbox"], Sandbox.objects.abandoned(now).count())
    yield lapsed


def _submissions(now: datetime) -> Iterator[Metric]:
    done = CounterMetricFamily(
        "muelle_submissions", "Submissions with a verdict, by verdict and origin.", labels=["verdict", "origin"]
    )
    graded = Submission.objects.exclude(verdict="").values_list("verdict", "origin").order_by()
    counted = {(verdict, origin): count for verdict, origin, count in graded.annotate(count=Count("pk"))}
    for verdict in Verdict.values:
        for origin in Submission.Origin.values:
            done.add_metric([verdict, origin], counted.get((verdict, origin), 0))
    yield done
    waiting: dict[str, Any] = Submission.objects.open().aggregate(count=Count("pk"), oldest=Min("created_at"))
    yield _gauge("muelle_submissions_waiting", "Submissions without a verdict yet.", waiting["count"])
    oldest = (now - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0.0
    yield _gauge("muelle_submissions_oldest_seconds", "For how long the oldest of them has waited.", oldest)


def _signs(now: datetime) -> Iterator[Metric]:
    family = GaugeMetricFamily(
        "muelle_last_seen_timestamp_seconds", "When the reconciler, and through it engine and walls, were last seen.",
        labels=["part"],
    )  # fmt: skip
    up = GaugeMetricFamily("muelle_up", "Whether they were seen lately.", labels=["part"])
    for part, lasts in ((LEASE_NAME, LEADER_LEASE), (signs.ENGINE, signs.LASTS), (signs.WALLS, signs.LASTS)):
        last = signs.last_seen(part, scaled(lasts))
        up.add_metric([part], float(last is not None and last + scaled(lasts) > now))
        if last is not None:
            family.add_metric([part], last.timestamp())
    yield family
    yield up


def _sockets() -> Metric:
    family = GaugeMetricFamily(
        "muelle_sockets_open", "Sockets that this process holds open, by what they are for.", labels=["kind"]
    )
    for kind, count in open_sockets().items():
        family.add_metric([kind], count)
    return family


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)
