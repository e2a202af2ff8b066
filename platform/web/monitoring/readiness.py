"""Whether the site can do its work, part by part, each in a sentence for whoever has to mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from redis import Redis
from redis.exceptions import RedisError

from grading.models import Submission
from lab_sessions import signs
from lab_sessions.reconciler import LEASE_NAME
from lab_sessions.timing import LEADER_LEASE, scaled

REDIS_SECONDS = 1.0  # an answer of a Redis on this machine takes a millisecond
# A check takes ten seconds at most, and a class that presses at once waits for one another a little.
LONG_WAIT = timedelta(seconds=60)


@dataclass(frozen=True)
class Check:
    """One part. Without a vital one no page can be served; without the others less works."""

    ok: bool
    says: str
    vital: bool = False


def look() -> dict[str, Check]:
    """Look at every part. Where the database does not answer, what is in it is not looked at."""
    database = _database()
    checks = {"database": database, "redis": _redis()}
    if database.ok:
        checks |= {name: look_at() for name, look_at in _IN_ROWS.items()}
        if settings.MUELLE_LAB_NETWORKS:
            checks["walls"] = _walls()
    return checks


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Check(False, "The database does not answer. Is it running, and is its disk full?", vital=True)
    return Check(True, "The database answers.", vital=True)


def _redis() -> Check:
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
        ) as redis:
            redis.ping()
    except (RedisError, OSError):
        return Check(False, "Redis does not answer. Nothing is lost, but labs start and checks run late.")
    return Check(True, "Redis answers.")


def _reconciler() -> Check:
    until = signs.seen_until(LEASE_NAME)
    if until is None:
        return Check(False, "No reconciler runs. Labs end late and nobody mends what breaks; look at its log.")
    if until < timezone.now():
        last = until - scaled(LEADER_LEASE)
        return Check(False, f"The reconciler was last seen at {last:%Y-%m-%d %H:%M:%S} UTC; look at its log.")
    return Check(True, "The reconciler works.")


def _engine() -> Check:
    return _seen(
        signs.ENGINE, "The lab engine", "no lab can start; `make engine-status` and the reconciler's log say more"
    )


def _walls() -> Check:
    return _seen(signs.WALLS, "The firewall around labs", "labs with a Docker cannot start; see `make walls-status`")


def _seen(name: str, what: str, so: str) -> Check:
    until = signs.seen_until(name)
    if until is not None and until > timezone.now():
        return Check(True, f"{what} is there.")
    last = f"since {until - scaled(signs.LASTS):%Y-%m-%d %H:%M:%S} UTC" if until else "yet"
    return Check(False, f"{what} was not seen {last}: {so}.")


def _workers() -> Check:
    oldest = Submission.objects.open().order_by("created_at").values_list("created_at", flat=True).first()
    waits = timezone.now() - oldest if oldest else timedelta()
    if waits > LONG_WAIT:
        return Check(False, f"A submission has waited for {waits.total_seconds():.0f} s; does a worker run?")
    return Check(True, "Submissions are graded as they come.")


_IN_ROWS: dict[str, Callable[[], Check]] = {"reconciler": _reconciler, "workers": _workers, "engine": _engine}
