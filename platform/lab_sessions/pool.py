"""How many warm sandboxes of which kind should wait for learners."""

import os
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from courses.models import Lab
from lab_sessions.environments import document_of, environment_of
from lab_sessions.models import Drain, LabSession
from lab_sessions.timing import scaled
from lab_sessions.warming import announced, is_cooling, wished
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import PermanentFault
from sandboxes.runtimes.profiles import ProfileName

RECENT = timedelta(minutes=10)  # starts within this say how much a lab is used now
FAILURES = 3  # sandboxes of one kind in a row that never became warm; then something is wrong that trying does not mend
PAUSE = 60.0  # seconds between two tries after that; a broken set-up script must not keep the engine busy for ever
# Cold starts serialise in the engine, so more at once only makes each slower; and one worker stays free for ticks and
# verdicts, which would wait for seconds where a whole class has just emptied the pool.
MAX_MAKING = max(1, (os.cpu_count() or 2) - 1)


def current_labs() -> Iterator[tuple[Lab, str]]:
    """Yield each lab that readers can start now with the digest of its environment.

    Labs that this machine cannot run are left out.
    """
    for lab in Lab.objects.current():
        try:
            yield lab, environment_of(lab).digest()
        except PermanentFault:
            continue


def wanted(lab: Lab, digest: str = "") -> int:
    """Return how many warm sandboxes a lab should have.

    That is the base size, more where it was started often just now or classes have asked for more of this `digest`.
    Starts that a class had asked for say nothing about others to come, and machines made in the middle of a class would
    slow what it is doing.
    """
    now = timezone.now()
    recent = LabSession.objects.filter(lab_key=lab.key, created_at__gt=now - RECENT).count()
    unexpected = max(0, recent - announced(digest, now)) if digest else recent
    base, most = sizes(document_of(lab).profile)
    return min(most, max(base + unexpected // 2, wished(digest, now) if digest else 0))


def sizes(profile: str) -> tuple[int, int]:
    """Return how many sandboxes of a profile wait when nobody uses their lab, and how many at most."""
    if profile == ProfileName.ENGINE:
        return settings.MUELLE_POOL_SIZE_ENGINE, settings.MUELLE_POOL_MAX_ENGINE
    return settings.MUELLE_POOL_SIZE, settings.MUELLE_POOL_MAX


def missing(lab: Lab, digest: str) -> int:
    """Return how many sandboxes are to be made for a lab now, within what the engine should make at once."""
    if keeps_failing(digest) or Drain.objects.on().exists():
        return 0
    waiting = Sandbox.objects.waiting(digest).count()
    making = Sandbox.objects.filter(state=Sandbox.State.CREATING).count()
    return max(0, min(wanted(lab, digest) - waiting, MAX_MAKING - making))


def surplus(lab: Lab, digest: str) -> int:
    """Return how many sandboxes wait for nobody: left over by a class whose time is over."""
    if not is_cooling(digest, timezone.now()):
        return 0
    return max(0, Sandbox.objects.waiting(digest).count() - wanted(lab, digest))


def keeps_failing(digest: str) -> bool:
    """Return whether the last sandboxes of this kind could not be made, and the last try was a moment ago."""
    last = list(Sandbox.objects.filter(environment_digest=digest).order_by("-created_at")[:FAILURES])
    failed = [sandbox.state == Sandbox.State.GONE and sandbox.warmed_at is None for sandbox in last]
    return len(last) == FAILURES and all(failed) and last[0].created_at > timezone.now() - scaled(PAUSE)
