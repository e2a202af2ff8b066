"""Automatic checks: tasks tick off by themselves a moment after they are done.

Activity begins a *chain* of looks at growing distances. A session has one chain; activity during it makes it begin
anew. A look goes through all open tasks at once, and only a new pass is stored: what is not done yet was not asked
about, so nobody is told. All of it is best effort: a lost message or a dead worker ends a chain, and the next
activity begins another. Only a chain that never came to its first look is begun again by the reconciler.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from courses.models import Exercise
from grading import checks
from grading.corrections import CountingTask, tasks_of
from grading.expects.base import View
from grading.expects.errors import CouldNotLook
from grading.looking import view_of
from grading.models import Submission, TickChain, Verdict
from grading.results import store_automatic_pass
from grading.timing import RESTART_AFTER, TICK_BUDGET, TICK_DELAYS, UNSEEN_AFTER, UNSEEN_UNTIL
from lab_sessions.environments import document_of
from lab_sessions.models import LabSession
from lab_sessions.timing import scaled
from lab_sessions.transitions import State

logger = logging.getLogger(__name__)


class After(StrEnum):
    """What comes after a look."""

    NOTHING = "nothing"  # all is done, the session is over, or a newer chain has taken its place
    NEXT_STEP = "next step"  # the same chain goes on
    NEW_CHAIN = "new chain"  # something was done meanwhile, so the looks begin anew


def note_activity(session_id: uuid.UUID) -> int | None:
    """Note that something was done; return the number of the chain this begins, None while one is just beginning."""
    now = timezone.now()
    chains = TickChain.objects.filter(pk=session_id)
    if chains.filter(started_at__lte=now - scaled(RESTART_AFTER)).update(
        number=F("number") + 1, started_at=now, wanted_at=now
    ):
        return chains.values_list("number", flat=True).get()
    if chains.update(wanted_at=now):
        return None
    try:
        with transaction.atomic():
            return TickChain.objects.create(lab_session_id=session_id, started_at=now, wanted_at=now).number
    except IntegrityError:  # another request began it between the look and the insert
        return None


def restart_unseen(now: datetime, *, limit: int) -> list[tuple[uuid.UUID, int]]:
    """Begin anew the chains of ready sessions that nobody looked at since something was done; return them."""
    waiting = TickChain.objects.filter(
        Q(looked_at=None) | Q(looked_at__lt=F("wanted_at")),
        lab_session__state=State.READY,
        started_at__lt=now - scaled(UNSEEN_AFTER),
        wanted_at__gt=now - scaled(UNSEEN_UNTIL),
    )
    begun = []
    for session_id, number in list(waiting.values_list("pk", "number")[:limit]):
        mine = TickChain.objects.filter(pk=session_id, number=number)
        if mine.update(number=number + 1, started_at=now):
            begun.append((session_id, number + 1))
    return begun


def delay_of(step: int) -> float | None:
    """Return the seconds between the look before `step` and that one; None after the last."""
    return scaled(TICK_DELAYS[step]).total_seconds() if step < len(TICK_DELAYS) else None


def look(session_id: uuid.UUID, *, number: int, step: int) -> After:
    """Make one look of a chain, if it is still the session's chain, and say what comes after it."""
    chain = TickChain.objects.filter(pk=session_id, number=number).first()
    if chain is None:
        return After.NOTHING
    if _take(session_id):
        try:
            open_tasks = sweep(session_id)
        finally:
            TickChain.objects.filter(pk=session_id).update(looking_until=None, looked_at=timezone.now())
        if not open_tasks:
            return After.NOTHING
    chain.refresh_from_db()
    if chain.number == number and chain.wanted_at > chain.started_at and step > 0:
        return After.NEW_CHAIN
    return After.NEXT_STEP


def sweep(session_id: uuid.UUID) -> int:
    """Look at all open tasks of a session at once and store each new pass; return how many are open still.

    A task that becomes open by a pass in the same sweep is looked at too. Tasks that ask for an answer are left out.
    """
    sessions = LabSession.objects.select_related("lab__lesson", "sandbox")
    session = sessions.filter(pk=session_id, state=State.READY).first()
    if session is None:
        return 0
    passed = Submission.objects.passed_slugs(session.learner_id, session.lab.lesson.key)
    exercises = list(session.lab.lesson.exercises.filter(kind=Exercise.Kind.TASK).exclude(slug__in=passed))
    tasks = tasks_of(exercises, session.learner_id)
    try:
        view = view_of(session, generation=session.generation, seconds=TICK_BUDGET)
        for exercise in exercises:
            if _has_passed(exercise, tasks[exercise.key], session, view, passed):
                passed.add(exercise.slug)
    except CouldNotLook as error:
        logger.info("A look into session %s was given up: %s", session_id, error)
    return sum(exercise.slug not in passed for exercise in exercises)


def _has_passed(exercise: Exercise, counting: CountingTask, session: LabSession, view: View, passed: set[str]) -> bool:
    """Look at one task and store its pass. Raises CouldNotLook where looking at the others makes no sense either."""
    task = counting.document
    if checks.needs_answer(task) or not set(task.needs) <= passed:
        return False
    outcomes = checks.run_checks(task, document_of(session.lab).values, view, only_pass=True)
    if outcomes[-1].transient:
        raise CouldNotLook(outcomes[-1].found["en"], str(outcomes[-1].evidence), transient=True)
    if checks.verdict_of(outcomes) != Verdict.PASS:
        return False
    points = checks.points_of(outcomes, exercise.points)
    store_automatic_pass(
        session=session, exercise=exercise, points=points, outcomes=outcomes, judged_by=counting.correction
    )
    return True


def _take(session_id: uuid.UUID) -> bool:
    """Take the right to look, which one worker has at a time; a dead one loses it by time."""
    now = timezone.now()
    free = TickChain.objects.filter(pk=session_id).filter(Q(looking_until=None) | Q(looking_until__lt=now))
    return free.update(looking_until=now + timedelta(seconds=2 * TICK_BUDGET)) == 1
