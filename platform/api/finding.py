"""Rows that a token's owner may know of. Whatever they may not is not found, like what does not exist."""

from typing import TypeVar
from uuid import UUID

from django.http import Http404

from accounts.models import User
from cohorts.models import Cohort, Enrolment
from courses.models import Course, Exercise, Lab
from grading.models import Submission
from lab_sessions.models import LabSession

T = TypeVar("T")


def find_cohort(user: User, cohort: int) -> Cohort:
    """Return a class that `user` teaches or assists in. Raises Http404."""
    return _or_404(Cohort.objects.seen_by(user).prefetch_related("courses").filter(pk=cohort).first())


def find_enrolment(user: User, enrolment: int) -> Enrolment:
    """Return somebody's place in such a class. Raises Http404."""
    rows = Enrolment.objects.filter(cohort__in=Cohort.objects.seen_by(user)).select_related("cohort", "user")
    return _or_404(rows.filter(pk=enrolment).first())


def find_courses(slugs: list[str]) -> list[Course]:
    """Return the courses with these slugs. Raises Http404 where one does not exist."""
    found = list(Course.objects.filter(slug__in=slugs))
    if len(found) != len(set(slugs)):
        raise Http404
    return found


def find_lab(key: str) -> Lab:
    """Return the lab of a lesson, as readers see it now. Raises Http404."""
    return _or_404(Lab.objects.current().filter(key=key).first())


def find_exercise(key: str) -> Exercise:
    """Return an exercise, as readers see it now. Raises Http404."""
    rows = Exercise.objects.select_related("lesson__revision__course").filter(key=key)
    return _or_404(next((row for row in rows if row.lesson.revision == row.lesson.revision.course.current), None))


def find_session(user: User, session: UUID) -> LabSession:
    """Return a lab session of one's own. Raises Http404."""
    return _or_404(LabSession.objects.select_related("lab").filter(learner=user, pk=session).first())


def find_submission(user: User, submission: UUID) -> Submission:
    """Return what one handed in oneself. Raises Http404."""
    rows = Submission.objects.filter(learner=user).prefetch_related("results")
    return _or_404(rows.filter(pk=submission).first())


def _or_404(row: T | None) -> T:
    if row is None:
        raise Http404
    return row
