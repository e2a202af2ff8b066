"""Celery's way into lab sessions: thin, with ids only."""

import uuid

from celery import shared_task

from courses.models import Lab
from lab_sessions import events, lifecycle
from lab_sessions.timing import REFILL_AFTER, scaled
from sandboxes import lifecycle as sandbox_lifecycle
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import RuntimeFault


@shared_task
def provision(session_id: str) -> None:
    """Give a starting session its sandbox."""
    lifecycle.provision_session(uuid.UUID(session_id))


@shared_task
def finish(session_id: str) -> None:
    """Take the sandbox of an ending session away."""
    lifecycle.finish_session(uuid.UUID(session_id))


@shared_task
def destroy_sandbox(sandbox_id: str) -> None:
    """Destroy a sandbox that a reset replaced."""
    sandbox = Sandbox.objects.filter(pk=sandbox_id).first()
    if sandbox is not None:
        sandbox_lifecycle.destroy_sandbox(sandbox, reason="reset")


@shared_task
def warm_up(lab_id: int) -> None:
    """Add one warm sandbox to a lab's pool if it has too few, and ask for the next, with a pause for learners' work.

    A failure waits for the next round of the reconciler.
    """
    lab = Lab.objects.select_related("lesson").filter(pk=lab_id).first()
    if lab is None:
        return
    try:
        made = lifecycle.warm_up_lab(lab)
    except RuntimeFault as error:
        lifecycle.logger.warning("No warm sandbox for %s: %s", lab.key, error)
    else:
        if made is not None:
            events.wake(warm_up, lab_id, countdown=scaled(REFILL_AFTER).total_seconds())
