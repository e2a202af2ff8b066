"""What the admin's pages show, from rows alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Max, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.actions import Role
from accounts.models import User
from courses.models import Lab, LessonText
from lab_sessions import pool
from lab_sessions.models import LabSession
from lab_sessions.transitions import LIVE, State
from operations.models import Sample
from operations.timing import STALE
from sandboxes.models import Sandbox


@dataclass(frozen=True)
class PoolLine:
    """The warm sandboxes of one lab."""

    lab: Lab
    profile: str
    waiting: int
    wanted: int
    making: int
    failing: bool
    """Whether the last ones could not be made, so that the pool pauses."""


@dataclass(frozen=True)
class Curve:
    """One figure over time: its mean in each slot of time, None where the machine was not watched."""

    values: tuple[float | None, ...]
    highest: float
    now: float


def live_sessions() -> QuerySet[LabSession]:
    """Every session that somebody has or that still takes room, lab by lab, with what its sandbox takes."""
    titles = Prefetch("lab__lesson__texts", LessonText.objects.defer("document"))
    return (
        LabSession.objects.filter(state__in=[*LIVE, State.ENDING])
        .select_related("learner", "lab__lesson", "sandbox__use")
        .prefetch_related(titles)
        .defer("lab__document", "values")
        .order_by("lab_key", "created_at")
    )


def pool_lines() -> list[PoolLine]:
    """The pool of each lab that can be started now."""
    count = Counter(
        Sandbox.objects.filter(state__in=[Sandbox.State.WARM, Sandbox.State.CREATING]).values_list(
            "environment_digest", "state"
        )
    )
    return [
        PoolLine(
            lab=lab,
            profile=lab.definition.profile,
            waiting=count[digest, Sandbox.State.WARM],
            wanted=pool.wanted(lab),
            making=count[digest, Sandbox.State.CREATING],
            failing=pool.keeps_failing(digest),
        )
        for lab, digest in pool.current_labs()
    ]


def curves(now: datetime, span: timedelta, slots: int) -> dict[str, Curve]:
    """The figures of the machine over the last `span`, in so many slots. Shares are 0 to 1, the others numbers."""
    samples = list(Sample.objects.since(now - span))
    points: dict[str, list[tuple[int, float]]] = {name: [] for name in ("cpu", "memory", "disk", "sessions", "warm")}
    for sample in samples:
        slot = min(slots - 1, int((sample.at - (now - span)) / span * slots))
        if sample.cpu is not None:
            points["cpu"].append((slot, sample.cpu))
        points["memory"].append((slot, _share(sample.memory_used, sample.memory_total)))
        points["disk"].append((slot, _share(sample.disk_used, sample.disk_total)))
        points["sessions"].append((slot, float(sample.sessions)))
        points["warm"].append((slot, float(sample.warm)))
    return {name: _curve(found, slots) for name, found in points.items()}


def is_stale(newest: Sample | None, now: datetime) -> bool:
    """Return whether the figures are old, which means that no reconciler runs."""
    return newest is None or abs(now - newest.at) > STALE


def find_accounts(words: str = "", role: str = "") -> QuerySet[User]:
    """People whose names or address have `words` in them, by user name, with when they last worked in a lab."""
    found = User.objects.annotate(last_worked=Max("lab_sessions__last_activity_at")).order_by("username")
    for word in words.split():
        found = found.filter(
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(email__icontains=word)
        )
    match role:
        case Role.ADMIN:
            return found.filter(is_superuser=True)
        case Role.INSTRUCTOR:
            return found.filter(is_staff=True, is_superuser=False)
        case Role.LEARNER:
            return found.filter(is_staff=False, is_superuser=False)
    return found


def last_seen(person: User) -> datetime | None:
    """When somebody of `find_accounts` signed in or worked in a lab, whichever was later."""
    worked: datetime | None = getattr(person, "last_worked", None)
    return max((moment for moment in (person.last_login, worked) if moment), default=None)


def sign_ins_of(person: User) -> int:
    """In how many browsers somebody is signed in."""
    rows = Session.objects.filter(expire_date__gt=timezone.now()).iterator()
    return sum(row.get_decoded().get("_auth_user_id") == str(person.pk) for row in rows)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _curve(points: list[tuple[int, float]], slots: int) -> Curve:
    sums, counts = [0.0] * slots, [0] * slots
    for slot, value in points:
        sums[slot] += value
        counts[slot] += 1
    return Curve(
        values=tuple(total / count if count else None for total, count in zip(sums, counts, strict=True)),
        highest=max((value for _slot, value in points), default=0.0),
        now=points[-1][1] if points else 0.0,
    )
