"""What workers do with submissions: lease, look, judge, write down."""

from __future__ import annotations

import logging
import os
import socket
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from content.documents import QuizDocument
from courses.models import Exercise
from grading import checks, quiz
from grading.checks import Outcome
from grading.corrections import task_of
from grading.expects.errors import CouldNotLook
from grading.expects.texts import say
from grading.looking import OVER, view_of
from grading.models import CheckCorrection, Submission, Verdict
from grading.results import store_result
from grading.timing import GRADE_BUDGET, GRADE_LEASE, MAX_ATTEMPTS, RETRY_AFTER
from lab_sessions.environments import document_of
from lab_sessions.timing import scaled

logger = logging.getLogger(__name__)

GAVE_UP = _("The check was begun several times and never came to an end. Tell your teacher.")


@dataclass(frozen=True, kw_only=True)
class Graded:
    """How grading one submission went."""

    verdict: Verdict | None = None
    """None where nothing was decided: it is looked at again after `retry_after` seconds."""
    retry_after: float | None = None


@dataclass(frozen=True, kw_only=True)
class _Judgement:
    verdict: Verdict
    points: Decimal
    outcomes: list[Outcome]
    correction: CheckCorrection | None = None


def grade_submission(submission_id: uuid.UUID) -> Graded | None:
    """Bring a submission to its one result; None where there is nothing to do or another worker does it.

    Idempotent, and safe to be killed anywhere: until the last step nothing is written but the lease, and the last
    step is one transaction that succeeds for the holder of the lease only.

    1. Lease it.
    2. Look and judge. A look that failed and may succeed later gives the lease back, up to MAX_ATTEMPTS times.
    3. Write verdict, points and check results, and tell the learner's pages.
    """
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    if not Submission.objects.take(submission_id, owner=owner, seconds=scaled(GRADE_LEASE).total_seconds()):
        return None
    rows = Submission.objects.select_related("exercise", "lab_session__lab", "lab_session__sandbox")
    submission = rows.get(pk=submission_id)
    judgement = _judge(submission)
    if submission.attempts < MAX_ATTEMPTS and any(outcome.transient for outcome in judgement.outcomes):
        pause = scaled(RETRY_AFTER).total_seconds()
        Submission.objects.put_back(submission.pk, owner=owner, seconds=pause)
        return Graded(retry_after=pause)
    stored = store_result(
        submission,
        owner=owner,
        verdict=judgement.verdict,
        points=judgement.points,
        outcomes=judgement.outcomes,
        judged_by=judgement.correction,
    )
    if not stored:
        logger.warning("Submission %s was graded by somebody else meanwhile.", submission.pk)
        return None
    return Graded(verdict=judgement.verdict)


def _judge(submission: Submission) -> _Judgement:
    if submission.attempts > MAX_ATTEMPTS:
        return _not_looked(CouldNotLook(GAVE_UP, f"begun {submission.attempts} times"))
    if submission.exercise.kind == Exercise.Kind.QUIZ:
        return _judge_quiz(submission)
    try:
        return _judge_task(submission)
    except CouldNotLook as error:
        return _not_looked(error)


def _judge_task(submission: Submission) -> _Judgement:
    session = submission.lab_session
    if session is None:
        raise CouldNotLook(OVER, "the session's record is gone")
    answer = str(submission.answer.get("text", ""))
    view = view_of(session, generation=submission.generation, seconds=GRADE_BUDGET, answer=answer)
    task = task_of(submission.exercise, submission.learner_id)
    outcomes = checks.run_checks(task.document, document_of(session.lab).values, view)
    points = checks.points_of(outcomes, submission.exercise.points)
    return _Judgement(verdict=checks.verdict_of(outcomes), points=points, outcomes=outcomes, correction=task.correction)


def _judge_quiz(submission: Submission) -> _Judgement:
    assessment = quiz.assess(QuizDocument.from_json(submission.exercise.document), submission.answer)
    verdict = Verdict.PASS if assessment.right else Verdict.FAIL
    points = (assessment.share * submission.exercise.points).quantize(Decimal("0.01"))
    outcome = Outcome(kind="quiz", level="self", verdict=verdict, weight=1, hint=assessment.feedback)
    return _Judgement(verdict=verdict, points=points, outcomes=[outcome])


def _not_looked(error: CouldNotLook) -> _Judgement:
    outcome = Outcome(
        kind="session",
        level="practice",
        verdict=Verdict.ERROR,
        weight=1,
        found=say(error.sentence),
        evidence={"detail": str(error)},
        transient=error.transient,
    )
    return _Judgement(verdict=Verdict.ERROR, points=Decimal(0), outcomes=[outcome])
