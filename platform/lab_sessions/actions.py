"""Everything that people do with lab sessions."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import NotPossible, record
from cohorts.permissions import can_read
from courses.models import Lab
from lab_sessions import events, tasks
from lab_sessions.capacity import free_places
from lab_sessions.claims import claim_sandbox
from lab_sessions.draining import why_none_starts
from lab_sessions.environments import document_of, environment_of
from lab_sessions.models import LabSession
from lab_sessions.permissions import check_can_learn, check_can_manage, check_can_use
from lab_sessions.quotas import QuotaUsedUp, check_extension, check_start
from lab_sessions.timing import ACTIVITY_EVERY, EXTENSION, MAX_EXTENSIONS, REFILL_AFTER, scaled
from lab_sessions.transitions import State
from sandboxes.runtimes.base import PermanentFault


def start_lab_session(*, by: User, lab: Lab) -> LabSession:
    """Start `lab` for `by`, or return the live session they already have: a double click starts one.

    Raises NotPossible where the learner has used up what their classes give or this machine cannot run the lab;
    PermissionDenied where they may not read the lesson now.
    """
    check_can_learn(by, lab.key)
    try:
        digest = environment_of(lab).digest()
    except PermanentFault as error:
        raise NotPossible(_(error.sentence)) from error
    try:
        with transaction.atomic():
            return _live_session(by, lab) or _new_session(by, lab, digest)
    except IntegrityError:
        # Another request of the same learner won the race between the look and the insert; the constraint
        # kept it to one.
        session = _live_session(by, lab)
        if session is None:
            raise
        return session


def extend_lab_session(*, by: User, session: LabSession) -> None:
    """Give a ready session more time.

    Raises NotPossible where it is over or has had all its extensions, and for the learner themself where the lesson is
    shut or the day's minutes are used up: an instructor may give more than the rules do.
    """
    check_can_manage(by, session)
    with transaction.atomic():
        if by == session.learner:
            _check_more_time(by, session)
        changed = LabSession.objects.filter(pk=session.pk, state=State.READY, extensions__lt=MAX_EXTENSIONS).update(
            expires_at=F("expires_at") + scaled(EXTENSION), extensions=F("extensions") + 1
        )
        if not changed:
            raise NotPossible(
                _("This session cannot be given more time: it is over, or it has had all its extensions.")
            )
        session.refresh_from_db()
        record(by=by, action="extend_lab_session", subject=session, extensions=session.extensions)
        events.publish(session.learner_id, "session", session=str(session.pk))


def reset_lab_session(*, by: User, session: LabSession) -> None:
    """Replace the sandbox of a ready session by a fresh one; passes and the deadline stay. Raises NotPossible."""
    check_can_use(by, session)
    with transaction.atomic():
        old = session.sandbox_id
        moved = LabSession.objects.move(
            session.pk, State.READY, State.STARTING, sandbox=None, phase="creating", generation=F("generation") + 1
        )
        if not moved:
            raise NotPossible(_("This session cannot be reset now: it is starting or over."))
        session.refresh_from_db()
        _give_sandbox(session)
        record(by=by, action="reset_lab_session", subject=session, generation=session.generation)
        events.wake(tasks.destroy_sandbox, str(old))
        events.publish(session.learner_id, "session", session=str(session.pk))


def end_lab_session(*, by: User | None, session: LabSession, reason: str = LabSession.Reason.LEARNER) -> bool:
    """End a session, whatever it is doing; return False where it was already over. `by` is None for the platform."""
    if by is not None:
        check_can_manage(by, session)
    now = timezone.now()
    with transaction.atomic():
        changes = {"ended_reason": reason, "ended_at": now}
        moved = (
            LabSession.objects.move(session.pk, State.QUEUED, State.ENDED, **changes)
            or LabSession.objects.move(session.pk, State.READY, State.ENDING, **changes)
            or LabSession.objects.move(session.pk, State.STARTING, State.ENDING, **changes)
        )
        if moved:
            record(by=by, action="end_lab_session", subject=session, reason=reason)
            events.wake(tasks.finish, str(session.pk))
            events.publish(session.learner_id, "session", session=str(session.pk))
    return moved


def record_activity(*, session: LabSession, now: datetime | None = None) -> bool:
    """Note that somebody works in the session; return False where that was noted a moment ago or it is not ready."""
    now = now or timezone.now()
    idle = timedelta(minutes=document_of(session.lab).idle) / settings.MUELLE_TIME_SCALE
    waiting = LabSession.objects.filter(pk=session.pk, state=State.READY).exclude(
        last_activity_at__gt=now - scaled(ACTIVITY_EVERY)
    )
    return waiting.update(last_activity_at=now, idle_at=now + idle) == 1


def _check_more_time(by: User, session: LabSession) -> None:
    if not can_read(by, session.lab_key, timezone.now()):
        raise NotPossible(_("This lesson has been shut. Your lab runs until its time is over, and not longer."))
    try:
        check_extension(by)
    except QuotaUsedUp as refusal:
        raise NotPossible(str(refusal)) from refusal


def _live_session(learner: User, lab: Lab) -> LabSession | None:
    return LabSession.objects.live().filter(learner=learner, lab_key=lab.key).first()


def _new_session(by: User, lab: Lab, digest: str) -> LabSession:
    if drained := why_none_starts():
        raise NotPossible(drained)
    User.objects.select_for_update().get(pk=by.pk)  # two starts of one learner at once must see each other
    try:
        check_start(by, lab)
    except QuotaUsedUp as refusal:
        raise NotPossible(str(refusal)) from refusal
    state = State.STARTING if free_places() else State.QUEUED
    session = LabSession.objects.create(learner=by, lab=lab, lab_key=lab.key, state=state, phase="creating")
    record(by=by, action="start_lab_session", subject=session, lab=lab.key)
    if state == State.STARTING:
        _give_sandbox(session, digest)
    events.publish(by.pk, "session", session=str(session.pk))
    return session


def _give_sandbox(session: LabSession, digest: str | None = None) -> None:
    """Make a starting session ready with a warm sandbox if one waits; else ask a worker to make one."""
    if claim_sandbox(session, digest or environment_of(session.lab).digest()):
        session.refresh_from_db()
    else:
        events.wake(tasks.provision, str(session.pk))
    events.wake(tasks.warm_up, session.lab_id, countdown=scaled(REFILL_AFTER).total_seconds())
