"""What instructors do about a check that is wrong: put others in its place, and judge again what it judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import NotPossible, record
from cohorts.models import Cohort, Role
from cohorts.permissions import check_can_run
from content.documents import TaskDocument
from content.expects import read_expects, scripts_of
from courses.models import Exercise
from grading import tasks
from grading.corrections import corrected, digest_of
from grading.models import CheckCorrection, Submission, SubmissionQuerySet
from grading.regrading import Regrade, judge_again
from grading.results import store_revision
from lab_sessions.environments import document_of
from lab_sessions.models import LabSession
from lab_sessions.transitions import State

# Submissions of one exercise that one press judges again: a class of sixty, fifty tries each.
MAX_REGRADED: Final = 3000


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What correcting a check would do to what was handed in."""

    raised: int = 0
    lowered: int = 0
    same: int = 0
    undecided: int = 0
    """Those whose evidence does not say."""


@transaction.atomic
def correct_check(*, by: User, cohort: Cohort, exercise: Exercise, written: str, reason: str) -> CheckCorrection:
    """Let other checks count for a task in one cohort, from now on and in labs that are running.

    `written` is YAML as in `expect:` of lab.yaml. An earlier correction is withdrawn. Raises PermissionDenied,
    ContentErrors with the lines of what is wrong in `written`, NotPossible.
    """
    check_can_run(by, cohort)
    task = _task(exercise)
    if not reason.strip():
        raise NotPossible(_("Say in a few words what was wrong: it stays in the record."))
    expects = read_expects(
        written, file="expect", specs=document_of(exercise.lesson.lab).values, scripts=scripts_of(task.expect)
    )
    _withdraw(by, cohort, exercise.key)
    correction = CheckCorrection.objects.create(
        cohort=cohort,
        exercise_key=exercise.key,
        base=digest_of(task.expect),
        written=written,
        expect=[expect.to_json() for expect in expects],
        reason=reason.strip(),
        by=by,
    )
    record(by=by, action="correct_check", subject=correction, exercise=exercise.key, cohort=cohort.pk, reason=reason)
    _look_again(cohort, exercise)
    return correction


@transaction.atomic
def withdraw_correction(*, by: User, correction: CheckCorrection) -> bool:
    """Let the lab's own checks count again; what was judged meanwhile stays. False where that was done before."""
    check_can_run(by, correction.cohort)
    return _withdraw(by, correction.cohort, correction.exercise_key) > 0


def preview_regrade(*, by: User, cohort: Cohort, exercise: Exercise, correction: CheckCorrection | None) -> Preview:
    """Return what judging again would change, and change nothing. Raises PermissionDenied."""
    check_can_run(by, cohort)
    found = list(_regrades(cohort, exercise, correction))
    raised = sum(each.raises for each in found)
    lowered = sum(each.lowers for each in found)
    return Preview(
        raised=raised,
        lowered=lowered,
        same=len(found) - raised - lowered,
        undecided=_judged(cohort, exercise).count() - len(found),
    )


def regrade(
    *, by: User, cohort: Cohort, exercise: Exercise, correction: CheckCorrection | None, lower: bool = False
) -> int:
    """Judge again what the cohort's learners handed in; return how many results changed.

    Nobody loses a point unless `lower` is asked for. Each change is audited with what was before.
    Raises PermissionDenied.
    """
    check_can_run(by, cohort)
    return sum(
        _apply(by, each, correction)
        for each in list(_regrades(cohort, exercise, correction))
        if each.raises or (lower and each.lowers)
    )


def _apply(by: User, change: Regrade, correction: CheckCorrection | None) -> bool:
    before = change.submission
    with transaction.atomic():
        done = store_revision(
            before, verdict=change.verdict, points=change.points, outcomes=change.outcomes, judged_by=correction
        )
        if done:
            verdicts, points = [before.verdict, str(change.verdict)], [str(before.points), str(change.points)]
            record(by=by, action="regrade", subject=before, verdict=verdicts, points=points)
    return done


def _regrades(cohort: Cohort, exercise: Exercise, correction: CheckCorrection | None) -> Iterator[Regrade]:
    rows = _judged(cohort, exercise).select_related("exercise", "lab_session__lab", "judged_by")
    for submission in rows.prefetch_related("results")[:MAX_REGRADED]:
        own = TaskDocument.from_json(submission.exercise.document)
        counting = corrected(own, correction)
        if correction is not None and counting.correction is None:
            continue  # handed in under a revision whose checks are not those that were corrected
        yield from judge_again([submission], corrected(own, submission.judged_by).document, counting.document)


def _judged(cohort: Cohort, exercise: Exercise) -> SubmissionQuerySet:
    learners = cohort.enrolments.filter(role=Role.LEARNER).values("user")
    return Submission.objects.filter(
        exercise_key=exercise.key, learner__in=learners, state=Submission.State.DONE
    ).order_by("created_at")


def _withdraw(by: User, cohort: Cohort, exercise_key: str) -> int:
    withdrawn = 0
    for old in CheckCorrection.objects.filter(cohort=cohort, exercise_key=exercise_key, withdrawn_at=None):
        withdrawn += CheckCorrection.objects.filter(pk=old.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
        record(by=by, action="withdraw_correction", subject=old, exercise=exercise_key, cohort=cohort.pk)
    return withdrawn


def _look_again(cohort: Cohort, exercise: Exercise) -> None:
    """Let running labs tick off what is done by the corrected checks."""
    learners = cohort.enrolments.filter(role=Role.LEARNER).values("user")
    running = LabSession.objects.filter(learner__in=learners, lab_key=exercise.lesson.key, state=State.READY)
    for session_id in running.values_list("pk", flat=True):
        tasks.begin_ticks(session_id)


def _task(exercise: Exercise) -> TaskDocument:
    if exercise.kind != Exercise.Kind.TASK:
        raise NotPossible(_("Questions have no checks; correct them in the lesson's file."))
    return TaskDocument.from_json(exercise.document)
