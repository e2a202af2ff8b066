"""Showing a solution by hand."""

import pytest
from django.core.exceptions import PermissionDenied
from factories import CohortFactory, EnrolmentFactory, ExerciseFactory, LabFactory

from audit.actions import NotPossible
from audit.models import Entry
from cohorts.actions import reveal_solution
from cohorts.models import RevealedSolution, Role
from courses.models import Exercise

pytestmark = pytest.mark.django_db


@pytest.fixture
def task():
    return ExerciseFactory(lesson=LabFactory().lesson)


@pytest.fixture
def cohort(task, ivy):
    cohort = CohortFactory()
    cohort.courses.set([task.lesson.revision.course])
    EnrolmentFactory(cohort=cohort, user=ivy, role=Role.INSTRUCTOR)
    return cohort


def test_it_is_revealed_once(ivy, cohort, task):
    first = reveal_solution(by=ivy, cohort=cohort, exercise_key=task.key)
    again = reveal_solution(by=ivy, cohort=cohort, exercise_key=task.key)

    assert first == again == RevealedSolution.objects.get(cohort=cohort, revealed_by=ivy)
    assert Entry.objects.filter(action="reveal_solution", actor=ivy).count() == 1


@pytest.mark.parametrize("role", [Role.LEARNER, Role.ASSISTANT])
def test_only_instructors_reveal(bob, cohort, task, role):
    EnrolmentFactory(cohort=cohort, user=bob, role=role)

    with pytest.raises(PermissionDenied):
        reveal_solution(by=bob, cohort=cohort, exercise_key=task.key)
    assert not RevealedSolution.objects.exists()


def test_only_tasks_of_the_cohort_have_solutions(ivy, cohort, task):
    elsewhere = ExerciseFactory(lesson=LabFactory().lesson)
    question = ExerciseFactory(lesson=task.lesson, slug="layers", kind=Exercise.Kind.QUIZ)

    for key in (elsewhere.key, question.key, "no/such/task/here"):
        with pytest.raises(NotPossible, match=r"no such task|tarea"):
            reveal_solution(by=ivy, cohort=cohort, exercise_key=key)
