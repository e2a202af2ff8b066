"""What cohorts give to whom."""

from datetime import timedelta

import pytest
from django.utils import timezone
from factories import CohortFactory, CourseFactory, EnrolmentFactory

from cohorts.models import LessonRule, Role
from cohorts.permissions import can_help, can_run, can_see
from cohorts.queries import readable_courses, shut_lessons

pytestmark = pytest.mark.django_db


def test_courses_of_learners_teachers_and_others(alice, ivy, settings):
    course = CourseFactory()
    CourseFactory()
    cohort = CohortFactory()
    cohort.courses.set([course])
    learner = EnrolmentFactory(cohort=cohort).user

    assert readable_courses(learner) == {course.pk}
    assert readable_courses(ivy) is None
    assert readable_courses(alice) is None
    settings.MUELLE_OPEN_COURSES = False
    assert readable_courses(alice) == set()


def test_a_lesson_is_shut_where_every_cohort_shuts_it(alice):
    now = timezone.now()
    course = CourseFactory(slug="course")
    cohorts = [EnrolmentFactory(user=alice).cohort for _ in range(2)]
    for cohort in cohorts:
        cohort.courses.set([course])
    LessonRule.objects.create(cohort=cohorts[0], lesson_key="course/a/b", door="shut")

    assert shut_lessons(alice, now) == {}
    soon = now + timedelta(hours=1)
    LessonRule.objects.create(cohort=cohorts[1], lesson_key="course/a/b", opens_at=soon)
    assert shut_lessons(alice, now) == {"course/a/b": soon}
    assert shut_lessons(alice, soon) == {}


@pytest.mark.parametrize(
    ("role", "sees", "runs"),
    [(Role.LEARNER, False, False), (Role.ASSISTANT, True, False), (Role.INSTRUCTOR, True, True)],
)
def test_rights_by_role(alice, bob, role, sees, runs):
    cohort = EnrolmentFactory(user=alice).cohort
    EnrolmentFactory(user=bob, cohort=cohort, role=role)

    assert (can_see(bob, cohort), can_run(bob, cohort), can_help(bob, alice)) == (sees, runs, sees)
    assert not can_help(alice, bob)


def test_a_disabled_account_has_no_rights(root):
    root.is_active = False

    assert not can_see(root, CohortFactory())
