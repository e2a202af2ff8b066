"""Durations of making sandboxes, with their reasons. `MUELLE_TIME_SCALE` divides them: crash tests hurry."""

from datetime import timedelta

from django.conf import settings

LEASE = 15.0  # seconds without a heartbeat after which who makes a sandbox, or starts a session, counts as dead
BEAT = 4.0  # seconds between two heartbeats: on a host that is out of breath two may be missed


def scaled(seconds: float) -> timedelta:
    """Return `seconds` as a duration, divided by the time scale."""
    return timedelta(seconds=seconds / settings.MUELLE_TIME_SCALE)
