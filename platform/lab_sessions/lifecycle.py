"""What workers do for lab sessions: give them a sandbox, take it away, keep the pool filled."""

import logging
import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from content.values import draw
from courses.models import Lab
from lab_sessions import events, pool
from lab_sessions.environments import ImageNotBuilt, document_of, environment_of
from lab_sessions.models import LabSession
from lab_sessions.timing import DESTROY_LEASE, LEASE, MAX_ATTEMPTS, scaled
from lab_sessions.transitions import State
from sandboxes.heartbeat import beating
from sandboxes.lifecycle import claim_warm, destroy_sandbox, make_sandbox, push_files
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import RuntimeFault, TransientFault

logger = logging.getLogger(__name__)

MAX_DETAIL = 2000  # characters of a fault's detail that are kept for staff


def provision_session(session_id: uuid.UUID) -> None:
    """Bring a starting session to `ready`, or to `failed` with a sentence.

    Idempotent, and safe to run twice at once: the lease lets one through.

    1. Lease the work, and keep the lease while at it.
    2. Take the sandbox that the claim gave it, else a warm one, else make one.
    3. Push the lab's files.
    4. Move to `ready`; if the learner ended it meanwhile, `finish_session` destroys what it holds.
    """
    lease = scaled(LEASE).total_seconds()
    if not LabSession.objects.take(session_id, State.STARTING, seconds=lease):
        return
    session = LabSession.objects.select_related("lab", "sandbox").get(pk=session_id)
    try:
        with beating(lambda: LabSession.objects.renew(session_id, State.STARTING, seconds=lease)):
            sandbox = session.sandbox or _find_sandbox(session)
            if sandbox is None:
                return
            push_files(sandbox, document_of(session.lab).files)
    except TransientFault as fault:
        _try_again_later(session, fault)
    except (RuntimeFault, ImageNotBuilt) as fault:
        _fail(session, fault)
    else:
        _become_ready(session)


def finish_session(session_id: uuid.UUID) -> None:
    """Destroy the sandbox of an ending session and close the record. Idempotent."""
    if not LabSession.objects.take(session_id, State.ENDING, seconds=scaled(DESTROY_LEASE).total_seconds()):
        return
    session = LabSession.objects.select_related("sandbox").get(pk=session_id)
    if session.sandbox is not None:
        _destroy(session.sandbox, reason=session.ended_reason or "failed")
    with transaction.atomic():
        LabSession.objects.move(session.pk, State.ENDING, State.ENDED)
        events.publish(session.learner_id, "session", session=str(session.pk))


def warm_up_lab(lab: Lab) -> Sandbox | None:
    """Make one warm sandbox for a lab if its pool has too few; return it."""
    environment = environment_of(lab)
    if pool.missing(lab, environment.digest()) == 0:
        return None
    seed = secrets.token_hex(16)
    return make_sandbox(environment, seed=seed, values=draw(seed, document_of(lab).values))


def _find_sandbox(session: LabSession) -> Sandbox | None:
    """Claim a warm sandbox for the session, making one first where the pool is empty; None where the session is over.

    A sandbox made here joins the pool like any other; whoever claims it first has it, and then another is made.
    """
    environment = environment_of(session.lab)
    while True:
        with transaction.atomic():
            sandbox = claim_warm(environment.digest())
            if sandbox is not None:
                return sandbox if _adopt(session, sandbox) else None
        _show_phase(session, "creating")
        seed = secrets.token_hex(16)
        make_sandbox(
            environment,
            seed=seed,
            values=draw(seed, document_of(session.lab).values),
            report=lambda phase: _show_phase(session, phase),
        )


def _adopt(session: LabSession, sandbox: Sandbox) -> bool:
    """Tie a claimed sandbox to the session, in the claim's transaction; undo the claim where the session is over."""
    tied = LabSession.objects.filter(pk=session.pk, state=State.STARTING).update(
        sandbox=sandbox, values=sandbox.values, phase="files"
    )
    if not tied:
        transaction.set_rollback(True)
    session.sandbox = sandbox
    return bool(tied)


def _become_ready(session: LabSession) -> None:
    now = timezone.now()
    document = document_of(session.lab)
    deadlines = {
        "ready_at": now,
        "last_activity_at": now,
        "idle_at": now + timedelta(minutes=document.idle) / settings.MUELLE_TIME_SCALE,
        "phase": "",
    }
    if session.expires_at is None:  # a reset keeps the deadline that the session already had
        deadlines["expires_at"] = now + timedelta(minutes=document.minutes) / settings.MUELLE_TIME_SCALE
    with transaction.atomic():
        LabSession.objects.move(session.pk, State.STARTING, State.READY, **deadlines)
        events.publish(session.learner_id, "session", session=str(session.pk))


def _show_phase(session: LabSession, phase: str) -> None:
    with transaction.atomic():
        if LabSession.objects.filter(pk=session.pk, state=State.STARTING).exclude(phase=phase).update(phase=phase):
            events.publish(session.learner_id, "session", session=str(session.pk))


def _try_again_later(session: LabSession, fault: TransientFault) -> None:
    logger.warning("Lab session %s could not start (attempt %d): %s", session.pk, session.attempts, fault)
    if session.attempts >= MAX_ATTEMPTS:
        _fail(session, fault)
        return
    pause = timezone.now() + scaled(2.0 * session.attempts)
    LabSession.objects.filter(pk=session.pk, state=State.STARTING).update(lease_until=pause)
    _show_phase(session, "engine")


def _fail(session: LabSession, fault: RuntimeFault | ImageNotBuilt) -> None:
    """Close the record with a sentence; the sandbox, if there is one, is no longer anybody's and is destroyed."""
    logger.error("Lab session %s failed: %s", session.pk, fault)
    with transaction.atomic():
        failed = LabSession.objects.move(
            session.pk,
            State.STARTING,
            State.FAILED,
            failure=fault.sentence,
            failure_detail=str(fault)[:MAX_DETAIL],
            ended_at=timezone.now(),
            phase="",
        )
        events.publish(session.learner_id, "session", session=str(session.pk))
    if failed and session.sandbox is not None:
        _destroy(session.sandbox, reason="failed")


def _destroy(sandbox: Sandbox, *, reason: str) -> None:
    """Destroy a sandbox.

    Where the engine does not do it now, its row is given up and the reconciler removes the container.
    """
    try:
        destroy_sandbox(sandbox, reason=reason)
    except RuntimeFault as fault:
        logger.warning("The container of sandbox %s stays until the engine is back: %s", sandbox.name, fault)
