"""What the reconciler sees of the machine, for processes that may not look themselves: signs in the table of leases.

A sign that has lapsed says that nobody has seen it since.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from lab_sessions import leases
from lab_sessions.models import Lease
from lab_sessions.timing import scaled
from sandboxes.engine import runtime, walls

ENGINE, WALLS = "engine", "walls"
HOLDER = "reconciler"
LASTS = 30.0  # seconds that a sign counts
RENEW_BEFORE = 20.0  # seconds before it lapses; a write every round would cost the disk more than it tells


def note_machine(now: datetime) -> int:
    """The reconciler's step: note that the engine answers and that the walls stand. Raises where they do not."""
    if _is_due(ENGINE, now):
        runtime().list()
        leases.hold(ENGINE, HOLDER, scaled(LASTS))
    if settings.MUELLE_LAB_NETWORKS and _is_due(WALLS, now):
        walls().check()
        leases.hold(WALLS, HOLDER, scaled(LASTS))
    return 0


def seen_until(name: str) -> datetime | None:
    """Until when a sign counts, or a process leads; None where there never was one."""
    return Lease.objects.filter(name=name).values_list("expires_at", flat=True).first()


def last_seen(name: str, lasts: timedelta | None = None) -> datetime | None:
    """When a sign was last given; None where there never was one."""
    until = seen_until(name)
    return until - (lasts or scaled(LASTS)) if until else None


def _is_due(name: str, now: datetime) -> bool:
    until = seen_until(name)
    return until is None or until < now + scaled(RENEW_BEFORE)
