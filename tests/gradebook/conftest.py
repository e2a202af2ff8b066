"""A class of two, with one lesson of two tasks."""

from datetime import timedelta

import pytest
from django.utils import timezone
from factories import CohortFactory, EnrolmentFactory, ExerciseFactory, LabFactory

from cohorts.models import Cohort, Role
from courses.models import Exercise, Lesson
from grading.models import Submission


@pytest.fixture
def lesson(db) -> Lesson:
    return LabFactory().lesson


@pytest.fixture
def exercises(lesson) -> list[Exercise]:
    """Of two points each."""
    return [ExerciseFactory(lesson=lesson, slug=slug, position=place) for place, slug in enumerate(["one", "two"], 1)]


@pytest.fixture
def cohort(lesson, exercises, ivy, alice, bob) -> Cohort:
    """Ivy's, with Alice and Bob."""
    cohort = CohortFactory(late_percent=50)
    cohort.courses.set([lesson.revision.course])
    EnrolmentFactory(cohort=cohort, user=ivy, role=Role.INSTRUCTOR)
    for person in (alice, bob):
        EnrolmentFactory(cohort=cohort, user=person)
    return cohort


@pytest.fixture
def hand_in():
    """Hand an exercise in, so many hours ago, with a verdict."""

    def hand_in(learner, exercise, verdict="pass", *, hours=0.0, points=None, **changes):
        at = timezone.now() - timedelta(hours=hours)
        worth = exercise.points if verdict == "pass" else 0
        row = Submission.objects.create(
            learner=learner,
            exercise=exercise,
            exercise_key=exercise.key,
            origin=changes.pop("origin", "asked"),
            state="done",
            verdict=verdict,
            points=worth if points is None else points,
            finished_at=at,
            **changes,
        )
        Submission.objects.filter(pk=row.pk).update(created_at=at)
        row.refresh_from_db()
        return row

    return hand_in
