"""What workers do for lab sessions: give them a sandbox, take it away, keep the pool filled."""

import logging
import secrets
import uuid
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from content.values import draw
from courses.models import Lab
from lab_sessions import events, pool
from lab_sessions.claims import claim_sandbox
from lab_sessions.environments import document_of, environment_of
from lab_sessions.models import LabSession
from lab_sessions.timing import DESTROY_LEASE, LEASE, MAX_ATTEMPTS, scaled
from lab_sessions.transitions import State
from sandboxes.heartbeat import beating
from sandboxes.lifecycle import destroy_sandbox, make_sandbox
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import RuntimeFault, TransientFault

logger = logging.getLogger(__name__)

MAX_DETAIL = 2000  # characters of a fault's detail that are kept for staff


def provision_session(session_id: uuid.UUID) -> None:
    """Bring a starting session to `ready`, or to `failed` with a sentence.

    Idempotent, and safe to run twice at once: the lease lets one through.

    1. Lease the work, and keep the lease while at it.
    2. Claim a warm sandbox, which makes the session ready.
    3. Where none waits, make one and claim again. What is made here joins the pool like any other: whoever claims it
       first has it, and then another is made.
    """
    lease = scaled(LEASE).total_seconds()
    if not LabSession.objects.take(session_id, State.STARTING, seconds=lease):
        return
    session = LabSession.objects.select_related("lab").get(pk=session_id)
    try:
        digest = environment_of(session.lab).digest()
        with beating(lambda: LabSession.objects.renew(session_id, State.STARTING, seconds=lease)):
            while not claim_sandbox(session, digest) and _is_starting(session):
                _show_phase(session, "creating")
                _make_sandbox(session.lab, report=lambda phase: _show_phase(session, phase))
        events.publish(session.learner_id, "session", session=str(session.pk))
    except TransientFault as fault:
        _try_again_later(session, fault)
    except RuntimeFault as fault:
        _fail(session, fault)


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
    if pool.missing(lab, environment_of(lab).digest()) == 0:
        return None
    return _make_sandbox(lab)


def _make_sandbox(lab: Lab, *, report: Callable[[str], None] = lambda phase: None) -> Sandbox:
    document = document_of(lab)
    seed = secrets.token_hex(16)
    values = draw(seed, document.values)
    return make_sandbox(environment_of(lab), seed=seed, values=values, files=document.files, report=report)


def _is_starting(session: LabSession) -> bool:
    return LabSession.objects.filter(pk=session.pk, state=State.STARTING).exists()


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


def _fail(session: LabSession, fault: RuntimeFault) -> None:
    """Close the record with a sentence."""
    logger.error("Lab session %s failed: %s", session.pk, fault)
    with transaction.atomic():
        LabSession.objects.move(
            session.pk,
            State.STARTING,
            State.FAILED,
            failure=fault.sentence,
            failure_detail=str(fault)[:MAX_DETAIL],
            ended_at=timezone.now(),
            phase="",
        )
        events.publish(session.learner_id, "session", session=str(session.pk))


def _destroy(sandbox: Sandbox, *, reason: str) -> None:
    """Destroy a sandbox.

    Where the engine does not do it now, its row is given up and the reconciler removes the container.
    """
    try:
        destroy_sandbox(sandbox, reason=reason)
    except RuntimeFault as fault:
        logger.warning("The container of sandbox %s stays until the engine is back: %s", sandbox.name, fault)
