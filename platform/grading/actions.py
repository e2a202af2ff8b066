"""Everything that people do with submissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import NotPossible, record
from content.documents import QuizDocument, TaskDocument
from courses.models import Exercise, in_language
from grading import checks, quiz, tasks
from grading.corrections import task_of
from grading.models import Submission, SubmissionQuerySet
from grading.timing import RATE_LIMIT, RATE_WINDOW
from lab_sessions import events
from lab_sessions.actions import record_activity
from lab_sessions.models import LabSession
from lab_sessions.permissions import check_can_learn, check_can_use
from lab_sessions.timing import scaled
from lab_sessions.transitions import State


def submit_exercise(
    *, by: User, exercise: Exercise, lab_session: LabSession | None = None, answer: Mapping[str, Any] | None = None
) -> Submission:
    """Hand in a task or an answer to a question, and return the submission, which a worker will grade.

    `answer` is `{"text": ...}` or `{"choices": [positions]}`. A second press while the first is graded returns the
    first, and a task that was passed returns that pass. Raises NotPossible with a sentence, PermissionDenied for
    somebody else's session and for a lesson that is not open to the learner.
    """
    check_can_learn(by, exercise.key.rsplit("/", 1)[0])
    if exercise.kind == Exercise.Kind.TASK:
        exercise, given = _prepare_task(by, exercise, lab_session, answer or {})
    else:
        lab_session, given = None, _clean(QuizDocument.from_json(exercise.document), answer or {})
    try:
        with transaction.atomic():
            # In this order: what is open at the first look and passed at the second is found by one of them.
            known = _open_submission(by, exercise) or _passed(by, exercise)
            return known or _new_submission(by, exercise, lab_session, given)
    except IntegrityError:
        # Another request of the same learner won the race between the look and the insert; the constraint kept it to
        # one, which may have its result by now.
        return _asked(by, exercise).latest("created_at")


def request_ticks(*, session: LabSession) -> None:
    """Ask for automatic checks: something was done in the session.

    Cheap, but a write: call it once a second at most.
    """
    with transaction.atomic():
        tasks.begin_ticks(session.pk)


def _prepare_task(
    by: User, exercise: Exercise, session: LabSession | None, answer: Mapping[str, Any]
) -> tuple[Exercise, dict[str, Any]]:
    """Return the task as the session's own revision has it, and the cleaned answer."""
    if session is None or session.state != State.READY:
        raise NotPossible(_("Start the lab first: this task is checked in it."))
    check_can_use(by, session)
    if session.learner_id != by.pk:
        raise NotPossible(_("You are helping in this lab. Only its learner can hand tasks in."))
    own = Exercise.objects.filter(lesson__lab=session.lab_id, key=exercise.key).select_related("lesson").first()
    if own is None:
        raise NotPossible(_("This lab was started with an older version of the lesson. End it and start it again."))
    task = task_of(own, by.pk).document
    missing = locked_by(task, Submission.objects.passed_slugs(by.pk, own.lesson.key))
    if missing:
        titles = own.lesson.exercises.filter(slug__in=missing).values_list("titles", flat=True)
        names = ", ".join(f"“{in_language(texts)}”" for texts in titles)
        raise NotPossible(_("Another task comes first: %(names)s.") % {"names": names})
    return own, _clean(task, answer)


def locked_by(task: TaskDocument, passed: set[str]) -> list[str]:
    """Return the slugs of the tasks that have to be passed before this one."""
    return [slug for slug in task.needs if slug not in passed]


def _clean(document: TaskDocument | QuizDocument, answer: Mapping[str, Any]) -> dict[str, Any]:
    try:
        if isinstance(document, QuizDocument):
            return quiz.clean_answer(document, answer)
        text = quiz.clean_text(answer.get("text"))
    except quiz.BadAnswer as error:
        raise NotPossible(_(str(error))) from error
    if checks.needs_answer(document) and not text:
        raise NotPossible(_("Write your answer first."))
    return {"text": text} if text else {}


def _asked(by: User, exercise: Exercise) -> SubmissionQuerySet:
    return Submission.objects.filter(learner=by, exercise_key=exercise.key, origin=Submission.Origin.ASKED)


def _open_submission(by: User, exercise: Exercise) -> Submission | None:
    return _asked(by, exercise).open().first()


def _passed(by: User, exercise: Exercise) -> Submission | None:
    """Return the first pass of a task. A question may be answered again, for the sake of trying."""
    if exercise.kind != Exercise.Kind.TASK:
        return None
    return Submission.objects.passed().filter(learner=by, exercise_key=exercise.key).order_by("created_at").first()


def _new_submission(by: User, exercise: Exercise, session: LabSession | None, answer: dict[str, Any]) -> Submission:
    _check_rate(by)
    submission = Submission.objects.create(
        learner=by,
        exercise=exercise,
        exercise_key=exercise.key,
        lab_session=session,
        generation=session.generation if session else 0,
        origin=Submission.Origin.ASKED,
        answer=answer,
    )
    record(by=by, action="submit_exercise", subject=submission, exercise=exercise.key)
    events.wake(tasks.grade, str(submission.pk))
    if session is not None:
        record_activity(session=session)
    return submission


def _check_rate(by: User) -> None:
    since = timezone.now() - scaled(RATE_WINDOW)
    recent = Submission.objects.filter(learner=by, origin=Submission.Origin.ASKED, created_at__gt=since)
    if recent.count() >= RATE_LIMIT:
        raise NotPossible(_("You are checking very often. Read what was found, wait a moment, then try again."))
