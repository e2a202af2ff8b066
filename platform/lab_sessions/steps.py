"""The reconciler's steps for sandboxes and lab sessions, in the order in which they make sense."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from lab_sessions import events, pool, tasks
from lab_sessions.actions import end_lab_session
from lab_sessions.capacity import free_places
from lab_sessions.lifecycle import finish_session
from lab_sessions.models import LabSession
from lab_sessions.timing import FINISH_ALONE, WARN_BEFORE, scaled
from lab_sessions.transitions import LIVE, State
from sandboxes.lifecycle import destroy_orphans, destroy_sandbox, mark_vanished
from sandboxes.models import Sandbox

VANISHED = gettext_noop("The lab's machine stopped unexpectedly. Your progress is kept; start the lab again.")
MAX_FINISHED = 5  # in a round: each takes the engine up to ten seconds
MAX_MENDED = 50  # of one kind in a round, so that no round takes long


def enforce_deadlines(now: datetime) -> int:
    """End sessions whose time is over or in which nobody works, also those that came due while nobody looked."""
    ended = 0
    for session in LabSession.objects.overdue(now)[:MAX_MENDED]:
        ended += end_lab_session(by=None, session=session, reason=LabSession.Reason.EXPIRED)
    for session in LabSession.objects.idle(now)[:MAX_MENDED]:
        ended += end_lab_session(by=None, session=session, reason=LabSession.Reason.IDLE)
    return ended


def warn_before_deadlines(now: datetime) -> int:
    """Tell pages whose session is about to end; the page itself knows both deadlines, this makes it look again."""
    soon = now + scaled(WARN_BEFORE)
    due = LabSession.objects.filter(state=State.READY, warned=False).filter(
        expires_at__lte=soon
    ) | LabSession.objects.filter(state=State.READY, warned=False, idle_at__lte=soon)
    count = 0
    for session in due[:MAX_MENDED]:
        with transaction.atomic():
            count += LabSession.objects.filter(pk=session.pk, warned=False).update(warned=True)
            events.publish(session.learner_id, "deadline", session=str(session.pk))
    return count


def mend_vanished(now: datetime) -> int:
    """Close the rows of sandboxes that the engine no longer has."""
    return len(mark_vanished(now))


def fail_bereft(now: datetime) -> int:
    """Fail the sessions whose sandbox is gone, whoever gave it up and whenever.

    A step of its own: it needs no engine, and whoever gave the sandbox up may have died before it came to the session.
    """
    bereft = LabSession.objects.filter(state__in=[State.STARTING, State.READY], sandbox__state=Sandbox.State.GONE)
    failed = 0
    for session in bereft[:MAX_MENDED]:
        with transaction.atomic():
            failed += LabSession.objects.move(
                session.pk, State(session.state), State.FAILED, failure=VANISHED, ended_at=now
            )
            events.publish(session.learner_id, "session", session=str(session.pk))
    return failed


def remove_orphans(now: datetime) -> int:
    """Destroy containers of ours that no row stands for."""
    return destroy_orphans(now)


def undo_half_made(now: datetime) -> int:
    """Destroy sandboxes whose maker died, and assigned ones that neither a live session nor anybody else holds."""
    half_made = Sandbox.objects.abandoned(now)
    unheld = (
        Sandbox.objects.filter(state=Sandbox.State.ASSIGNED, assigned_at__lt=now - timedelta(seconds=5))
        .exclude(lab_session__state__in=[*LIVE, State.ENDING])
        .exclude(held_until__gt=now)
    )
    found = [*half_made[:MAX_MENDED], *unheld[:MAX_MENDED]]
    for sandbox in found:
        destroy_sandbox(sandbox, reason="orphan")
    return len(found)


def rewake_sessions(now: datetime) -> int:
    """Wake the work of starting and ending sessions whose worker died or whose message was lost."""
    lapsed = list(LabSession.objects.lapsed(now).filter(created_at__lt=now - scaled(1.0))[:MAX_MENDED])
    for session in lapsed:
        task = tasks.provision if session.state == State.STARTING else tasks.finish
        events.wake(task, str(session.pk))
    return len(lapsed)


def finish_alone(now: datetime) -> int:
    """End the machines of sessions that no worker has ended: an end must not depend on there being workers."""
    late = LabSession.objects.lapsed(now).filter(state=State.ENDING, ended_at__lt=now - scaled(FINISH_ALONE))
    found = list(late.order_by("ended_at")[:MAX_FINISHED])
    for session in found:
        finish_session(session.pk)
    return len(found)


def admit_queued(now: datetime) -> int:
    """Let the longest-waiting sessions start where places became free."""
    admitted = 0
    for session in LabSession.objects.filter(state=State.QUEUED).order_by("created_at")[: free_places()]:
        with transaction.atomic():
            moved = LabSession.objects.move(session.pk, State.QUEUED, State.STARTING, phase="creating")
            if moved:
                events.wake(tasks.provision, str(session.pk))
                events.publish(session.learner_id, "session", session=str(session.pk))
        admitted += moved
    return admitted


def fill_pool(now: datetime) -> int:
    """Ask workers for the warm sandboxes that are missing, and retire those that nothing asks for any more."""
    asked = 0
    digests = set()
    for lab, digest in pool.current_labs():
        digests.add(digest)
        for _each in range(pool.missing(lab, digest)):
            events.wake(tasks.warm_up, lab.pk)
            asked += 1
    for sandbox in Sandbox.objects.filter(state=Sandbox.State.WARM).exclude(environment_digest__in=digests)[
        :MAX_MENDED
    ]:
        destroy_sandbox(sandbox, reason="outdated")
    return asked


def cool_down(now: datetime) -> int:
    """Take away what classes asked for and did not use, once their time is over."""
    destroyed = 0
    for lab, digest in pool.current_labs():
        left_over = min(pool.surplus(lab, digest), MAX_FINISHED - destroyed)
        for sandbox in Sandbox.objects.waiting(digest).order_by("created_at")[:left_over]:
            destroyed += 1
            destroy_sandbox(sandbox, reason="surplus")
    return destroyed
