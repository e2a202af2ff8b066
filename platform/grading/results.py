"""Writing down what checks came to. A result is written whole or not at all, and once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.models import Exercise
from grading.checks import Outcome
from grading.models import CheckCorrection, CheckResult, Submission, Verdict
from lab_sessions import events
from lab_sessions.models import LabSession


def store_result(
    submission: Submission,
    *,
    owner: str,
    verdict: Verdict,
    points: Decimal,
    outcomes: Sequence[Outcome],
    judged_by: CheckCorrection | None = None,
) -> bool:
    """Close a submission with its result and tell the learner; return False where another worker has the lease now."""
    with transaction.atomic():
        if not Submission.objects.finish(
            submission.pk, owner=owner, verdict=verdict, points=points, judged_by=judged_by
        ):
            return False
        _store_outcomes(submission, outcomes)
        _publish(submission)
    return True


def store_automatic_pass(
    *,
    session: LabSession,
    exercise: Exercise,
    points: Decimal,
    outcomes: Sequence[Outcome],
    judged_by: CheckCorrection | None = None,
) -> Submission | None:
    """Write down that a task was found to be done; None where that is known already."""
    try:
        with transaction.atomic():
            submission = Submission.objects.create(
                learner_id=session.learner_id,
                exercise=exercise,
                exercise_key=exercise.key,
                lab_session=session,
                generation=session.generation,
                origin=Submission.Origin.AUTOMATIC,
                state=Submission.State.DONE,
                verdict=Verdict.PASS,
                points=points,
                judged_by=judged_by,
                finished_at=timezone.now(),
            )
            _store_outcomes(submission, outcomes)
            _publish(submission)
    except IntegrityError:  # two looks at once saw the same pass; the constraint kept it to one
        return None
    return submission


def store_revision(
    submission: Submission,
    *,
    verdict: Verdict,
    points: Decimal,
    outcomes: Sequence[Outcome],
    judged_by: CheckCorrection | None,
) -> bool:
    """Put another result in the place of a finished submission's, and tell the learner; False where it changed.

    The evidence stays: the new results are judged from it.
    """
    with transaction.atomic():
        if not Submission.objects.revise(submission, verdict=verdict, points=points, judged_by=judged_by):
            return False
        submission.results.all().delete()
        _store_outcomes(submission, outcomes)
        _publish(submission)
    return True


def _store_outcomes(submission: Submission, outcomes: Sequence[Outcome]) -> None:
    CheckResult.objects.bulk_create(
        CheckResult(
            submission=submission,
            position=position,
            kind=outcome.kind,
            level=outcome.level,
            verdict=outcome.verdict,
            weight=outcome.weight,
            expected=outcome.expected,
            found=outcome.found,
            hint=outcome.hint,
            seconds=outcome.seconds,
            evidence=outcome.evidence,
        )
        for position, outcome in enumerate(outcomes)
    )


def _publish(submission: Submission) -> None:
    events.publish(submission.learner_id, "submission", submission=str(submission.pk), exercise=submission.exercise_key)
