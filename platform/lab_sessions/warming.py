"""Warming up for a class: machines that wait for a lesson from a time until a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from courses.models import Lab
from lab_sessions.environments import environment_of
from lab_sessions.models import LabSession, WarmUp, WarmUpQuerySet
from sandboxes.runtimes.base import PermanentFault

COOL_AFTER = timedelta(hours=1)  # after its end, a wish is still remembered to take away what nobody used


def wished(digest: str, now: datetime) -> int:
    """Return how many warm sandboxes of an environment classes have asked for now, less those that were taken."""
    return sum(still_wanted(wish) for wish in _of_environment(WarmUp.objects.standing(now), digest))


def announced(digest: str, now: datetime) -> int:
    """Return how many starts of an environment classes have asked for before they came."""
    wishes = _of_environment(WarmUp.objects.standing(now), digest)
    return sum(min(wish.sandboxes, _started(wish)) for wish in wishes)


def is_cooling(digest: str, now: datetime) -> bool:
    """Return whether a wish for an environment has ended a while ago, so that what it left over can go."""
    ended = WarmUp.objects.ended_between(now - COOL_AFTER, now)
    return bool(_of_environment(ended, digest))


def still_wanted(wish: WarmUp) -> int:
    """Return how many machines a wish still keeps: those that its class has started since need not wait any more."""
    return max(0, wish.sandboxes - _started(wish))


def _started(wish: WarmUp) -> int:
    learners = wish.cohort.enrolments.filter(role="learner").values("user")
    started = LabSession.objects.filter(lab_key=wish.lab_key, created_at__gte=wish.starts_at, learner__in=learners)
    return started.count()


def _of_environment(wishes: WarmUpQuerySet, digest: str) -> list[WarmUp]:
    found = list(wishes.select_related("cohort"))
    if not found:
        return []
    keys = {wish.lab_key for wish in found}
    same = {lab.key for lab in Lab.objects.current().filter(key__in=keys) if _has(lab, digest)}
    return [wish for wish in found if wish.lab_key in same]


def _has(lab: Lab, digest: str) -> bool:
    try:
        return environment_of(lab).digest() == digest
    except PermanentFault:
        return False
