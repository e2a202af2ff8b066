"""Celery's way into grading: thin, with ids only."""

import uuid

from celery import shared_task

from grading import grader, ticks
from grading.models import Submission, Verdict
from lab_sessions import events


@shared_task
def grade(submission_id: str) -> None:
    """Grade one submission; come back where the sandbox could not be looked at; look at what a pass opened."""
    graded = grader.grade_submission(uuid.UUID(submission_id))
    if graded is None:
        return
    if graded.retry_after is not None:
        events.wake(grade, submission_id, countdown=graded.retry_after)
    elif graded.verdict == Verdict.PASS:
        session_id = Submission.objects.values_list("lab_session_id", flat=True).get(pk=submission_id)
        if session_id is not None:
            begin_ticks(session_id)


@shared_task
def tick(session_id: str, number: int, step: int) -> None:
    """Look at a session's open tasks, and see to the next look."""
    after = ticks.look(uuid.UUID(session_id), number=number, step=step)
    delay = ticks.delay_of(step + 1)
    if after == ticks.After.NEW_CHAIN:
        begin_ticks(uuid.UUID(session_id))
    elif after == ticks.After.NEXT_STEP and delay is not None:
        events.wake(tick, session_id, number, step + 1, countdown=delay)


def begin_ticks(session_id: uuid.UUID) -> None:
    """Begin a chain of looks, unless one has just begun."""
    number = ticks.note_activity(session_id)
    if number is not None:
        events.wake(tick, str(session_id), number, 0, countdown=ticks.delay_of(0))
