"""Giving a warm sandbox to a session that starts: the moment at which it becomes ready."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lab_sessions.environments import document_of
from lab_sessions.models import LabSession
from lab_sessions.quotas import deadline
from lab_sessions.transitions import State
from sandboxes.lifecycle import claim_warm


def claim_sandbox(session: LabSession, environment_digest: str) -> bool:
    """Make a starting session ready with a warm sandbox; return False where none waits or the session is over.

    Whatever is in a lab is in the sandbox before it counts as warm, so nothing is left to be done after the claim: a
    start from the pool needs neither a worker nor a broker. Telling the learner's pages is the caller's.
    """
    with transaction.atomic():
        sandbox = claim_warm(environment_digest)
        if sandbox is None:
            return False
        changes = {"sandbox": sandbox, "values": sandbox.values, **_deadlines(session)}
        moved = LabSession.objects.move(session.pk, State.STARTING, State.READY, **changes)
        if not moved:
            transaction.set_rollback(True)  # the sandbox stays in the pool
    return moved


def _deadlines(session: LabSession) -> dict[str, Any]:
    now = timezone.now()
    document = document_of(session.lab)
    deadlines: dict[str, Any] = {
        "last_activity_at": now,
        "idle_at": now + timedelta(minutes=document.idle) / settings.MUELLE_TIME_SCALE,
        "phase": "",
    }
    if session.expires_at is None:  # a reset keeps the deadline that the session already had
        wanted = now + timedelta(minutes=document.minutes) / settings.MUELLE_TIME_SCALE
        deadlines |= {"ready_at": now, "expires_at": deadline(session.learner, wanted, now)}
    return deadlines
